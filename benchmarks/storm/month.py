"""The real month in the storm: played day by day against failing targets, with or without kills."""

from __future__ import annotations

import contextlib
import datetime
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path

from benchmarks.play import ON_REQUEST, Kill
from benchmarks.stage import CountingRegistry, Daemon, idle, wait_for
from benchmarks.storm.arrived import Told, opened_digests, outbox, owed_still, told
from benchmarks.storm.faults import Fault
from benchmarks.storm.hooks import RETRY_AFTER
from benchmarks.storm.owed import Expected, Facts, Reader, expected, facts_in
from benchmarks.storm.scene import SIGNED, Targets, configuration, targets
from benchmarks.storm.sinks import Attempt
from benchmarks.storm.verdict import Verdict, judged
from watcher.clock import SPEED
from watcher.registry.rehearsal import Captures
from watcher.service import TICK

# Two minutes of a rehearsal pass in a second, so that the first retries are due at the next tick.
FASTER = 120
# The registry's data are of nine o'clock.
NINE = datetime.time(9, tzinfo=UTC)
# After the last capture: the Monday on which the weekly windows close, and a day for what follows.
AFTERWARDS = 2
LAST_LIMIT = 150.0
# What an answer may need to be heard, in seconds of the daemon's clock.
SLACK = 10


@dataclass
class Run:
    """What one month in the storm left behind."""

    name: str
    daemon: Daemon
    days: tuple[datetime.date, ...]
    moved: list[tuple[float, datetime.date]] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    seconds: float = 0.0
    outages: int = 0
    unsigned: int = 0
    hurried: int = 0
    errors: tuple[str, ...] = ()
    attempts: int = 0
    met: Counter[str] = field(default_factory=Counter)
    deliveries: Mapping[str, int] = field(default_factory=dict)
    messages: tuple[Told, ...] = ()
    facts: Facts = field(default_factory=lambda: Facts((), 0))
    expected: Expected = field(default_factory=lambda: Expected((), frozenset()))

    @property
    def verdict(self) -> Verdict:
        """What was owed against what arrived."""
        return judged(self.expected, self.messages, self.latest)

    def latest(self, at: float) -> datetime.datetime:
        """What the daemon's clock showed at most: it goes from nine o'clock of the day that the registry shows."""
        moved, day = max((each for each in self.moved if each[0] <= at), default=self.moved[0])
        return datetime.datetime.combine(day, NINE) + timedelta(seconds=(at - moved) * FASTER)


def run(
    name: str, folder: Path, captures: Captures, readers: Sequence[Reader], kills: Sequence[Kill], seed: int
) -> Run:
    """The month from its first day to the last message."""
    folder.mkdir()
    days = days_of(captures)
    result = Run(name, Daemon(folder, environ={SPEED: str(FASTER)}), days)
    began = time.monotonic()
    with targets(readers, seed) as to, CountingRegistry(captures) as registry:
        result.daemon.write(configuration(registry.base_url, captures.studies, readers, to))
        with to.outages(seed) as outages, _running(result.daemon):
            for day in days:
                _pass_day(day, registry, to, result, [kill for kill in kills if kill.day == day], readers)
            with contextlib.suppress(TimeoutError):
                _end(result)
        result.outages = outages.number
        _keep(result, to, readers)
    result.seconds = time.monotonic() - began
    return result


def days_of(captures: Captures) -> tuple[datetime.date, ...]:
    """Every day with a capture, then the Monday after them and the day after that."""
    last = captures.days[-1]
    monday = last + timedelta(days=7 - last.weekday())
    return (*captures.days, *(monday + timedelta(days=more) for more in range(AFTERWARDS)))


@contextlib.contextmanager
def _running(daemon: Daemon) -> Iterator[None]:
    daemon.start()
    try:
        yield
    finally:
        daemon.stop()


def _pass_day(
    day: datetime.date,
    registry: CountingRegistry,
    to: Targets,
    result: Run,
    kills: Sequence[Kill],
    readers: Sequence[Reader],
) -> None:
    arrived, asked = to.arrived(), registry.asked_on.get(day, 0)
    result.moved.append((time.monotonic(), day))
    registry.set_date(day)
    for kill in kills:
        wait_for(f"{kill.after} on {day}", _moment(kill, registry, to, result, arrived, asked), result.daemon)
        time.sleep(kill.delay)
        arrived, asked = to.arrived(), registry.asked_on.get(day, 0)
        result.daemon.kill()
        result.daemon.start()
        result.kills.append(kill)
    wait_for(f"a poll on {day}", _polled(result.daemon, day), result.daemon)
    _wait_for_windows(result.daemon, day, readers)
    print(f"{result.name:8} {day} {to.arrived()} messages so far", file=sys.stderr, flush=True)


def _wait_for_windows(daemon: Daemon, day: datetime.date, readers: Sequence[Reader]) -> None:
    """A day here is over in seconds: give the daemon three ticks to open the digests that come in any case."""
    nine = datetime.datetime.combine(day, NINE)
    wanted = expected((), readers, [nine], until=nine + timedelta(days=8)).digests
    until = time.monotonic() + 3 * TICK.total_seconds()
    while time.monotonic() < until and not wanted <= opened_digests(daemon.database):
        time.sleep(0.1)


def _moment(
    kill: Kill, registry: CountingRegistry, to: Targets, result: Run, arrived: int, asked: int
) -> Callable[[], bool]:
    """Whether the moment has come that the kill's delay is counted from."""
    idle_at_the_end = _polled(result.daemon, kill.day)

    def heard() -> bool:
        return registry.asked_on.get(kill.day, 0) > asked

    def came() -> bool:
        # A day may hold nothing that is due: then its end will do.
        return to.arrived() > arrived or (heard() and idle_at_the_end() and idle(result.daemon))

    return heard if kill.after == ON_REQUEST else came


def _polled(daemon: Daemon, day: datetime.date) -> Callable[[], bool]:
    def polled() -> bool:
        health = daemon.health()
        return health is not None and health.poll.data_timestamp.startswith(day.isoformat())

    return polled


def _end(result: Run) -> None:
    """Until nothing that is due is left, or it takes too long: what is missing then is told as lost."""
    until = time.monotonic() + LAST_LIMIT
    last = datetime.datetime.combine(result.days[-1], NINE)
    while owed_still(result.daemon.database, last):
        result.daemon.look()
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.1)


def _keep(result: Run, to: Targets, readers: Sequence[Reader]) -> None:
    """Everything that is judged, taken from the servers and the database before they are gone."""
    result.attempts, result.met = len(to.attempts), Counter({str(fault): n for fault, n in to.met.items()})
    health = result.daemon.health()
    result.unsigned = sum(hook.unsigned for hook in to.hooks.values())
    result.hurried = sum(
        hurried(to.hooks[name].attempts, [at for at, _ in result.moved]) for name in SIGNED if name in to.hooks
    )
    result.errors = tuple(result.daemon.errors())
    result.deliveries = dict(health.deliveries) if health else {}
    result.facts = facts_in(result.daemon.database)
    result.messages = told(to.arrivals, outbox(result.daemon.database))
    result.expected = expected_until(result.facts, readers, result.days)


def hurried(attempts: Sequence[Attempt], moved: Sequence[float]) -> int:
    """How often a webhook that said when to come back was asked sooner; a moved day is later than any such time."""
    soonest = (RETRY_AFTER - SLACK) / FASTER
    return sum(
        one.fault is Fault.TOO_MANY_UNTIL
        and other.at - one.at < soonest
        and not any(one.at < at <= other.at for at in moved)
        for one, other in pairwise(attempts)
    )


def expected_until(facts: Facts, readers: Sequence[Reader], days: Sequence[datetime.date]) -> Expected:
    """What is due by the beginning of the last day; what that day itself announces is not."""
    last = datetime.datetime.combine(days[-1], NINE)
    return expected(facts.steps, readers, [datetime.datetime.combine(day, NINE) for day in days[:-1]], until=last)
