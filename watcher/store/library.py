"""The SQLite library in use, and whether it has the fault that can damage a database in WAL mode."""

from __future__ import annotations

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # the library that sqlite-utils chose

# https://sqlite.org/wal.html, "The WAL-reset bug": in 3.7.0 up to 3.51.2, mended in 3.51.3 and in these branches.
_FIRST_FAULTY = (3, 7, 0)
_FIRST_SOUND = (3, 51, 3)
_MENDED = {(3, 44): 6, (3, 50): 7}


def sqlite_version() -> str:
    """The version of the library, as it says it."""
    return str(sqlite3.sqlite_version)


def caveat(version: str = "") -> str | None:
    """A sentence where this library has the WAL-reset fault, for the log, `doctor` and `status`; None where not."""
    said = version or sqlite_version()
    major, minor, patch, *_ = (*(int(part) for part in said.split(".")), 0, 0)
    mended = patch >= _MENDED.get((major, minor), patch + 1)
    if mended or not _FIRST_FAULTY <= (major, minor, patch) < _FIRST_SOUND:
        return None
    return (
        f"SQLite {said} has the WAL-reset fault (3.7.0 to 3.51.2): two connections that checkpoint at once can damage "
        "the database; this watcher has one that does and its readers never do, so let no other program write to the "
        "database or replicate it before SQLite is 3.51.3 or newer"
    )
