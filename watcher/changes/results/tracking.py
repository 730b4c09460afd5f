"""What happens to results before they are public: released by the sponsor, returned, released again, cancelled.

The registry shows it in two places, `submissionTracking` and `unpostedAnnotation`, of which one may lag behind the
other; an event that either of them showed before is not news. (Study data structure: SubmissionInfo, UnpostedEvent;
42 CFR 11.64(b) on quality control.) Delays by certification and waivers: 42 CFR 11.44(b)-(e) and 11.54.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.changes.reading import Finding, Pair, Row, Verb, Version, as_text, distinct

SUBMISSIONS = "derivedSection.miscInfoModule.submissionTracking"
ANNOTATION = "annotationSection.annotationModule.unpostedAnnotation"
_STATUS = "protocolSection.statusModule"
CERTIFICATE = (
    f"{_STATUS}.dispFirstSubmitDate",
    f"{_STATUS}.dispFirstSubmitQcDate",
    f"{_STATUS}.dispFirstPostDateStruct",
)
WAIVED = f"{_STATUS}.resultsWaived"
TRACKED = (SUBMISSIONS, ANNOTATION, *CERTIFICATE, WAIVED)

_DATES = {"releaseDate": "RELEASE", "unreleaseDate": "UNRELEASE", "resetDate": "RESET"}
_UNKNOWN = "on an unknown day"
_VERBS = {"RELEASE": "submitted", "RESET": "returned", "UNRELEASE": "cancelled"}
_TOLD = {"RELEASE": "released {day}", "RESET": "reset {day} (returned)", "UNRELEASE": "cancelled {day}"}


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """One step of a submission; `day` as the registry writes it, "on an unknown day" where it does not say."""

    day: str
    type: str

    def __str__(self) -> str:
        return _TOLD[self.type].format(day=self.day)


class Tracking:
    """Steps of a submission of results, certificates of delay, and waivers."""

    verbs: Mapping[str, Verb] = {
        "submitted": Verb(
            "released by the sponsor, in quality control",
            "Results submitted: released {day}{nth}; in quality control, not public yet.",
        ),
        "returned": Verb(
            "returned to the sponsor by quality control (reset)",
            "Results returned to the sponsor by quality control {when}{release}.",
        ),
        "cancelled": Verb(
            "the sponsor withdrew the submission (unrelease)",
            "Submission of results cancelled by the sponsor {when}{release}.",
        ),
        "delayed": Verb("certificate or extension of delay", "{told}"),
        "waived": Verb("waiver of the duty to submit results", "{told}"),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each step that neither place of the older version showed."""
        yield from distinct(_steps(pair))
        yield from _certificate(pair)
        yield from _waiver(pair)


def _steps(pair: Pair) -> Iterator[Finding]:
    old, new = _events(pair.old), _events(pair.new)
    before = max(old, default=None)
    for event in sorted(new - old):
        if event.type == "RELEASE" and _only_dated_better(old, new):
            continue
        yield _step(event, new, before)
        before = event


def _only_dated_better(old: set[_Event], new: set[_Event]) -> bool:
    """Whether a release merely replaces the estimate of its own day."""
    return sum(event.type == "RELEASE" for event in new) <= sum(event.type == "RELEASE" for event in old)


def _step(event: _Event, known: set[_Event], before: _Event | None) -> Finding:
    releases = sorted(other.day for other in known if other.type == "RELEASE" and other.day <= event.day)
    release = releases[-1] if releases else _UNKNOWN
    nth = f" (submission {len(releases)})" if len(releases) > 1 else ""
    return Finding(
        _VERBS[event.type],
        (SUBMISSIONS,),
        subject=f"results submission released {release}",
        old=str(before) if before else "no submission",
        new=str(event),
        words={
            "day": event.day,
            "when": event.day if event.day == _UNKNOWN else f"on {event.day}",
            "nth": nth,
            "release": f" (released {release})" if releases else "",
        },
        detail={"date": event.day, "submission": len(releases)},
        registry_side=event.type == "RESET",
    )


def _events(side: Version) -> set[_Event]:
    """Every step that the version shows, each once, from both places."""
    found = {
        _Event(day, type_)
        for info in side.rows(f"{SUBMISSIONS}.submissionInfos")
        for key, type_ in _DATES.items()
        if (day := as_text(info.get(key)))
    }
    found |= {
        _Event(as_text(event.get("date")) or _UNKNOWN, type_)
        for event in side.rows(f"{ANNOTATION}.unpostedEvents")
        if (type_ := as_text(event.get("type"))) in _VERBS and (as_text(event.get("date")) or event.get("dateUnknown"))
    }
    estimated = as_text(side.at(f"{SUBMISSIONS}.estimatedResultsFirstSubmitDate"))
    if estimated and not any(event.type == "RELEASE" for event in found):
        found.add(_Event(estimated, "RELEASE"))
    return found


def _certificate(pair: Pair) -> Iterator[Finding]:
    old, new = _certified(pair.old), _certified(pair.new)
    if old == new:
        return
    told = (
        f"Results delayed: certificate or extension of delay {new}."
        if new
        else f"Certificate or extension of delay no longer shown; it was: {old}."
    )
    yield Finding(
        "delayed",
        CERTIFICATE[:1],
        subject="certificate or extension of delay",
        old=old or "no certificate",
        new=new or "no certificate",
        words={"told": told},
    )


def _certified(side: Version) -> str:
    """The certificate as told: when it was submitted and posted; "" without one."""
    parts = (("submitted", side.text(CERTIFICATE[0])), ("posted", side.text(f"{CERTIFICATE[2]}.date")))
    return ", ".join(f"{word} {day}" for word, day in parts if day)


def _waiver(pair: Pair) -> Iterator[Finding]:
    old, new = (side.at(WAIVED) is True for side in (pair.old, pair.new))
    if old != new:
        told = (
            "Results waived: the registry shows a waiver of the duty to submit them."
            if new
            else "Waiver of results no longer shown."
        )
        before, after = ("waived" if waived else "no waiver" for waived in (old, new))
        yield Finding("waived", (WAIVED,), "waiver", before, after, {"told": told})
