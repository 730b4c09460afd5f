"""The database schema in steps, whose SQL stands in `tables`. A fresh database is every step applied in order."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from watcher.store.tables.boards import BOARDS
from watcher.store.tables.observing import CLOCKS, FIRST, HOLDS, SITE_IDS
from watcher.store.tables.scale import SCALE
from watcher.store.tables.searching import SEARCHES
from watcher.store.tables.steering import ORDER, STEERING

APPLICATION_ID = 0x4E435457  # "NCTW"
STEPS = (
    ("0001_first", FIRST),
    ("0002_site_ids", SITE_IDS),
    ("0003_clocks", CLOCKS),
    ("0004_holds", HOLDS),
    ("0005_steering", STEERING),
    ("0006_order", ORDER),
    ("0007_scale", SCALE),
    ("0008_searches", SEARCHES),
    ("0009_boards", BOARDS),
)
SCHEMA_VERSION = len(STEPS)

MIGRATIONS = Migrations("nct-watcher")


def _add(name: str, number: int, script: str) -> None:
    """Add a step, which leaves the database marked as ours and with its own number."""

    @MIGRATIONS(name=name)
    def _(db: Database) -> None:
        for statement in _statements(script):
            db.conn.execute(statement)
        # PRAGMA takes no parameters; both numbers are constants of this module.
        db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.conn.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript would commit the migration's transaction."""
    return [part for part in script.split(";\n") if part.strip()]


for _number, (_name, _script) in enumerate(STEPS, start=1):
    _add(_name, _number, _script)
