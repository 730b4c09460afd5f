"""What a failure of the database means, in words, with what to do about it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # the library that sqlite-utils chose

from watcher.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreReadOnly

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_ALLOWED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
# A file system with less than this left has no room for another page and its log.
_ROOM = 64 * 1024

RESTORE = (
    "stop the watcher; `watcher db check` says what is damaged, and `watcher db restore BACKUP` puts a backup in its "
    "place and keeps the damaged file beside it"
)
COUNT_AGAIN = (
    "stop the watcher: `watcher db prune --older-than 365d --vacuum` counts anew; only what is shown depends on it"
)

OTHER_PATH = "choose another [store] path"
WAIT = "try again in a moment; where it stays so, `watcher run` or `watcher poll` makes it"
ANOTHER_BACKUP = "use another backup; the database was not touched"


def trouble(path: Path, error: Exception) -> StoreError:
    """The error of ours that says what went wrong with the database at `path`."""
    if isinstance(error, OSError):
        return _of_system(path, error)
    name = str(getattr(error, "sqlite_errorname", None) or _guessed(str(error)))
    said = _SAID.get(name) or _SAID.get("_".join(name.split("_")[:2]))
    if said is None:
        return StoreError(f"the database {path} cannot be used; nothing of this step was written")
    return full(path) if name in _MAY_MEAN_FULL and _has_no_room(path) else said(path)


def busy(path: Path) -> StoreBusy:
    """Somebody else holds it."""
    return StoreBusy(
        f"another program has the database {path} open for writing: close it (`fuser {path}` names it), nothing was "
        "written meanwhile and nothing is lost"
    )


def full(path: Path) -> StoreFull:
    """There is no room."""
    return StoreFull(
        f"there is no room to write to the database {path}: free some on its disk, or raise the quota or size limit "
        f"(`df {path.parent}`); what was stored before is whole, and work goes on once there is room"
    )


def read_only(path: Path) -> StoreReadOnly:
    """It cannot be opened or written by this user."""
    return StoreReadOnly(
        f"the database {path} cannot be opened or written: this user (number {os.geteuid()}) needs to write the file "
        f"and its folder {path.parent}, on a file system that is mounted for writing; what was stored before is whole"
    )


def damaged(path: Path, what: str = "") -> StoreDamaged:
    """What is stored is not what was written."""
    return StoreDamaged(f"{what or f'the database {path} is damaged, or is no database'}: {RESTORE}")


def of_a_backup(error: StoreError) -> StoreError:
    """The same about a file that is only looked at: what helps a database helps no backup."""
    said = str(error.args[0])
    for remedy in (RESTORE, OTHER_PATH, WAIT):
        said = said.replace(remedy, ANOTHER_BACKUP)
    return type(error)(said)


def moved(path: Path) -> StoreReadOnly:
    """Another file stands in its place, or none."""
    return StoreReadOnly(
        f"the file {path} was moved, removed or replaced while it was in use: stop the watcher, put the database back "
        "in its place and start it again; nothing more is written until then"
    )


def _unread(path: Path) -> StoreDamaged:
    return damaged(path, f"the disk does not give back what the database {path} holds")


def _no_disk(path: Path) -> StoreError:
    return StoreError(
        f"the file system does not serve the database {path}: it needs a local disk with file locks, no network share"
    )


def _of_system(path: Path, error: OSError) -> StoreError:
    if error.errno in _NO_ROOM:
        return full(path)
    if error.errno in _NOT_ALLOWED:
        return read_only(path)
    return StoreError(f"the database {path} cannot be used")


def _has_no_room(path: Path) -> bool:
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _ROOM or (found.f_files > 0 and found.f_favail == 0)


def _guessed(said: str) -> str:
    """The family by its words: builds of the library other than Python's own do not name it."""
    words = {
        "locked": "SQLITE_BUSY",
        "full": "SQLITE_FULL",
        "readonly": "SQLITE_READONLY",
        "unable to open": "SQLITE_CANTOPEN",
        "malformed": "SQLITE_CORRUPT",
        "not a database": "SQLITE_NOTADB",
        "disk I/O": "SQLITE_IOERR_WRITE",
    }
    return next((name for word, name in words.items() if word in said), "")


_WRITES = ("WRITE", "FSYNC", "DIR_FSYNC", "TRUNCATE", "SHMSIZE", "SHMOPEN", "COMMIT_ATOMIC")
_READS = ("READ", "SHORT_READ", "CORRUPTFS", "DATA", "MMAP")
_SAID: Mapping[str, Callable[[Path], StoreError]] = {
    "SQLITE_BUSY": busy,
    "SQLITE_LOCKED": busy,
    "SQLITE_PROTOCOL": busy,
    "SQLITE_FULL": full,
    "SQLITE_READONLY": read_only,
    "SQLITE_READONLY_DBMOVED": moved,
    "SQLITE_PERM": read_only,
    "SQLITE_AUTH": read_only,
    "SQLITE_CANTOPEN": read_only,
    "SQLITE_CORRUPT": damaged,
    "SQLITE_NOTADB": damaged,
    "SQLITE_IOERR": _no_disk,
    # Quotas and size limits reach SQLite as a write that failed, or fell short.
    **{f"SQLITE_IOERR_{part}": full for part in _WRITES},
    **{f"SQLITE_IOERR_{part}": _unread for part in _READS},
}
"""What to say, by the code or by its family."""

_MAY_MEAN_FULL = frozenset(("SQLITE_CANTOPEN", *(name for name in _SAID if name.startswith("SQLITE_IOERR"))))

FAILURES = (sqlite3.Error, OSError)
"""What SQLite and the system raise where the database cannot be used."""
