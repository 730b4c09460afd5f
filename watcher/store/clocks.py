"""The passing of days: whose clocks are to be looked at, and the one transaction that records what a day brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlite_utils import Database

from watcher.errors import StoreError
from watcher.model import Raised
from watcher.record import Snapshot
from watcher.store.codec import Row, json_of
from watcher.store.connection import Connection, stamp
from watcher.store.meta import Meta
from watcher.store.telling import add_changes, look_again, owe, raise_clocks
from watcher.store.values import DayBrought, Due
from watcher.store.versions import Versions


class Clocks:
    """Verbs of `days`."""

    def __init__(self, connection: Connection, meta: Meta, versions: Versions) -> None:
        self._connection = connection
        self._meta = meta
        self._versions = versions

    def due(self, today: date) -> list[str]:
        """The studies of which some clock may ring today, or that nobody has looked at yet: an index tells, at once."""
        with self._connection.reading() as db:
            rows = db.query(
                "SELECT nct_id FROM study WHERE state = 'listed' AND version > 0 AND clock_due <= ? ORDER BY nct_id",
                [today.isoformat()],
            )
            return [row["nct_id"] for row in rows]

    def studies(self, nct_ids: Sequence[str]) -> list[Due]:
        """These studies with their newest version and what was raised before."""
        with self._connection.reading() as db:
            raised = _raised(db, nct_ids)
            rows = db.query(
                """
                SELECT snapshot.*, clock_due FROM study JOIN snapshot USING (nct_id, version)
                WHERE nct_id IN (SELECT value FROM json_each(?)) ORDER BY nct_id
                """,
                [json_of(list(nct_ids))],
            )
            return [self._due(db, row, raised.get(row["nct_id"], ())) for row in list(rows)]

    def commit(self, brought: DayBrought) -> None:
        """Record what a day brought: clocks, changes, alerts, outbox rows and the next looks in one transaction."""
        instance, at = self._meta.instance, stamp(brought.at)
        with self._connection.writing() as db:
            for nct_id, clock in brought.closed:
                _close(db, nct_id, clock, at)
            raise_clocks(db, brought.raised, brought.at)
            for step in brought.steps:
                add_changes(db, step)
            owe(db, brought.alerts, brought.owed, instance)
            look_again(db, brought.looked_at)

    def _due(self, db: Database, row: Row, raised: Sequence[Raised]) -> Due:
        return Due(row["nct_id"], self._readable(db, row), tuple(raised), new=not row["clock_due"])

    def _readable(self, db: Database, row: Row) -> Snapshot | None:
        """The version, or None where its body is damaged: the other studies of the batch go on."""
        try:
            return self._versions.of(db, row)
        except StoreError:
            return None


def _raised(db: Database, nct_ids: Sequence[str]) -> dict[str, list[Raised]]:
    found: dict[str, list[Raised]] = {}
    sql = "SELECT * FROM clock WHERE nct_id IN (SELECT value FROM json_each(?)) ORDER BY raised_at"
    for row in db.query(sql, [json_of(list(nct_ids))]):
        clock = Raised(row["clock"], row["threshold"], row["date"], bool(row["silent"]), row["cleared_at"] is None)
        found.setdefault(row["nct_id"], []).append(clock)
    return found


def _close(db: Database, nct_id: str, clock: Raised, at: str) -> None:
    db.conn.execute(
        "UPDATE clock SET cleared_at = ? WHERE nct_id = ? AND clock = ? AND threshold = ? AND date = ?",
        (at, nct_id, clock.clock, clock.threshold, clock.date),
    )
