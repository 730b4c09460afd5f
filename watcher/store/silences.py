"""Silences: what nobody is to hear for a while, and what each has kept back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.alerts.silences import silenced
from watcher.errors import UsageError
from watcher.model import Silence
from watcher.store.codec import Row, change_from
from watcher.store.connection import Connection, moment, stamp
from watcher.store.shown import Silencing


class Silences:
    """Verbs about silences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def active(self, now: datetime) -> tuple[Silence, ...]:
        """What is silenced at `now`; a silence expires by itself."""
        with self._connection.reading() as db:
            rows = db.query("SELECT * FROM silence WHERE ended_at IS NULL AND until > ? ORDER BY id", [stamp(now)])
            return tuple(map(_silence, rows))

    def all(self) -> tuple[Silencing, ...]:
        """Every silence, newest first, with how many alerts and changes it has kept back."""
        sql = """
            SELECT silence.*, count(DISTINCT alert_id) AS alerts, count(alert_id) AS changes
            FROM silence LEFT JOIN alert_change ON silence_id = silence.id GROUP BY silence.id ORDER BY silence.id DESC
        """
        with self._connection.reading() as db:
            return tuple(Silencing(_silence(row), row["alerts"], row["changes"]) for row in db.query(sql))

    def add(self, key: str, silence: Silence) -> Silence:
        """Add a silence under its number, in effect also for what is owed and was not tried yet (but see _keep_back).

        `key` names the wish for it: the same wish again adds nothing.
        """
        with self._connection.writing() as db:
            row = {
                "key": key,
                "nct_id": silence.nct_id,
                "kinds": silence.kinds,
                "route": silence.route,
                "reason": silence.reason,
                "created_at": stamp(silence.created_at),
                "until": stamp(silence.until),
            }
            db.table("silence").insert(row, ignore=True)
            added = _silence(next(db.query("SELECT * FROM silence WHERE key = ?", [key])))
            _keep_back(db, added)
            return added

    def end(self, silence_id: int, now: datetime) -> Silence:
        """End a silence before its time; what it kept back stays untold. UsageError where there is none such."""
        with self._connection.writing() as db:
            rows = list(db.query("SELECT * FROM silence WHERE id = ?", [silence_id]))
            if not rows:
                raise UsageError(f"there is no silence {silence_id}: `watcher silence list --all` shows them")
            db.conn.execute(
                "UPDATE silence SET ended_at = ? WHERE id = ? AND ended_at IS NULL AND until > ?",
                (stamp(now), silence_id, stamp(now)),
            )
            return _silence(next(db.query("SELECT * FROM silence WHERE id = ?", [silence_id])))


_UNTRIED = """
SELECT alert.id, alert.nct_id, alert.route FROM alert
WHERE (:nct_id = '' OR alert.nct_id = :nct_id)
    AND EXISTS (SELECT 1 FROM delivery_alert JOIN delivery ON delivery.id = delivery_id
        WHERE alert_id = alert.id AND status = 'pending' AND attempts = 0)
    AND NOT EXISTS (SELECT 1 FROM delivery_alert JOIN delivery ON delivery.id = delivery_id
        WHERE alert_id = alert.id AND (attempts > 0 OR status NOT IN ('pending', 'dropped')))
"""


def _keep_back(db: Database, silence: Silence) -> None:
    """Take out of what waits whatever the silence is about; what anybody may have got already stays as it is.

    A silence of one route leaves all of it: another route may have left a change to this one, and would not tell it.
    """
    if silence.route:
        return
    waiting = list(db.query(_UNTRIED, {"nct_id": silence.nct_id}))
    for alert in waiting:
        rows = _told(db, alert["id"])
        changes = [change_from(row) for row in rows]
        kept = silenced(alert["nct_id"], alert["route"], changes, [silence])
        db.conn.executemany(
            "UPDATE alert_change SET silence_id = ? WHERE alert_id = ? AND change_id = ?",
            [
                (silence.id, alert["id"], row["id"])
                for row, change in zip(rows, changes, strict=True)
                if change.id in kept
            ],
        )


def _told(db: Database, alert_id: int) -> Sequence[Row]:
    sql = """
        SELECT change.id, number, change.body FROM change JOIN alert_change ON change.id = change_id
        WHERE alert_id = ? AND silence_id IS NULL ORDER BY number
    """
    return list(db.query(sql, [alert_id]))


def _silence(row: Row) -> Silence:
    return Silence(
        id=row["id"],
        reason=row["reason"],
        created_at=moment(row["created_at"]),
        until=moment(row["until"]),
        nct_id=row["nct_id"],
        kinds=row["kinds"],
        route=row["route"],
        ended_at=moment(row["ended_at"]) if row["ended_at"] else None,
    )
