"""The days of the whole registry, one after the other: first load, steady sweep, days with changes, a day without."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.scale.kept import Day
from benchmarks.scale.scene import EVERYTHING, SEARCH, Desk, Made, Step

FIRST, STEADY, DAY, ALONE, KILLED = "first", "steady", "day", "search", "kill"
PLAYS = (FIRST, STEADY, DAY, ALONE, KILLED)
# A day's changes in the registry, of its studies: 4,000 of 600,000 move, 40 are new, and hardly any is gone.
MOVED, NEW, GONE = 150, 15_000, 200_000
# Two days on, a sweep whose pace is a day is due again, however long the one before took.
SWEPT_AGAIN = date(2026, 12, 2)
# The last of them is measured: with two others and a weekend before it, as much was updated lately as it ever is.
BUSY = (date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 8))
QUIET = date(2026, 12, 9)
SOON, LATER = "1d", "30d"


@dataclass
class Played:
    """What each step of the plays took, by name, and how the database grew over the days with changes."""

    studies: int
    steps: dict[str, Step] = field(default_factory=dict)
    changed: int = 0
    grown_mb: float = 0.0

    def note(self, name: str, step: Step) -> Step:
        """Keep a step, and tell of it."""
        self.steps[name] = step
        cost = step.cost
        _say(f"{name}: {cost.cpu:.1f} s CPU, {cost.wall:.0f} s, {cost.peak_mb:.0f} MB, {step.requests} requests")
        _say(f"  {dict(cost.said)}")
        return step


def busy(day: date, studies: int) -> Day:
    """A typical working day of a registry of so many studies."""
    return Day(day, changed=studies // MOVED, new=max(1, studies // NEW), gone=max(1, studies // GONE))


def play(folder: Path, made: Made, studies: int, wanted: Collection[str]) -> Played:
    """What is wanted of the days; the first load is always played."""
    played = Played(studies)
    condition = made.figures()["condition"]
    desks = _desks(folder, made, condition, wanted)
    _load(played, made, desks)
    if STEADY in wanted:
        _sweep_again(played, made, desks)
    if DAY in wanted or ALONE in wanted:
        _pass_days(played, made, desks)
    return played


def _desks(folder: Path, made: Made, condition: str, wanted: Collection[str]) -> Mapping[str, Desk]:
    search = SEARCH.format(condition=condition)
    desks = {"whole": Desk("whole", folder, made, (EVERYTHING, search))}
    if ALONE in wanted:
        desks["search"] = Desk("search", folder, made, (search,))
    return desks


def _load(played: Played, made: Made, desks: Mapping[str, Desk]) -> None:
    _say("the registry makes its pages")
    made.prepare()
    for name, desk in desks.items():
        played.note(f"{name}: first load", desk.poll())
        played.note(f"{name}: messages of the first load", desk.deliver())


def _sweep_again(played: Played, made: Made, desks: Mapping[str, Desk]) -> None:
    made.move(Day(SWEPT_AGAIN))
    _say("the registry makes its pages of another day")
    made.prepare()
    for name, desk in desks.items():
        desk.configure(SOON)
        played.note(f"{name}: steady sweep", desk.poll())
        desk.configure(LATER)
        # Two days passed with the sweep: their messages are no typical day's.
        desk.deliver()


def _pass_days(played: Played, made: Made, desks: Mapping[str, Desk]) -> None:
    whole = desks["whole"]
    before = whole.size_mb()
    for day in BUSY:
        today = busy(day, played.studies)
        made.move(today)
        for name, desk in desks.items():
            played.note(f"{name}: typical day", desk.poll())
            played.note(f"{name}: its messages", desk.deliver())
    played.changed = today.changed
    played.grown_mb = (whole.size_mb() - before) / len(BUSY)
    made.move(Day(QUIET))
    for name, desk in desks.items():
        played.note(f"{name}: day without changes", desk.poll())
        played.note(f"{name}: messages without changes", desk.deliver())


def _say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)
