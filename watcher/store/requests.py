"""What commands asked of the process that holds the database, and what came of it."""

from __future__ import annotations

from datetime import datetime

from watcher.store.connection import Connection, stamp
from watcher.store.values import Outcome

# What was asked longer ago than the newest of these nobody waits for.
_KEPT = 1000


class Requests:
    """Verbs about requests."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def outcome(self, request_id: str) -> Outcome | None:
        """What came of a request; None while it is not carried out."""
        with self._connection.reading() as db:
            rows = list(db.table("request").rows_where("id = ?", [request_id]))
        return Outcome(rows[0]["said"], failed=bool(rows[0]["failed"])) if rows else None

    def settle(self, request_id: str, verb: str, outcome: Outcome, now: datetime) -> None:
        """Record what came of a request; the first time counts."""
        row = {
            "id": request_id,
            "verb": verb,
            "done_at": stamp(now),
            "failed": int(outcome.failed),
            "said": outcome.said,
        }
        with self._connection.writing() as db:
            db.table("request").insert(row, ignore=True)
            db.conn.execute(
                "DELETE FROM request WHERE id NOT IN (SELECT id FROM request ORDER BY done_at DESC LIMIT ?)", (_KEPT,)
            )
