"""Updates as feeds tell them: one update of one study is one entry, severest first, consequences folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.alerts.messages.lines import Line, lines_of
from watcher.alerts.messages.safe import one_line
from watcher.alerts.messages.voice import REHEARSAL
from watcher.alerts.routes import Step
from watcher.changes.language.words import clipped, status_label
from watcher.model import Alert, Change, Severity, StudyFacts

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Update:
    """One entry. `key` names the update for ever; `seen` says when, and between which versions."""

    key: str
    nct_id: str
    severity: str
    title: str
    about: tuple[str, ...]
    lines: tuple[Line, ...]
    seen: str
    at: datetime
    kinds: tuple[str, ...]


def update_of_step(step: Step, label: str, *, rehearsal: bool) -> Update:
    """What happened to a study on one occasion, for those who follow the study itself."""
    return _update(f"{step.nct_id}|{step.occasion}", step, step.changes, label, rehearsal)


def update_of_alert(alert: Alert, *, rehearsal: bool) -> Update:
    """What a route selected of it."""
    step = Step(alert.nct_id, alert.occasion, alert.observed_at, alert.changes, alert.study, alert.since, alert.version)
    update = _update(alert.key, step, alert.changes, alert.label, rehearsal)
    return replace(update, seen=f"Alert {alert.id}. {update.seen}")


def concerns(step: Step, watch: str) -> bool:
    """Whether a step is news for the readers of a watch: that a study came to another one's search is not."""
    return not step.occasion.startswith("search:") or step.occasion.startswith(f"search:{watch}:")


def _update(key: str, step: Step, changes: Sequence[Change], label: str, rehearsal: bool) -> Update:
    lines = lines_of(changes)
    severity = max((change.severity for change in changes), default=Severity.NOISE)
    return Update(
        key=key,
        nct_id=step.nct_id,
        severity=severity.word,
        title=_title(severity, _name(step.study, step.nct_id, label), lines, rehearsal),
        about=tuple(_about(step.study)),
        lines=lines,
        seen=_seen(step),
        at=step.observed_at,
        kinds=tuple(dict.fromkeys(change.kind for change in changes)),
    )


def _title(severity: Severity, name: str, lines: Sequence[Line], rehearsal: bool) -> str:
    """As in: MAJOR NCT04150497 BALLI-01: Study resumed: Suspended -> Recruiting. (+2 more)."""
    head = f"{REHEARSAL} " * rehearsal + f"{severity.name} {name}: "
    more = f" (+{len(lines) - 1} more)" if len(lines) > 1 else ""
    told = lines[0].text if lines else "nothing of it is told"
    return f"{head}{clipped(told, LONGEST_TITLE - len(head) - len(more))}{more}"


def _name(study: StudyFacts, nct_id: str, label: str) -> str:
    """A study by its number, and the user's word for it or its acronym."""
    return " ".join(filter(None, (nct_id, clipped(one_line(label or study.acronym), 60))))


def _about(study: StudyFacts) -> list[str]:
    """Title; then sponsor, phase and status in one line."""
    facts = filter(None, (study.sponsor, study.phase, status_label(study.status) if study.status else ""))
    return [line for line in (one_line(study.title), one_line(" · ".join(facts))) if line]


def _seen(step: Step) -> str:
    versions = f", version {step.since} -> {step.version}" if step.since is not None else ""
    return f"Seen {step.observed_at:%Y-%m-%d %H:%M} UTC{versions}"
