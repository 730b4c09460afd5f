"""The story shipped with the project: one study in seven records, for a rehearsal that needs nothing else."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent
"""A folder of captures, `NCT########/YYYY-MM-DD.json`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One day of the story: what happens, and whether it did."""

    date: date
    truth: Literal["real", "rehearsal"]
    text: str


def story() -> tuple[Step, ...]:
    """The steps in order; each has a record of its day in `FOLDER`."""
    told = tomllib.loads((FOLDER / "story.toml").read_text(encoding="utf-8"))
    return tuple(Step(**step) for step in told["step"])
