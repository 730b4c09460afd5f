"""Facts about a store itself, how polling stands, and what the reading commands ask."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from watcher.model import Alert, Severity
from watcher.store.shown import Health, RecordedChange, Study, VersionInfo
from watcher.store.values import PollState


class MetaVerbs(Protocol):
    """The small named facts."""

    @property
    def instance(self) -> str:
        """A random id of this store, the same for ever: it keeps two installations' message ids apart."""

    @property
    def known_instance(self) -> str:
        """The same where it was made already, else "": for those who only read."""

    @property
    def rehearsal(self) -> bool | None:
        """Whether it holds a rehearsal; None until that is decided."""

    def decide_rehearsal(self, rehearsing: bool) -> None:
        """Mark what kind of data it holds; the first time counts."""

    def began_at(self, now: datetime) -> datetime:
        """When a watcher first worked on it: `now` where that is the first time."""

    def prove_writable(self, now: datetime) -> None:
        """Write something small; StoreError where nothing is taken."""

    def poll_state(self) -> PollState:
        """How polling stands."""

    def present(self, now: datetime) -> datetime:
        """The present moment: `now`, but of a store that holds a rehearsal that of its last poll."""

    def set_poll_state(self, state: PollState) -> None:
        """Record how polling stands, all of it at once."""


class ReportsVerbs(Protocol):
    """Nothing here writes; each answer is of one moment."""

    def studies(self, after: str = "", limit: int = 200) -> tuple[Study, ...]:
        """The studies that were ever asked for, by number: so many that come after a number."""

    def study_count(self) -> int:
        """How many studies there are in all."""

    def study(self, nct_id: str) -> Study:
        """One study; UsageError where it was never asked for."""

    def versions(self, nct_id: str) -> tuple[VersionInfo, ...]:
        """The versions of a study, oldest first."""

    def changes(
        self,
        *,
        nct_id: str | None = None,
        since: datetime | None = None,
        min_severity: Severity = Severity.NOISE,
        limit: int = 200,
    ) -> tuple[RecordedChange, ...]:
        """Stored changes, newest first, and of one moment in the order in which they were recorded."""

    def alert(self, number: int) -> Alert:
        """An alert whole, by its number; UsageError where there is none."""

    def newest_alert(self) -> int:
        """The number of the newest alert; UsageError where there is none."""

    def health(self) -> Health:
        """The figures of `watcher status`."""
