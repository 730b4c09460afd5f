"""Our watcher against urlwatch, webchanges and changedetection.io, on one registry, with the same studies.

Each peer is installed from the package index into an environment outside the project, and set as its documentation
describes. A local registry serves studies with invented numbers made from the real records of ../shared/data. It shows
them as they are, after a refresh that changed nothing, with every study changed, and with every study only in another
order. Ratios count: seconds depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.peers.gauges import load
from benchmarks.peers.goals import Alone, goals
from benchmarks.peers.office import Registry
from benchmarks.peers.page import tables, write_into_page
from benchmarks.peers.playing import REORDERED, SAME, Figures, Played, folder_for, play
from benchmarks.peers.rows import COMMANDS, DAEMON, OURS, PEERS, Row
from benchmarks.peers.venvs import PACKAGES, default_folder, program, version
from benchmarks.performing import parser, performed
from benchmarks.stage import code, require_unchanged
from benchmarks.truth import unpacked
from watcher import __version__

FEW, MANY = 100, 1000


@dataclass(slots=True)
class Results:
    """What every tool did at every number of studies."""

    figures: list[Figures] = field(default_factory=list)
    more: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)

    def take(self, name: str, number: int, played: Played) -> None:
        """Add one tool at one number of studies."""
        self.figures += played.figures
        self.more.setdefault(number, {})[name] = played.more


def main(arguments: Sequence[str] | None = None) -> int:
    """Play every tool, print the tables, and return the exit code."""
    options = _options(arguments)
    return performed("peers", lambda folder: _measured(folder, options), keep=options.keep)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("peers", __doc__, "Exit 1: ours told something false, or not everything. 2: no data.")
    options.add_argument("--quick", action="store_true", help=f"with {FEW} studies only")
    options.add_argument("--studies", type=int, nargs="+", help=f"with so many studies (default {FEW} {MANY})")
    options.add_argument("--ours", action="store_true", help="without the peers, and without installing anything")
    options.add_argument(
        "--venvs", type=Path, default=default_folder(), help="where the peers are (default: the cache)"
    )
    options.add_argument("--write-docs", action="store_true", help="store the results, and their tables in the docs")
    options.add_argument("--keep", action="store_true", help="keep databases and reports")
    said = options.parse_args(arguments)
    if said.write_docs and (said.quick or said.ours or said.studies):
        options.error("--write-docs is for the whole match: the page compares every tool at every number of studies")
    return said


def _measured(folder: Path, options: argparse.Namespace) -> int:
    records = unpacked(folder, "records")
    numbers = options.studies or ([FEW] if options.quick else [FEW, MANY])
    rows = OURS if options.ours else (*OURS, *PEERS)
    programs = {row.name: program(options.venvs, row.package) for row in rows if row.package}
    began, before, product = time.monotonic(), load(), code()
    results = _all(folder, records, numbers, rows, programs)
    require_unchanged(product)
    said = _summary(results, options) | {
        "seconds": round(time.monotonic() - began), "load_before": round(before, 1), "load_after": round(load(), 1),
    }  # fmt: skip
    print(tables(said))
    if options.write_docs:
        write_into_page(said)
    print(json.dumps(said), flush=True)
    return 0 if all(goal["met"] for goal in said["goals"][-2:]) else 1


def _all(
    folder: Path, records: Path, numbers: Iterable[int], rows: Iterable[Row], programs: dict[str, Path]
) -> Results:
    results, today = Results(), datetime.now(UTC).date()
    for number in numbers:
        with Registry(records, number) as registry:
            for row in rows:
                print(f"{row.name}: {number} studies", file=sys.stderr)
                tool = row.make(folder_for(folder, row.name, number), registry, programs.get(row.name, Path()))
                results.take(row.name, number, play(row.name, tool, registry, today))
    return results


def _summary(results: Results, options: argparse.Namespace) -> dict[str, Any]:
    more = results.more[max(results.more)]
    at_rest = [more[DAEMON][f"rest_mb_after_{case.replace(' ', '_')}"] for case in (SAME, REORDERED)]
    alone = Alone(more[COMMANDS]["poll_cpu_no_change"], at_rest[0], max(at_rest))
    versions = {} if options.ours else {each.name: version(options.venvs, each) for each in PACKAGES}
    return {
        "date": str(datetime.now(UTC).date()),
        "machine": _machine(),
        "versions": {"nct-watcher": __version__, **versions},
        "figures": [asdict(each) for each in results.figures],
        "more": {str(number): each for number, each in results.more.items()},
        "goals": [asdict(goal) for goal in goals(results.figures, alone)],
    }


def _machine() -> dict[str, Any]:
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    model = next((line.partition(":")[2].strip() for line in told if line.startswith("model name")), "unknown CPU")
    return {
        "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version(),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
