"""A real month, day by day, against the real daemon: killed at random moments, and once without.

The captures of ../shared/data are served on loopback as the registry would have shown them; `watcher run` polls them
and sends mail to two readers and a webhook. What arrived is compared with the real contents of the captures and
with the hand-made labels; then the month is replayed over the same database, which must add nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.messages import Told, told
from benchmarks.performing import performed
from benchmarks.play import Kill, Played, planned, played, replay
from benchmarks.stage import code, require_unchanged
from benchmarks.truth import Gold, Month, labels, month_of, selected, shared, unpacked, within
from benchmarks.verdict import Count, Held, counted, figures, held
from watcher.registry.rehearsal import Captures

MUST_BE_ZERO = ("lost", "doubled", "false_alerts", "second_run_added")
SHOWN = 20


@dataclass(frozen=True)
class Scene:
    """What is played: the captures, and the labels that fit them."""

    folder: Path
    captures: Captures
    golds: tuple[Gold, ...]


@dataclass(frozen=True)
class Run:
    """What one run left behind; `after` and `late` are of the second run over the same database."""

    played: Played
    before: Held
    alerts: list[Told]
    after: Held
    late: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the month, print its figures, and return the exit code."""
    options = _options(arguments)
    return performed("month", lambda folder: _measured(folder, options))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.month",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="The last line is one JSON object. Exit 1: something was lost, doubled, false or different. 2: no data.",
    )
    parser.add_argument("--kills", type=int, default=10, help="how often the daemon is killed (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments it is killed at (default %(default)s)")
    parser.add_argument("--days", type=int, default=0, help="only so many days in a row, the busiest (default all)")
    parser.add_argument("--studies", type=int, default=0, help="only so many studies, the busiest (default all)")
    return parser.parse_args(arguments)


def _measured(folder: Path, options: argparse.Namespace) -> int:
    began = time.monotonic()
    shared("gold_dev.json")
    scene = _scene(folder, options)
    kills = planned(scene.captures.days, {gold.day for gold in scene.golds}, options.kills, options.seed)
    before = code()
    killed, clean, month = _all(folder, scene, kills)
    require_unchanged(before)
    count = counted(killed.alerts, scene.golds, month)
    said = figures(killed.played, killed.before, killed.after, clean.before, count, month, killed.late)
    said["seconds"] = round(time.monotonic() - began, 1)
    said["peak_rss_mb"] = round(max(run.played.daemon.peak_kb for run in (killed, clean)) / 1024, 1)
    good = _is_good(said, killed.before, month)
    _print_table(said, count, killed, clean, good=good)
    print(json.dumps(said), flush=True)
    return 0 if good else 1


def _scene(folder: Path, options: argparse.Namespace) -> Scene:
    whole, golds = unpacked(folder), labels()
    place = whole
    if options.days or options.studies:
        place = selected(whole, folder / "selected", golds, options.days, options.studies)
    return Scene(place, Captures(place), within(golds, place))


def _all(folder: Path, scene: Scene, kills: Sequence[Kill]) -> tuple[Run, Run, Month]:
    """The month with kills and replayed; at the same time the month without, and what it really holds."""
    with ThreadPoolExecutor(2) as pool:
        killed = pool.submit(_run, "kills", folder / "kills", scene, kills, again=True)
        clean = pool.submit(_run, "no kills", folder / "clean", scene, (), again=False)
        month = month_of(scene.folder)
        return killed.result(), clean.result(), month


def _run(name: str, folder: Path, scene: Scene, kills: Sequence[Kill], *, again: bool) -> Run:
    with played(name, folder, scene.captures, kills) as result:
        before, alerts = held(result.daemon.database), told(result.to)
        if again:
            replay(result, scene.captures)
        return Run(result, before, alerts, held(result.daemon.database), len(told(result.to)) - len(alerts))


def _is_good(said: dict[str, Any], before: Held, month: Month) -> bool:
    same = said["same_as_without_kills"] and before.per_study() == month.versions
    return bool(same) and not any(said[name] for name in MUST_BE_ZERO)


# --- for people -------------------------------------------------------------------


def _print_table(said: dict[str, Any], count: Count, killed: Run, clean: Run, *, good: bool) -> None:
    more = {
        "changes expected in messages": count.changes_expected,
        "changes lost from them": len(count.changes_lost),
        "changes told twice": count.changes_doubled,
        "changes of re-labelled pairs": f"{count.relabelled_changes}, not as labelled {len(count.relabelled_missed)}",
        "daemon starts": killed.played.daemon.starts,
        "seconds with and without kills": f"{killed.played.seconds:.0f}, {clean.played.seconds:.0f}",
    }
    for name, value in (said | more).items():
        print(f"{name.replace('_', ' '):32} {value}")
    for kill in killed.played.kills:
        print(f"killed {kill.day} {kill.delay * 1000:3.0f} ms after the first {kill.after}")
    _print_alerts(count)
    _print_difference(killed.before, clean.before, "only with kills", "only without kills")
    _print_difference(killed.after, killed.before, "added by the second run", "gone in the second run")
    print("good" if good else "NOT GOOD")


def _print_alerts(count: Count) -> None:
    whole = [(*entry, "(the whole alert)") for entry in count.alerts_lost]
    for target, (nct_id, day), what in [*whole, *count.changes_lost][:SHOWN]:
        print(f"lost: {nct_id} {day} at {target} {what}")
    for (nct_id, day), what in sorted({entry[1:] for entry in count.relabelled_missed})[:SHOWN]:
        print(f"re-labelled sites, not as labelled: {nct_id} {day} {what}")
    for nct_id, day in count.beyond_labels:
        print(f"an alert where the labels hold nothing for readers: {nct_id} {day}")


def _print_difference(one: Held, other: Held, here: str, there: str) -> None:
    for title, rows in ((here, one.beyond(other)), (there, other.beyond(one))):
        for row in rows[:SHOWN]:
            print(f"{title}: {row}")


if __name__ == "__main__":
    sys.exit(main())
