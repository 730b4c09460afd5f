"""Putting a backup in the place of the database, for the process that holds its lock.

Wherever it stops, the old database or the new one stands in the place, whole: a log is folded back into its database
or taken away before another one takes its name, because SQLite would read it into whatever stands beside it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # the library that sqlite-utils chose

from watcher.errors import StoreDamaged, StoreError, UsageError
from watcher.store.arrived import mark_arrived
from watcher.store.checking import Checked, Progress, no_progress
from watcher.store.connection import open_copy
from watcher.store.files import COMPANIONS, beside, copy, explained, remove, settle
from watcher.store.troubles import busy, of_a_backup, trouble

_PATIENCE = 5
_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked copy of a backup beside the database, ready to take its place.

    `owed` are the deliveries that were not settled then, but for those (`arrived`, counted) that the database which
    stands there knows to be settled; `present` is the last poll of the database that stands there,
    "" where it cannot be read.
    """

    database: Path
    part: Path
    checked: Checked
    owed: tuple[int, ...]
    arrived: int
    present: str


def prepare(database: Path, backup: Path, progress: Progress = no_progress) -> Prepared:
    """Copy a backup to the database's folder and check it; the database stays as it is.

    Raises StoreError where the backup is none of ours, or is damaged.
    """
    if not backup.is_file():
        raise UsageError(f"there is no backup {backup}")
    if database.exists() and backup.samefile(database):
        raise UsageError(f"{backup} is the database itself: name a backup of it")
    with explained(database):
        database.parent.mkdir(parents=True, exist_ok=True)
        _forget_links(database)
    part = beside(database, ".restoring")
    checked = _copied(backup, part, database, progress)
    with explained(part):
        arrived = mark_arrived(part, database)
        settle(part)
    return Prepared(database, part, checked, _owed(part), arrived, _last_poll(database))


def _copied(backup: Path, part: Path, database: Path, progress: Progress) -> Checked:
    try:
        with closing(open_copy(backup)) as source:
            return copy(source, part, database, progress)
    except StoreError as error:
        raise of_a_backup(error) from error.__cause__


def give_up(prepared: Prepared) -> None:
    """Remove the copy; the database stays as it is."""
    remove(prepared.part)


def put_in_place(prepared: Prepared, now: datetime) -> Path | None:
    """Let the copy take the database's place; where the one before is kept, None where there was none."""
    database = prepared.database
    with explained(database):
        kept = _keep(database, now) if database.exists() else None
        remove(*(beside(database, suffix) for suffix in COMPANIONS))
        os.replace(prepared.part, database)  # noqa: PTH105 - the same call under the name that says it is atomic
        settle(database.absolute().parent)
    return kept


def _keep(database: Path, now: datetime) -> Path:
    """The present database under a dated name, while it still stands in its place."""
    kept = _free(beside(database, f".before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"))
    is_folded = _fold(database)
    _second_name(database, kept)
    if not is_folded:
        # It is damaged: whoever wants to save something of it needs all that there is.
        for suffix in COMPANIONS:
            with suppress(FileNotFoundError):
                beside(database, suffix).rename(beside(kept, suffix))
    settle(database.absolute().parent)
    return kept


def _fold(database: Path) -> bool:
    """Fold the log back into the database, so that one file is all of it; False where it is damaged."""
    with database.open("rb") as file:
        # SQLite removes the log of what it does not know again as a database.
        if file.read(len(_MAGIC)) != _MAGIC:
            return False
    connection = sqlite3.connect(database, timeout=_PATIENCE)
    try:
        is_held = bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        said = trouble(database, error)
        if not isinstance(said, StoreDamaged):
            raise said from error
        return False
    finally:
        connection.close()
    log = beside(database, "-wal")
    if is_held or (log.exists() and log.stat().st_size):
        raise busy(database)
    return True


def _second_name(database: Path, kept: Path) -> None:
    try:
        os.link(database, kept)
    except OSError:
        # Not every file system knows two names for one file.
        part = beside(kept, ".part")
        shutil.copy2(database, part)
        settle(part)
        part.rename(kept)


def _forget_links(database: Path) -> None:
    """Remove names that a restore gave the present database before it was stopped: a database has one name only."""
    for name in database.parent.glob(f"{database.name}.before-restore-*"):
        if database.exists() and name.samefile(database):
            remove(name)


def _free(path: Path) -> Path:
    number, found = 1, path
    while found.exists():
        number += 1
        found = beside(path, f"-{number}")
    return found


def _owed(part: Path) -> tuple[int, ...]:
    copied = open_copy(part)
    try:
        with copied.reading() as db:
            rows = db.query("SELECT id FROM delivery WHERE status IN ('pending', 'claimed') ORDER BY id")
            return tuple(row["id"] for row in rows)
    finally:
        copied.close()


def _last_poll(database: Path) -> str:
    """When the present database was polled last; "" where that cannot be read."""
    try:
        connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
        try:
            sql = "SELECT value FROM meta WHERE name = 'poll.last_success_at'"
            return str((connection.execute(sql).fetchone() or ("",))[0])
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return ""
