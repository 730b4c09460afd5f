"""One watcher per database: an advisory lock beside it, which dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from watcher.errors import AlreadyRunning, StoreReadOnly
from watcher.store.troubles import trouble


@contextmanager
def single_instance(database: Path) -> Iterator[None]:
    """Hold `database` for this process; AlreadyRunning, naming the other, where one holds it."""
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except PermissionError as error:
        raise (_of_another(path) if path.exists() else trouble(database, error)) from error
    except OSError as error:
        raise trouble(database, error) from error
    with file:
        if not _taken(file):
            file.seek(0)
            other = file.read().decode(errors="replace").strip() or "unknown"
            raise AlreadyRunning(f"another watcher (process {other}) is using {database}: stop it first")
        # The name is a courtesy: a full disk takes none, and the lock holds without it.
        with suppress(OSError):
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        yield


def _of_another(path: Path) -> StoreReadOnly:
    """A command that ran as root leaves a lock file that the service's user cannot open."""
    return StoreReadOnly(
        f"the lock file {path} belongs to user {path.stat().st_uid}, and this user (number {os.geteuid()}) cannot "
        f"write it: `chown {os.geteuid()} {path}`, or run as the user of the service"
    )


def _taken(file: IO[bytes]) -> bool:
    """Take the lock. Who only asks who holds it has it for a moment, too, so a refusal is not believed at once."""
    for pause in (0.0, 0.05, 0.2):
        time.sleep(pause)
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def holder(database: Path) -> str:
    """The process that holds the database now; empty where none does. Nothing is created."""
    path = database.with_name(f"{database.name}.lock")
    try:
        file = path.open("rb")
    except OSError:
        return ""
    with file:
        try:
            # Shared, and for a moment: two who ask do not see each other.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read(20).decode(errors="replace").strip() or "unknown"
        return ""
