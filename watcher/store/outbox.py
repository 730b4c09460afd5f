"""The outbox: deliveries are claimed under a lease, sent, and settled. "Sent" is written after success."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.alerts.pace import EVERY_CHANNEL, Lane, Pace
from watcher.alerts.schedule import FAILURES_OF_AN_OUTAGE, DeliveryStatus, Outage, Settlement
from watcher.model import Target
from watcher.store.batches import fold
from watcher.store.claims import claimed
from watcher.store.codec import json_of
from watcher.store.connection import Connection, moment, stamp
from watcher.store.meta import Meta
from watcher.store.picking import Pick, outage_of, picked
from watcher.store.values import Claimed, Overdue

_OVERDUE = """
SELECT channel, target, min(first_due_at) AS since, count(*) AS messages, max(error) AS error
FROM delivery WHERE status IN ('pending', 'claimed') AND first_due_at <= :now AND notice_id IS NULL
GROUP BY channel, target ORDER BY channel, target
"""


class Outbox:
    """Verbs of `deliver`."""

    def __init__(self, connection: Connection, meta: Meta) -> None:
        self._connection = connection
        self._meta = meta

    def claim_deliveries(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        paces: Mapping[str, Pace] | None = None,
        lane: Lane = EVERY_CHANNEL,
    ) -> tuple[Claimed, ...]:
        """Claim what goes next, in the order in which it is to be sent.

        Of a target that failed last time one is claimed, to see whether it answers again. Alerts that are too many for
        the pace of their channel are folded in the same transaction. What has nothing left to tell is dropped. Only the
        channels of the `lane` are looked at.
        """
        instance = self._meta.instance
        with self._connection.writing() as db:
            _end_leases(db, now, lane)
            while picks := picked(db, now, limit, paces or {}, lane):
                found = [_claim(db, pick, now, lease, instance) for pick in picks]
                if any(found):
                    return tuple(delivery for delivery in found if delivery is not None)
        return ()

    def outage(self, target: Target) -> Outage | None:
        """How a target stands that failed last time; None where it did not."""
        with self._connection.reading() as db:
            return outage_of(db, target)

    def settle(self, delivery_id: int, settlement: Settlement, now: datetime) -> None:
        """Record what became of an attempt, and what that says about its target."""
        over = settlement.status in {DeliveryStatus.DELIVERED, DeliveryStatus.DEAD}
        with self._connection.writing() as db:
            if settlement.status == DeliveryStatus.DELIVERED:
                _answers_again(db, delivery_id, now)
            db.conn.execute(
                """
                UPDATE delivery SET status = :status, error = :error, lease_until = NULL,
                    due_at = coalesce(:due, due_at), settled_at = :settled,
                    stuck_since = CASE WHEN :settled IS NULL THEN coalesce(stuck_since, :now) END
                WHERE id = :id
                """,
                {
                    "status": settlement.status.value,
                    "error": settlement.error,
                    "due": stamp(settlement.due_at) if settlement.due_at else None,
                    "settled": stamp(now) if over else None,
                    "now": stamp(now),
                    "id": delivery_id,
                },
            )
            if settlement.outage is not None:
                _put_off(db, delivery_id, settlement.outage)
            if settlement.buries is not None:
                _bury(db, delivery_id, settlement, now)

    def overdue(self, now: datetime) -> Overdue:
        """What readers should have had by now and have not, but for what is claimed just now for the first time."""
        with self._connection.reading() as db:
            rows = list(db.query(_OVERDUE, {"now": stamp(now)}))
        since = [row["since"] for row in rows]
        return Overdue(
            since=moment(min(since)) if since else None,
            messages=sum(row["messages"] for row in rows),
            failing=tuple(f"{row['channel']}/{row['target']}: {row['error']}" for row in rows if row["error"]),
        )

    def release(self, deliveries: Iterable[Claimed]) -> None:
        """Give back what was claimed and not attempted."""
        with self._connection.writing() as db:
            db.conn.execute(
                """
                UPDATE delivery SET status = 'pending', lease_until = NULL, attempts = attempts - 1
                WHERE status = 'claimed' AND id IN (SELECT value FROM json_each(?))
                """,
                (json_of([delivery.id for delivery in deliveries]),),
            )

    def release_claims(self) -> int:
        """Return every claim to pending: for the process that has just become the only one on this database.

        At most one of them was attempted, so they do not count as attempts: a process that dies again and again would
        bury what it never tried. What may have been sent stays one that was tried: it is not told under another id.
        """
        with self._connection.writing() as db:
            released = db.conn.execute(
                "UPDATE delivery SET status = 'pending', lease_until = NULL, attempts = max(attempts - 1, 1) "
                "WHERE status = 'claimed'"
            )
            return released.rowcount


def _end_leases(db: Database, now: datetime, lane: Lane) -> None:
    """Return what was claimed and never settled; other lanes may still be at work on theirs."""
    over = db.conn.execute(
        "SELECT id, channel FROM delivery WHERE status = 'claimed' AND lease_until <= ?", (stamp(now),)
    ).fetchall()
    db.conn.execute(
        "UPDATE delivery SET status = 'pending', lease_until = NULL WHERE id IN (SELECT value FROM json_each(?))",
        (json_of([number for number, channel in over if channel in lane]),),
    )


def _claim(db: Database, pick: Pick, now: datetime, lease: timedelta, instance: str) -> Claimed | None:
    """Claim a pick, folded into one delivery where it is several; drop it where nothing is left to tell."""
    number = fold(db, pick.target, pick.entries, instance) if len(pick.entries) > 1 else pick.entries[0].id
    db.conn.execute(
        "UPDATE delivery SET status = 'claimed', lease_until = ?, attempts = attempts + 1 WHERE id = ?",
        (stamp(now + lease), number),
    )
    delivery = claimed(db, number, now)
    if delivery is None:
        db.conn.execute(
            "UPDATE delivery SET status = 'dropped', lease_until = NULL, attempts = attempts - 1, settled_at = ? "
            "WHERE id = ?",
            (stamp(now), number),
        )
    return delivery


def _put_off(db: Database, delivery_id: int, outage: Outage) -> None:
    """Have everything that is due at the target of this delivery wait."""
    db.conn.execute(
        """
        INSERT INTO destination (channel, target, failures, failing_since, retry_at)
        SELECT channel, target, ?, ?, ? FROM delivery WHERE id = ?
        ON CONFLICT (channel, target) DO UPDATE SET failures = excluded.failures,
            failing_since = excluded.failing_since, retry_at = excluded.retry_at
        """,
        (outage.failures, stamp(outage.since), stamp(outage.retry_at), delivery_id),
    )


def _answers_again(db: Database, delivery_id: int, now: datetime) -> None:
    """Its target takes messages: what failed there while it took none is due at once.

    Not so what this delivery overtook: that fails for a reason of its own.
    """
    failed = db.conn.execute(
        """
        DELETE FROM destination WHERE (channel, target) = (SELECT channel, target FROM delivery WHERE id = ?)
        RETURNING channel, target, failures
        """,
        (delivery_id,),
    ).fetchall()
    for channel, target, failures in failed:
        if failures < FAILURES_OF_AN_OUTAGE:
            continue
        db.conn.execute(
            """
            UPDATE delivery SET due_at = min(due_at, :now), stuck_since = NULL
            WHERE channel = :channel AND target = :target AND status = 'pending' AND stuck_since IS NOT NULL
                AND id NOT IN (
                    SELECT earlier.delivery_id FROM waiting JOIN waiting AS earlier USING (channel, target, nct_id)
                    WHERE waiting.delivery_id = :id
                        AND (earlier.first_due_at, earlier.position) < (waiting.first_due_at, waiting.position)
                )
            """,
            {"channel": channel, "target": target, "now": stamp(now), "id": delivery_id},
        )


def _bury(db: Database, delivery_id: int, settlement: Settlement, now: datetime) -> None:
    """Give up what waits for the same target just as long."""
    db.conn.execute(
        """
        UPDATE delivery SET status = 'dead', error = :error, settled_at = :now, stuck_since = NULL
        WHERE (channel, target) = (SELECT channel, target FROM delivery WHERE id = :id) AND status = 'pending'
            AND max(first_due_at, coalesce(retried_at, '')) <= :since
        """,
        {
            "id": delivery_id,
            "error": settlement.error,
            "now": stamp(now),
            "since": stamp(settlement.buries) if settlement.buries else "",
        },
    )
