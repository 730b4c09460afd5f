"""What each target must be told, and when: recomputed from what changed, apart from the product's routing.

The presets' tables and the facts (which change was seen when) are read as data. Rules, windows, quiet hours,
repetitions and "nothing twice" are worked out here once more, in as few words as they allow.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from watcher.alerts.presets import GROUPS, PRESETS
from watcher.model import Severity

MINOR, CRITICAL = int(Severity.MINOR), int(Severity.CRITICAL)
ALERT, DIGEST, ESCALATION = "alert", "digest", "escalation"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Kinds, the least severity told at once, the least that is collected; None: not at all.
Row = tuple[tuple[str, ...], int | None, int | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """A change as it was recorded."""

    id: int
    kind: str
    severity: int
    parent: int | None = None
    subject: str = ""
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What was seen of one study on one occasion."""

    nct_id: str
    occasion: str
    at: datetime
    version: int | None
    changes: tuple[Seen, ...]

    @property
    def key(self) -> tuple[str, str]:
        """How any message names it: by the study and the minute in which it was seen."""
        return self.nct_id, f"{self.at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Reader:
    """One route in plain words; its channels have one target each, which goes by the channel's name.

    Without a `preset`, everything from minor on is told at its time. `quiet` is from, to, and the severity that is told
    nevertheless; `escalate` is after how long, and to which channels.
    """

    name: str
    zone: str
    when: str
    to: tuple[str, ...]
    preset: str = ""
    quiet: tuple[time, time, int] | None = None
    escalate: tuple[timedelta, tuple[str, ...]] | None = None
    says_nothing: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its table."""
        if not self.preset:
            return (((), None, MINOR),)
        return tuple((GROUPS[name], *cells) for name, cells in PRESETS[self.preset].rows.items())


@dataclass(frozen=True, slots=True)
class Due:
    """Some changes of one step that one target must be told, by one route, in one message."""

    target: str
    route: str
    form: str
    window: str
    at: datetime
    step: Step
    ids: frozenset[int]


Digest = tuple[str, str, str]
"""Target, route and window."""


@dataclass(frozen=True, slots=True)
class Expected:
    """All of it: what is due, and the digests that must come, those without news included."""

    dues: tuple[Due, ...]
    digests: frozenset[Digest]


def expected(
    steps: Iterable[Step], readers: Sequence[Reader], polled: Iterable[datetime], *, until: datetime
) -> Expected:
    """What is due by `until`; `polled` are moments at which the daemon looked, once for each of its days at least."""
    dues = tuple(due for step in steps for due in _of_step(step, readers) if due.at <= until)
    with_news = {(due.target, due.route, due.window) for due in dues if due.form == DIGEST}
    return Expected(dues, frozenset(with_news | set(_announced(readers, polled, until))))


def _announced(readers: Iterable[Reader], polled: Iterable[datetime], until: datetime) -> Iterator[Digest]:
    days = tuple(polled)
    for reader in readers:
        for now in days if reader.says_nothing else ():
            closes = closing(now, reader.when, reader.zone)
            if closes is not None and closes <= until:
                yield from ((target, reader.name, _local_day(closes, reader)) for target in reader.to)


# --- one step -----------------------------------------------------------------------


@dataclass(slots=True)
class _Drawn:
    """What one reader makes of a step."""

    reader: Reader
    place: int
    ids: frozenset[int]
    severity: int
    window: str
    at: datetime


def _of_step(step: Step, readers: Sequence[Reader]) -> Iterator[Due]:
    """Whoever is due first tells a target; what comes later there leaves out what it was told."""
    drawn = [_drawn(step, reader, place) for place, reader in enumerate(readers)]
    found = sorted(filter(None, drawn), key=lambda each: (each.at, each.place))
    told: dict[str, frozenset[int]] = {}
    for each in found:
        for target in each.reader.to:
            fresh = each.ids - told.get(target, frozenset())
            told[target] = told.get(target, frozenset()) | each.ids
            if fresh:
                form = DIGEST if each.window else ALERT
                yield Due(target, each.reader.name, form, each.window, each.at, step, fresh)
    yield from _repeated(step, found)


def _repeated(step: Step, found: Iterable[_Drawn]) -> Iterator[Due]:
    reached: set[str] = set()
    for each in found:
        if each.reader.escalate is None or each.severity < CRITICAL:
            continue
        after, targets = each.reader.escalate
        for target in targets:
            if target not in reached:
                yield Due(target, each.reader.name, ESCALATION, "", each.at + after, step, each.ids)
        reached |= set(targets)


def _drawn(step: Step, reader: Reader, place: int) -> _Drawn | None:
    verdicts = {change.id: _verdict(reader, change) for change in step.changes}
    asked = {number for number, verdict in verdicts.items() if verdict}
    ids = frozenset(change.id for change in step.changes if change.id in asked or change.parent in asked)
    if not ids:
        return None
    severity = max(change.severity for change in step.changes if change.id in ids)
    window, at = _time(step, reader, severity, at_once="now" in verdicts.values())
    return _Drawn(reader, place, ids, severity, window, at)


def _verdict(reader: Reader, change: Seen) -> str:
    """What the first row about this kind says: "now", "later" or nothing."""
    if change.severity < MINOR:
        return ""
    for kinds, at_once, collected in reader.rows:
        if kinds and not any(fnmatchcase(change.kind, kind) for kind in kinds):
            continue
        if at_once is not None and change.severity >= at_once:
            return "now"
        if collected is not None and change.severity >= collected:
            return "now" if reader.when == "now" else "later"
        return ""
    return ""


def _time(step: Step, reader: Reader, severity: int, *, at_once: bool) -> tuple[str, datetime]:
    """The window ("" for none) and the moment it is due."""
    closes = None if at_once else closing(step.at, reader.when, reader.zone)
    if closes is not None:
        return _local_day(closes, reader), closes
    if reader.quiet is not None and severity < reader.quiet[2]:
        ends = quiet_until(step.at, reader.quiet[0], reader.quiet[1], reader.zone)
        if ends is not None:
            return f"quiet {_local_day(ends, reader)}", ends
    return "", step.at


def _local_day(moment: datetime, reader: Reader) -> str:
    return moment.astimezone(ZoneInfo(reader.zone)).date().isoformat()


def closing(now: datetime, when: str, zone: str) -> datetime | None:
    """When the window that is open at `now` closes, in UTC; None where nothing is collected."""
    if when == "now":
        return None
    *_, weekday, clock = ["", *when.split()]
    today = now.astimezone(ZoneInfo(zone)).date()
    for ahead in range(9):
        closes = _at(today + timedelta(days=ahead), time.fromisoformat(clock), zone)
        if closes > now and (
            weekday == "daily" or WEEKDAYS.index(weekday) == closes.astimezone(ZoneInfo(zone)).weekday()
        ):
            return closes
    raise AssertionError(f"no {when} in a week")


def quiet_until(now: datetime, start: time, end: time, zone: str) -> datetime | None:
    """When the quiet hours that hold at `now` end, in UTC; None where none do."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for ahead in (-1, 0):
        began = datetime.combine(local.date() + timedelta(days=ahead), start)
        ends = datetime.combine(began.date() + timedelta(days=int(end <= start)), end)
        if began <= local < ends:
            return _at(ends.date(), end, zone)
    return None


def _at(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


# --- the facts ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database holds of what happened: steps for readers, and how many changes wait for the operator."""

    steps: tuple[Step, ...]
    held: int
    content: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


def facts_in(database: Path) -> Facts:
    """The recorded changes; first sights and what is held back are told to nobody."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT nct_id, occasion, observed_at, since, version, number, kind, severity, body, hold_id "
            "FROM change ORDER BY id"
        ).fetchall()
    finally:
        connection.close()
    steps: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        if row[9] is None and (row[3] is not None or row[4] is None):
            steps.setdefault((row[0], row[1]), []).append(row)
    return Facts(tuple(map(_step, steps.values())), sum(row[9] is not None for row in rows), _content(rows))


def _content(rows: Iterable[tuple[Any, ...]]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Kinds by study and occasion: the same in any two runs of one month, whatever failed in them."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        # A clock's occasion names its date; an event's names the data refresh: neither depends on the moment.
        found.setdefault((row[0], row[1]), []).append(f"{row[5]} {row[6]} {row[7]}")
    return {key: tuple(sorted(kinds)) for key, kinds in found.items()}


def _step(rows: Sequence[tuple[Any, ...]]) -> Step:
    nct_id, occasion, observed_at, _, version, *_ = rows[0]
    at = datetime.fromisoformat(observed_at).astimezone(UTC)
    return Step(nct_id, occasion, at, version, tuple(map(_seen, rows)))


def _seen(row: tuple[Any, ...]) -> Seen:
    # What is as it usually is is not stored.
    body = {"parent": None, "subject": "", "old": None, "new": None, **json.loads(row[8])}
    return Seen(row[5], row[6], row[7], body["parent"], body["subject"], body["old"], body["new"])
