"""What to do where the clock was set back: dates that were reckoned under the wrong one must not be waited for."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.model import Form
from watcher.store.codec import json_of
from watcher.store.connection import Connection, stamp

# Nothing of ours waits longer than this: quiet hours, a Retry-After; the window of a digest.
LONGEST_WAIT = timedelta(days=1, hours=6)
LONGEST_WINDOW = timedelta(days=8)

_HURRIED = """
UPDATE delivery SET due_at = :now, first_due_at = min(first_due_at, :now), stuck_since = NULL
WHERE status = 'pending' AND due_at > CASE WHEN form IN (:digest, :escalation) THEN :later ELSE :soon END
RETURNING id
"""


class Setbacks:
    """Verbs about a clock that was set back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def undo(self, now: datetime) -> int:
        """Have what waits for a day that nobody meant go at once, and every study looked at today; how many messages.

        Looking at a study too early finds nothing, so it does no harm.
        """
        named = {
            "now": stamp(now),
            "today": now.date().isoformat(),
            "soon": stamp(now + LONGEST_WAIT),
            "later": stamp(now + LONGEST_WINDOW),
            "digest": Form.DIGEST.value,
            "escalation": Form.ESCALATION.value,
        }
        with self._connection.writing() as db:
            db.conn.execute("UPDATE study SET clock_due = :today WHERE clock_due > :today AND version > 0", named)
            db.conn.execute("DELETE FROM destination WHERE retry_at > :soon", named)
            hurried = [number for (number,) in db.conn.execute(_HURRIED, named)]
            # The order of a study's news keeps its own copy of the date.
            db.conn.execute(
                "UPDATE waiting SET first_due_at = min(first_due_at, :now) "
                "WHERE delivery_id IN (SELECT value FROM json_each(:hurried))",
                {**named, "hurried": json_of(hurried)},
            )
            return len(hurried)
