"""What it costs to watch the whole registry: 600,000 made studies, a watch of everything and a saved search.

Each command of the product runs as a process of its own and is measured: processor time, memory, time, requests,
bytes, size of the database. The registry is another process, and makes its pages before they are asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import watcher
from benchmarks.performing import parser, performed
from benchmarks.scale.figures import WHOLE, figures, judged, table
from benchmarks.scale.heldout import held_out
from benchmarks.scale.killing import STUDIES, play_kills
from benchmarks.scale.page import write_into_page
from benchmarks.scale.plays import KILLED, PLAYS, play
from benchmarks.scale.profile import Shares, profiled
from benchmarks.scale.scene import Sources, registry
from benchmarks.truth import unpacked

RESULTS = Path(__file__).resolve().parents[1] / "results" / "scale.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the days, print the figures, and return the exit code."""
    options = _options(arguments)
    # The registry is ended by leaving its `with`, which a signal would pass by.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    return performed("scale", lambda folder: _measured(folder, options), keep=options.keep)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("scale", __doc__, "Exit 1: a goal is not met, or a kill left a trace. 2: no data.")
    options.add_argument("--studies", type=int, default=WHOLE, help="how many (default %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="of the registry (default %(default)s)")
    options.add_argument("--only", default=",".join(PLAYS), help="some of these (default %(default)s)")
    options.add_argument("--cache", type=Path, help="folder for the registry's pages, 5 GB, kept for the next time")
    options.add_argument("--profile", action="store_true", help="also say where the time goes, on 20 pages")
    options.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    options.add_argument("--keep", action="store_true", help="keep databases and logs")
    return options.parse_args(arguments)


def _measured(folder: Path, options: argparse.Namespace) -> int:
    began = time.monotonic()
    cache = options.cache or Path(tempfile.gettempdir()) / "nct-watcher-scale-pages"
    sources = Sources(unpacked(folder), unpacked(folder, "records"), cache, options.seed)
    said = _played(folder, sources, options)
    shares = profiled(folder, sources) if options.profile else ()
    said |= _surroundings() | {"seconds": round(time.monotonic() - began, 1), "seed": options.seed}
    _print(said, shares)
    if options.studies >= WHOLE:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    if options.write_docs:
        write_into_page(said, shares)
    print(json.dumps(said))
    return 0 if _is_good(said) else 1


def _played(folder: Path, sources: Sources, options: argparse.Namespace) -> dict[str, Any]:
    wanted = options.only.split(",")
    survived = None
    if KILLED in wanted:
        number = min(STUDIES, options.studies)
        with registry(sources, number) as made:
            survived = play_kills(folder, made, number)
    with registry(sources, options.studies) as made:
        played = play(folder, made, options.studies, wanted)
    return figures(played, survived, held_out(sources.captures, sources.records))


def _surroundings() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores of {_processor()}, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "watcher": watcher.__version__,
        "httpx": version("httpx"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _is_good(said: Mapping[str, Any]) -> bool:
    whole = said["studies"] >= WHOLE
    return not said.get("kills_differing") and (not whole or all(met for _, _, met in judged(said)))


def _print(said: Mapping[str, Any], shares: Sequence[Shares]) -> None:
    for name, value in said.items():
        print(f"{name.replace('_', ' '):36} {value}")
    for words, value, goal, verdict in table(said):
        print(f"{words:52} {value:>14} {'goal ' + goal:>16}  {verdict}")
    for each in shares:
        print(f"--- {each.what}: {each.seconds:.1f} s under the profiler")
        for name, share in each.parts:
            print(f"{name:36} {share:5.1%}")


if __name__ == "__main__":
    sys.exit(main())
