"""What the pipelines and the running service ask of a store, whatever keeps its rows.

For every verb: what it records is durable and seen whole, by every reader, when it returns; what fails raises
StoreError and has recorded nothing; verbs may be called from several threads. Values go in and come out, and nothing
of the database behind them. tests/store/contract holds what the verbs promise, once for each kind of store.

Outside, because they are SQLite's own, or a database server does them its own way: `Store.path`, `checkpoint`, and the
modules `connection`, `schema`, `files`, `library`, `lock`, `backup`, `restoring`, `checking`, `troubles`; of `pruning`
whatever gives space back. Outside so far, because only commands and the page use them: `accounts`, `boards`, `lives`,
`history`, `exports`, `looking`, `figures`, and `pruning.prune`.
"""

from __future__ import annotations

from typing import Protocol

from watcher.store.contracts.keeping import MetaVerbs, ReportsVerbs
from watcher.store.contracts.polling import ClocksVerbs, HoldsVerbs, ObservingVerbs, Past, SetbacksVerbs, WatchesVerbs
from watcher.store.contracts.sending import DeliveriesVerbs, Family, NoticesVerbs, OutboxVerbs
from watcher.store.contracts.steering import AnswersVerbs, RequestsVerbs, SilencesVerbs
from watcher.store.contracts.sweeping import SearchesVerbs

__all__ = ["Family", "Past", "StoreContract"]


class StoreContract(Protocol):
    """A store: its verbs, grouped by who uses them."""

    @property
    def name(self) -> str:
        """What messages call it, so that an operator finds it."""

    @property
    def observing(self) -> ObservingVerbs:
        """For the poll."""

    @property
    def searches(self) -> SearchesVerbs:
        """For sweeps."""

    @property
    def clocks(self) -> ClocksVerbs:
        """For the passing of days."""

    @property
    def setbacks(self) -> SetbacksVerbs:
        """For a clock that was set back."""

    @property
    def holds(self) -> HoldsVerbs:
        """For mass changes."""

    @property
    def watches(self) -> WatchesVerbs:
        """For what the operator was told of watches."""

    @property
    def outbox(self) -> OutboxVerbs:
        """For sending."""

    @property
    def deliveries(self) -> DeliveriesVerbs:
        """For the operator's commands about deliveries."""

    @property
    def notices(self) -> NoticesVerbs:
        """For what the operator is told."""

    @property
    def silences(self) -> SilencesVerbs:
        """For what nobody is to hear."""

    @property
    def answers(self) -> AnswersVerbs:
        """For what readers answer."""

    @property
    def requests(self) -> RequestsVerbs:
        """For what commands ask."""

    @property
    def meta(self) -> MetaVerbs:
        """For facts about the store, and how polling stands."""

    @property
    def reports(self) -> ReportsVerbs:
        """For the reading commands."""
