"""The database schema in steps, whose SQL stands in `tables`. A fresh database is every step applied in order."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from watcher.store.tables.observing import CLOCKS, FIRST, HOLDS, SITE_IDS
from watcher.store.tables.steering import ORDER, STEERING

APPLICATION_ID = 0x4E435457  # "NCTW"
SCHEMA_VERSION = 6

MIGRATIONS = Migrations("nct-watcher")


@MIGRATIONS(name="0001_first")
def _first(db: Database) -> None:
    for statement in _statements(FIRST):
        db.conn.execute(statement)
    # PRAGMA takes no parameters; both numbers are constants of this module.
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.conn.execute("PRAGMA user_version = 1")


@MIGRATIONS(name="0002_site_ids")
def _site_ids(db: Database) -> None:
    for statement in _statements(SITE_IDS):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 2")


@MIGRATIONS(name="0003_clocks")
def _clocks(db: Database) -> None:
    for statement in _statements(CLOCKS):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 3")


@MIGRATIONS(name="0004_holds")
def _holds(db: Database) -> None:
    for statement in _statements(HOLDS):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 4")


@MIGRATIONS(name="0005_steering")
def _steering(db: Database) -> None:
    for statement in _statements(STEERING):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 5")


@MIGRATIONS(name="0006_order")
def _order(db: Database) -> None:
    for statement in _statements(ORDER):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 6")


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript would commit the migration's transaction."""
    return [part for part in script.split(";\n") if part.strip()]
