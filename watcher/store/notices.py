"""What the operator is told: a condition is told when it opens and when it is over, not every minute between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.alerts.identity import message_id
from watcher.model import Form, Notice, Severity, Target
from watcher.store.codec import Row
from watcher.store.connection import Connection, inserted, moment, stamp
from watcher.store.contracts import Family
from watcher.store.meta import Meta
from watcher.store.shown import OpenNotice


class Notices:
    """Verbs of the operator's notices."""

    def __init__(self, connection: Connection, meta: Meta) -> None:
        self._connection = connection
        self._meta = meta

    def open(self) -> tuple[OpenNotice, ...]:
        """What the operator was told and is not over, oldest first."""
        sql = "SELECT subject, body, opened_at FROM notice WHERE resolved_at IS NULL ORDER BY id"
        with self._connection.reading() as db:
            return tuple(OpenNotice(row["subject"], row["body"], moment(row["opened_at"])) for row in db.query(sql))

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

    def stand(self, standing: Sequence[Notice], family: Family, to: Sequence[Target], now: datetime) -> None:
        """Bring the notices of a family to what is standing: tell what is new, and what is over."""
        instance, keys = self._meta.instance, {notice.key for notice in standing}
        with self._connection.reading() as db:
            known = {row["key"]: row for row in _open(db, family.prefix)}
        if keys == set(known):
            return
        with self._connection.writing() as db:
            for notice in standing:
                open_notice(db, notice, to, instance, now)
            for row in (row for key, row in known.items() if key not in keys):
                db.conn.execute("UPDATE notice SET resolved_at = ? WHERE id = ?", (stamp(now), row["id"]))
                _add(db, family.over(row["key"], row["subject"]), to, instance, now, over_at=now)


def _open(db: Database, prefix: str) -> Iterator[Row]:
    return db.table("notice").rows_where(
        "substr(key, 1, ?) = ? AND resolved_at IS NULL", [len(prefix), prefix], order_by="id"
    )


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
