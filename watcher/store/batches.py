"""Alerts that are due at once, folded into one delivery: from then on it tells them, under an id of its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from watcher.alerts.identity import message_id
from watcher.model import Form, Target
from watcher.store.codec import json_of
from watcher.store.connection import inserted
from watcher.store.queue import Entry


def fold(db: Database, target: Target, entries: Sequence[Entry], instance: str) -> int:
    """The delivery that takes the place of these, inside a transaction: it alone is sent, now and at every attempt."""
    ids = [entry.id for entry in entries]
    key = f"batch|{min(ids)}-{max(ids)}>{target.key}"
    oldest = min(entry.first_due_at for entry in entries)
    row = {
        "key": key,
        "form": Form.BATCH.value,
        "channel": target.channel,
        "target": target.name,
        "message_id": message_id(key, instance),
        "severity": max(entry.severity for entry in entries),
        "status": "pending",
        "first_due_at": oldest,
        "due_at": oldest,
    }
    places = _places(db, ids)
    batch = inserted(db, "delivery", row)
    named = {"batch": batch, "ids": json_of(ids)}
    db.conn.execute(
        "UPDATE delivery SET status = 'batched', batch_id = :batch WHERE id IN (SELECT value FROM json_each(:ids))",
        named,
    )
    db.conn.execute(
        """
        INSERT INTO delivery_alert (delivery_id, alert_id, without)
        SELECT :batch, alert_id, without FROM delivery_alert WHERE delivery_id IN (SELECT value FROM json_each(:ids))
        """,
        named,
    )
    # With each study the batch stands where the first of its alerts stood, not where its oldest alert of all does.
    db.conn.executemany(
        "UPDATE waiting SET first_due_at = ?, position = ? WHERE delivery_id = ? AND nct_id = ?",
        [(first_due_at, position, batch, nct_id) for nct_id, first_due_at, position in places],
    )
    return batch


def _places(db: Database, ids: Sequence[int]) -> list[tuple[str, str, int]]:
    """The first place of each study among these deliveries."""
    rows = db.conn.execute(
        """
        SELECT nct_id, first_due_at, position FROM waiting WHERE delivery_id IN (SELECT value FROM json_each(?))
        ORDER BY first_due_at DESC, position DESC
        """,
        (json_of(list(ids)),),
    )
    # The last one said of a study is its earliest.
    return [(nct_id, *place) for nct_id, place in {row[0]: (row[1], row[2]) for row in rows}.items()]
