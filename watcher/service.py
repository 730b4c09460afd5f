"""The long-running process: what is due is in the database, the scheduler only asks often enough."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from watcher.alerts.messages.engine import prepare
from watcher.assembly import Watcher, assembled
from watcher.clock import Clock, WallClock
from watcher.config import Config
from watcher.errors import RegistryError, UsageError, WatcherError
from watcher.poll import PollReport
from watcher.systemd import notify, watchdog_seconds

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
ANSWER_TICK = timedelta(seconds=1)
# A job that shows no progress for so long is taken to be stuck, and systemd's watchdog may end us.
STUCK_AFTER = timedelta(minutes=30)
SPEED = "WATCHER_REHEARSAL_SPEED"
FASTEST = 86_400.0


class Service:
    """Polls and delivers until it is told to stop."""

    def __init__(self, config: Config, clock: Clock | None = None, *, tick: timedelta = TICK) -> None:
        self._config = config
        self._clock = clock or WallClock(speed=rehearsal_speed(os.environ))
        self._tick = tick
        self._stop = threading.Event()
        self._fatal: WatcherError | None = None
        self._watcher: Watcher | None = None
        self._running: dict[str, float] = {}
        self.polls: list[PollReport] = []
        """The polls that found new data to ask for."""

    def run(self) -> None:
        """Work until stopped by a signal or `stop`; then finish what is under way and return.

        Raises AlreadyRunning, ConfigError or StoreError where it cannot start, UsageError where it must not go on.
        """
        with assembled(self._config, self._clock, self._stop.wait) as watcher:
            self._watcher = watcher
            prepare(self._config.templates)
            with self._scheduled():
                notify("READY=1", os.environ)
                self._wait()
                notify("STOPPING=1", os.environ)
        if self._fatal is not None:
            raise self._fatal

    @property
    def stopped(self) -> bool:
        """Whether the service was asked to finish."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the service to finish; returns at once, from any thread or signal handler."""
        self._stop.set()

    @contextmanager
    def _scheduled(self) -> Iterator[None]:
        # A late or missed tick is made up once, never dropped: the default grace of one second loses jobs.
        scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        # Somebody waits at a terminal for the answer to a request.
        prompt = min(self._tick, ANSWER_TICK)
        jobs = (
            ("poll", self._poll, self._tick),
            ("answer", self._answer, prompt),
            ("deliver", self._deliver, self._tick),
        )
        for name, job, tick in jobs:
            every = tick.total_seconds()
            scheduler.add_job(
                self._guarded, "interval", (name, job), seconds=every, id=name, next_run_time=datetime.now(UTC)
            )
        scheduler.start()
        try:
            yield
        finally:
            self._stop.set()
            scheduler.shutdown(wait=True)

    def _guarded(self, name: str, job: Callable[[Watcher], None]) -> None:
        if self._watcher is None or self._stop.is_set():
            return
        self._is_alive(name)
        try:
            job(self._watcher)
        except RegistryError:
            # The poll has told the operator and put the next one off.
            log.debug("poll failed", exc_info=True)
        except UsageError as error:
            self._fatal = error
            self._stop.set()
        except Exception:
            # Nothing may end the scheduler: the next tick tries again.
            log.exception("%s failed", name)
        finally:
            self._running.pop(name, None)

    def _is_alive(self, name: str) -> None:
        self._running[name] = time.monotonic()

    def _wait(self) -> None:
        """Wait for the stop, telling systemd's watchdog meanwhile that no job is stuck."""
        every = watchdog_seconds(os.environ)
        while not self._stop.wait(every):
            if self._is_well():
                notify("WATCHDOG=1", os.environ)

    def _is_well(self) -> bool:
        oldest = time.monotonic() - STUCK_AFTER.total_seconds()
        return all(since > oldest for since in list(self._running.values()))

    def _poll(self, watcher: Watcher) -> None:
        if not watcher.poller.is_due():
            return
        report = watcher.poller.poll(lambda done, total: self._is_alive("poll"), self._stop.is_set)
        if report.asked or report.clocks:
            log.info("polled: %s", report)
        if report.asked:
            self.polls.append(report)

    def _answer(self, watcher: Watcher) -> None:
        watcher.carry_out_requests()

    def _deliver(self, watcher: Watcher) -> None:
        watcher.announce_digests()
        # Asked before each message: a flood at its pace takes longer than a job may show no progress.
        watcher.deliverer.deliver(stop=self._is_to_stop_delivering)

    def _is_to_stop_delivering(self) -> bool:
        self._is_alive("deliver")
        return self.stopped


def rehearsal_speed(environ: Mapping[str, str]) -> float:
    """How much faster than the wall clock a rehearsal's goes, as the environment says; 1 where it says nothing."""
    said = environ.get(SPEED, "").strip() or "1"
    try:
        speed = float(said)
    except ValueError:
        speed = 0.0
    if not 1 <= speed <= FASTEST:
        raise UsageError(f"{SPEED} is {said!r}: expected a number from 1 to {FASTEST:.0f}")
    return speed
