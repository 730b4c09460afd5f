"""What happens in the month, and when: drawn from the seed before anything starts, but for the moments themselves."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from benchmarks.truth import Gold, Month, Step, month_of, within
from watcher.registry.rehearsal import Captures

T = TypeVar("T")

# How long the registry is away, in days, where the month is long enough.
SPELLS = (1, 3)
LONG_ENOUGH = 12
# The registry's second build of a day is the one with news.
EARLY, NINE = "04:00:00", "09:00:00"
QUIET_DAYS = 2


class Early(StrEnum):
    """What a build of the data that comes before the day's news is about."""

    PLAIN = "registry_refresh_without_news"
    TURNS = "registry_refresh_in_sweep"
    VANISHED = "registry_id_not_found_once"


@dataclass(frozen=True, slots=True)
class Act:
    """One day on which the registry can be asked, the days before it on which it could not, and its early build."""

    day: datetime.date
    hidden: tuple[datetime.date, ...] = ()
    early: Early | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """The whole month: what is seen of it, day by day, and what that really holds."""

    captures: Captures
    acts: tuple[Act, ...]
    golds: tuple[Gold, ...]
    month: Month
    merged: tuple[Step, ...] = ()


class Deck(Generic[T]):
    """Draws all of its cards before it draws one again, in an order of chance."""

    def __init__(self, cards: Sequence[T], chance: random.Random) -> None:
        self._cards, self._chance = tuple(cards), chance
        self._left: list[T] = []

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._chance.sample(self._cards, len(self._cards))
        return self._left.pop()

    def several(self, number: int) -> list[T]:
        """The next cards."""
        return [self.draw() for _ in range(number)]


def planned(captures: Captures, folder: Path, golds: Sequence[Gold], seed: int) -> Play:
    """The month as it is played: some days hidden, some days with an early build, one study merged into another."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    acts = tuple(_acts(captures.days, chance))
    merger = _merger(captures, acts, chance)
    shown = _shown(captures, [act.day for act in acts], folder, merger)
    month = month_of(folder)
    merged = ((merger.gone, merger.day),) if merger else ()
    if merged:
        month = Month(month.versions, month.changed | set(merged))
    return Play(shown, acts, within(golds, folder), month, merged)


def _acts(days: Sequence[datetime.date], chance: random.Random) -> Iterator[Act]:
    spells = _spells(days, chance)
    early = Deck([None, *Early], chance)
    away: list[datetime.date] = []
    for place, day in enumerate(days):
        if day in spells:
            away.append(day)
            continue
        # Before the first day with news there is nothing that an early build could show.
        yield Act(day, tuple(away), early.draw() if place else None)
        away = []


def _spells(days: Sequence[datetime.date], chance: random.Random) -> set[datetime.date]:
    """Days on which the registry is away, never the first two or the last."""
    hidden: set[datetime.date] = set()
    for length in SPELLS if len(days) >= LONG_ENOUGH else ():
        places = range(2, len(days) - length - 1)
        start = chance.choice([at for at in places if not hidden & set(days[at - 1 : at + length + 1])])
        hidden |= set(days[start : start + length])
    return hidden


@dataclass(frozen=True, slots=True)
class _Merger:
    """From this day on, one number leads to another study."""

    gone: str
    heir: str
    day: datetime.date


def _merger(captures: Captures, acts: Sequence[Act], chance: random.Random) -> _Merger | None:
    """A merger in the second half of the month, of two studies that are seen on every day."""
    served = [set(captures.served(act.day).paths) for act in acts]
    always = sorted(set.intersection(*served))
    if len(always) < 2 or len(acts) < LONG_ENOUGH:
        return None
    gone, heir = chance.sample(always, 2)
    return _Merger(gone, heir, acts[len(acts) * 2 // 3].day)


def _shown(captures: Captures, days: Sequence[datetime.date], folder: Path, merger: _Merger | None) -> Captures:
    """The captures as they are seen on these days alone: each study's newest, under the day it is first seen on."""
    last: dict[str, Path] = {}
    for day in days:
        for nct_id, path in captures.served(day).paths.items():
            merges = merger is not None and day >= merger.day and nct_id in {merger.gone, merger.heir}
            if merges and merger is not None and nct_id == merger.gone:
                continue
            first_merged = merges and merger is not None and day == merger.day
            if last.get(nct_id) != path or first_merged:
                _show(path, folder / nct_id / f"{day}.json", merger.gone if merges and merger else "")
                last[nct_id] = path
    return Captures(folder)


def _show(path: Path, there: Path, alias: str) -> None:
    there.parent.mkdir(parents=True, exist_ok=True)
    if not alias:
        there.symlink_to(path.resolve())
        return
    record: dict[str, Any] = json.loads(path.read_bytes())
    identification: dict[str, Any] = record["protocolSection"]["identificationModule"]
    identification["nctIdAliases"] = sorted({*identification.get("nctIdAliases", ()), alias})
    there.write_text(json.dumps(record), encoding="utf-8")


# --- builds of the data -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the registry's data: its dataTimestamp, the day of its records, what it does not find.

    `turns_into` is the build that takes its place in the middle of the first sweep.
    """

    timestamp: str
    content: datetime.date
    vanished: frozenset[str] = frozenset()
    turns_into: Build | None = None


def builds(play: Play, place: int) -> tuple[Build, ...]:
    """The builds of an act, in order; each has to be polled before the next is shown."""
    act = play.acts[place]
    news = Build(f"{act.day}T{NINE}", act.day)
    if act.early is None:
        return (news,)
    before = play.acts[place - 1].day
    stamp = f"{act.day}T{EARLY}"
    if act.early is Early.TURNS:
        return (Build(stamp, before, turns_into=news), news)
    gone = frozenset(_vanishing(play, act.day)) if act.early is Early.VANISHED else frozenset()
    return (Build(stamp, before, gone), news)


def _vanishing(play: Play, day: datetime.date) -> Sequence[str]:
    """Two studies that an early build does not find; merged ones are another matter."""
    chance = random.Random(day.toordinal())  # noqa: S311 - reproducible, not secret
    there = [nct_id for nct_id in play.captures.studies if nct_id not in {gone for gone, _ in play.merged}]
    return chance.sample(there, min(2, len(there)))


def quiet_builds(play: Play, played: int) -> tuple[Build, ...]:
    """Days without news after so many acts: they let the last digests come."""
    last = play.acts[played - 1].day
    later = (last + datetime.timedelta(days=more) for more in range(1, QUIET_DAYS + 1))
    return tuple(Build(f"{day}T{NINE}", last) for day in later)
