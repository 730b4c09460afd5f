"""A simulated month in which everything around the daemon fails at random, and the daemon is killed at random.

The real month of ../shared/data is played three times at once: calm, with nothing failing; with every fault but kills,
in one long life of the process; and with every fault and SIGKILL at random moments. What arrived in the two bad lives
is compared with what was owed, what they hold with what the calm life holds, and both with the labels of the captures.
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

from benchmarks.performing import parser, performed
from benchmarks.soak.deeds import LONG, OTHERS, SHORT
from benchmarks.soak.figures import figures, is_good, print_all
from benchmarks.soak.life import Script, live
from benchmarks.soak.lived import Lived
from benchmarks.soak.page import write_into_page
from benchmarks.soak.plan import Play, planned
from benchmarks.stage import code, require_unchanged
from benchmarks.truth import labels, selected, unpacked
from watcher.registry.rehearsal import Captures

# Of the time, so much is for healing: the rest is for faults.
HEALING = 0.15
# Seconds that healing may take beyond the time: a machine that is busy otherwise must not look like a loss.
LATER = 60.0
# From so many minutes on there is room for what lasts long.
ROOM_FOR_LONG = 2
CALM_TICK = 0.1
# The one whose growth is measured, which takes many polls.
SPARED_TICK = 0.1
STEADY = 30.0


@dataclass(frozen=True, slots=True)
class Lives:
    """The three lives of one month."""

    calm: Lived
    bad: tuple[Lived, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the soak, print its figures, and return the exit code."""
    options = _options(arguments)
    return performed("soak", lambda folder: _measured(folder, options), keep=options.keep)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("soak", __doc__, "Exit 1: lost, doubled, false, damaged or wrong. 2: no data.")
    options.add_argument("--minutes", type=float, default=4.5, help="how long, about (default %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="of the plan, faults and kills (default %(default)s)")
    options.add_argument("--days", type=int, default=0, help="only so many days in a row, the busiest (default all)")
    options.add_argument("--studies", type=int, default=0, help="only so many studies, the busiest (default all)")
    options.add_argument("--captures", type=Path, help="play this folder of captures; there are no labels for it")
    options.add_argument("--write-docs", action="store_true", help="put the figures into docs/reliability.md")
    options.add_argument("--keep", action="store_true", help="keep databases and logs")
    return options.parse_args(arguments)


def _measured(folder: Path, options: argparse.Namespace) -> int:
    began = time.monotonic()
    play = _play(folder, options)
    before = code()
    lives = _lived(folder, play, options, began + options.minutes * 60 * (1 - HEALING))
    require_unchanged(before)
    said = figures(lives.calm, lives.bad, play)
    said |= {"seconds": round(time.monotonic() - began, 1), "seed": options.seed}
    good = is_good(said)
    print_all(lives.calm, lives.bad, play, said)
    print("good" if good else "NOT GOOD")
    if options.write_docs:
        write_into_page(said)
    print(json.dumps(said), flush=True)
    return 0 if good else 1


def _play(folder: Path, options: argparse.Namespace) -> Play:
    golds = () if options.captures else labels()
    whole = options.captures or unpacked(folder)
    place = whole
    if options.days or options.studies:
        place = selected(whole, folder / "selected", golds, options.days, options.studies)
    return planned(Captures(place), folder / "shown", golds, options.seed)


def _lived(folder: Path, play: Play, options: argparse.Namespace, until: float) -> Lives:
    """All at the same time, for most of it is waiting."""
    seed, long = options.seed, LONG if options.minutes >= ROOM_FOR_LONG else ()
    scripts = (
        Script("calm", tick=CALM_TICK),
        Script("spared", (), (*OTHERS, *long), seed, SPARED_TICK, STEADY if long else 0.0),
        Script("killed", SHORT, (*SHORT, *OTHERS), seed + 1),
    )
    with ThreadPoolExecutor(len(scripts)) as pool:
        started = [pool.submit(live, script, folder / script.name, play, until, LATER) for script in scripts]
        calm, *bad = (each.result() for each in started)
    return Lives(calm, tuple(bad))


if __name__ == "__main__":
    sys.exit(main())
