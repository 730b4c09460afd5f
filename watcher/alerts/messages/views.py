"""What the templates know: a study, an alert, a digest, a notice, as finished texts in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watcher.alerts.messages import voice
from watcher.alerts.messages.lines import Line, evidence_of, lines_of
from watcher.alerts.messages.parcel import Link, Parcel
from watcher.alerts.messages.safe import one_line
from watcher.alerts.messages.voice import Command
from watcher.changes.language.words import clipped, status_label
from watcher.model import Alert, Severity

STUDY_PAGE = "https://clinicaltrials.gov/study/"
EVIDENCE_SHOWN = 200
# A mail program cuts a message beyond 100 KB; the text part has it all.
EVIDENCE_IN_HTML = 6
CHAT_LINES = 10
CHAT_CHARACTERS = 220


@dataclass(frozen=True, slots=True)
class Head:
    """A study, as a message introduces it."""

    severity: str
    nct_id: str
    label: str
    title: str
    about: tuple[str, ...]
    record: str
    compare: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert told alone."""

    head: Head
    subject: str
    preview: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    seen: str
    why: str
    can_do: str
    commands: tuple[Command, ...]
    links: tuple[Link, ...]
    evidence: tuple[str, ...]
    unlisted: str
    brief: str
    late: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What the operator is told."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class NothingView:
    """A digest of a window in which nothing changed."""

    told: str
    seen: str
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """One alert inside a digest: when it was seen, and what it said."""

    seen: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    links: tuple[Link, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class StudyView:
    """One study of a digest with its alerts in the order of time."""

    head: Head
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many studies there are of a severity."""

    severity: str
    number: int


@dataclass(frozen=True, slots=True)
class Named:
    """A study in one line."""

    severity: str
    nct_id: str
    record: str
    label: str
    headline: str


@dataclass(frozen=True, slots=True)
class DigestView:
    """Many alerts told together, by study, worst first; `folded` says what is not shown, `attached` where it is.

    `named` are studies of which a chat has room for one line.
    """

    heading: str
    subject: str
    preview: str
    changed: str
    counts: tuple[Count, ...]
    studies: tuple[StudyView, ...]
    named: tuple[Named, ...]
    folded: str
    attached: str
    why: str
    commands: tuple[Command, ...]


def head_of(alert: Alert, severity: Severity | None = None) -> Head:
    """The study of an alert: number, the user's word for it, title, and what it is about."""
    study = alert.study
    label, acronym, title = one_line(alert.label), one_line(study.acronym), one_line(study.title)
    is_new = acronym.casefold() not in f"{label} {title}".casefold()
    about = (
        acronym if is_new else "",
        study.phase,
        study.sponsor,
        "; ".join(clipped(one_line(condition), 80) for condition in study.conditions[:3]),
        status_label(study.status) if study.status else "",
    )
    return Head(
        severity=(alert.severity if severity is None else severity).name,
        nct_id=alert.nct_id,
        label=clipped(label, 80),
        title=clipped(title, 300),
        about=tuple(clipped(one_line(part), 260) for part in about if part),
        record=f"{STUDY_PAGE}{alert.nct_id}",
        compare=f"{STUDY_PAGE}{alert.nct_id}?tab=history",
    )


def alert_view(alert: Alert, parcel: Parcel) -> AlertView:
    """One alert told alone."""
    lines = lines_of(alert.changes)
    return AlertView(
        head=head_of(alert),
        subject=voice.subject(voice.alert_subject(alert, lines), parcel),
        preview=_preview(lines, alert.notes),
        lines=lines,
        notes=notes_of(alert),
        seen=voice.seen(alert),
        why=voice.why([alert.reason]),
        can_do=voice.can_do(alert),
        commands=voice.commands(alert),
        links=voice.links(parcel.links.get(alert.id, ())),
        evidence=tuple(evidence_of(change) for change in alert.changes[:EVIDENCE_SHOWN]),
        unlisted=_unlisted(alert, EVIDENCE_SHOWN),
        brief=voice.seen_briefly(alert),
    )


def for_page(view: AlertView, alert: Alert) -> AlertView:
    """The alert as a page that no mail program cuts."""
    return replace(view, evidence=view.evidence[:EVIDENCE_IN_HTML], unlisted=_unlisted(alert, EVIDENCE_IN_HTML))


def for_chat(view: AlertView) -> AlertView:
    """The alert as a chat can bear it: the worst lines, the rest counted."""
    lines = tuple(line.clipped(CHAT_CHARACTERS) for line in view.lines[:CHAT_LINES])
    rest = [line.severity for line in view.lines[CHAT_LINES:]]
    return replace(view, lines=lines, more=voice.more_changes(rest) if rest else "")


def notes_of(alert: Alert) -> tuple[str, ...]:
    """What stands beneath the changes of an alert."""
    return tuple(clipped(one_line(note), 600) for note in alert.notes)


def _preview(lines: Sequence[Line], notes: Sequence[str]) -> str:
    """What an inbox shows behind the subject: the most important line, and what follows from it."""
    told = [text for line in lines[:1] for text in (line.text, *line.under)] or [*map(one_line, notes)]
    return clipped(" ".join(told), 200)


def _unlisted(alert: Alert, shown: int) -> str:
    beyond = len(alert.changes) - shown
    return voice.more_evidence(beyond, alert.nct_id) if beyond > 0 else ""
