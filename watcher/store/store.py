"""The store: one database, its domain verbs grouped by who uses them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.store.answers import Answers
from watcher.store.clocks import Clocks
from watcher.store.connection import open_reader, open_writer
from watcher.store.deliveries import Deliveries
from watcher.store.holds import Holds
from watcher.store.meta import Meta
from watcher.store.notices import Notices
from watcher.store.observing import Observing
from watcher.store.outbox import Outbox
from watcher.store.reports import Reports
from watcher.store.requests import Requests
from watcher.store.searches import Searches
from watcher.store.setbacks import Setbacks
from watcher.store.silences import Silences
from watcher.store.versions import Versions
from watcher.store.watches import Watches

if TYPE_CHECKING:
    from watcher.store.accounts import Accounts
    from watcher.store.boards import Boards
    from watcher.store.contracts import StoreContract
    from watcher.store.exports import Exports
    from watcher.store.history import History
    from watcher.store.inbox import Inbox
    from watcher.store.lives import Lives
    from watcher.store.moves import Moves
    from watcher.store.pruning import Pruning
    from watcher.store.updates import Updates


class Store:
    """`observing` serves the poll, `clocks` the days, `outbox` sending; the others are named for what they hold."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._connection = open_reader(path) if read_only else open_writer(path)
        self.path = path
        self.meta = Meta(self._connection)
        self._versions = versions = Versions()
        self.observing = Observing(self._connection, self.meta, versions)
        self.clocks = Clocks(self._connection, self.meta, versions)
        self.holds = Holds(self._connection, self.meta)
        self.outbox = Outbox(self._connection, self.meta)
        self.deliveries = Deliveries(self._connection)
        self.notices = Notices(self._connection, self.meta)
        self.watches = Watches(self._connection)
        self.searches = Searches(self._connection)
        self.setbacks = Setbacks(self._connection)
        self.silences = Silences(self._connection)
        self.answers = Answers(self._connection)
        self.requests = Requests(self._connection)
        self.reports = Reports(self._connection)

    @cached_property
    def accounts(self) -> Accounts:
        """What was told, to whom, and what became of it; loaded for those who ask."""
        from watcher.store.accounts import Accounts

        return Accounts(self._connection)

    @cached_property
    def boards(self) -> Boards:
        """Many studies at a glance; loaded for those who ask."""
        from watcher.store.boards import Boards

        return Boards(self._connection, self.observing)

    @cached_property
    def inbox(self) -> Inbox:
        """The newest alerts, page by page; loaded for those who ask."""
        from watcher.store.inbox import Inbox

        return Inbox(self._connection)

    @cached_property
    def history(self) -> History:
        """The steps that were recorded, once more; loaded for those who ask."""
        from watcher.store.history import History

        return History(self._connection, self.observing)

    @cached_property
    def lives(self) -> Lives:
        """The life of one study; loaded for those who ask."""
        from watcher.store.lives import Lives

        return Lives(self._connection, self._versions)

    @cached_property
    def pruning(self) -> Pruning:
        """What is settled and old; loaded for those who ask."""
        from watcher.store.pruning import Pruning

        return Pruning(self._connection)

    @cached_property
    def exports(self) -> Exports:
        """Everything there is, row by row; loaded for those who ask."""
        from watcher.store.exports import Exports

        return Exports(self._connection)

    @cached_property
    def updates(self) -> Updates:
        """What readers follow; loaded for those who ask."""
        from watcher.store.updates import Updates

        return Updates(self._connection)

    @cached_property
    def moves(self) -> Moves:
        """What moved the dates of studies; loaded for those who ask."""
        from watcher.store.moves import Moves

        return Moves(self._connection)

    @property
    def name(self) -> str:
        """What messages call it: the path of its file."""
        return str(self.path)

    def checkpoint(self) -> int:
        """Fold the log back at a quiet moment; how many bytes of it are left. Waits for no reader."""
        return self._connection.checkpoint()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


@contextmanager
def opened(path: Path, *, read_only: bool = False) -> Iterator[Store]:
    """A store that is closed at the end."""
    store = Store(path, read_only=read_only)
    try:
        yield store
    finally:
        store.close()


if TYPE_CHECKING:
    # mypy holds here that every group has the verbs of its Protocol, with their signatures.
    def _meets_the_contract(store: Store) -> StoreContract:
        return store
