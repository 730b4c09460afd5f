"""Whether a database is whole: its structure, its references, and the digest of every record in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

# The SQLite of the store: two libraries on one file would break each other's locks.
from sqlite_utils.utils import sqlite3

from watcher.record import snapshot_of
from watcher.store.bodies import dictionary, dictionary_id, patched, unpacked

_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def damage_in(database: Path) -> list[str]:
    """What is wrong with it, opened as a reading command opens it; nothing where it was never made."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
            return list(_damage(connection))
    except sqlite3.Error as error:
        return [f"it cannot be read: {error}"]


def _damage(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"integrity: {said}"
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield f"a reference to nothing: {row}"
    if not connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'snapshot'").fetchone()[0]:
        return  # killed before its tables were made
    dictionaries = dict(connection.execute("SELECT id, body FROM dictionary"))
    stored = "SELECT nct_id, version, raw_digest, body, base FROM snapshot ORDER BY nct_id, version DESC"
    newer: dict[tuple[str, int], bytes] = {}
    for nct_id, version, digest, body, base in connection.execute(stored):
        try:
            against = None if base is None else newer[nct_id, base]
            raw = patched(body, against) if against is not None else _whole(body, dictionaries)
            right = snapshot_of(raw, seen_at=_ANY_MOMENT).raw_digest == digest
        except Exception as error:  # whatever a damaged body does, it is damaged
            yield f"{nct_id} version {version}: the record cannot be read: {error}"
            continue
        newer[nct_id, version] = raw
        if not right:
            yield f"{nct_id} version {version}: the record is not the one that was stored"


def _whole(body: bytes, dictionaries: dict[int, bytes]) -> bytes:
    number = dictionary_id(body)
    return unpacked(body, dictionary(dictionaries[number]) if number else None)
