"""`make fuzz`: every target, all processors, a bounded time; the last line is one JSON object."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from benchmarks.fuzz.running import Tally, chance_of, ran
from benchmarks.fuzz.targets import TARGETS

SEED = 20_260_601
LEAST = 100_000
CHUNKS = 20


def main(arguments: Sequence[str]) -> int:
    """Run; 0 where at least as many inputs as promised were read and each came to good."""
    asked = _asked(arguments)
    if asked.again:
        name, number = asked.again
        print("accepted" if TARGETS[name].attempt(chance_of(asked.seed, name, int(number))) else "refused")
        return 0
    began = time.monotonic()
    tallies = _run(asked.seed, began + asked.seconds)
    seconds = round(time.monotonic() - began, 1)
    total = Tally()
    for name, tally in tallies.items():
        total.add(tally)
        print(f"{name:26} {tally.inputs:>7} inputs {tally.accepted:>7} accepted {tally.failures:>4} failures "
              f"{tally.slowest:6.2f} s at most")  # fmt: skip
    print(*total.shown[:40], sep="\n")
    if total.inputs < LEAST:
        print(f"only {total.inputs} inputs in {seconds} s: at least {LEAST} are promised; give it more with --seconds")
    by_target = {name: tally.inputs for name, tally in tallies.items()}
    accepted = {name: tally.accepted for name, tally in tallies.items()}
    print(json.dumps({"inputs": total.inputs, "by_target": by_target, "accepted": accepted, "crashes": total.crashes,
                      "hangs": total.hangs, "silent": total.silent, "slowest": round(total.slowest, 2),
                      "seed": asked.seed, "seconds": seconds}))  # fmt: skip
    return 0 if total.inputs >= LEAST and not total.failures else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed makes other inputs")
    parser.add_argument("--seconds", type=float, default=600, help="nothing is begun after so long")
    parser.add_argument("--again", nargs=2, metavar=("TARGET", "NUMBER"), help="one input, with its traceback")
    return parser.parse_args(arguments)


def _run(seed: int, until: float) -> dict[str, Tally]:
    tallies = {name: Tally() for name in TARGETS}
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        chunks = {pool.submit(_chunk, name, seed, numbers, until): name for name, numbers in _chunks()}
        for done in as_completed(chunks):
            try:
                tallies[chunks[done]].add(done.result())
            except BrokenProcessPool:
                # An input held its process where no signal reaches: its stack is on stderr.
                tallies[chunks[done]].add(Tally(hangs=1, shown=[f"HANG {chunks[done]}: the process was ended"]))
                break
    return tallies


def _chunks() -> list[tuple[str, range]]:
    """A part of each target in turn, so that a run that ends early has seen something of all."""
    return [
        (name, range(target.inputs * part // CHUNKS, target.inputs * (part + 1) // CHUNKS))
        for part in range(CHUNKS)
        for name, target in TARGETS.items()
    ]


def _chunk(name: str, seed: int, numbers: range, until: float) -> Tally:
    return ran(name, TARGETS[name].attempt, seed, numbers) if time.monotonic() < until else Tally()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
