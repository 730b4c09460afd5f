"""Watching the watcher: its conditions, as its database and its disk tell them, are told to the operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from watcher.alerts.conditions import FAMILY, FailingWatch, Limits, Vitals, conditions, over
from watcher.audience import Audience, of_today
from watcher.clock import Clock
from watcher.model import Notice, Watch
from watcher.store import Store
from watcher.store.contracts import Family
from watcher.store.figures import free_bytes
from watcher.store.values import Known

_FAMILY = Family(FAMILY, over)

FreeDisk = Callable[[Path], int | None]


class Vigil:
    """Keeps the operator's notices about the watcher itself as they are."""

    def __init__(
        self, store: Store, audience: Audience, clock: Clock, limits: Limits, *, free_disk: FreeDisk = free_bytes
    ) -> None:
        self._store = store
        self._audience = audience
        self._clock = clock
        self._limits = limits
        self._free_disk = free_disk

    def keep(self) -> tuple[Notice, ...]:
        """Tell the operator which conditions have begun and which are over; the ones that hold."""
        now = self._clock.now()
        standing = conditions(self._vitals(now), self._limits, now)
        self._store.notices.stand(standing, _FAMILY, self._audience.operator, now)
        return standing

    def _vitals(self, now: datetime) -> Vitals:
        polls, owed = self._store.meta.poll_state(), self._store.outbox.overdue(now)
        return Vitals(
            since=polls.last_success_at or self._store.meta.began_at(now),
            failures=polls.failures,
            last_error=polls.last_error,
            data_timestamp=polls.data_timestamp,
            due_since=owed.since,
            due=owed.messages,
            failing_targets=owed.failing,
            failing_watches=self._failing_watches(now) if polls.failures else (),
            free_disk=self._free_disk(self._store.path),
            rehearsal=bool(self._store.meta.rehearsal),
        )

    def _failing_watches(self, now: datetime) -> tuple[FailingWatch, ...]:
        audience = of_today(self._audience, self._store, now)
        known = self._store.observing.latest(audience.numbers)
        swept = {state.watch: state.swept for state in self._store.searches.all()}
        newest = max((*(study.checked_at or "" for study in known.values()), *swept.values()), default="")
        if not newest:
            return ()
        unswept = (FailingWatch(w.name, ()) for w in audience.searches if swept.get(w.name, "") < newest)
        return (*_failing(audience.watches, known, newest), *unswept)


def _failing(watches: tuple[Watch, ...], known: dict[str, Known], newest: str) -> Iterator[FailingWatch]:
    """The watches with studies that the newest build was not asked about with success, while others were."""
    for watch in watches:
        studies = [known[study.nct_id] for study in watch.studies]
        behind = [study.nct_id for study in studies if study.merged_into is None and (study.checked_at or "") < newest]
        if behind:
            yield FailingWatch(watch.name, tuple(behind))
