"""Sweeping one search: what is owed for a data refresh, page by page, and what is concluded in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from watcher.alerts import notices
from watcher.audience import Audience
from watcher.clock import Clock
from watcher.errors import RegistryFault
from watcher.model import Notice, Sweep, Watch
from watcher.registry.client import Registry
from watcher.store.contracts import StoreContract
from watcher.store.values import Observation
from watcher.sweep.leaving import Leaving
from watcher.sweep.plan import next_sweep, too_many_left, too_many_more
from watcher.sweep.reading import Reading, anew
from watcher.sweep.task import Task

# What the registry's own total may be off by, where it counts what it does not list.
TOLERATED = 0.001

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


class Sweeper:
    """Sweeps the searches of watches into a store."""

    def __init__(self, registry: Registry, store: StoreContract, clock: Clock, *, complete_every: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._every = complete_every
        self._reading = Reading(registry, store, clock)
        self._leaving = Leaving(registry, store, clock)

    def sweep(
        self, watch: Watch, audience: Audience, data_refresh: str, progress: Progress, stop: Stop
    ) -> Iterator[Observation]:
        """Every page that the search of a watch owes for this refresh, as it is committed.

        Ends early where `stop` says so, and goes on there the next time. Raises Refreshed where the data moved
        meanwhile, RegistryError where an answer concludes nothing.
        """
        if watch.search is None:
            return
        state = self._store.searches.stand(watch.name, watch.search)
        sweep = next_sweep(state, watch.search, data_refresh, self._clock.now(), self._every)
        if sweep is None:
            return
        task = Task(watch, watch.search, state, audience, data_refresh, stop)
        for page in self._reading.pages(task, sweep):
            if page.swept is not None:
                sweep = page.swept.sweep
                progress(sweep.found, sweep.total or sweep.found)
            yield page
        if not stop():
            yield from self._conclude(task, self._store.searches.under_way(watch.name) or sweep)

    def _conclude(self, task: Task, sweep: Sweep) -> Iterator[Observation]:
        """What a sweep says that has read every page: only a whole one says anything of those it did not return."""
        self._reading.require_same_data(sweep)
        if sweep.whole:
            self._require_whole(sweep)
            missing = self._store.searches.unseen(task.name)
            if doubt := _doubt(task, sweep, len(missing)):
                self._store.searches.suspect(task.name, task.data_refresh)
                self._store.notices.tell(doubt, task.audience.operator, self._clock.now())
            else:
                yield from self._leaving.conclude(task, missing)
        if not task.stop():
            self._store.searches.finish(sweep, self._clock.now())

    def _require_whole(self, sweep: Sweep) -> None:
        """Raise RegistryFault where pages are missing; the next poll asks for all of them again."""
        total, seen = sweep.total or 0, self._store.searches.seen(sweep.watch)
        if seen < total * (1 - TOLERATED):
            self._store.searches.begin(anew(sweep))
            raise RegistryFault(f"the registry returned {seen} of the {total} studies of a search: asked again")


def _doubt(task: Task, sweep: Sweep, missing: int) -> Notice | None:
    """What the operator is told where so many came or went at once that only another refresh can be believed."""
    if too_many_more(task.state, sweep):
        return notices.many_more(task.name, sweep.total or 0, task.state.members, task.data_refresh)
    if task.has_begun and too_many_left(task.state, missing, sweep.data_refresh):
        return notices.many_left(task.name, missing, task.state.members, task.data_refresh)
    return None
