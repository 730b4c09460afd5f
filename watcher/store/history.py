"""The stored history as steps again: what routing was shown then, for explaining it and for replaying it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlite_utils import Database

from watcher.alerts.accounts import Recorded, Told
from watcher.alerts.facts import facts_of, places_of
from watcher.alerts.routes import Step
from watcher.changes.mass import APPROVED, DISMISSED, OPEN
from watcher.errors import StoreError
from watcher.model import Alert, Place, StudyFacts
from watcher.store.codec import Row, change_from, facts_from
from watcher.store.connection import Connection, moment, stamp
from watcher.store.observing import Observing
from watcher.store.telling import released

_ALL_TIME = ("", "9999")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the history: changes that were observed from `since` on and before `until`."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def stamps(self) -> tuple[str, str]:
        """Both ends as the database compares them."""
        first, last = _ALL_TIME
        return stamp(self.since) if self.since else first, stamp(self.until) if self.until else last


@dataclass(frozen=True, slots=True)
class Extent:
    """What a part of the history holds: changes in all, those of them that were held back, its first and last day."""

    changes: int
    held_open: int
    dismissed: int
    first: datetime | None
    last: datetime | None


class History:
    """Verbs about what was recorded; nothing here writes."""

    def __init__(self, connection: Connection, observing: Observing) -> None:
        self._connection = connection
        self._observing = observing

    def extent(self, span: Span) -> Extent:
        """How much there is."""
        sql = """
            SELECT count(*) AS changes, min(observed_at) AS first, max(observed_at) AS last,
                count(CASE WHEN decision = :open THEN 1 END) AS held_open,
                count(CASE WHEN decision = :dismissed THEN 1 END) AS dismissed
            FROM change LEFT JOIN hold ON hold.id = hold_id WHERE observed_at >= :since AND observed_at < :until
        """
        since, until = span.stamps
        about = {"open": OPEN, "dismissed": DISMISSED, "since": since, "until": until}
        with self._connection.reading() as db:
            row = dict(next(db.query(sql, about)))
        first, last = (moment(at) if (at := row.pop(end)) else None for end in ("first", "last"))
        return Extent(**row, first=first, last=last)

    def steps(self, span: Span, *, as_it_was: bool) -> Iterator[Step]:
        """What was told, in its order, without first sights and what is held back; what was released comes by itself.

        `as_it_was`: with the study and its sites as they were then, which has every version read; else with the study
        as it is now, and no sites.
        """
        with self._connection.reading() as db:
            for rows in _grouped(db.query(_TOLD, span.stamps)):
                first = rows[0]
                if first["version"] is not None and first["since"] is None:
                    continue
                facts, places = self._as_it_was(db, first) if as_it_was else (_facts(first), None)
                yield _step(rows, facts, places)

    def study_then(self, alert: Alert) -> StudyFacts:
        """The study as it was when an alert of a replay would have been made."""
        row = {"nct_id": alert.nct_id, "version": alert.version, "occasion": alert.occasion, "decision": None}
        with self._connection.reading() as db:
            facts = next(db.query("SELECT facts FROM study WHERE nct_id = ?", [alert.nct_id]), {"facts": None})
            return self._as_it_was(db, {**row, **facts, "observed_at": stamp(alert.observed_at)})[0]

    def recorded(self, nct_id: str, since: datetime | None) -> tuple[Recorded, ...]:
        """Every step of one study, newest first, with the alerts that hold its changes."""
        found = []
        with self._connection.reading() as db:
            told = _told(db, nct_id)
            for _, alike in groupby(list(db.query(_OF_STUDY, [nct_id, Span(since).stamps[0]])), key=_occasion):
                rows = list(alike)
                plain = [{**row, "decision": None} for row in rows]
                step = _step(plain, *self._as_it_was(db, plain[0]))
                holds = {row["number"]: (row["hold_id"], row["decision"]) for row in rows if row["hold_id"]}
                found.append(Recorded(step, {row["number"]: told.get(row["id"], ()) for row in rows}, holds))
        return tuple(reversed(found))

    def _as_it_was(self, db: Database, row: Row) -> tuple[StudyFacts, tuple[Place, ...] | None]:
        """The study and its sites at a step, as its routing was shown them; as it is now where they cannot be read."""
        at = row["decided_at"] if row["decision"] == APPROVED else row["observed_at"]
        version = row["version"] if at == row["observed_at"] else None
        try:
            snapshot = self._observing.snapshot(row["nct_id"], version or _version_at(db, row["nct_id"], at))
        except StoreError:
            return _facts(row), None
        # Where the sites were not at hand then, they are not now: every route that names a place heard of it.
        has_places = version is not None or row["occasion"].startswith("clock:")
        return facts_of(row["nct_id"], snapshot.record), places_of(snapshot.record) if has_places else None


def _grouped(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """The changes of each step, those of a released hold apart."""
    for _, alike in groupby(rows, key=_occasion):
        parts: dict[str, list[Row]] = {}
        for row in alike:
            parts.setdefault(row["hold_id"] if row["decision"] == APPROVED else "", []).append(row)
        yield from parts.values()


def _occasion(row: Row) -> tuple[str, str]:
    return row["nct_id"], row["occasion"]


def _step(rows: Sequence[Row], facts: StudyFacts, places: tuple[Place, ...] | None) -> Step:
    first = rows[0]
    is_released = first["decision"] == APPROVED
    return Step(
        nct_id=first["nct_id"],
        occasion=released(first["hold_id"], first["occasion"]) if is_released else first["occasion"],
        observed_at=moment(first["decided_at"] if is_released else first["observed_at"]),
        changes=tuple(map(change_from, rows)),
        study=facts,
        since=first["since"],
        version=first["version"],
        places=places,
    )


def _facts(row: Row) -> StudyFacts:
    return facts_from(row["facts"]) or StudyFacts(row["nct_id"])


def _version_at(db: Database, nct_id: str, at: str) -> int:
    sql = "SELECT coalesce(max(version), 0) AS version FROM snapshot WHERE nct_id = ? AND seen_at <= ?"
    return int(next(db.query(sql, [nct_id, at]))["version"])


def _told(db: Database, nct_id: str) -> dict[int, tuple[Told, ...]]:
    """The alerts that hold each change of a study, by the change's row."""
    sql = """
        SELECT change_id, alert_id, route, silence_id FROM alert JOIN alert_change ON alert_id = alert.id
        WHERE nct_id = ? ORDER BY alert_id
    """
    found: dict[int, tuple[Told, ...]] = {}
    for row in db.query(sql, [nct_id]):
        told = Told(row["route"], row["alert_id"], row["silence_id"] or 0)
        found[row["change_id"]] = (*found.get(row["change_id"], ()), told)
    return found


_STEPS = """
SELECT change.*, decision, decided_at, facts
FROM change JOIN study USING (nct_id) LEFT JOIN hold ON hold.id = hold_id
"""
# The rows of a step were written together: in the order of time they stand together.
_TOLD = f"""
{_STEPS} WHERE observed_at >= ? AND observed_at < ? AND (hold_id IS NULL OR decision = 'approved')
ORDER BY observed_at, change.id
"""
_OF_STUDY = f"{_STEPS} WHERE nct_id = ? AND observed_at >= ? ORDER BY observed_at, change.id"
