"""Figures in a page of the documentation, between two marks."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stage import StageError

DOCS = Path(__file__).resolve().parents[1] / "docs"


def put(text: str, page: Path, mark: str) -> None:
    """Put a text where the page has `<!-- mark -->` and `<!-- /mark -->`; StageError where it has them not."""
    before, after = _around(page, mark)
    page.write_text(f"{before}\n\n{text}\n\n{after}", encoding="utf-8")


def between(page: Path, mark: str) -> str:
    """What stands between the marks."""
    before, after = _around(page, mark)
    whole = page.read_text(encoding="utf-8")
    return whole[len(before) : len(whole) - len(after)].strip("\n")


def _around(page: Path, mark: str) -> tuple[str, str]:
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    before, found, rest = text.partition(begin)
    _, also_found, after = rest.partition(end)
    if not (found and also_found):
        raise StageError(f"{page} has no place for the figures: put {begin} and {end} on lines of their own")
    return before + begin, end + after
