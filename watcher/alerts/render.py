"""Messages: the one place where alerts and notices become subject, text and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from watcher.alerts.counting import counted_kind
from watcher.alerts.reversals import collapsed
from watcher.changes.language.excerpts import differing
from watcher.changes.language.words import clipped, counted, status_label
from watcher.model import Alert, Change, Message, Notice, Severity

REHEARSAL = "REHEARSAL"
STUDY_PAGE = "https://clinicaltrials.gov/study/"

# A kind that many sites share is told as one line, with the list behind it (law 8); so is what is minor anyhow.
# What is major is told one by one, as long as a message of it can be read.
FOLD_FROM = 4
FOLD_MAJOR_FROM = 13
EVIDENCE_SHOWN = 200
_OF_SITES = ("site.", "country.")


# C0 and C1 controls, and what turns the direction of text: registry text must not steer a terminal or a reader's eye.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an alert: a change, or several of one kind; `under` are the lines that fold beneath it."""

    severity: str
    text: str
    under: tuple[str, ...] = ()


def message_id(key: str, instance: str) -> str:
    """The stable id of a delivery's message: the same for every attempt, another for every installation."""
    return blake2b(f"{instance}|{key}".encode(), digest_size=16).hexdigest()


def message_for(alerts: Sequence[Alert], *, id: str, rehearsal: bool = False) -> Message:
    """One message that tells these alerts, worst first. One alert is told alone, several as a digest."""
    ranked = sorted(collapsed(alerts), key=lambda alert: (-alert.severity, alert.nct_id, alert.occasion))
    context = {"alerts": [_shown(alert) for alert in ranked], "rehearsal": rehearsal}
    return Message(
        id=id,
        subject=_subject(_digest_subject(ranked) if len(ranked) > 1 else _alert_subject(ranked[0]), rehearsal),
        text=_rendered("alert.txt", context),
        html=_rendered("alert.html", context),
        severity=ranked[0].severity,
        thread=ranked[0].nct_id if len(ranked) == 1 else "",
    )


def notice_message(notice: Notice, *, id: str, rehearsal: bool = False) -> Message:
    """One message to the operator."""
    context = {"notice": notice, "rehearsal": rehearsal}
    return Message(
        id=id,
        subject=_subject(f"[watcher] {notice.subject}", rehearsal),
        text=_rendered("notice.txt", context),
        html=_rendered("notice.html", context),
        severity=Severity.MAJOR,
        thread=notice.key,
    )


def plain(text: str) -> str:
    """Text without control and direction characters, as every format shows it."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """The same on one line: text of a registry or a user adds no line of its own to a message."""
    return " ".join(plain(text).split())


def _subject(text: str, rehearsal: bool) -> str:
    line = one_line(text)
    return clipped(f"{REHEARSAL} {line}" if rehearsal else line, 180)


def _alert_subject(alert: Alert) -> str:
    causes = _causes(alert.changes)
    if not causes:
        return f"{alert.nct_id}: {headline_of(alert.notes[0])}"
    more = f" (+{len(causes) - 1} more)" if len(causes) > 1 else ""
    name = " ".join(filter(None, (alert.nct_id, alert.label or alert.study.acronym)))
    return f"[{alert.severity.name}] {name}: {headline(causes[0])}{more}"


def _digest_subject(alerts: Sequence[Alert]) -> str:
    studies = len({alert.nct_id for alert in alerts})
    return f"[{alerts[0].severity.name}] {counted(studies, 'study')} changed".replace("studys", "studies")


def headline(change: Change) -> str:
    """The sentence of a change, or where it is long what stands before its first colon."""
    return headline_of(change.sentence)


def headline_of(sentence: str) -> str:
    """A sentence short enough for a subject line."""
    plain_end = sentence.rstrip(".")
    if len(plain_end) <= 90:
        return plain_end
    said = plain_end.split(": ")[0].removesuffix(", because")
    if said.count("(") > said.count(")"):
        said = said[: said.rindex("(")].rstrip()
    # A single word before the colon ("Status") tells nothing.
    return clipped(said if " " in said else plain_end, 90)


def _shown(alert: Alert) -> dict[str, object]:
    """What the templates know of one alert."""
    study = alert.study
    about = (study.phase, study.sponsor, "; ".join(study.conditions[:3]), status_label(study.status))
    return {
        "severity": alert.severity.name,
        "nct_id": alert.nct_id,
        "label": one_line(alert.label),
        "title": one_line(study.title),
        "about": [one_line(part) for part in about if part],
        "lines": list(_lines(alert.changes)),
        "notes": [one_line(note) for note in alert.notes],
        "seen": _seen(alert),
        "record": f"{STUDY_PAGE}{alert.nct_id}",
        "compare": f"{STUDY_PAGE}{alert.nct_id}?tab=history",
        "why": one_line(alert.reason),
        "evidence": [_evidence(change) for change in alert.changes[:EVIDENCE_SHOWN]],
        "unlisted": max(len(alert.changes) - EVIDENCE_SHOWN, 0),
    }


def _seen(alert: Alert) -> str:
    filed = ", ".join(
        f"{word} {day}" for word, day in (("submitted", alert.study.submitted), ("posted", alert.study.posted)) if day
    )
    versions = f"; our version {alert.version}, compared with {alert.since}" if alert.version and alert.since else ""
    told = f"Registry update {filed}; seen" if filed else "Seen"
    if alert.occasion.startswith("clock:"):
        told = f"No new registry update, the last {filed}; seen" if filed else "No new registry update; seen"
    return f"{told} {alert.observed_at:%Y-%m-%d %H:%M} UTC{versions}."


def _causes(changes: Sequence[Change]) -> list[Change]:
    """The changes that stand by themselves here: their cause, if any, is not part of this alert."""
    present = {change.id for change in changes}
    return _ranked(change for change in changes if change.parent not in present)


def _ranked(changes: Iterable[Change]) -> list[Change]:
    """Severest first, then as the table lists them: the status before the dates, the dates before the sites."""
    return sorted(
        changes, key=lambda change: (-change.severity, _places().get(change.kind, len(_places())), change.subject)
    )


def _lines(changes: Sequence[Change]) -> Iterator[Line]:
    for kind, group in groupby(_causes(changes), key=lambda change: (change.severity, change.kind)):
        alike = list(group)
        if _folds(alike):
            yield Line(kind[0].name, one_line(counted_kind(alike)) + ".", tuple(map(one_line, _under(alike, changes))))
            continue
        for change in alike:
            yield Line(change.severity.name, one_line(change.sentence), tuple(map(one_line, _under([change], changes))))


def _folds(alike: Sequence[Change]) -> bool:
    """Whether changes of one kind and severity are told in one line: many of sites, many that are minor, very many."""
    few_words = alike[0].severity < Severity.MAJOR or alike[0].kind.startswith(_OF_SITES)
    return len(alike) >= (FOLD_FROM if few_words else FOLD_MAJOR_FROM)


def _under(causes: Sequence[Change], changes: Sequence[Change]) -> Iterator[str]:
    above = {cause.id for cause in causes}
    children = _ranked(change for change in changes if change.parent in above)
    for _, group in groupby(children, key=lambda change: change.kind):
        alike = list(group)
        if len(alike) < FOLD_FROM:
            yield from (change.sentence for change in alike)
        else:
            yield f"with it {counted_kind(alike)}."


def _evidence(change: Change) -> str:
    old, new = differing(change.old, change.new, 120) if change.old and change.new else (change.old, change.new)
    values = f"{clipped(old or 'absent', 120)} -> {clipped(new or 'absent', 120)}"
    told = (change.kind, change.severity.word, change.subject, values, " ".join(change.paths[:3]))
    return one_line(" | ".join(part for part in told if part))


@cache
def _places() -> Mapping[str, int]:
    """The place of each kind in the table, which is loaded with the first message."""
    from watcher.changes.table import KINDS

    return {kind: place for place, kind in enumerate(KINDS)}


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = plain
    return environment


def _rendered(name: str, context: dict[str, object]) -> str:
    return plain(_environment().get_template(f"{name}.j2").render(context))
