"""A real month, then a flood of alerts, against targets that refuse, hang, drop and answer 429 and 500 at random.

The month of ../shared/data is played twice at once, for five readers in five time zones: once in the storm, and once
in the storm with kill -9 in between. Then thousands of studies change while every channel is down for a day. What
arrived is compared with what a separate reading of the presets says was owed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.performing import parser, performed
from benchmarks.play import planned
from benchmarks.stage import code, require_unchanged
from benchmarks.storm import flood
from benchmarks.storm.month import Run, run
from benchmarks.storm.scene import READERS
from benchmarks.truth import month_of, unpacked
from watcher.registry.rehearsal import Captures

SHOWN = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the storm, print its figures, and return the exit code."""
    options = _options(arguments)
    return performed("storm", lambda folder: _measured(folder, options), keep=options.keep)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("storm", __doc__, "Exit 1: lost, doubled, out of order, or too fast. 2: no data.")
    options.add_argument("--kills", type=int, default=20, help="how often the daemon is killed (default %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="of faults and kills (default %(default)s)")
    options.add_argument("--studies", type=int, default=5000, help="studies in the flood (default %(default)s)")
    options.add_argument("--only", choices=("month", "flood"), help="only this part")
    options.add_argument("--keep", action="store_true", help="keep databases and logs")
    return options.parse_args(arguments)


def _measured(folder: Path, options: argparse.Namespace) -> int:
    began = time.monotonic()
    before = code()
    runs, flooded = _all(folder, options)
    require_unchanged(before)
    for played in runs:
        _print_run(played)
    for differing in _differing(runs)[:SHOWN]:
        print(f"not the same in both months: {differing}")
    if flooded is not None:
        flooded.print()
    said = _figures(runs, flooded)
    said["seconds"] = round(time.monotonic() - began, 1)
    good = not any(said[name] for name in MUST_BE_ZERO)
    print("good" if good else "NOT GOOD")
    print(json.dumps(said), flush=True)
    return 0 if good else 1


def _all(folder: Path, options: argparse.Namespace) -> tuple[tuple[Run, ...], flood.Flooded | None]:
    """Everything at the same time, for most of it is waiting; the flood in a process of its own, which keeps time."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as aside:
        later = None if options.only == "month" else aside.submit(flood.run, folder / "flood", options.studies)
        runs = () if options.only == "flood" else _months(folder, options)
        return runs, later.result() if later else None


def _months(folder: Path, options: argparse.Namespace) -> tuple[Run, ...]:
    """The month in the storm, with and without kills."""
    place = unpacked(folder)
    captures = Captures(place)
    changed = {day for _, day in month_of(place).changed}
    kills = planned(captures.days, changed, options.kills, options.seed)
    with ThreadPoolExecutor(2) as pool:
        calm = pool.submit(run, "storm", folder / "storm", captures, READERS, (), options.seed)
        killed = pool.submit(run, "kills", folder / "kills", captures, READERS, kills, options.seed + 100)
        return calm.result(), killed.result()


# --- the figures --------------------------------------------------------------------

MUST_BE_ZERO = (
    "lost", "doubled", "out_of_order", "digests_wrong", "too_early", "unknown", "dead", "unsigned", "runs_differ",
    "errors", "hurried", "critical_last", "rate_violations", "memory_grows",
)  # fmt: skip


def _figures(runs: Sequence[Run], flooded: flood.Flooded | None) -> dict[str, Any]:
    verdicts = [played.verdict for played in runs] + ([flooded.verdict] if flooded else [])
    faults: Counter[str] = sum((played.met for played in runs), Counter())
    said: dict[str, Any] = {
        "alerts_expected": sum(verdict.alerts_expected for verdict in verdicts),
        "delivered": sum(verdict.delivered for verdict in verdicts),
        "lost": sum(len(verdict.lost) for verdict in verdicts),
        "doubled": sum(len(verdict.doubled) for verdict in verdicts),
        "out_of_order": sum(len(verdict.out_of_order) for verdict in verdicts),
        "digests_expected": sum(verdict.digests_expected for verdict in verdicts),
        "digests_sent": sum(verdict.digests_sent for verdict in verdicts),
        "digests_wrong": sum(len(verdict.digests_wrong) for verdict in verdicts),
        "peak_rss_mb": round(
            max([played.daemon.peak_kb for played in runs] + [flooded.peak_kb if flooded else 0]) / 1024, 1
        ),
        "too_early": sum(len(verdict.too_early) for verdict in verdicts),
        "unknown": sum(len(verdict.unknown) for verdict in verdicts),
        "hurried": sum(played.hurried for played in runs),
        "errors": sum(len(played.errors) for played in runs),
        "repeated": sum(verdict.repeated for verdict in verdicts),
        "dead": sum(played.deliveries.get("dead", 0) for played in runs),
        "unsigned": sum(played.unsigned for played in runs),
        "runs_differ": len(_differing(runs)),
        "kills": sum(len(played.kills) for played in runs),
        "attempts": sum(played.attempts for played in runs),
        "outages": sum(played.outages for played in runs),
        "faults": dict(faults.most_common()),
        "critical_last": 0,
        "rate_violations": 0,
        "memory_grows": 0,
    }
    return said | (flooded.figures if flooded else {})


def _differing(runs: Sequence[Run]) -> list[str]:
    """Steps that two runs of one month do not both hold, with the same changes: nothing may depend on the weather."""
    if len(runs) < 2:
        return []
    one, other = (played.facts.content for played in runs)
    return [
        f"{nct_id} {occasion}"
        for nct_id, occasion in sorted({*one, *other})
        if one.get((nct_id, occasion)) != other.get((nct_id, occasion))
    ]


# --- for people ---------------------------------------------------------------------


def _print_run(played: Run) -> None:
    verdict = played.verdict
    rows = {
        "alerts owed, delivered": f"{verdict.alerts_expected}, {verdict.delivered}",
        "lost, doubled, out of order": verdict.counts,
        "digests owed, sent": f"{verdict.digests_expected}, {verdict.digests_sent}",
        "digests wrong, told too early": f"{len(verdict.digests_wrong)}, {len(verdict.too_early)}",
        "messages, repeats of them": f"{len(played.messages)}, {verdict.repeated}",
        "attempts, of them failed": f"{played.attempts}, {played.attempts - played.met['accepted']}",
        "outages, kills": f"{played.outages}, {len(played.kills)}",
        "deliveries": ", ".join(f"{number} {word}" for word, number in sorted(played.deliveries.items())),
        "changes held for the operator": str(played.facts.held),
        "seconds, peak MB": f"{played.seconds:.0f}, {played.daemon.peak_kb / 1024:.0f}",
    }
    print(f"--- the month: {played.name}")
    for name, value in rows.items():
        print(f"{name:32} {value}")
    for violation in verdict.violations[:SHOWN]:
        print(violation)
    if len(verdict.violations) > SHOWN:
        print(f"and {len(verdict.violations) - SHOWN} more")
    for error in played.errors[:SHOWN]:
        print(f"error in its log: {error}")


if __name__ == "__main__":
    sys.exit(main())
