"""One month played through: the days, the kills among them, and the second run over the same database."""

from __future__ import annotations

import contextlib
import datetime
import random
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.stage import CountingRegistry, Daemon, Targets, idle, settled, targets, wait_for
from watcher.registry.rehearsal import Captures

ON_REQUEST, ON_MESSAGE = "request", "message"
# Seconds without a request after which a poll is over.
QUIET = 0.4
# Longest delay of a kill, in seconds: a poll takes about so long, and an alert is soon at all its targets.
LONGEST_DELAY = {ON_REQUEST: 0.3, ON_MESSAGE: 0.06}


@dataclass(frozen=True)
class Kill:
    """One power cut: so long after the day's first request, or after its first message."""

    day: datetime.date
    after: str
    delay: float


@dataclass
class Played:
    """What is left of a month: the daemon's database, what arrived, and what it took."""

    name: str
    daemon: Daemon
    to: Targets
    polls: int = 0
    requests: int = 0
    kills: list[Kill] = field(default_factory=list)
    seconds: float = 0.0


def planned(
    days: Sequence[datetime.date], changed: Collection[datetime.date], number: int, seed: int
) -> tuple[Kill, ...]:
    """Kills spread over the month: every second one while messages of a changed day are being sent."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    busy = chance.sample(sorted(changed), min(len(changed), number // 2))
    rest = [day for day in days if day not in busy] or list(days)
    others = [chance.choice(rest) for _ in range(number - len(busy))]
    moments = [(day, ON_MESSAGE) for day in busy] + [(day, ON_REQUEST) for day in others]
    return tuple(Kill(day, after, chance.uniform(0, LONGEST_DELAY[after])) for day, after in sorted(moments))


@contextlib.contextmanager
def played(name: str, folder: Path, captures: Captures, kills: Sequence[Kill]) -> Iterator[Played]:
    """The month, played through once; its servers listen on until the end of the `with`."""
    folder.mkdir()
    began = time.monotonic()
    with targets() as to:
        result = Played(name, Daemon(folder), to)
        with CountingRegistry(captures) as registry, _running(result, registry):
            for day in captures.days:
                _pass_day(day, registry, result, [kill for kill in kills if kill.day == day])
        _count(registry, result)
        result.seconds = time.monotonic() - began
        yield result


def replay(result: Played, captures: Captures) -> None:
    """The last day from a new server, then every day anew, each met by a daemon that was just started."""
    for day in (captures.days[-1], *captures.days):
        with CountingRegistry(captures, day) as registry, _running(result, registry):
            wait_for(f"second look at {day}", _looked_again(registry, result.daemon), result.daemon)
        _count(registry, result)
        _say(result, f"{day} again, {registry.requests} requests")


def _looked_again(registry: CountingRegistry, daemon: Daemon) -> Callable[[], bool]:
    """Older data need not count as a poll, so what tells is: it asked, asks no more, and has nothing left to send."""
    return lambda: bool(registry.polls) and registry.quiet_for() > QUIET and idle(daemon)


@contextlib.contextmanager
def _running(result: Played, registry: CountingRegistry) -> Iterator[None]:
    result.daemon.configure(registry.base_url, registry.captures.studies, result.to)
    result.daemon.start()
    try:
        yield
    finally:
        result.daemon.stop()


def _pass_day(day: datetime.date, registry: CountingRegistry, result: Played, kills: Sequence[Kill]) -> None:
    arrived, asked = result.to.arrived(), registry.asked_on.get(day, 0)
    registry.set_date(day)
    for kill in kills:
        wait_for(f"{kill.after} on {day}", _moment(kill, registry, result, arrived, asked), result.daemon)
        time.sleep(kill.delay)
        asked = registry.asked_on.get(day, 0)
        result.daemon.kill()
        result.daemon.start()
        result.kills.append(kill)
    wait_for(f"end of {day}", _settled_on(result.daemon, day), result.daemon)
    cut = f", {len(kills)} kill(s)" if kills else ""
    _say(result, f"{day} {result.to.arrived() - arrived} messages{cut}")


def _moment(kill: Kill, registry: CountingRegistry, result: Played, arrived: int, asked: int) -> Callable[[], bool]:
    """Whether the moment has come that the kill's delay is counted from."""

    def heard() -> bool:
        return registry.asked_on.get(kill.day, 0) > asked

    def told() -> bool:
        # A changed day may hold nothing that readers are told: then its end will do.
        return result.to.arrived() > arrived or (heard() and settled(result.daemon, kill.day))

    return heard if kill.after == ON_REQUEST else told


def _settled_on(daemon: Daemon, day: datetime.date) -> Callable[[], bool]:
    return lambda: settled(daemon, day)


def _count(registry: CountingRegistry, result: Played) -> None:
    result.polls += registry.polls
    result.requests += registry.requests


def _say(result: Played, told: str) -> None:
    print(f"{result.name:8} {told}", file=sys.stderr, flush=True)
