"""The long-running process: what is due is in the database, the scheduler only asks often enough."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from watcher import __version__
from watcher.alerts.messages.engine import prepare
from watcher.assembly import Watcher, assembled
from watcher.changes.language.words import counted
from watcher.clock import Clock, WallClock, rehearsal_speed
from watcher.config import Config
from watcher.errors import RegistryError, StoreError, UsageError, WatcherError
from watcher.jobs import Job, Jobs
from watcher.metrics.gauges import Asked, Gauges
from watcher.poll import PollReport
from watcher.requests import Request, awaited, leave
from watcher.store.library import caveat, sqlite_version
from watcher.store.values import Outcome
from watcher.systemd import notify, watchdog_seconds
from watcher.web import page
from watcher.web.health import Bounds, bounds_of, health_of
from watcher.work import Reread, Work

if TYPE_CHECKING:
    from watcher.web.site import Site

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
# The system may hand a signal to another thread, which does not wake the one that carries it out.
LONGEST_WAIT = 1.0
# Who pressed a button waits so many seconds for what comes of it; the answering job looks every second.
ANSWER_PATIENCE = 5.0


class Order(Enum):
    """What a running service can be asked for."""

    STOP = "stop"
    RELOAD = "reload"


class Service:
    """Polls and delivers until it is told to stop.

    `reread` reads the configuration anew, for `reload`; without it there is nothing to reload.
    """

    def __init__(
        self, config: Config, clock: Clock | None = None, *, tick: timedelta = TICK, reread: Reread | None = None
    ) -> None:
        self._config = config
        self._clock = clock or WallClock(speed=rehearsal_speed(os.environ))
        self._tick = tick
        self._reread = reread
        # A signal handler may interrupt anything; this queue alone promises to bear that.
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._fatal: WatcherError | None = None
        self._complaints: dict[str, str] = {}
        self.polls: list[PollReport] = []
        """The polls that found new data to ask for."""

    def run(self) -> None:
        """Work until stopped by a signal or `stop`; then finish what is under way and return.

        Raises AlreadyRunning, ConfigError or StoreError where it cannot start, UsageError where it must not go on.
        """
        with assembled(self._config, self._clock, self._stop.wait) as watcher:
            prepare(self._config.templates)
            _say_start(watcher)
            jobs = Jobs(self._guarded)
            self._work = Work(watcher, jobs, self._stop, tick=self._tick, reread=self._reread)
            self.polls = self._work.polls
            with self._page(watcher), self._working(jobs):
                notify("READY=1", os.environ)
                self._attend(jobs)
                notify("STOPPING=1", os.environ)
        if self._fatal is not None:
            raise self._fatal

    @property
    def stopped(self) -> bool:
        """Whether the service is finishing."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the service to finish; returns at once, from any thread or signal handler."""
        self._orders.put(Order.STOP)

    def reload(self) -> None:
        """Ask the service to read its configuration anew; returns at once, from any thread or signal handler."""
        self._orders.put(Order.RELOAD)

    @contextmanager
    def _working(self, jobs: Jobs) -> Iterator[None]:
        jobs.start(self._work.planned())
        try:
            yield
        finally:
            self._stop.set()
            jobs.stop()

    def _attend(self, jobs: Jobs) -> None:
        """Take orders until the stop, telling systemd's watchdog meanwhile that no job is stuck."""
        every = min(watchdog_seconds(os.environ) or LONGEST_WAIT, LONGEST_WAIT)
        while (order := self._next_order(every)) is not Order.STOP:
            if order is Order.RELOAD:
                self._work.reload()
            if not jobs.stuck():
                notify("WATCHDOG=1", os.environ)

    def _next_order(self, seconds: float) -> Order | None:
        try:
            return self._orders.get(timeout=seconds)
        except queue.Empty:
            return None

    def _guarded(self, job: Job) -> None:
        """Run a job; whatever goes wrong, the next tick tries again."""
        if self._stop.is_set() or self._work.is_put_off(job):
            return
        try:
            self._do(job)
            self._complaints.pop(job.name, None)
            self._work.got_through(job)
        except RegistryError:
            # The poll has told the operator and put the next one off.
            log.debug("poll failed", exc_info=True)
            self._work.got_through(job)
        except StoreError as error:
            self._work.meet(job, error)
        except UsageError as error:
            self._fatal = error
            self.stop()
        except Exception as error:
            self._complain(job, error)
            self._work.got_through(job)

    def _do(self, job: Job) -> None:
        if self._work.halted:
            self._work.rest(job)
        else:
            job.work()

    def _complain(self, job: Job, error: Exception) -> None:
        """Log a mistake of our own, but not at every tick again."""
        said = f"{type(error).__name__}: {error}"
        level = logging.DEBUG if self._complaints.get(job.name) == said else logging.ERROR
        log.log(level, "%s failed", job.name, exc_info=True)
        self._complaints[job.name] = said
        self._work.tally.job_failed(job.name.partition(":")[0])

    def _page(self, watcher: Watcher) -> AbstractContextManager[object]:
        """What others may look at; nothing where the configuration asks for none."""
        return page(watcher.config.web, lambda: self._site(watcher))

    def _site(self, watcher: Watcher) -> Site:
        from watcher.metrics.exposition import exposition
        from watcher.web.site import Site

        path, now = watcher.store.path, self._clock.now
        return Site(
            database=path,
            config=lambda: self._work.watcher.config,
            now=now,
            health=health_of(path, now, faults=self._work.faults, bounds=self._bounds),
            figures=exposition(watcher.tally, Gauges(path, now, self._asked)),
            ask=self._ask,
        )

    def _ask(self, wish: Request) -> Outcome | None:
        """Leave a request for the job that answers them, as commands do, and wait a moment for it."""
        store = self._work.watcher.store
        leave(store.path, wish)
        return awaited(store, wish, ANSWER_PATIENCE, self._stop.wait)

    def _asked(self) -> Asked:
        registry = self._work.watcher.registry
        return Asked(registry.requests, registry.data_timestamp)

    def _bounds(self) -> Bounds:
        config = self._work.watcher.config
        return bounds_of(config.registry.poll_every, config.limits)


def _say_start(watcher: Watcher) -> None:
    """What whoever reads the log of a trouble asks first."""
    searches, studies = len(watcher.audience.searches), len(watcher.audience.numbers)
    watches = len(watcher.audience.watches)
    log.info(
        "watcher %s, SQLite %s, database %s: %s and %s of %s, %s",
        __version__,
        sqlite_version(),
        watcher.store.path,
        counted(studies, "study", "studies"),
        counted(searches, "search", "searches"),
        counted(watches, "watch", "watches"),
        counted(len(watcher.channels), "channel"),
    )
    if said := caveat():
        log.warning("%s", said)
