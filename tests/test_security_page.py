"""docs/security.md names a test for each promise; here each of them is looked up."""

from __future__ import annotations

import ast
import logging
import re
from functools import cache
from pathlib import Path

import pytest

from watcher.logs import FORMATS, formatter

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_every_test_that_the_page_names_is_there(file: str, name: str) -> None:
    assert (ROOT / file).is_file(), f"docs/security.md names {file}"
    assert name in names_in(file), f"docs/security.md names {file}::{name}"


def test_every_threat_has_a_test() -> None:
    threats = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 4]
    rows = [line for line in threats if not line.startswith(("| threat", "| who", "| what", "| mode"))]
    boundaries = rows[rows.index(next(row for row in rows if row.startswith("| mark-up"))) :]
    assert len(boundaries) > 25
    assert not [row for row in boundaries if "::test_" not in row]


@pytest.mark.parametrize("name", FORMATS)
def test_a_line_of_the_log_cannot_be_forged(name: str) -> None:
    said = "a title\n2026-01-01 00:00:00,000 CRITICAL watcher: all alerts are off\r\nmore"
    line = formatter(name).format(logging.LogRecord("watcher", logging.INFO, "", 0, "%s", (said,), None))
    assert len(line.splitlines()) == 1
