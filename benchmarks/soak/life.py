"""One life of the daemon: day by day through the play, with everything that can go wrong, until all is told."""

from __future__ import annotations

import contextlib
import datetime
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.soak.deeds import Deed, do_nothing
from benchmarks.soak.front import Builds, Front
from benchmarks.soak.gauges import Gauges
from benchmarks.soak.lived import Lived, left_by, notices_in
from benchmarks.soak.plan import Build, Deck, Play, builds, quiet_builds
from benchmarks.soak.theatre import HANG, READERS, TICK, Theatre, hurried_daemon
from benchmarks.soak.weather import Weather
from benchmarks.storm.arrived import owed_still
from benchmarks.storm.scene import targets

POLL_LIMIT = 120.0
# So many days are played in any case: there is nothing to judge before the second.
FEWEST_ACTS = 3
# Faults that wait for the requests of a build: for pages, and for any.
PAGES, ANY = 1, 1
# Seconds of a day without a registry, and until a poll has given up.
AWAY, GIVEN_UP = 2.0, 9.0


@dataclass(frozen=True, slots=True)
class Script:
    """How one life differs from another. No seed: nothing fails.

    `always` are deeds of which every build meets one, `deeds` those that there has to be time for. For `steady` seconds
    before the end nothing fails any more: many polls, by which growth is told from what is loaded once.
    """

    name: str
    always: tuple[Deed, ...] = ()
    deeds: tuple[Deed, ...] = ()
    seed: int | None = None
    tick: float = TICK
    steady: float = 0.0

    @property
    def fair(self) -> bool:
        """Whether nothing fails."""
        return self.seed is None


def live(script: Script, folder: Path, play: Play, until: float, end_limit: float) -> Lived:
    """Play a life. Faults end at `until` (of the monotonic clock), whatever has not been played by then."""
    folder.mkdir()
    began = time.monotonic()
    with _theatre(script, folder, play, until - script.steady) as theatre:
        theatre.configure(play.captures)
        with _running(theatre), Gauges(theatre.daemon, lambda: theatre.front.builds.polls) as gauges:
            _perform(script, theatre)
            theatre.heal()
            theatre.rest(script.steady)
            _end(theatre, end_limit)
        theatre.check()
        theatre.check_as_operator()
        return left_by(theatre, gauges.samples, time.monotonic() - began)


@contextlib.contextmanager
def _theatre(script: Script, folder: Path, play: Play, until: float) -> Iterator[Theatre]:
    seed = script.seed or 0
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    front = Front(Builds(play.captures, builds(play, 0)[0]), Weather(seed), seed)
    daemon = hurried_daemon(folder, script.tick)
    with targets(READERS, seed, calm=script.fair, hang=HANG) as to, front:
        always, deeds = Deck(script.always or (do_nothing,), chance), Deck(script.deeds, chance)
        yield Theatre(script.name, daemon, play, front, to, chance, always, deeds, until)
    front.builds.stop_listening()


@contextlib.contextmanager
def _running(theatre: Theatre) -> Iterator[None]:
    theatre.start()
    try:
        yield
    finally:
        theatre.daemon.stop()


def _perform(script: Script, theatre: Theatre) -> None:
    """Every act at its time, with deeds as long as it is not late; what there is no time for is left out."""
    acts, began = theatre.play.acts, time.monotonic()
    share = (theatre.until - began) / len(acts)
    with contextlib.nullcontext() if script.fair else theatre.to.outages(script.seed or 0) as outages:
        for place in range(len(acts)):
            if time.monotonic() > theatre.until and place >= FEWEST_ACTS:
                break
            _act(script, theatre, place, 0 if script.fair else began + (place + 1) * share)
            theatre.played = place + 1
            _say(theatre, acts[place].day)
    theatre.done["targets_down"] += outages.number if outages is not None else 0


def _act(script: Script, theatre: Theatre, place: int, end: float) -> None:
    hidden = theatre.play.acts[place].hidden
    if hidden and not script.fair:
        _be_away(theatre, hidden)
    for build in builds(theatre.play, place):
        if time.monotonic() < end:
            theatre.front.weather.brew(PAGES, ANY)
        theatre.front.builds.show(build)
        if time.monotonic() < theatre.until:
            theatre.always.draw()(theatre)
        if time.monotonic() < end:
            theatre.deeds.draw()(theatre)
        theatre.require(f"a poll of {build.timestamp}", theatre.has_polled(build.timestamp), POLL_LIMIT)
    while time.monotonic() < end:
        theatre.front.weather.brew(0, ANY)
        theatre.deeds.draw()(theatre)


def _be_away(theatre: Theatre, days: Sequence[datetime.date]) -> None:
    """Days on which the registry cannot be asked at all."""
    theatre.front.down()
    theatre.done["registry_down_all_day"] += len(days)
    theatre.rest(GIVEN_UP + AWAY * len(days))
    theatre.front.up()


def _end(theatre: Theatre, limit: float) -> None:
    """Let quiet days pass and wait until nothing that is due is left: what is missing after that is lost."""
    last: Build | None = None
    for last in quiet_builds(theatre.play, theatre.played):
        theatre.front.builds.show(last)
        theatre.require(f"a poll of {last.timestamp}", theatre.has_polled(last.timestamp), POLL_LIMIT)
    assert last is not None
    due = datetime.datetime.fromisoformat(f"{last.timestamp}+00:00") + datetime.timedelta(hours=1)
    until = time.monotonic() + limit
    while time.monotonic() < until and _is_busy(theatre, due):
        theatre.rest(0.1)


def _is_busy(theatre: Theatre, due: datetime.datetime) -> bool:
    """Whether anything due is left, or a condition that its end has not been told of yet."""
    return bool(owed_still(theatre.database, due)) or any(
        notice.resolved_at is None for notice in notices_in(theatre.database)
    )


def _say(theatre: Theatre, day: datetime.date) -> None:
    done = f"{theatre.to.arrived()} messages, {theatre.front.builds.polls} polls, {theatre.daemon.starts} starts"
    print(f"{theatre.name:8} {day} {done}", file=sys.stderr, flush=True)
