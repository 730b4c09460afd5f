"""What is told of clocks: each threshold once for a date, and that it is over where the record says so.

The decisions, so that nobody is told too much:

- The first look at a study is a silent baseline: what stands then is recorded and told to nobody, and its end neither.
- A higher threshold supersedes the lower one; so does the same clock for a date that moved but has passed again.
- A clock whose time runs out (near, once the day has come; due, once overdue) ends without a word: another one rings.
- A date that only became more or less precise is the same date: nothing rings again.
- A threshold rings once for a date, also where the status went to and fro in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from watcher.changes.between import told
from watcher.changes.clocks.timetable import Timetable, cleared, finding, next_day, timetables
from watcher.changes.reading import Version
from watcher.changes.table import clocks as table
from watcher.model import Change, Raised
from watcher.record import PartialDate

_ROW = table.ROWS[0]


@dataclass(frozen=True, slots=True)
class Ringing:
    """What a day brings to one study: clocks raised, clocks closed, and what of both is told, worst first.

    All that one look finds is one step: its `occasion` is that of the first clock told, which is told once ever.
    `next_day` is when to look again while the version lasts, None where no day brings anything.
    """

    raised: tuple[Raised, ...] = ()
    closed: tuple[Raised, ...] = ()
    told: tuple[Change, ...] = ()
    occasion: str = ""
    next_day: date | None = None


def ringing(version: Version, nct_id: str, before: Sequence[Raised], today: date, *, baseline: bool = False) -> Ringing:
    """What `today` brings to a study whose clocks stood as in `before`; a `baseline` is told to nobody."""
    set_now = {clock.clock: clock for clock in timetables(version)}
    raised = [(clock, new) for clock in set_now.values() if (new := _raised(clock, before, today, baseline))]
    closed = [old for old in before if old.open and not _stands(old, set_now, raised, today)]
    renewed = {new.clock for _, new in raised}
    ends = [old for old in closed if not old.silent and old.clock not in renewed and not _ran_out(old, set_now, today)]
    found = [
        (new.occasion, told(_ROW, finding(clock, new.threshold, version, today), nct_id))
        for clock, new in raised
        if not new.silent
    ]
    found += [(f"{old.occasion}:cleared", told(_ROW, cleared(old.clock, old.date, version), nct_id)) for old in ends]
    found.sort(key=lambda entry: (-entry[1].severity, entry[1].kind, entry[0]))
    return Ringing(
        raised=tuple(new for _, new in raised),
        closed=tuple(closed),
        told=tuple(replace(change, id=number) for number, (_, change) in enumerate(found)),
        occasion=found[0][0] if found else "",
        next_day=next_day(set_now.values(), today),
    )


def _raised(clock: Timetable, before: Sequence[Raised], today: date, baseline: bool) -> Raised | None:
    threshold = clock.threshold(today)
    if threshold is None:
        return None
    rank = clock.rank(threshold)
    if any(clock.rank(old.threshold) >= rank for old in _alike(clock, before)):
        return None
    return Raised(clock.clock, threshold, clock.set_for.text, silent=baseline)


def _stands(
    old: Raised, set_now: dict[str, Timetable], raised: Sequence[tuple[Timetable, Raised]], today: date
) -> bool:
    """Whether a clock that was raised stands unchanged."""
    clock = set_now.get(old.clock)
    if clock is None or clock.threshold(today) is None or not _same(old, clock):
        return False
    return all(new.clock != old.clock for _, new in raised)


def _ran_out(old: Raised, set_now: dict[str, Timetable], today: date) -> bool:
    """Whether it ended by the calendar alone, or stands still for a date it was raised for before."""
    clock = set_now.get(old.clock)
    return clock is not None and ((_same(old, clock) and clock.is_over(today)) or clock.threshold(today) is not None)


def _alike(clock: Timetable, before: Sequence[Raised]) -> Iterator[Raised]:
    return (old for old in before if old.clock == clock.clock and _same(old, clock))


def _same(old: Raised, clock: Timetable) -> bool:
    day = PartialDate.parse(old.date)
    return day is not None and day.overlaps(clock.set_for)
