"""A backup: a copy beside a running watcher, checked before it takes its name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from watcher.errors import UsageError
from watcher.store.checking import Checked, Progress, no_progress
from watcher.store.connection import open_reader
from watcher.store.files import COMPANIONS, beside, copy, explained, remove, settle


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, with what was checked in it."""

    path: Path
    size: int
    checked: Checked


def back_up(database: Path, to: Path, *, force: bool = False, progress: Progress = no_progress) -> Backup:
    """Back up a database, also beside a running watcher: whole, checked and on the disk, or not at all.

    UsageError where something stands at `to` already, unless `force`; StoreDamaged where the database is not whole.
    """
    _require_free(database, to, force=force)
    part = beside(to, ".part")
    source = open_reader(database, any_age=True)
    try:
        checked = copy(source, part, database, progress)
    finally:
        source.close()
    with explained(to):
        try:
            # Somebody may have put a file there meanwhile.
            _require_free(database, to, force=force)
            os.replace(part, to)  # noqa: PTH105 - the same call under the name that says it is atomic
        except BaseException:
            remove(part)
            raise
        settle(to.absolute().parent)
        return Backup(to, to.stat().st_size, checked)


def _require_free(database: Path, to: Path, *, force: bool) -> None:
    taken = (database, *(beside(database, suffix) for suffix in (*COMPANIONS, ".lock")))
    if to.resolve() in {path.resolve() for path in taken}:
        raise UsageError(f"{to} belongs to the database itself: name another file")
    if to.is_dir():
        raise UsageError(f"{to} is a folder: name a file in it, such as {to / 'watcher.backup.db'}")
    if not to.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {to.absolute().parent}: make it first")
    if to.exists() and not to.is_file():
        raise UsageError(f"{to} is no file but a device, a pipe or a socket: name another file")
    if to.exists() and not force:
        raise UsageError(f"{to} is there already: name another file, or replace it with --force")
