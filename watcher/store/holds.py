"""Mass changes that are held back: opened by the poll, decided by the operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.alerts.routes import Step
from watcher.changes.mass import APPROVED, DISMISSED, OPEN
from watcher.errors import StoreError, UsageError
from watcher.model import Change, StudyFacts
from watcher.store.codec import Row, change_from, facts_from, json_of
from watcher.store.connection import Connection, stamp
from watcher.store.contracts.polling import Routed
from watcher.store.meta import Meta
from watcher.store.shown import HeldChange
from watcher.store.telling import owe, released
from watcher.store.values import Hold, Observation

_HOLDS = """
SELECT hold.*, count(DISTINCT nct_id) AS studies, count(nct_id) AS changes
FROM hold LEFT JOIN change ON hold_id = hold.id WHERE {which} GROUP BY hold.id ORDER BY opened_at DESC, hold.id
"""


class Holds:
    """Verbs about what is held back."""

    def __init__(self, connection: Connection, meta: Meta) -> None:
        self._connection = connection
        self._meta = meta

    def decided(self, data_refresh: str) -> Mapping[str, str]:
        """The mutations that were held in this data refresh, each open, approved or dismissed."""
        with self._connection.reading() as db:
            rows = db.query("SELECT fingerprint, decision FROM hold WHERE data_refresh = ?", [data_refresh])
            return {row["fingerprint"]: row["decision"] for row in rows}

    def all(self, *, open_only: bool = False) -> tuple[Hold, ...]:
        """Every hold, newest first."""
        with self._connection.reading() as db:
            return tuple(read_holds(db, open_only=open_only))

    def get(self, hold_id: str) -> Hold:
        """One hold; UsageError where there is none such."""
        with self._connection.reading() as db:
            return _hold(db, hold_id)

    def changes(self, hold_id: str, limit: int) -> tuple[Change, ...]:
        """What a hold keeps back, or kept, by study."""
        sql = "SELECT body FROM change WHERE hold_id = ? ORDER BY nct_id, observed_at, number LIMIT ?"
        with self._connection.reading() as db:
            return tuple(change_from(row) for row in db.query(sql, [hold_id, limit]))

    def held(self, hold_id: str, after: tuple[str, int] = ("", 0), limit: int = 50) -> tuple[HeldChange, ...]:
        """What a hold keeps back, or kept, by study: so many changes behind a place."""
        sql = """
            SELECT nct_id, id, body FROM change WHERE hold_id = ? AND (nct_id, id) > (?, ?)
            ORDER BY nct_id, id LIMIT ?
        """
        with self._connection.reading() as db:
            rows = db.query(sql, [hold_id, *after, limit])
            return tuple(HeldChange((row["nct_id"], row["id"]), change_from(row)) for row in rows)

    def steps(self, hold_id: str, now: datetime) -> tuple[Step, ...]:
        """What an approval would hand to the routes: what is held, as steps of their own."""
        with self._connection.reading() as db:
            return tuple(_steps(db, hold_id, now))

    def approve(self, hold_id: str, route: Callable[[Sequence[Step]], Routed], now: datetime) -> int:
        """Release what is held, as `route` sends it, in one transaction; how many alerts that made.

        Nothing where it was approved before. What was dismissed may still be approved.
        """
        instance = self._meta.instance
        with self._connection.writing() as db:
            if _hold(db, hold_id).decision == APPROVED:
                return 0
            alerts, owed = route(tuple(_steps(db, hold_id, now)))
            owe(db, alerts, owed, instance)
            _decide(db, hold_id, APPROVED, now)
            return len(alerts)

    def dismiss(self, hold_id: str, now: datetime) -> None:
        """Keep what is held in the history only; UsageError where it was sent already."""
        with self._connection.writing() as db:
            decision = _hold(db, hold_id).decision
            if decision == APPROVED:
                raise UsageError(f"{hold_id} was approved, and what it held is sent: it cannot be dismissed any more")
            if decision == OPEN:
                _decide(db, hold_id, DISMISSED, now)


def open_holds(db: Database, page: Observation) -> None:
    """Open, inside the transaction of a page, the holds of its mass changes that do not stand yet."""
    if not page.held.masses:
        return
    db.table("hold").insert_all(
        (
            {
                "id": mass.id,
                "fingerprint": mass.fingerprint,
                "data_refresh": page.data_timestamp,
                "opened_at": stamp(page.at),
            }
            for mass in page.held.masses
        ),
        ignore=True,
    )
    ids = json_of([mass.id for mass in page.held.masses])
    sql = "SELECT id FROM hold WHERE decision = 'approved' AND id IN (SELECT value FROM json_each(?))"
    if list(db.query(sql, [ids])):
        # What would be stored as held would never be released: the page is asked for again and goes out.
        raise StoreError("a mass change was approved while the page that shows it was being read")


def read_holds(db: Database, *, open_only: bool = False) -> Iterator[Hold]:
    """Every hold with its counts, newest first."""
    return map(_read, db.query(_HOLDS.format(which="decision = 'open'" if open_only else "1")))


def _hold(db: Database, hold_id: str) -> Hold:
    rows = list(db.query(_HOLDS.format(which="hold.id = ?"), [hold_id]))
    if not rows:
        raise UsageError(f"there is no mass change {hold_id}: `watcher mass list --all` shows them")
    return _read(rows[0])


def _read(row: Row) -> Hold:
    return Hold(**row)


def _decide(db: Database, hold_id: str, decision: str, now: datetime) -> None:
    db.conn.execute("UPDATE hold SET decision = ?, decided_at = ? WHERE id = ?", (decision, stamp(now), hold_id))


def _steps(db: Database, hold_id: str, now: datetime) -> Iterator[Step]:
    """What is held, as steps of their own: told now, under occasions of their own."""
    sql = """
        SELECT change.*, study.facts FROM change JOIN study USING (nct_id) WHERE hold_id = ?
        ORDER BY nct_id, observed_at, occasion, number
    """
    found: dict[tuple[str, str], list[Row]] = {}
    for row in db.query(sql, [hold_id]):
        found.setdefault((row["nct_id"], row["occasion"]), []).append(row)
    for (nct_id, occasion), rows in found.items():
        yield Step(
            nct_id=nct_id,
            occasion=released(hold_id, occasion),
            observed_at=now,
            changes=tuple(map(change_from, rows)),
            study=facts_from(rows[0]["facts"]) or StudyFacts(nct_id),
            since=rows[0]["since"],
            version=rows[0]["version"],
        )
