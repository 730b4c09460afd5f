"""The figures: a line of JSON, a file of results, and a table in docs/performance.md between two marks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.marks import DOCS, put
from benchmarks.page.asked import Timed

PAGE = DOCS / "performance.md"
MARK = "page"
RESULTS = Path(__file__).resolve().parents[1] / "results" / "page.json"
GOAL = 300.0
"""Milliseconds until the first byte, also in the worst of the answers."""


def figures(found: Iterable[Timed]) -> dict[str, Any]:
    """The pages by their names, in milliseconds, and those that miss the goal."""
    there = [each for each in found if each.status < 400]
    return {
        "goal_ms": GOAL,
        "missed": [each.asked.name for each in there if each.asked.judged and each.worst >= GOAL],
        "pages": {each.asked.name: _row(each) for each in there},
    }


def write(said: Mapping[str, Any], page: Path = PAGE, results: Path = RESULTS) -> None:
    """Store the results, and put their table where the page has its marks; StageError where it has none."""
    put(table(said), page, MARK)
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def table(said: Mapping[str, Any]) -> str:
    """Milliseconds until the first byte, a line for each page."""
    where = (
        f"Measured on {said['date']}, {said['machine']}, Python {said['python']}, SQLite {said['sqlite']}; load of the "
        f"machine {said['load_before']} before and {said['load_after']} after. {said['studies']:,} studies in "
        f"{said['database_mb']:,.0f} MB, {said['watched']:,} on the watch; the study has {said['sites']} sites and "
        f"{said['versions']} versions."
    )
    heads = (
        "page",
        "first answer, ms",
        "median, ms",
        f"worst of {said['times']}, ms",
        "processor, ms",
        "size, KB",
        "goal",
    )
    return f"{where}\n\n{_table(heads, (_cells(name, row) for name, row in said['pages'].items()))}"


def _row(each: Timed) -> dict[str, Any]:
    return {
        "path": each.asked.path,
        "judged": each.asked.judged,
        "first": round(each.first, 1),
        "median": round(each.median, 1),
        "worst": round(each.worst, 1),
        "processor": round(each.processor, 1),
        "kilobytes": round(each.kilobytes, 1),
    }


def _cells(name: str, row: Mapping[str, Any]) -> Sequence[str]:
    met = ("met" if row["worst"] < GOAL else "not met") if row["judged"] else ""
    numbers = (f"{row[key]:,.0f}" for key in ("first", "median", "worst", "processor", "kilobytes"))
    return (name, *numbers, met)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    aligned = ["---", *("---:" for _ in heads[1:-1]), "---"]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, aligned, *rows))
