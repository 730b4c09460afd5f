"""Who else can read or change a file that holds a secret. Judged from what `stat` says; told, never repaired."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from watcher.channels.manner import MAIL_SCHEMES, SIGNED_SCHEMES, WEBHOOK_SCHEMES
from watcher.channels.masking import scheme_of
from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report
from watcher.config.schema import FileTable, Table
from watcher.config.sources import Sources
from watcher.config.values import Exposure, SecretFile

ROOT = 0

# A list of studies is no secret; every other key that names a file names one that holds a secret.
_NO_SECRETS = frozenset({"studies_file"})
_IN_CLEAR = frozenset({"secret", "token"})
# With these an address alone is no secret; a user with a password in it is.
_PLAIN_SCHEMES = MAIL_SCHEMES | SIGNED_SCHEMES | WEBHOOK_SCHEMES
_LOGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*:[^/?#]*@.*|.*[?&]pass=.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kept:
    """How a file is kept; `user` is who asks, root being 0."""

    path: Path
    mode: int
    owner: int
    user: int

    @property
    def foreign(self) -> bool:
        """Whether it belongs to somebody who is neither root nor us."""
        return self.owner not in {ROOT, self.user}


def kept_at(path: Path) -> Kept | None:
    """How the file is kept; None where that cannot be seen."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return Kept(path, stat.S_IMODE(seen.st_mode), seen.st_uid, os.geteuid())


def exposure(kept: Kept) -> Exposure | None:
    """Who else can get at it, the worst first.

    A group may read what root has given to it (root:GROUP, 0640): that is how a service's files are kept. A file that
    a user shares with a group is told, since nobody says who is in it.
    """
    owner_only = f"chmod 600 {kept.path}"
    if kept.mode & stat.S_IWOTH:
        return Exposure("can be changed by everybody on this machine", owner_only, grave=True)
    if kept.foreign:
        return Exposure(f"belongs to user {kept.owner}, who can change it", f"chown root {kept.path}", grave=True)
    if kept.mode & stat.S_IROTH:
        return Exposure("can be read by everybody on this machine", owner_only)
    if kept.mode & stat.S_IWGRP:
        return Exposure("can be changed by its group", owner_only)
    if kept.mode & stat.S_IRGRP and kept.owner != ROOT:
        return Exposure("can be read by its group", owner_only)
    return None


def watch_over(file: FileTable, itself: Kept | None, sources: Sources, report: Report) -> tuple[SecretFile, ...]:
    """Every file that holds a secret, the configuration itself included; those that others reach are warned of."""
    held = [*_in_files(file, sources), *_in_itself(file, itself)]
    for path, secret in held:
        if secret.exposure is not None:
            holds = "the configuration holds a secret and" if path == () else f"{secret.path}"
            report.warn(path, f"{holds} {secret.exposure.said}; {secret.exposure.remedy}")
    return tuple(secret for _, secret in held)


def _in_files(file: FileTable, sources: Sources) -> Iterator[tuple[KeyPath, SecretFile]]:
    for path, name in _texts(file):
        key = str(path[-1])
        if key.endswith("_file") and key not in _NO_SECRETS:
            found = sources.found(name)
            kept = None if sources.is_handed_over(found) else kept_at(found)
            yield path, SecretFile(found, exposure(kept) if kept else None)


def _in_itself(file: FileTable, itself: Kept | None) -> Iterator[tuple[KeyPath, SecretFile]]:
    if itself is not None and any(_is_secret(str(path[-1]), text) for path, text in _texts(file)):
        yield (), SecretFile(itself.path, exposure(itself))


def _is_secret(key: str, text: str) -> bool:
    """Whether this is a secret that stands in the configuration itself."""
    if key == "url":
        return holds_secret(text)
    return key in _IN_CLEAR


def holds_secret(url: str) -> bool:
    """Whether somebody who reads this address could use it: most services keep a token in theirs."""
    scheme = scheme_of(url)
    if scheme in _PLAIN_SCHEMES:
        return _LOGIN.fullmatch(url) is not None
    return scheme not in {"", "console", "inbox"}


def _texts(file: FileTable) -> Iterator[tuple[KeyPath, str]]:
    """Every key of every table that holds a text, or a secret's texts."""
    for table, value in file:
        tables = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, entry in tables:
            where: KeyPath = (table,) if index is None else (table, index)
            yield from _texts_of(where, entry)


def _texts_of(where: KeyPath, table: Table) -> Iterator[tuple[KeyPath, str]]:
    for key, value in table:
        if isinstance(value, str) and value:
            yield (*where, key), value
        elif isinstance(value, tuple) and value and isinstance(value[0], str):
            yield (*where, key), value[0]
