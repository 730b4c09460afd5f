"""The inbox: each step of a study as one entry, whichever routes tell it, and the whole of it for who asks why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from watcher.alerts.accounts import Account
from watcher.alerts.explaining import outcome_of
from watcher.alerts.messages import voice
from watcher.alerts.messages.lines import Line, causes_of, lines_of
from watcher.alerts.messages.safe import one_line
from watcher.alerts.messages.views import Head, head_of
from watcher.changes.language.words import clipped
from watcher.model import Alert, Change, Severity

# Longer texts, and more lines, are on the page of the alert.
LINES_SHOWN = 12
BEHIND_SHOWN = 200
CHARACTERS = 700


@dataclass(frozen=True, slots=True)
class Told:
    """A line with all that stands behind it, where it counts what is many: `behind` are the sentences it stands for."""

    line: Line
    behind: tuple[str, ...] = ()
    unlisted: int = 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of it on one route."""

    route: str
    alert: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of one study. `numbers` are those of its alerts, the first of them names its page."""

    numbers: tuple[int, ...]
    severity: Severity
    head: Head
    name: str
    about: tuple[str, ...]
    told: tuple[Told, ...]
    more: str
    silenced: int
    seen: str
    observed_at: datetime
    fates: tuple[Fate, ...]
    since: int | None
    version: int | None
    acknowledged_at: datetime | None
    noise_at: datetime | None

    @property
    def number(self) -> int:
        """The number that names it."""
        return self.numbers[0]

    @property
    def is_unread(self) -> bool:
        """Whether nobody has answered it."""
        return self.acknowledged_at is None and self.noise_at is None

    @property
    def answered(self) -> str:
        """The numbers of its alerts, as a form sends them."""
        return " ".join(map(str, self.numbers))


def entry_of(accounts: Sequence[Account]) -> Entry:
    """The entry of the alerts of one step; what a silence keeps back whole is one only where there is nothing else."""
    telling = [account for account in accounts if account.alert.changes] or list(accounts)
    alert = max((account.alert for account in telling), key=lambda alert: (alert.severity, alert.id))
    changes = changes_of(telling)
    told = told_by(changes)
    rest = [each.line.severity for each in told[LINES_SHOWN:]]
    return Entry(
        numbers=tuple(account.alert.id for account in telling),
        severity=alert.severity,
        head=head_of(alert),
        name=name_of(alert),
        about=_about(alert),
        told=told[:LINES_SHOWN],
        more=voice.more_changes(rest) if rest else "",
        silenced=len({change.id for account in accounts for change in account.kept} - {c.id for c in changes}),
        seen=voice.seen(alert),
        observed_at=alert.observed_at,
        fates=tuple(Fate(a.alert.route, a.alert.id, outcome_of(a, _others(a, telling))) for a in telling),
        since=alert.since,
        version=alert.version,
        acknowledged_at=_all_of([account.acknowledged_at for account in telling]),
        noise_at=_all_of([account.noise_at for account in telling]),
    )


def _others(account: Account, accounts: Sequence[Account]) -> list[Account]:
    return [other for other in accounts if other is not account]


def name_of(alert: Alert) -> str:
    """What the study is called: the user's word for it, its acronym, and its title."""
    study = alert.study
    named = dict.fromkeys(one_line(part) for part in (alert.label, study.acronym, study.title))
    return clipped(": ".join(part for part in named if part), 200)


def _about(alert: Alert) -> tuple[str, ...]:
    """Phase, sponsor, conditions and status; the acronym stands in the name."""
    return tuple(part for part in head_of(alert).about if part != one_line(alert.study.acronym))


def changes_of(accounts: Iterable[Account]) -> tuple[Change, ...]:
    """What these alerts of one step tell, each change once."""
    found = {change.id: change for account in accounts for change in account.alert.changes}
    return tuple(found[number] for number in sorted(found))


def told_by(changes: Sequence[Change]) -> tuple[Told, ...]:
    """The lines as messages have them, severest first, each with what it stands for."""
    return tuple(_told(changes))


def _told(changes: Sequence[Change]) -> Iterator[Told]:
    for _, group in groupby(causes_of(changes), key=lambda change: (change.severity, change.kind)):
        causes = list(group)
        above = {cause.id for cause in causes}
        children = [change for change in changes if change.parent in above]
        lines = lines_of([*causes, *children])
        if len(lines) == len(causes):
            yield from _one_by_one(lines, causes, children)
        else:
            yield _with_behind(lines[0], [*causes, *_hidden(lines[0], children)])


def _one_by_one(lines: Sequence[Line], causes: Sequence[Change], children: Sequence[Change]) -> Iterator[Told]:
    for line, cause in zip(lines, causes, strict=True):
        yield _with_behind(line, _hidden(line, [child for child in children if child.parent == cause.id]))


def _hidden(line: Line, children: Sequence[Change]) -> Sequence[Change]:
    """What folds under a line, where the line counts it."""
    return children if len(children) > len(line.under) else ()


def _with_behind(line: Line, behind: Sequence[Change]) -> Told:
    said = tuple(clipped(one_line(change.sentence), CHARACTERS) for change in behind[:BEHIND_SHOWN])
    return Told(line.clipped(CHARACTERS), said, max(len(behind) - BEHIND_SHOWN, 0))


def _all_of(moments: Sequence[datetime | None]) -> datetime | None:
    """When the last of these was answered; None where one of them is not."""
    return None if None in moments else max(moment for moment in moments if moment is not None)
