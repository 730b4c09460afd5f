"""What waits for one target, in the order in which it goes: a study's news in order, and inside that the worst first.

A delivery that must go before a worse one of its study goes with the urgency of that one. One that fails alone holds up
its study for some hours; then later ones overtake it. Nothing may be written while a queue is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.alerts.schedule import HOLDS_UP_ATTEMPTS, HOLDS_UP_FOR
from watcher.model import Form, Target
from watcher.store.connection import stamp

_STUCK = "(attempts >= :enough AND coalesce(stuck_since <= :overtaken, 0))"
_COLUMNS = f"""
delivery.id, delivery.severity, delivery.first_due_at, form = :alert AND attempts = 0,
{_STUCK}, status = 'pending' AND due_at <= :now
"""
_DUE = f"SELECT {_COLUMNS} FROM delivery WHERE status = 'pending' AND channel = :channel AND target = :target"  # noqa: S608
_WORST_FIRST = f"{_DUE} AND due_at <= :now ORDER BY severity DESC, first_due_at, id"
_LEAST_TRIED_FIRST = f"{_DUE} AND due_at <= :now ORDER BY attempts, severity DESC, first_due_at, id"
_OF_STUDY = f"""
SELECT {_COLUMNS}, waiting.first_due_at, position FROM waiting JOIN delivery ON delivery.id = delivery_id
WHERE waiting.channel = :channel AND waiting.target = :target AND nct_id = :study
    AND NOT ({_STUCK} AND status = 'pending' AND due_at > :now)
ORDER BY waiting.first_due_at, position
"""  # noqa: S608 - the columns above, nothing from outside


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery that waits; `fresh`: one alert that was never attempted. `place` is where it stands with a study."""

    id: int
    severity: int
    first_due_at: str
    fresh: bool
    stuck: bool
    ready: bool
    place: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Turn:
    """An entry whose turn has come, with the urgency it has from itself or from what waits behind it."""

    entry: Entry
    urgency: tuple[int, str, int]


class Queue:
    """The turns at one target. A target that failed last time is `probed`: with what was tried least, one at a time."""

    def __init__(self, db: Database, target: Target, now: datetime, *, probed: bool = False) -> None:
        self._db = db
        self._probed = probed
        self._named: dict[str, object] = {
            "channel": target.channel,
            "target": target.name,
            "alert": Form.ALERT.value,
            "now": stamp(now),
            "overtaken": stamp(now - HOLDS_UP_FOR),
            "enough": HOLDS_UP_ATTEMPTS,
        }
        self._taken: set[int] = set()
        self._lines: dict[str, _Line] = {}

    def __iter__(self) -> Iterator[Turn]:
        return self._probes() if self._probed else self._turns()

    def _turns(self) -> Iterator[Turn]:
        for entry in self._entries(_WORST_FIRST):
            while entry.id not in self._taken and (first := self._first_before(entry)) is not None:
                yield self._turn(first, entry)

    def _probes(self) -> Iterator[Turn]:
        """One attempt; what fails alone says little about the target, so another one goes with it."""
        stuck = True
        while stuck:
            ready = (entry for entry in self._entries(_LEAST_TRIED_FIRST) if entry.id not in self._taken)
            entry = next((entry for entry in ready if self._first_before(entry) is entry), None)
            if entry is None:
                return
            stuck = entry.stuck
            yield self._turn(entry, entry)

    def _turn(self, entry: Entry, urgent: Entry) -> Turn:
        self._taken.add(entry.id)
        return Turn(entry, (-urgent.severity, urgent.first_due_at, urgent.id))

    def _first_before(self, entry: Entry) -> Entry | None:
        """What goes first so that this one can follow: often itself; None where that has to wait."""
        passed: set[int] = set()
        while (before := self._just_before(entry)) is not None:
            if not before.ready:
                return None
            # Two that tell several studies each, and overtook each other, would go round in circles.
            if before.id in passed:
                break
            passed.add(entry.id)
            entry = before
        return entry

    def _just_before(self, entry: Entry) -> Entry | None:
        heads = [head for study in self._studies(entry) if (head := self._head(study)) and head.id != entry.id]
        return min(heads, key=lambda head: head.place, default=None)

    def _studies(self, entry: Entry) -> list[str]:
        rows = self._db.conn.execute("SELECT nct_id FROM waiting WHERE delivery_id = ?", (entry.id,))
        return [nct_id for (nct_id,) in rows]

    def _head(self, study: str) -> Entry | None:
        if study not in self._lines:
            self._lines[study] = _Line(self._entries(_OF_STUDY, study=study))
        return self._lines[study].head(self._taken)

    def _entries(self, sql: str, **more: object) -> Iterator[Entry]:
        # No generator: it would hold this queue, which holds it, and its open cursor would keep the log from being
        # folded back until the collector comes by.
        return map(_entry, self._db.conn.execute(sql, {**self._named, **more}))


def _entry(row: Sequence[Any]) -> Entry:
    number, severity, due, fresh, stuck, ready, *place = row
    return Entry(number, severity, due, bool(fresh), bool(stuck), bool(ready), tuple(place) or ("", 0))


class _Line:
    """What waits with one study, in order, read no further than it is asked for."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries = entries
        self._next = next(entries, None)

    def head(self, taken: set[int]) -> Entry | None:
        """The first that was not taken."""
        while self._next is not None and self._next.id in taken:
            self._next = next(self._entries, None)
        return self._next
