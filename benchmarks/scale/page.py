"""The figures in docs/performance.md, between two marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.scale.figures import table
from benchmarks.scale.profile import Shares
from benchmarks.stage import StageError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- scale:begin -->", "<!-- scale:end -->"


def write_into_page(said: Mapping[str, Any], shares: Sequence[Shares], page: Path = PAGE) -> None:
    """Put the figures where the page has its marks; StageError where it has none."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise StageError(f"{page} has no place for the figures: put {BEGIN} and {END} on lines of their own")
    page.write_text(f"{before}{BEGIN}\n\n{_tables(said, shares)}\n\n{END}{after}", encoding="utf-8")


def _tables(said: Mapping[str, Any], shares: Sequence[Shares]) -> str:
    goals = _table(("goal", "measured", "at most", ""), table(said))
    rest = _table(("figure", ""), [(name.replace("_", " "), _said(value)) for name, value in said.items()])
    spent = [
        _table((f"{each.what}, {each.seconds:.1f} s", "share"), [(name, f"{share:.1%}") for name, share in each.parts])
        for each in shares
    ]
    return "\n\n".join([goals, rest, *spent])


def _said(value: object) -> str:
    return "none" if value == [] else str(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
