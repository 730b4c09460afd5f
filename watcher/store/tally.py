"""How many there are of what is counted all the time: kept by triggers, so that nobody counts a whole table."""

from __future__ import annotations

from collections.abc import Mapping

from sqlite_utils import Database

from watcher.store.rules import COUNTED


def counts(db: Database) -> Mapping[str, int]:
    """Every count by its name (`study:STATE`, `version`, `change:SEVERITY`, `alert`, `delivery:STATUS:CHANNEL`)."""
    return dict(db.conn.execute("SELECT name, count FROM tally ORDER BY name").fetchall())


def counted(db: Database, name: str) -> int:
    """One of them."""
    found = db.conn.execute("SELECT count FROM tally WHERE name = ?", (name,)).fetchone()
    return int(found[0]) if found else 0


def by_part(said: Mapping[str, int], kind: str) -> dict[str, int]:
    """The counts of a kind by the part that follows it, without what there is none of."""
    found: dict[str, int] = {}
    for name, count in said.items():
        first, *parts = name.split(":", 2)
        if first == kind and parts and count:
            found[parts[0]] = found.get(parts[0], 0) + count
    return found


def count_again(db: Database) -> None:
    """Count the tables themselves, inside a transaction: that takes a while where there is much."""
    db.conn.execute("UPDATE tally SET count = 0")
    db.conn.execute(
        f"INSERT INTO tally (name, count) SELECT name, count FROM ({COUNTED}) WHERE 1 "  # noqa: S608 - a constant of the store
        "ON CONFLICT (name) DO UPDATE SET count = excluded.count"
    )
