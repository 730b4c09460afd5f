"""Many studies at a glance: what boards and lists show, without reading a record for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from watcher.alerts.plans import plan_of
from watcher.changes.reading import ODD, Version
from watcher.errors import MalformedRecord, StoreBusy, StoreError, StoreFull, StoreReadOnly
from watcher.record import primary_completion
from watcher.store.codec import facts_from, json_of
from watcher.store.connection import Connection, moment
from watcher.store.observing import Observing
from watcher.store.plans import UNREADABLE, plan_from, plan_json
from watcher.store.shown import Glance, Standing
from watcher.store.values import ABSENT

MOST_READ = 200
"""So many records are read for a board whose database is from before it: about as long as somebody waits."""
_MOST_CAUGHT_UP = 1_000

_COLUMNS = "study.nct_id, state, version, merged_into, first_seen_at, first_completion, facts, plan, changed"
_OF_THESE = f"SELECT {_COLUMNS} FROM json_each(?) CROSS JOIN study ON study.nct_id = value"  # noqa: S608 - constants
_RUNNING = "SELECT nct_id, clock FROM json_each(?) CROSS JOIN clock ON nct_id = value WHERE cleared_at IS NULL"
_STANDINGS = "SELECT state, version, facts, changed FROM json_each(?) CROSS JOIN study ON study.nct_id = value"
# The search that has found nearly everything gives its newest numbers at once; a small one is walked through.
_MEMBERS = """
SELECT nct_id FROM member WHERE search_id = (SELECT id FROM search WHERE watch = ?) ORDER BY nct_id DESC LIMIT ?
"""
_LATEST_OF = """
SELECT changed FROM study INDEXED BY study_changed JOIN member ON member.nct_id = study.nct_id
WHERE changed > 0 AND search_id = (SELECT id FROM search WHERE watch = ?) ORDER BY changed DESC LIMIT 1
"""
_CHANGED = "FROM study INDEXED BY study_changed WHERE changed > 0"
_NEWEST_CHANGES = f"SELECT {_COLUMNS} {_CHANGED} ORDER BY changed DESC, nct_id DESC LIMIT ? OFFSET ?"
_UNCHANGED = f"SELECT {_COLUMNS} FROM study WHERE changed = 0 ORDER BY nct_id DESC LIMIT ? OFFSET ?"  # noqa: S608 - constants
_FROM_NUMBER = f"SELECT {_COLUMNS} FROM study WHERE nct_id >= ? AND nct_id < ? ORDER BY nct_id LIMIT ?"  # noqa: S608 - constants
_SOME_CHANGED = f"SELECT nct_id, facts {_CHANGED} ORDER BY changed DESC LIMIT ?"
_SOME_NUMBERS = "SELECT nct_id, facts FROM study WHERE facts IS NOT NULL ORDER BY nct_id DESC LIMIT ?"
_SOME_OF_THESE = """
SELECT study.nct_id, facts FROM json_each(?) CROSS JOIN study ON study.nct_id = value WHERE facts IS NOT NULL
"""
_UNPLANNED = """
SELECT nct_id, version, first_completion FROM study INDEXED BY study_unplanned
WHERE plan IS NULL AND version > 0 ORDER BY nct_id LIMIT ?
"""
_PLANNED = """
UPDATE study SET plan = ?, first_completion = coalesce(first_completion, ?)
WHERE nct_id = ? AND version = ? AND plan IS NULL
"""


class Boards:
    """Verbs about many studies at once."""

    def __init__(self, connection: Connection, observing: Observing) -> None:
        self._connection = connection
        self._observing = observing

    def glances(self, nct_ids: Sequence[str], *, most_read: int = MOST_READ) -> tuple[Glance, ...]:
        """These studies in their order; one that was never asked for is absent and was never looked for.

        Where the database does not hold a plan yet, the record is read, of `most_read` studies at most.
        """
        with self._connection.reading() as db:
            found = {
                glance.nct_id: glance for glance in self._glances(db, _OF_THESE, [json_of(list(nct_ids))], most_read)
            }
        return tuple(found.get(nct_id) or Glance(nct_id, ABSENT, known=False) for nct_id in nct_ids)

    def members(self, watch: str, limit: int) -> tuple[str, ...]:
        """The studies that the search of a watch has found, the highest numbers first, so many at most."""
        with self._connection.reading() as db:
            return tuple(nct_id for (nct_id,) in db.conn.execute(_MEMBERS, (watch, limit)).fetchall())

    def standings(self, nct_ids: Sequence[str]) -> tuple[Standing, ...]:
        """How those of these studies stand that were ever asked for."""
        with self._connection.reading() as db:
            rows = db.conn.execute(_STANDINGS, (json_of(list(nct_ids)),)).fetchall()
        return tuple(Standing(state, version, _status(facts), _moment(at)) for state, version, facts, at in rows)

    def last_change(self, watch: str) -> datetime | None:
        """When a study of a large search last changed by more than noise."""
        with self._connection.reading() as db:
            row = db.conn.execute(_LATEST_OF, (watch,)).fetchone()
        return _moment(row[0]) if row else None

    def newest(self, limit: int, offset: int = 0) -> tuple[Glance, ...]:
        """Studies by their last change, newest first; then those that never changed, by number, the highest first."""
        with self._connection.reading() as db:
            found = self._glances(db, _NEWEST_CHANGES, [limit, offset], MOST_READ)
            if len(found) < limit:
                changed = int(db.conn.execute(f"SELECT count(*) {_CHANGED}").fetchone()[0])
                rest = [limit - len(found), max(offset - changed, 0)]
                found += self._glances(db, _UNCHANGED, rest, MOST_READ)
        return tuple(found)

    def numbered(self, beginning: str, limit: int) -> tuple[Glance, ...]:
        """Studies whose number begins so, in order."""
        with self._connection.reading() as db:
            return tuple(self._glances(db, _FROM_NUMBER, [beginning, f"{beginning}:", limit], MOST_READ))

    def naming(self, words: Sequence[str], among: Sequence[str], most: int) -> tuple[str, ...]:
        """The numbers of studies whose titles, acronyms and sponsors hold all these words, in any case.

        Looked through are `most` studies: those of `among`, then those that changed last, then the highest numbers.
        """
        wanted = [word.casefold() for word in words]
        with self._connection.reading() as db:
            seen = dict(_named(db, among, most))
        return tuple(nct_id for nct_id, facts in seen.items() if _holds(facts, wanted))

    def catch_up(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Read the plans of some studies of a database from before: about a second's work; how many."""
        done = 0
        while done < _MOST_CAUGHT_UP and not stop() and (read := self.fill()):
            done += read
        return done

    def fill(self, limit: int = 100) -> int:
        """Read the plans of the next so many studies that have none yet, in one short transaction; how many there were.

        Databases from before have none; where nothing is missing this costs a look at an empty index.
        """
        with self._connection.reading() as db:
            rows = db.conn.execute(_UNPLANNED, (limit,)).fetchall()
        if not rows:
            return 0
        found = [(*self._read(nct_id, version, first), nct_id, version) for nct_id, version, first in rows]
        with self._connection.writing() as db:
            db.conn.executemany(_PLANNED, found)
        return len(rows)

    def _glances(self, db: Database, sql: str, about: Sequence[object], most_read: int) -> list[Glance]:
        rows = db.conn.execute(sql, list(about)).fetchall()
        running = _running(db, [row[0] for row in rows])
        found = []
        for row in rows:
            if row[7] is None and row[2] and most_read > 0:
                most_read -= 1
                row = self._completed(row)
            found.append(_glance(row, running.get(row[0], ())))
        return found

    def _completed(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The same row with what its record says."""
        plan, first = self._read(row[0], row[2], row[5])
        return (*row[:5], first, row[6], plan, row[8])

    def _read(self, nct_id: str, version: int, first_completion: str | None) -> tuple[str, str | None]:
        """Plan and first primary completion date, as a row has them; StoreError for what may pass."""
        try:
            newest = self._observing.snapshot(nct_id, version)
            plan = plan_json(plan_of(Version(newest.content)))
            if first_completion is None:
                first = newest if version == 1 else self._observing.snapshot(nct_id, 1)
                first_completion = primary_completion(first.record) or ""
        except (StoreBusy, StoreFull, StoreReadOnly):
            # Nothing is wrong with the record: another time it can be read.
            raise
        except (StoreError, MalformedRecord, *ODD):
            return UNREADABLE, first_completion
        return plan, first_completion


def _glance(row: Sequence[Any], clocks: Sequence[str]) -> Glance:
    nct_id, state, version, heir, first_seen, first_completion, facts, plan, changed = row
    return Glance(
        nct_id=nct_id,
        state=state,
        version=version,
        merged_into=heir or "",
        first_seen_at=moment(first_seen) if first_seen else None,
        first_completion=first_completion or "",
        facts=facts_from(facts),
        plan=plan_from(plan),
        unread=plan is None and version > 0,
        changed_at=_moment(changed),
        clocks=tuple(clocks),
    )


def _running(db: Database, nct_ids: Sequence[str]) -> dict[str, list[str]]:
    """The clocks of these studies that stand, each once."""
    found: dict[str, list[str]] = {}
    for nct_id, clock in db.conn.execute(_RUNNING, (json_of(list(nct_ids)),)):
        clocks = found.setdefault(nct_id, [])
        if clock not in clocks:
            clocks.append(clock)
    return found


def _named(db: Database, among: Sequence[str], most: int) -> Iterator[tuple[str, str]]:
    """So many numbers with their facts; some come twice."""
    given = 0
    for sql, about in ((_SOME_OF_THESE, json_of(list(among[:most]))), (_SOME_CHANGED, None), (_SOME_NUMBERS, None)):
        rows = db.conn.execute(sql, (about if about is not None else most - given,)).fetchall()
        given += len(rows)
        yield from rows
        if given >= most:
            return


def _holds(text: str, wanted: Sequence[str]) -> bool:
    """Whether the facts name all these words. Most texts do not hold one of them anywhere, which is seen at once."""
    whole = text.casefold()
    if not all(word in whole for word in wanted if word.isascii() and word.isalnum()):
        return False
    facts = facts_from(text)
    named = f"{facts.title}\n{facts.acronym}\n{facts.sponsor}".casefold() if facts else ""
    return all(word in named for word in wanted)


def _status(facts: str | None) -> str:
    known = facts_from(facts)
    return known.status if known else ""


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
