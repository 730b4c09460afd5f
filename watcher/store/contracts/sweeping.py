"""What sweeps ask of a store. Pages, and who joined or left, are recorded by `observing.commit`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from watcher.model import Search, Searched, Sweep


class SearchesVerbs(Protocol):
    """How saved searches stand, whom they have found, and their sweeps."""

    def stand(self, watch: str, search: Search) -> Searched:
        """How the search of a watch stands; one that is new, or asks for something else than before, begins anew."""

    def all(self) -> tuple[Searched, ...]:
        """How every search stands, by the name of its watch."""

    def under_way(self, watch: str) -> Sweep | None:
        """The sweep that was begun and has not ended, as its last committed page left it; None where there is none."""

    def begin(self, sweep: Sweep) -> None:
        """Begin a sweep, in the place of one that was under way, whose pages are forgotten; members stay."""

    def strangers(self, watch: str, nct_ids: Collection[str]) -> tuple[str, ...]:
        """Those of these studies that the search has not found yet, in their order."""

    def finders(self, nct_ids: Collection[str]) -> dict[str, frozenset[str]]:
        """The watches whose searches have found any of these studies, each with those."""

    def members(self, watch: str) -> tuple[str, ...]:
        """The studies that the search has found, in the order of their numbers."""

    def unseen(self, watch: str) -> tuple[str, ...]:
        """The members that no page of the whole sweep under way has shown, in the order of their numbers."""

    def seen(self, watch: str) -> int:
        """How many studies the pages of the whole sweep under way have shown, each counted once."""

    def suspect(self, watch: str, data_refresh: str) -> None:
        """Record that this refresh had too many studies more or less to conclude anything; twice is as good as once."""

    def finish(self, sweep: Sweep, now: datetime) -> None:
        """Record that a sweep has ended; the first whole one is the baseline, for as long as the search stands.

        A whole one settles what an earlier refresh was suspected of.
        """

    def give_up(self, watches: Collection[str]) -> None:
        """Forget what was searched for watches that are not among these; twice is as good as once."""
