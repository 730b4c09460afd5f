"""The long-running process: what is due is in the database, the scheduler only asks often enough."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum

from watcher import __version__
from watcher.alerts.messages.engine import prepare
from watcher.alerts.pace import Lane
from watcher.assembly import Watcher, assembled, reassembled
from watcher.changes.language.words import counted
from watcher.clock import Clock, WallClock, rehearsal_speed
from watcher.config import Config
from watcher.distress import Distress
from watcher.errors import ConfigError, RegistryError, StoreDamaged, StoreError, UsageError, WatcherError
from watcher.jobs import Job, Jobs
from watcher.model import Notice
from watcher.poll import PollReport
from watcher.store.library import caveat, sqlite_version
from watcher.systemd import notify, watchdog_seconds

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
ANSWER_TICK = timedelta(seconds=1)
VIGIL_TICK = timedelta(minutes=1)
_RELOAD = "configuration"

Reread = Callable[[], Config]


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
        self._reload_wanted = False
        self._fatal: WatcherError | None = None
        self._halted = False
        self._complaints: dict[str, str] = {}
        self.polls: list[PollReport] = []
        """The polls that found new data to ask for."""

    def run(self) -> None:
        """Work until stopped by a signal or `stop`; then finish what is under way and return.

        Raises AlreadyRunning, ConfigError or StoreError where it cannot start, UsageError where it must not go on.
        """
        with assembled(self._config, self._clock, self._stop.wait) as watcher:
            self._watcher = watcher
            self._distress = Distress(watcher.store.path, watcher.channels, watcher.audience.operator)
            prepare(self._config.templates)
            _say_start(watcher)
            with self._working():
                notify("READY=1", os.environ)
                self._attend()
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
    def _working(self) -> Iterator[None]:
        self._jobs = Jobs(self._guarded)
        self._jobs.start(self._planned())
        try:
            yield
        finally:
            self._stop.set()
            self._jobs.stop()

    def _planned(self) -> list[Job]:
        """The jobs. Each channel is served by itself; what is owed to channels that are gone has a job, too."""
        names = sorted(self._watcher.channels)
        lanes = {f"deliver:{name}": Lane(frozenset({name})) for name in names}
        lanes["deliver"] = Lane(frozenset(names), others=True)
        return [
            Job("poll", self._tick, self._poll),
            # Somebody waits at a terminal for the answer to a request.
            Job("answer", min(self._tick, ANSWER_TICK), self._answer),
            Job("announce", self._tick, self._announce),
            Job("vigil", min(self._tick * 12, VIGIL_TICK), self._keep_vigil),
            *(Job(name, self._tick, self._delivery(name, lane)) for name, lane in lanes.items()),
        ]

    def _attend(self) -> None:
        """Take orders until the stop, telling systemd's watchdog meanwhile that no job is stuck."""
        every = watchdog_seconds(os.environ)
        while (order := self._next_order(every)) is not Order.STOP:
            if order is Order.RELOAD:
                # The job that answers requests does it: reading files and opening channels may take a while.
                self._reload_wanted = True
            if self._jobs.are_well():
                notify("WATCHDOG=1", os.environ)

    def _next_order(self, seconds: float | None) -> Order | None:
        try:
            return self._orders.get(timeout=seconds)
        except queue.Empty:
            return None

    def _guarded(self, job: Job) -> None:
        """Run a job; whatever goes wrong, the next tick tries again."""
        if self._stop.is_set() or self._halted:
            return
        try:
            job.work()
            self._complaints.pop(job.name, None)
        except RegistryError:
            # The poll has told the operator and put the next one off.
            log.debug("poll failed", exc_info=True)
        except StoreError as error:
            self._meet(job, error)
        except UsageError as error:
            self._fatal = error
            self.stop()
        except Exception as error:
            self._complain(job, error)

    def _complain(self, job: Job, error: Exception) -> None:
        """Log a mistake of our own, but not at every tick again."""
        said = f"{type(error).__name__}: {error}"
        level = logging.DEBUG if self._complaints.get(job.name) == said else logging.ERROR
        log.log(level, "%s failed", job.name, exc_info=True)
        self._complaints[job.name] = said

    def _meet(self, job: Job, error: StoreError) -> None:
        """The database does not do as asked. One that is damaged is left alone, so that it gets no worse."""
        if not self._distress.lasts:
            log.error("%s failed: %s", job.name, error)
        self._halted = isinstance(error, StoreDamaged)
        if self._halted:
            log.critical("nothing more is done until %s is restored and this started again", self._config.store)
        self._distress.meet(error, self._clock.now(), at_once=self._halted)

    # --- the jobs -----------------------------------------------------------------

    def _poll(self) -> None:
        watcher = self._watcher
        if not watcher.poller.is_due():
            return

        def progress(done: int, total: int) -> None:
            self._jobs.is_alive("poll")

        report = watcher.poller.poll(progress, lambda: self._is_to_leave(watcher))
        if report.asked or report.clocks:
            log.info("polled: %s", report)
        if report.asked:
            self.polls.append(report)

    def _answer(self) -> None:
        if self._reload_wanted:
            self._reload_wanted = False
            self._try_to_reload()
        self._watcher.carry_out_requests(self._reloaded)

    def _announce(self) -> None:
        self._watcher.announce_digests()

    def _keep_vigil(self) -> None:
        watcher = self._watcher
        if self._distress.lasts:
            watcher.store.meta.prove_writable(self._clock.now())
            over = self._distress.leave()
            log.warning("%s can be written again", watcher.store.path)
            if over is not None:
                watcher.store.notices.tell(over, watcher.audience.operator, self._clock.now())
        standing = watcher.vigil.keep()
        watcher.store.checkpoint()
        notify(f"STATUS={_status(watcher, standing)}", os.environ)

    def _delivery(self, name: str, lane: Lane) -> Callable[[], None]:
        def deliver() -> None:
            watcher = self._watcher

            def stop() -> bool:
                # Asked before each message: a flood at its pace takes longer than a job may show no progress.
                self._jobs.is_alive(name)
                return self._is_to_leave(watcher)

            watcher.deliverer.deliver(stop, lane)

        return deliver

    def _is_to_leave(self, watcher: Watcher) -> bool:
        """Whether what goes on under this watcher is to end: the service stops, or another configuration holds."""
        return self._stop.is_set() or watcher is not self._watcher

    # --- another configuration ----------------------------------------------------

    def _try_to_reload(self) -> None:
        """Reload for a signal, to which nobody can answer: the log and the operator say what came of it."""
        try:
            log.info("%s", self._reloaded())
        except (ConfigError, UsageError) as error:
            log.error("the configuration stays as it was: %s", error)

    def _reloaded(self) -> str:
        """Work under the configuration as its file now is, and say so; ConfigError, and no change, for a bad one."""
        if self._reread is None:
            raise UsageError("this watcher was not started from a configuration file: there is nothing to reload")
        try:
            self._take(self._reread())
        except ConfigError as error:
            self._tell(_refused(error))
            raise
        over = Notice(f"{_RELOAD}.over", "Resolved: the configuration was taken", "The watcher works under it now.")
        watcher = self._watcher
        watcher.store.notices.resolve(_RELOAD, over, watcher.audience.operator, self._clock.now())
        return f"reloaded {self._config.path}"

    def _take(self, config: Config) -> None:
        watcher = reassembled(self._watcher, config, self._stop.wait)
        prepare(config.templates)
        self._config, self._watcher = config, watcher
        self._distress.reach(watcher.channels, watcher.audience.operator)
        self._jobs.replace(self._planned())

    def _tell(self, notice: Notice) -> None:
        watcher = self._watcher
        watcher.store.notices.tell(notice, watcher.audience.operator, self._clock.now())


def _say_start(watcher: Watcher) -> None:
    """What whoever reads the log of a trouble asks first."""
    watches, studies = len(watcher.audience.watches), len(watcher.audience.numbers)
    log.info(
        "watcher %s, SQLite %s, database %s: %s of %s, %s",
        __version__,
        sqlite_version(),
        watcher.store.path,
        counted(studies, "study", "studies"),
        counted(watches, "watch", "watches"),
        counted(len(watcher.channels), "channel"),
    )
    if said := caveat():
        log.warning("%s", said)


def _status(watcher: Watcher, standing: Sequence[Notice]) -> str:
    """One line for `systemctl status`."""
    polls, owed = watcher.store.meta.poll_state(), watcher.store.outbox.overdue(watcher.clock.now())
    last = f"{polls.last_success_at:%Y-%m-%d %H:%M} UTC" if polls.last_success_at else "never"
    said = [f"last good poll {last}", f"{counted(owed.messages, 'message')} waiting"]
    return "; ".join([*said, *(notice.subject for notice in standing)])


def _refused(error: ConfigError) -> Notice:
    mistakes = "\n".join(f"  {mistake}" for mistake in error.mistakes)
    return Notice(
        key=_RELOAD,
        subject="The new configuration was not taken",
        body=f"The watcher was asked to reload its configuration and works under the old one still:\n\n{mistakes}\n\n"
        "Correct it, then: watcher config check, and watcher reload",
    )
