"""What the present database knows to have arrived, marked in a copy of an older one: it is not sent again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # the library that sqlite-utils chose

from watcher.store.codec import json_of

_OWED = "SELECT key FROM delivery WHERE status IN ('pending', 'claimed')"
_INSTANCE = "SELECT value FROM meta WHERE name = 'instance'"
# What was told in a batch arrived with it.
_SETTLED = """
SELECT coalesce(batch.status, delivery.status) AS fate, coalesce(batch.settled_at, delivery.settled_at) AS at,
    delivery.key
FROM delivery LEFT JOIN delivery AS batch ON batch.id = delivery.batch_id
WHERE delivery.key IN (SELECT value FROM json_each(?)) AND fate IN ('delivered', 'dropped') AND at IS NOT NULL
"""
_MARK = "UPDATE delivery SET status = ?, settled_at = ?, lease_until = NULL WHERE key = ?"


def mark_arrived(copy: Path, present: Path) -> int:
    """Settle in the copy what is settled in the present database; how many. None of it where that cannot be read."""
    with closing(sqlite3.connect(copy)) as connection:
        owed = [key for (key,) in connection.execute(_OWED)]
        instance = connection.execute(_INSTANCE).fetchone()
        settled = _settled(present, instance, owed)
        try:
            connection.executemany(_MARK, settled)
        except sqlite3.IntegrityError:
            # Before schema 5 nothing could be dropped.
            connection.rollback()
            return 0
        connection.commit()
    return len(settled)


def _settled(present: Path, instance: Any, owed: list[str]) -> list[tuple[str, str, str]]:
    """The fates of these deliveries in the present database, if it is the same one at a later time."""
    if not present.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{present.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute(_INSTANCE).fetchone() != instance:
                return []
            return list(connection.execute(_SETTLED, (json_of(owed),)))
    except sqlite3.DatabaseError:
        # Too damaged, or too old, to know better than the backup.
        return []
