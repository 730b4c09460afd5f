"""What the operator is told: a condition is told when it opens and when it is over, not every minute between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.alerts.identity import message_id
from watcher.model import Form, Notice, Severity, Target
from watcher.store.connection import Connection, inserted, stamp
from watcher.store.meta import Meta


class Notices:
    """Verbs of the operator's notices."""

    def __init__(self, connection: Connection, meta: Meta) -> None:
        self._connection = connection
        self._meta = meta

    def tell(self, notice: Notice, to: Sequence[Target], now: datetime) -> bool:
        """Open a notice and owe it to the operator; False where it is open (or, an event, was told) already."""
        instance = self._meta.instance
        with self._connection.writing() as db:
            return open_notice(db, notice, to, instance, now)

    def resolve(self, key: str, over: Notice, to: Sequence[Target], now: datetime) -> bool:
        """Close the open notice `key` and tell that it is over; False where it was not open."""
        instance = self._meta.instance
        with self._connection.writing() as db:
            closed = db.conn.execute(
                "UPDATE notice SET resolved_at = ? WHERE key = ? AND resolved_at IS NULL", (stamp(now), key)
            )
            return bool(closed.rowcount) and _add(db, over, to, instance, now, over_at=now)


def open_notice(db: Database, notice: Notice, to: Sequence[Target], instance: str, now: datetime) -> bool:
    """Add a notice and its deliveries inside a transaction, unless it stands already."""
    standing = "key = ?" if notice.event else "key = ? AND resolved_at IS NULL"
    if db.table("notice").count_where(standing, [notice.key]):
        return False
    return _add(db, notice, to, instance, now, over_at=now if notice.event else None)


def _add(
    db: Database, notice: Notice, to: Sequence[Target], instance: str, now: datetime, *, over_at: datetime | None
) -> bool:
    row: dict[str, object] = {
        "key": notice.key,
        "subject": notice.subject,
        "body": notice.body,
        "opened_at": stamp(now),
        "resolved_at": stamp(over_at) if over_at else None,
    }
    number = inserted(db, "notice", row)
    db.table("delivery").insert_all(
        _delivery(f"notice:{number}>{target.key}", target, number, instance, now) for target in to
    )
    return True


def _delivery(key: str, target: Target, notice_id: object, instance: str, now: datetime) -> dict[str, object]:
    return {
        "key": key,
        "form": Form.NOTICE.value,
        "channel": target.channel,
        "target": target.name,
        "message_id": message_id(key, instance),
        "notice_id": notice_id,
        "severity": int(Severity.MAJOR),
        "status": "pending",
        "first_due_at": stamp(now),
        "due_at": stamp(now),
    }
