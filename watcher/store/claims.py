"""A claimed delivery as it is sent: its target, and the alerts or the notice that it tells."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from watcher.alerts.schedule import HOLDS_UP_ATTEMPTS, HOLDS_UP_FOR
from watcher.model import Alert, Form, Notice, Severity, Target
from watcher.store.codec import Row, alert_from
from watcher.store.connection import moment
from watcher.store.values import Claimed


def claimed(db: Database, number: int, now: datetime) -> Claimed | None:
    """The delivery; None where nothing is left to tell: all of it is silenced, or somebody has seen it already."""
    row = db.table("delivery").get(number)
    notice = _notice(db, row["notice_id"]) if row["notice_id"] else None
    alerts = () if notice else _alerts(db, number)
    least = Severity.CRITICAL if row["form"] == Form.ESCALATION else Severity.NOISE
    told = tuple(alert for alert in alerts if alert.changes and alert.severity >= least)
    # A digest without any alert says that nothing changed; one whose alerts are silenced says so where that is asked.
    if alerts and (not (told or row["announced"]) or (row["form"] == Form.ESCALATION and _all_seen(db, number))):
        return None
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
        alerts=told,
        silenced=len(alerts) - len(told),
        notice=notice,
        stuck=_is_stuck(row, now),
        retried_at=moment(row["retried_at"]) if row["retried_at"] else None,
    )


def _is_stuck(row: Row, now: datetime) -> bool:
    """Whether it has failed alone for so long that later news of its studies do not wait for it; this attempt aside."""
    since = row["stuck_since"]
    return bool(since) and moment(since) <= now - HOLDS_UP_FOR and row["attempts"] - 1 >= HOLDS_UP_ATTEMPTS


def _all_seen(db: Database, number: int) -> bool:
    """Whether somebody has acknowledged every alert of an escalation."""
    unseen = "delivery_id = ? AND alert_id IN (SELECT id FROM alert WHERE acknowledged_at IS NULL)"
    return not db.table("delivery_alert").count_where(unseen, [number])


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
    changes = db.query(
        """
        SELECT change.number, change.body, silence_id FROM change JOIN alert_change ON change.id = change_id
        WHERE alert_id = ? AND number NOT IN (SELECT value FROM json_each(?)) ORDER BY number
        """,
        [row["id"], row["without"]],
    )
    return alert_from(row, changes)


def _notice(db: Database, number: int) -> Notice:
    row = db.table("notice").get(number)
    return Notice(row["key"], row["subject"], row["body"])
