"""When results appear due under 42 CFR 11.44, as far as a public record tells, and because of what.

The registry does not publish which trials are applicable clinical trials, so this is TrialsTracker's rule by the FDA
flags of the record (github.com/ebmdatalab/clinicaltrials-act-tracker): interventional, FDA-regulated drug or device,
a stated phase other than (early) phase 1 alone, no device feasibility study, begun on 2017-01-18 or later or completed
then or later, not withdrawn. A certificate of delay moves the deadline to two years after its submission, at most
three after primary completion (42 CFR 11.44(b), (c)). A month counts as its last day. Hence "appears due", with the
reason beside it.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from watcher.changes.language.words import phase_label
from watcher.changes.reading import Version
from watcher.record import PartialDate

EFFECTIVE = date(2017, 1, 18)

_STATUS = "protocolSection.statusModule"
_DESIGN = "protocolSection.designModule"
_OVERSIGHT = "protocolSection.oversightModule"
_TRACKING = "derivedSection.miscInfoModule.submissionTracking"
_UNPOSTED = "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents"

PATHS = (
    f"{_STATUS}.primaryCompletionDateStruct",
    f"{_STATUS}.dispFirstSubmitDate",
    f"{_OVERSIGHT}.isFdaRegulatedDrug",
    f"{_OVERSIGHT}.isFdaRegulatedDevice",
    f"{_DESIGN}.phases",
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The date on which results appear due; `estimated`: it follows from a date that is itself an estimate."""

    due: PartialDate
    estimated: bool
    because: str


def results_deadline(version: Version) -> Deadline | None:
    """When results of this study appear due; None where they do not, or are submitted or waived."""
    ended = _completion(version)
    if ended is None or submitted(version) or waived(version):
        return None
    name, day, kind = ended
    duty = _duty(version, day)
    if not duty:
        return None
    certificate = certified(version)
    told = f"; certificate of delay submitted {certificate.text}" if certificate else ""
    because = f"{duty}; {name} {day.text} ({kind.lower()}){told}"
    return Deadline(_due(day, certificate), kind == "ESTIMATED", because)


def submitted(version: Version) -> bool:
    """Whether results were submitted or posted; a submission that was cancelled and not repeated is none."""
    if version.at("hasResults") is True or version.text(f"{_STATUS}.resultsFirstSubmitDate"):
        return True
    events = [event.get("type") for event in version.rows(_UNPOSTED)]
    cycles = version.rows(f"{_TRACKING}.submissionInfos")
    if events or cycles:
        # One of the two places may lag behind the other: where either shows results, none are missing.
        released = any(cycle.get("releaseDate") and not _cancelled(cycle) for cycle in cycles)
        return released or events.count("RELEASE") > events.count("UNRELEASE")
    return bool(version.text(f"{_TRACKING}.estimatedResultsFirstSubmitDate"))


def waived(version: Version) -> bool:
    """Whether the duty to submit results was waived."""
    return version.at(f"{_STATUS}.resultsWaived") is True


def certified(version: Version) -> PartialDate | None:
    """The day on which a certificate of delay was submitted."""
    return PartialDate.parse(version.text(f"{_STATUS}.dispFirstSubmitDate"))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _completion(version: Version) -> tuple[str, PartialDate, str] | None:
    """Name, day and type of primary completion, else of study completion."""
    for name, field in (("primary completion", "primaryCompletionDateStruct"), ("completion", "completionDateStruct")):
        day, kind = (version.text(f"{_STATUS}.{field}.{part}") for part in ("date", "type"))
        read = PartialDate.parse(day)
        # Years beyond every plan cannot be reckoned with.
        if read is not None and read.last.year < 9000 and kind in {"ACTUAL", "ESTIMATED"}:
            return name, read, kind
    return None


def _duty(version: Version, completed: PartialDate) -> str:
    """Why results are owed at all; "" where they appear not to be."""
    start = PartialDate.parse(version.text(f"{_STATUS}.startDateStruct.date"))
    regulated = _regulated(version)
    phases = [phase for phase in _list(version.at(f"{_DESIGN}.phases")) if isinstance(phase, str)]
    if (
        version.text(f"{_DESIGN}.studyType") != "INTERVENTIONAL"
        or version.text(f"{_STATUS}.overallStatus") in {"WITHDRAWN", "WITHHELD"}
        or version.text(f"{_DESIGN}.designInfo.primaryPurpose") == "DEVICE_FEASIBILITY"
        or not phases
        or set(phases) <= {"PHASE1", "EARLY_PHASE1"}
    ):
        return ""
    if not regulated or start is None or max(start.last, completed.last) < EFFECTIVE:
        return ""
    phase = "phase not applicable" if phases == ["NA"] else phase_label(phases)
    return f"interventional, {regulated}, {phase}, started {start.text}"


def _regulated(version: Version) -> str:
    products = [
        noun
        for noun, flag in (("drug", "isFdaRegulatedDrug"), ("device", "isFdaRegulatedDevice"))
        if version.at(f"{_OVERSIGHT}.{flag}") is True
    ]
    return f"FDA-regulated {' and '.join(products)}" if products else ""


def _due(completed: PartialDate, certificate: PartialDate | None) -> PartialDate:
    """A calendar year after completion, as precise as that is; later where a certificate says so."""
    year = months_after(completed.last, 12)
    if certificate is not None and certificate.last.year < 9000:
        delayed = min(months_after(certificate.last, 24), months_after(completed.last, 36))
        if delayed > year:
            return _exactly(delayed)
    return _exactly(year) if completed.exact else PartialDate(year.isoformat()[:7], year.replace(day=1), year)


def _exactly(day: date) -> PartialDate:
    return PartialDate(day.isoformat(), day, day)


def _cancelled(cycle: dict[str, Any]) -> bool:
    return bool(cycle.get("unreleaseDate")) or cycle.get("unreleaseDateUnknown") is True


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
