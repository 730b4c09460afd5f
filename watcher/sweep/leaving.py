"""Who has left a search: what a whole sweep did not return is asked for once more, and only then concluded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from watcher.audience import knowing
from watcher.clock import Clock
from watcher.gather import gather
from watcher.model import Search
from watcher.observe import Answers, News, observe
from watcher.record import glance
from watcher.registry.client import BATCH, Registry
from watcher.store.contracts import StoreContract
from watcher.store.values import GONE, Known, Observation
from watcher.sweep.news import went
from watcher.sweep.task import Task


class Leaving:
    """Concludes what became of the studies that a search no longer returns."""

    def __init__(self, registry: Registry, store: StoreContract, clock: Clock) -> None:
        self._registry = registry
        self._store = store
        self._clock = clock

    def conclude(self, task: Task, missing: Sequence[str]) -> Iterator[Observation]:
        """Ask for the missing studies, a batch at a time; each batch as it is committed."""
        for start in range(0, len(missing), BATCH):
            if task.stop():
                return
            batch = missing[start : start + BATCH]
            returned = self._still_returned(task.search, batch)
            if asked := [nct_id for nct_id in batch if nct_id not in returned]:
                yield self._part(task, asked)

    def _still_returned(self, search: Search, batch: Sequence[str]) -> frozenset[str]:
        """Those that the search returns when it is asked about them alone: a page had missed them.

        Everything returns whatever there is.
        """
        if search.is_everything:
            return frozenset()
        pages = self._registry.studies(batch, search)
        seen = (glance(record) for page in pages for record in page)
        return frozenset(one.nct_id for one in seen if one is not None)

    def _part(self, task: Task, asked: Sequence[str]) -> Observation:
        now, past = self._clock.now(), self._store.observing
        answers = gather(self._registry, asked, past.digests, past.latest, now)
        known = past.latest((*answers.to_recall, *answers.unmoved))
        refresh = max(answers.as_of, task.data_refresh)
        whys = _departures(asked, answers, known, refresh)
        if task.search.is_everything:
            # Of everything only the record itself can say that it is gone.
            whys = {nct_id: why for nct_id, why in whys.items() if why}
        observation = observe(
            answers,
            known,
            past,
            knowing(task.audience, self._store, [*asked, *answers.to_recall]),
            now=now,
            data_timestamp=task.data_refresh,
            decided=self._store.holds.decided(task.data_refresh),
            news={nct_id: self._news(task, known[nct_id], why) for nct_id, why in whys.items() if task.has_begun},
        )
        parted = replace(observation, left=(task.name, tuple(whys)))
        past.commit(parted)
        return parted

    def _news(self, task: Task, before: Known, why: str) -> News:
        """What is told of a study that left; one that has not moved since did so with its newest changes."""
        earlier = self._store.observing.earlier(before.nct_id)
        newest = tuple(one.change for one in earlier if one.version == before.version)
        return went(task.watch, before, task.data_refresh, why, newest)


def _departures(asked: Collection[str], answers: Answers, known: Mapping[str, Known], refresh: str) -> dict[str, str]:
    """What became of the studies that were asked for: each with the reason, "" where its record is to tell it."""
    # Loaded with the first study that is missing: most sweeps miss none.
    from watcher.changes.searches import GONE as GONE_FROM_REGISTRY
    from watcher.changes.searches import MERGED

    whys = {nct_id: MERGED.format(into=heir) for nct_id, heir in answers.merged.items()}
    gone = [nct_id for nct_id in answers.not_found if _is_confirmed(known[nct_id], refresh)]
    gone += [nct_id for nct_id in answers.still_absent if known[nct_id].state == GONE]
    whys |= dict.fromkeys(gone, GONE_FROM_REGISTRY)
    read = {*answers.unmoved, *(snapshot.nct_id for snapshot in answers.snapshots)}
    return {**whys, **{nct_id: "" for nct_id in asked if nct_id in read and nct_id not in whys}}


def _is_confirmed(before: Known, refresh: str) -> bool:
    """Whether this 'not found' is the second one, of a later refresh: what `observe` concludes from."""
    return before.missing_since is not None and before.missing_since != refresh
