"""A real month, and a flood of alerts, against targets that refuse, hang, cut and answer 429 and 500 at random."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.play import planned
from benchmarks.storm.month import run
from benchmarks.storm.scene import READERS
from benchmarks.truth import unpacked
from watcher.registry.rehearsal import Captures


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="storm-"))
    captures = Captures(unpacked(folder))
    result = run("calm", folder / "calm", captures, READERS, (), 1)
    verdict = result.verdict
    for v in verdict.violations:
        print(v)
    print(
        {
            name: getattr(verdict, name)
            for name in ("alerts_expected", "delivered", "digests_expected", "digests_sent", "repeated", "taken_back")
        },
        len(verdict.lost),
        len(verdict.doubled),
        len(verdict.out_of_order),
        len(verdict.digests_wrong),
    )
    print(result.met, result.deliveries, result.seconds, result.outages)
    import pickle

    pickle.dump(result, open("/tmp/w/storm_run.pickle", "wb"))
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
