"""The table of faults in docs/reliability.md: every test that it names exists, and every test here is named in it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))))
ROWS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "tests/" in line]


@cache
def found_in(path: str) -> frozenset[str]:
    """The tests of a module, read from its source."""
    source = ROOT / path
    if not source.exists():
        return frozenset()
    found = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    return frozenset(node.name for node in found if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_test_that_the_table_names_exists(path: str, name: str) -> None:
    assert name in found_in(path), f"{PAGE.name} names {path}::{name}, which is not there"


def test_every_test_of_a_fault_is_in_the_table() -> None:
    ours = {
        (module.relative_to(ROOT).as_posix(), name)
        for module in Path(__file__).parent.glob("test_*.py")
        if module.name != Path(__file__).name
        for name in found_in(module.relative_to(ROOT).as_posix())
    }
    missing = sorted(f"{path}::{name}" for path, name in ours - set(NAMED))
    assert not missing, f"give each a row in {PAGE.name}: fault, what the watcher does, what the operator hears"


def test_every_row_of_the_table_has_four_columns_and_one_test() -> None:
    for row in ROWS:
        assert row.count("|") == 5, row
        assert row.count("::") == 1, row


def test_the_page_has_a_place_for_the_figures_of_the_soak() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert lines.index("<!-- soak -->") < lines.index("<!-- /soak -->")
