"""The outbox: deliveries are claimed under a lease, sent, and settled. "Sent" is written after success."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.alerts.schedule import DeliveryStatus, Settlement
from watcher.model import Alert, Form, Notice, Target
from watcher.store.codec import Row, alert_from, change_from
from watcher.store.connection import Connection, moment, stamp
from watcher.store.values import Claimed


class Outbox:
    """Verbs of `deliver`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim_deliveries(self, now: datetime, lease: timedelta, limit: int) -> tuple[Claimed, ...]:
        """Claim what is due, worst and oldest first: pending rows, and claimed ones whose lease has run out."""
        with self._connection.writing() as db:
            rows = db.conn.execute(
                """
                UPDATE delivery SET status = 'claimed', lease_until = :until, attempts = attempts + 1
                WHERE id IN (
                    SELECT id FROM delivery
                    WHERE (status = 'pending' AND due_at <= :now) OR (status = 'claimed' AND lease_until <= :now)
                    ORDER BY severity DESC, due_at, id LIMIT :limit
                )
                RETURNING id
                """,
                {"now": stamp(now), "until": stamp(now + lease), "limit": limit},
            ).fetchall()
            claimed = [_claimed(db, number) for (number,) in rows]
        return tuple(sorted(claimed, key=lambda delivery: (delivery.first_due_at, delivery.id)))

    def settle(self, delivery_id: int, settlement: Settlement, now: datetime) -> None:
        """Record what became of an attempt."""
        over = settlement.status in {DeliveryStatus.DELIVERED, DeliveryStatus.DEAD}
        with self._connection.writing() as db:
            db.conn.execute(
                """
                UPDATE delivery SET status = :status, error = :error, lease_until = NULL,
                    due_at = coalesce(:due, due_at), settled_at = :settled
                WHERE id = :id
                """,
                {
                    "status": settlement.status.value,
                    "error": settlement.error,
                    "due": stamp(settlement.due_at) if settlement.due_at else None,
                    "settled": stamp(now) if over else None,
                    "id": delivery_id,
                },
            )

    def release_claims(self) -> int:
        """Return every claim to pending: for the process that has just become the only one on this database."""
        with self._connection.writing() as db:
            released = db.conn.execute(
                "UPDATE delivery SET status = 'pending', lease_until = NULL WHERE status = 'claimed'"
            )
            return released.rowcount


def _claimed(db: Database, number: int) -> Claimed:
    row = db.table("delivery").get(number)
    return Claimed(
        id=number,
        key=row["key"],
        target=Target(row["channel"], row["target"]),
        message_id=row["message_id"],
        attempts=row["attempts"],
        first_due_at=moment(row["first_due_at"]),
        form=Form(row["form"]),
        route=row["route"],
        window=row["window"],
        alerts=() if row["notice_id"] else _alerts(db, number),
        notice=_notice(db, row["notice_id"]) if row["notice_id"] else None,
    )


def _alerts(db: Database, delivery_id: int) -> tuple[Alert, ...]:
    """The alerts of a delivery, each with what this target is told of it."""
    rows = db.query(
        """
        SELECT alert.*, without FROM alert JOIN delivery_alert ON alert.id = alert_id
        WHERE delivery_id = ? ORDER BY alert.id
        """,
        [delivery_id],
    )
    return tuple(_alert(db, row) for row in list(rows))


def _alert(db: Database, row: Row) -> Alert:
    changes = list(
        db.query(
            """
            SELECT change.number, change.body, silence_id FROM change JOIN alert_change ON change.id = change_id
            WHERE alert_id = ? AND number NOT IN (SELECT value FROM json_each(?)) ORDER BY number
            """,
            [row["id"], row["without"]],
        )
    )
    told = tuple(change_from(change) for change in changes if change["silence_id"] is None)
    silenced = {change["number"]: change["silence_id"] for change in changes if change["silence_id"] is not None}
    return alert_from(row, told, silenced)


def _notice(db: Database, number: int) -> Notice:
    row = db.table("notice").get(number)
    return Notice(row["key"], row["subject"], row["body"])
