"""What the poll and the passing of days ask of a store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from watcher.alerts.owing import Owed
from watcher.alerts.routes import Step
from watcher.changes import Earlier
from watcher.model import Alert, Change, Watch
from watcher.record import Snapshot
from watcher.store.shown import HeldChange
from watcher.store.values import DayBrought, Due, Hold, Known, Observation

Routed = tuple[Sequence[Alert], Sequence[Owed]]


class Past(Protocol):
    """What the store remembers of a study."""

    def snapshot(self, nct_id: str, version: int) -> Snapshot:
        """One stored version, byte for byte; StoreError where there is none, or where it is damaged."""

    def slips(self, nct_id: str) -> int:
        """How often its primary completion date slipped."""

    def earlier(self, nct_id: str) -> tuple[Earlier, ...]:
        """Its changes that were more than noise and are not held back, newest first."""

    def site_ids(self, nct_id: str, version: int) -> tuple[str, ...]:
        """The identifiers of the sites of one stored version, in the order of its list; () where unknown."""


class ObservingVerbs(Past, Protocol):
    """What is known, and the one transaction that records a page."""

    def latest(self, nct_ids: Sequence[str]) -> dict[str, Known]:
        """What is known of these studies, all at one moment; one that was never asked for comes back as absent."""

    def digests(self, nct_ids: Sequence[str]) -> dict[str, str]:
        """The raw digests of those of these studies that are listed."""

    def unanswered(self, nct_ids: Sequence[str], data_timestamp: str) -> list[str]:
        """Those that this build has not answered for, in their order, without merged ones; all of them for ""."""

    def heirs(self, nct_ids: Collection[str]) -> dict[str, str]:
        """The numbers that merged studies of these stand under."""

    def announce(self, digests: Iterable[Owed]) -> None:
        """Open these digests, all or none; one that stands, or was sent, stays as it is."""

    def commit(self, observation: Observation) -> None:
        """Record a page whole or not at all.

        StoreError where a study has moved since it was read, where an alert or an occasion was recorded before, and
        where a mass change was approved meanwhile: so a page that is committed twice is recorded once.
        """


class ClocksVerbs(Protocol):
    """Whose clocks are to be looked at, and the one transaction that records what a day brought."""

    def due(self, today: date) -> list[str]:
        """The listed studies whose next look has come, or that were never looked at, in the order of their numbers."""

    def studies(self, nct_ids: Sequence[str]) -> list[Due]:
        """These studies by number, with newest version (None: damaged) and what was raised before, oldest first."""

    def commit(self, brought: DayBrought) -> None:
        """Record what a day brought, whole or not at all; StoreError where a clock or an alert was recorded before."""


class SetbacksVerbs(Protocol):
    """What to do where the clock was set back."""

    def undo(self, now: datetime) -> int:
        """Have what waits for a day that nobody meant go at once; how many messages. A second time finds none."""


class HoldsVerbs(Protocol):
    """What is held back: opened by the page that shows it, decided once."""

    def decided(self, data_refresh: str) -> Mapping[str, str]:
        """The mutations that were held in this data refresh, each open, approved or dismissed."""

    def all(self, *, open_only: bool = False) -> tuple[Hold, ...]:
        """Every hold, newest first."""

    def get(self, hold_id: str) -> Hold:
        """One hold; UsageError where there is none such."""

    def changes(self, hold_id: str, limit: int) -> tuple[Change, ...]:
        """What a hold keeps back, or kept, by study."""

    def held(self, hold_id: str, after: tuple[str, int] = ("", 0), limit: int = 50) -> tuple[HeldChange, ...]:
        """The same, so many behind a place."""

    def steps(self, hold_id: str, now: datetime) -> tuple[Step, ...]:
        """What an approval would hand to the routes: what is held, as steps of their own."""

    def approve(self, hold_id: str, route: Callable[[Sequence[Step]], Routed], now: datetime) -> int:
        """Release what is held, as `route` sends it, whole or not at all; how many alerts: 0 the second time.

        `route` may read this store. What was dismissed may still be approved.
        """

    def dismiss(self, hold_id: str, now: datetime) -> None:
        """Keep what is held in the history only; twice is as good as once. UsageError where it was approved."""


class WatchesVerbs(Protocol):
    """Which watches the operator has been told the first result of."""

    def unconfirmed(self, watches: tuple[Watch, ...]) -> tuple[Watch, ...]:
        """Those that are new, or whose studies or search have changed since, in their order; labels do not count."""

    def confirm(self, watch: Watch, now: datetime) -> None:
        """Record that the operator was told what this watch found; twice is as good as once."""
