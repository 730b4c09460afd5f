"""One watcher per database: an advisory lock beside it, which dies with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from watcher.errors import AlreadyRunning
from watcher.store.troubles import trouble


@contextmanager
def single_instance(database: Path) -> Iterator[None]:
    """Hold `database` for this process; AlreadyRunning, naming the other, where one holds it."""
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise trouble(database, error) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().decode(errors="replace").strip() or "unknown"
            raise AlreadyRunning(f"another watcher (process {holder}) is using {database}: stop it first") from None
        # The name is a courtesy: a full disk takes none, and the lock holds without it.
        with suppress(OSError):
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        yield
