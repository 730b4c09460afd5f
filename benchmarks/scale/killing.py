"""Kills in the middle of sweeps: what the database holds in the end is what it holds without them."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.kept import Day
from benchmarks.scale.plays import BUSY, LATER, SOON, SWEPT_AGAIN, busy
from benchmarks.scale.scene import EVERYTHING, SEARCH, Desk, Made

STUDIES = 20_000
# A process is killed after so many requests of its own; each goes on where the one before ended.
KILLS = (3, 6, 9)
# What has to be equal, without the moments at which it was seen and the numbers that rows happen to have.
_HELD: Mapping[str, str] = {
    "studies": "SELECT nct_id, state, version, raw_digest, merged_into FROM study",
    "versions": "SELECT nct_id, version, raw_digest, content_digest FROM snapshot",
    "changes": "SELECT nct_id, occasion, number, kind, severity, body FROM change",
    "clocks": "SELECT nct_id, clock, threshold, date, cleared_at IS NULL FROM clock",
    "alerts": "SELECT key FROM alert",
    "deliveries": "SELECT key FROM delivery WHERE notice_id IS NULL",
    "members": "SELECT watch, nct_id FROM member JOIN search ON search.id = member.search_id",
}


@dataclass(frozen=True, slots=True)
class Survived:
    """How many kills there were, and in which of its parts the database differs from the one without kills."""

    kills: int
    differing: tuple[str, ...]
    rows: int


def play_kills(folder: Path, made: Made, studies: int) -> Survived:
    """A first load, a day with changes and a sweep, calm and killed, against the same registry."""
    condition = made.figures()["condition"]
    watches = (EVERYTHING, SEARCH.format(condition=condition))
    calm, killed = (Desk(name, folder, made, watches) for name in ("calm", "killed"))
    kills = _both(calm, killed)
    made.move(busy(SWEPT_AGAIN, studies))
    kills += _both(calm, killed)
    made.move(Day(BUSY[1]))
    for desk in (calm, killed):
        desk.configure(SOON)
    kills += _both(calm, killed)
    for desk in (calm, killed):
        desk.configure(LATER)
    return Survived(kills, tuple(differing(calm.database, killed.database)), sum(_rows(calm.database).values()))


def _both(calm: Desk, killed: Desk) -> int:
    """One refresh of the data for both; how often one was killed."""
    calm.poll()
    kills = sum(killed.poll_killed(requests) for requests in KILLS)
    killed.poll()
    print(f"killed {kills} times", file=sys.stderr, flush=True)
    return kills


def differing(one: Path, other: Path) -> Iterator[str]:
    """The parts in which two databases hold something else."""
    for name, query in _HELD.items():
        if _held(one, query) != _held(other, query):
            yield name


def _rows(database: Path) -> Mapping[str, int]:
    return {name: len(_held(database, query)) for name, query in _HELD.items()}


def _held(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as held:
        return sorted(held.execute(query), key=repr)
