"""The hand-made labels, scored by the program that stands beside them, as a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.truth import NoData, shared

ROOT = Path(__file__).resolve().parents[2]


class ScoreError(Exception):
    """The scoring program failed, or the engine failed in it."""


@dataclass(frozen=True)
class Score:
    """What the scoring program says of one file of labels."""

    said: dict[str, Any]

    @property
    def severity_accuracy(self) -> float:
        """The share of hits with the labelled severity."""
        return float(self.said["severity_accuracy"])

    @property
    def must_not(self) -> int:
        """How many forbidden changes were told."""
        return int(self.said["must_not_violations"])

    def f1(self, level: str) -> float:
        """F1 of the changes at this severity and above."""
        return float(self.said[level]["f1"])

    @property
    def misses(self) -> list[str]:
        """What was missed, false, weighed otherwise or forbidden, in the program's words."""
        return [f"{row['what']}: {row['kind']} {row['where']} {row['text'][:110]!r}" for row in self.said["details"]]


def score(labels: str, captures: Path) -> Score:
    """Score the engine on a file of labels of the shared data."""
    program = shared("gold_dev.json").parents[1] / "tools" / "score.py"
    if not program.is_file():
        raise NoData("../shared/tools/score.py is not here: it scores the labels")
    done = subprocess.run(
        [sys.executable, str(program), str(shared(labels)), "--captures", str(captures), "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if done.returncode:
        raise ScoreError(f"the scoring program failed: {done.stderr[-400:]}")
    said = json.loads(done.stdout)
    if said["errors"]:
        raise ScoreError(f"the engine failed on a labelled pair: {said['errors'][0]}")
    return Score(said)
