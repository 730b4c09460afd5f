"""The figures in docs/reliability.md, between two marks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.marks import DOCS, put

PAGE = DOCS / "reliability.md"
MARK = "soak"


def write_into_page(said: Mapping[str, Any], page: Path = PAGE) -> None:
    """Put the figures where the page has its marks; StageError where it has none."""
    put(table_of(said), page, MARK)


def table_of(said: Mapping[str, Any]) -> str:
    """The figures as two tables: everything, and the faults by type."""
    plain = {name: value for name, value in said.items() if name != "faults"}
    faults = said.get("faults", {})
    return "\n\n".join([_table("figure", plain), _table("fault injected", faults)])


def _table(head: str, rows: Mapping[str, Any]) -> str:
    said = [f"| {name.replace('_', ' ')} | {value} |" for name, value in rows.items()]
    return "\n".join([f"| {head} | |", "|---|---|", *said])
