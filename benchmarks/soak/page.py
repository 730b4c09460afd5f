"""The figures in docs/reliability.md, between two marks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.stage import StageError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- soak -->", "<!-- /soak -->"


def write_into_page(said: Mapping[str, Any], page: Path = PAGE) -> None:
    """Put the figures where the page has its marks; StageError where it has none."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise StageError(f"{page} has no place for the figures: put {BEGIN} and {END} on lines of their own")
    page.write_text(f"{before}{BEGIN}\n\n{table_of(said)}\n\n{END}{after}", encoding="utf-8")


def table_of(said: Mapping[str, Any]) -> str:
    """The figures as two tables: everything, and the faults by type."""
    plain = {name: value for name, value in said.items() if name != "faults"}
    faults = said.get("faults", {})
    return "\n\n".join([_table("figure", plain), _table("fault injected", faults)])


def _table(head: str, rows: Mapping[str, Any]) -> str:
    said = [f"| {name.replace('_', ' ')} | {value} |" for name, value in rows.items()]
    return "\n".join([f"| {head} | |", "|---|---|", *said])
