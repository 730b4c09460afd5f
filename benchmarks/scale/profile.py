"""Where the time goes: a first load and a steady sweep of 20 pages under the profiler, by kind of work."""

from __future__ import annotations

import pstats
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.scale.kept import Day
from benchmarks.scale.measured import Running
from benchmarks.scale.plays import LATER, SOON, SWEPT_AGAIN
from benchmarks.scale.scene import EVERYTHING, Desk, Sources, registry

PAGES = 20
OTHER = "all else"
# What a function's own time is spent on, by what its file or its name holds; the first that fits decides.
WORK: Sequence[tuple[str, Sequence[str]]] = (
    ("receive", ("'recv", "'read' of '_io", "_ssl.", "'recv_into")),
    ("gunzip", ("zlib.Decompress", "zlib_decompress", "'decompress' of 'zlib")),
    ("compress for keeping", ("'compress' of", "zstd.compress", "_zstd", "train_dict", "ZstdCompressor", "zstd")),
    ("split the page", ("'decode' of 'msgspec",)),
    ("read the head, hash", ("blake2b", "glance.py", "record/snapshot.py", "'sub' of 're.Pattern", "hexdigest")),
    ("parse and write JSON", ("orjson",)),
    ("look up and insert", ("sqlite3", "sqlite_utils", "/store/")),
    ("read the record: facts, clocks, sites", ("/changes/", "/alerts/", "/record/")),
    ("HTTP client", ("httpx", "httpcore", "h11", "/registry/")),
    ("start: importing", ("importlib", "marshal", "_imp.", "builtins.compile", "builtins.exec")),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """How the time of one run is shared out; `seconds` is what it took under the profiler, which slows it down."""

    what: str
    seconds: float
    parts: tuple[tuple[str, float], ...]


def profiled(folder: Path, sources: Sources) -> tuple[Shares, ...]:
    """A first load, and a sweep of another day in which nothing has changed."""
    with registry(sources, PAGES * 1000) as made:
        desk = Desk("profiled", folder, made, (EVERYTHING,))
        made.prepare()
        first = _shares("first load", desk, folder / "first.prof")
        made.move(Day(SWEPT_AGAIN))
        made.prepare()
        desk.configure(SOON)
        steady = _shares("steady sweep", desk, folder / "steady.prof")
        desk.configure(LATER)
    return first, steady


def _shares(what: str, desk: Desk, place: Path) -> Shares:
    command = [sys.executable, "-m", "cProfile", "-o", str(place), "-m", "watcher", *desk.poll_command()]
    Running(command, place.with_suffix(".log")).ended()
    stats: Mapping[tuple[str, int, str], Any] = pstats.Stats(str(place)).stats  # type: ignore[attr-defined]
    spent: Counter[str] = Counter()
    for (file, _, function), (_, _, own, _, _) in stats.items():
        spent[work(f"{file} {function}")] += own
    total = sum(spent.values())
    return Shares(what, total, tuple((name, own / total) for name, own in spent.most_common()))


def work(where: str) -> str:
    """The kind of work that a function, told by its file and its name, is booked on."""
    return next((name for name, marks in WORK if any(mark in where for mark in marks)), OTHER)
