"""Copies of a database as files: whole and on the disk before they get their name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # the library that sqlite-utils chose

from watcher.errors import StoreDamaged, StoreFull
from watcher.store.checking import Checked, Progress, check_copy
from watcher.store.connection import Connection
from watcher.store.troubles import FAILURES, trouble

_PAGES = 2_000
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is open, and after a crash."""


def beside(database: Path, suffix: str) -> Path:
    """The file of this ending beside a database."""
    return database.with_name(f"{database.name}{suffix}")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What SQLite and the system raise, as a StoreError with its remedy."""
    try:
        yield
    except FAILURES as error:
        raise trouble(path, error) from error


def copy(source: Connection, to: Path, like: Path, progress: Progress) -> Checked:
    """Copy a database as it is at this moment, check the copy and have it on the disk; `to` is there only if all is.

    Others may write to the source meanwhile. The copy is one plain file, as readable as `like`.
    """
    try:
        with explained(to):
            _make(to, like)
            _fill(source, to, progress)
            checked = check_copy(to, progress)
            settle(to)
    except BaseException:
        # Where nothing can be written nothing is there either, and the first trouble is the one to tell.
        with suppress(OSError):
            remove(to, *(beside(to, suffix) for suffix in COMPANIONS))
        raise
    if checked.findings:
        remove(to)
        first = checked.findings[0]
        raise StoreDamaged(f"{source.path} is not whole, and nothing was made of it: {first.what}: {first.remedy}")
    return checked


def settle(path: Path) -> None:
    """Have a file or a folder on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def remove(*paths: Path) -> None:
    """Remove what is there of these."""
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()


def _make(to: Path, like: Path) -> None:
    """An empty file of our own, readable for whom `like` is, before anything stands in it."""
    remove(to)
    kept = like.stat() if like.exists() else None
    number = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        if kept is not None:
            os.fchmod(number, kept.st_mode & 0o777)
            if os.geteuid() == 0:
                os.fchown(number, kept.st_uid, kept.st_gid)
    finally:
        os.close(number)


def _fill(source: Connection, to: Path, progress: Progress) -> None:
    target = sqlite3.connect(to)
    try:
        # It has its name only when it is whole: until then nothing has to survive a crash.
        target.execute("PRAGMA synchronous = OFF")
        with source.reading() as db:
            # A read transaction that stands keeps the moment, and what is written meanwhile starts nothing anew.
            db.conn.execute("BEGIN")
            try:
                db.conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
                db.conn.backup(target, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
            except sqlite3.Error as error:
                # The source is only read: what finds no room is the copy.
                if isinstance(said := trouble(to, error), StoreFull):
                    raise said from error
                raise
            finally:
                db.conn.rollback()
        # One plain file, which any program reads also where it may not write.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()
