"""The kinds of store that the contract holds for. Another one is one more opener here, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

from watcher.store import opened
from watcher.store.contracts import StoreContract


class Opener(Protocol):
    """Opens the same store each time; what was committed is there again."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[StoreContract]:
        """The store until the end of a `with`; one that is read only may be open beside one that writes."""


def sqlite(folder: Path) -> Opener:
    """SQLite on a real file."""
    return partial(opened, folder / "watcher.db")


# From an empty folder of its own, an opener of a store that nobody has used.
KINDS: Mapping[str, Callable[[Path], Opener]] = {"sqlite": sqlite}
