"""The kinds of change, as the table of changes knows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Protocol

from watcher.model import Severity


class KnownKind(Protocol):
    """What is asked of a row of the table."""

    @property
    def severity(self) -> Severity:
        """How much it matters when no rule says otherwise."""

    @property
    def meaning(self) -> str:
        """One line for a person."""


def known_kinds() -> Mapping[str, KnownKind]:
    """Every kind by its name; imported late, because most of what needs a configuration needs no table."""
    from watcher.changes.table import KINDS

    return KINDS


def kinds_matching(globs: Iterable[str]) -> tuple[str, ...]:
    """The kinds that any of the globs selects; no glob selects all."""
    patterns = tuple(globs) or ("*",)
    return tuple(kind for kind in known_kinds() if any(fnmatchcase(kind, glob) for glob in patterns))


def spellings(kinds: Iterable[str]) -> Iterator[str]:
    """What may be written in `kinds`: every name, and a glob for every beginning and ending of one."""
    for kind in kinds:
        yield kind
        parts = kind.split(".")
        for length in range(1, len(parts)):
            yield ".".join([*parts[:length], "*"])
        yield f"*.{parts[-1]}"
