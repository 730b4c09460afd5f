"""Reading the pages of one sweep, so that a sweep that stops anywhere goes on there.

A page is recorded in parts, each in one transaction, and in the last one how far the sweep has come. A page whose end
was not recorded is read again: what was recorded of it has not moved since.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from watcher.audience import knowing
from watcher.clock import Clock
from watcher.errors import MalformedRecord, RegistryFault
from watcher.garbage import uncollected
from watcher.gather import in_parts
from watcher.model import Sweep, Swept
from watcher.observe import Answers, News, observe
from watcher.record import Snapshot
from watcher.registry.client import Page, Registry
from watcher.store.contracts import StoreContract
from watcher.store.values import Observation
from watcher.sweep.news import came
from watcher.sweep.plan import too_many_more
from watcher.sweep.task import Task

log = logging.getLogger(__name__)

# So often a long sweep asks whether the data are still those that it began with.
CHECKED_EVERY = 50
# Ten times as many as the whole registry has: pages that go on longer do not end.
MOST_PAGES = 6000


class Refreshed(Exception):
    """The registry has refreshed its data while they were swept: what was read is kept, the sweep begins anew."""


class Reading:
    """Reads the pages that a sweep has left."""

    def __init__(self, registry: Registry, store: StoreContract, clock: Clock) -> None:
        self._registry = registry
        self._store = store
        self._clock = clock

    def pages(self, task: Task, wanted: Sweep) -> Iterator[Observation]:
        """Each part of a page as it is committed, from where a sweep like this was left, or from the first."""
        sweep = self._resumed(wanted)
        resumed = sweep.pages > 0
        while (sweep.token or not sweep.pages) and not task.stop():
            if sweep.pages and sweep.pages % CHECKED_EVERY == 0:
                self.require_same_data(sweep)
                log.info("%s: %s of %s studies read", sweep.watch, sweep.found, sweep.total)
            for observation in self._read(task, sweep, resumed=resumed):
                sweep = observation.swept.sweep if observation.swept else sweep
                yield observation
            resumed = False

    def require_same_data(self, sweep: Sweep) -> None:
        """Raise Refreshed where the registry serves other data than those that the sweep began with."""
        served = self._registry.data_version().timestamp
        if served and served != sweep.data_refresh:
            log.info("the data were refreshed while %s was swept: its sweep begins anew", sweep.watch)
            raise Refreshed

    def _resumed(self, wanted: Sweep) -> Sweep:
        """The sweep that is wanted where it was left: a token means nothing for any other query or refresh."""
        under_way = self._store.searches.under_way(wanted.watch)
        if under_way is not None and _question(under_way) == _question(wanted):
            return under_way
        self._store.searches.begin(wanted)
        return wanted

    def _next(self, sweep: Sweep, *, resumed: bool) -> tuple[Sweep, Page]:
        """The next page; the first one, of a sweep begun anew, where the registry no longer knows the token.

        A sweep that was not left in between does not begin anew: it would be refused at the same page without end.
        """
        try:
            return sweep, self._registry.page(sweep.asked, sweep.token, total=True)
        except RegistryFault as fault:
            if not resumed or fault.transient:
                raise
            log.info("the registry no longer knows a page of %s: its sweep begins anew (%s)", sweep.watch, fault)
        self._store.searches.begin(anew(sweep))
        return self._next(anew(sweep), resumed=False)

    def _read(self, task: Task, before: Sweep, *, resumed: bool) -> Iterator[Observation]:
        """Read the next page part by part, and record in the end how far the sweep has come.

        Nobody holds the page any more when the one after it is asked for.
        """
        sweep, page = self._next(before, resumed=resumed)
        self._require_progress(sweep, page)
        with uncollected():
            yield from self._turn(task, _turned(sweep, page), page)

    def _require_progress(self, sweep: Sweep, page: Page) -> None:
        """Raise RegistryFault where the pages lead round in a circle; the next poll begins with the first."""
        if page.next_token and (page.next_token == sweep.token or sweep.pages >= MOST_PAGES):
            self._store.searches.begin(anew(sweep))
            raise RegistryFault(f"the registry repeats a page token, or its pages do not end ({sweep.pages} read)")

    def _turn(self, task: Task, sweep: Sweep, page: Page) -> Iterator[Observation]:
        now = self._clock.now()
        found: list[str] = []
        for answers in in_parts(page.records, self._store.observing.digests, now):
            listed = (*answers.unmoved, *(snapshot.nct_id for snapshot in answers.snapshots))
            found += listed
            joined = () if too_many_more(task.state, sweep) else self._store.searches.strangers(task.name, listed)
            if observation := self._part(task, answers, joined, now):
                yield observation
        turned = Observation(now, sweep.data_refresh, swept=Swept(sweep, tuple(dict.fromkeys(found))))
        self._store.observing.commit(turned)
        yield turned

    def _part(self, task: Task, answers: Answers, joined: Sequence[str], now: datetime) -> Observation | None:
        """What a part of a page teaches, recorded; None where that is nothing."""
        if not joined and not answers.to_recall and not answers.malformed:
            return None
        past, moved = self._store.observing, [snapshot.nct_id for snapshot in answers.snapshots]
        observation = observe(
            answers,
            past.latest(answers.to_recall),
            past,
            knowing(task.audience, self._store, [*moved, *joined], {task.name: frozenset(joined)}),
            now=now,
            data_timestamp=task.data_refresh,
            decided=self._store.holds.decided(task.data_refresh),
            news=self._news(task, joined, answers) if task.has_begun else {},
            quiet=not task.has_begun,
        )
        # A study that cannot be read has not come: its number alone would be a member of which nothing is known.
        unread = {broken.nct_id for broken in observation.malformed}
        # That they were seen stands with the sweep: a mark for each of 600,000 studies would be written every time.
        came_in = tuple(nct_id for nct_id in joined if nct_id not in unread)
        kept = replace(observation, unmoved=(), joined=(task.name, came_in))
        past.commit(kept)
        return kept

    def _news(self, task: Task, joined: Sequence[str], answers: Answers) -> dict[str, News]:
        """What is told of the studies that came: those that only changed their number did not."""
        read = filter(_is_readable, self._records(joined, answers))
        arrived = (snapshot for snapshot in read if not self._is_heir(task, snapshot))
        return {one.nct_id: came(task.watch, one.nct_id, one.record, task.data_refresh) for one in arrived}

    def _records(self, joined: Sequence[str], answers: Answers) -> Iterator[Snapshot]:
        """The records of these studies: those that have not moved are in the database."""
        past, sent = self._store.observing, {snapshot.nct_id: snapshot for snapshot in answers.snapshots}
        held = past.latest([nct_id for nct_id in joined if nct_id not in sent])
        yield from (sent[nct_id] for nct_id in joined if nct_id in sent)
        yield from (past.snapshot(known.nct_id, known.version) for known in held.values())

    def _is_heir(self, task: Task, snapshot: Snapshot) -> bool:
        """Whether the search has found this study before, under a number that is an alias now."""
        strangers = self._store.searches.strangers(task.name, snapshot.aliases)
        return len(strangers) < len(snapshot.aliases)


def anew(sweep: Sweep) -> Sweep:
    """The same sweep before its first page."""
    return Sweep(sweep.watch, sweep.whole, sweep.asked, sweep.data_refresh)


def _is_readable(snapshot: Snapshot) -> bool:
    """Whether the whole record can be parsed, and not its head alone; `observe` sets the others aside."""
    try:
        return bool(snapshot.record)
    except MalformedRecord:
        return False


def _turned(sweep: Sweep, page: Page) -> Sweep:
    """The sweep with one more page read."""
    return replace(
        sweep,
        token=page.next_token,
        pages=sweep.pages + 1,
        found=sweep.found + len(page.records),
        total=sweep.total if page.total is None else page.total,
    )


def _question(sweep: Sweep) -> tuple[bool, dict[str, str], str]:
    return sweep.whole, dict(sweep.asked), sweep.data_refresh
