"""The contract itself, read from the source: clean of SQLite, complete, and held by this suite."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from tests.store.contract.kinds import Opener
from tests.test_architecture import PACKAGE, imports_of, modules, name_of, tree_of, unit_of
from watcher.store.contracts import StoreContract

SUITE = sorted(Path(__file__).parent.glob("*.py"))
CONTRACTS = [module for module in modules() if name_of(module).startswith("store/contracts/")]
VALUES = PACKAGE / "store" / "values.py"
# What says values and decisions, and nothing of where they are kept.
CLEAN = ("__future__", "collections", "dataclasses", "datetime", "typing", "watcher.alerts", "watcher.changes",
         "watcher.model", "watcher.record", "watcher.store.values", "watcher.store.shown",
         "watcher.store.contracts")  # fmt: skip
PIPELINES = frozenset(
    {"poll", "sweep", "gather", "observe", "days", "confirm", "deliver", "requests", "vigil", "audience", "work",
     "assembly"}
)  # fmt: skip
# Each with the reason why it is asked for beside the contract.
BESIDE = {
    "path": "requests lie beside the file, the vigil looks at its disk, the log names it",
    "checkpoint": "only SQLite has a log to fold back",
    "boards": "a database from before has plans to catch up with, as a part of its migration",
    "pruning": "what gives space back is the database's own way to do so",
}

GROUPS = {
    name: get_type_hints(found.fget)["return"]
    for name, found in vars(StoreContract).items()
    if isinstance(found, property) and name != "name"
}


def public(kind: type) -> set[str]:
    """The public verbs of a class and of those it builds on."""
    return {name for each in kind.__mro__ for name in vars(each) if not name.startswith("_")}


VERBS = {(group, verb) for group, kind in GROUPS.items() for verb in public(kind)}


def asked_of_stores(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What is asked of anything that is called a store: a group and its verb, "" where it goes no further."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_store(node.value):
            yield node.attr, ""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and _is_store(node.value.value):
            yield node.value.attr, node.attr


def _is_store(node: ast.expr) -> bool:
    named = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return named in {"store", "_store"}


@pytest.mark.parametrize("module", [*CONTRACTS, VALUES], ids=name_of)
def test_the_contract_knows_nothing_of_where_the_rows_are(module: Path) -> None:
    foreign = [name for _, name in imports_of(module) if not name.startswith(CLEAN)]
    assert not foreign, f"{name_of(module)} imports {', '.join(foreign)}: a store of another kind has none of it"


def test_whatever_the_pipelines_ask_of_a_store_is_in_the_contract() -> None:
    asked = {
        (group, verb, name_of(module))
        for module in modules()
        if unit_of(module) in PIPELINES
        for group, verb in asked_of_stores(tree_of(module))
    }
    assert len(asked) > 50, "the pipelines call their store by another name"
    strange = {
        one
        for one in asked
        if one[0] not in BESIDE and one[:2] not in VERBS and not (one[1] == "" and one[0] in {*GROUPS, "name"})
    }
    assert not strange, f"give {sorted(strange)} a place in watcher/store/contracts"
    assert {group for group, _, _ in asked} >= set(BESIDE), "take out of BESIDE what nobody asks for any more"


def test_a_store_has_no_verb_in_these_groups_beside_the_contract(opener: Opener) -> None:
    with opener() as store:
        more = {(group, verb) for group in GROUPS for verb in public(type(getattr(store, group)))} - VERBS
    assert not more, f"give {sorted(more)} a place in watcher/store/contracts"


def test_every_verb_of_the_contract_is_held_by_this_suite() -> None:
    called = {
        (node.value.attr, node.attr)
        for module in SUITE
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)
    }
    assert not VERBS - called, f"no test of the contract calls {sorted(VERBS - called)}"


@pytest.mark.parametrize("module", [one for one in SUITE if one.stem != "kinds"], ids=lambda module: module.stem)
def test_this_suite_speaks_only_through_the_contract(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    inside = [name for name in _imported(tree) if name.startswith(("sqlite", "watcher.store")) and not _is_shared(name)]
    private = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr)]
    assert not inside, f"{module.name} imports {', '.join(inside)}"
    assert not private, f"{module.name} reaches for {', '.join(private)}"


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _is_shared(name: str) -> bool:
    return name.startswith(("watcher.store.contracts", "watcher.store.values", "watcher.store.shown"))
