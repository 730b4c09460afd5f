"""A look at a database from outside: whose it is, how large, whether it is whole. Nothing is written or migrated."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # the library that sqlite-utils chose

from watcher.store.schema import APPLICATION_ID, SCHEMA_VERSION
from watcher.store.troubles import FAILURES, trouble

# A daemon beside us must find the database free again soon.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen; `flaw` is None where the check ran out of time, and "" where the database is whole."""

    ours: bool
    schema: int
    flaw: str | None
    size: int
    log: int

    @property
    def migrations(self) -> int:
        """How many versions of the schema it is behind ours; negative where it is ahead."""
        return SCHEMA_VERSION - self.schema


def look_at(path: Path, seconds: float = PATIENCE) -> Look:
    """Look at the database; StoreError, with its remedy, where it cannot be opened or read."""
    try:
        return _look(path, seconds)
    except FAILURES as error:
        raise trouble(path, error) from error


def _look(path: Path, seconds: float) -> Look:
    uri = f"file:{quote(str(path.resolve()))}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=seconds, check_same_thread=False)) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        application = _number(db, "application_id")
        empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        log = path.with_name(f"{path.name}-wal")
        return Look(
            ours=application == APPLICATION_ID or (application == 0 and bool(empty)),
            schema=_number(db, "user_version"),
            flaw=_flaw(db, seconds),
            size=path.stat().st_size,
            log=log.stat().st_size if log.exists() else 0,
        )


def _flaw(db: sqlite3.Connection, seconds: float) -> str | None:
    """What a quick check finds wrong first, as far as it comes in this time."""
    alarm = threading.Timer(seconds, db.interrupt)
    alarm.start()
    try:
        said = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "interrupt" in str(error):
            return None
        raise
    finally:
        alarm.cancel()
        alarm.join()
    return "" if said == "ok" else said


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])
