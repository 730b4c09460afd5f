"""An invented record in which every field of the registry's description stands, and ways to walk through a record."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

Steps = tuple[str | int, ...]

# What the registry computes, and what follows from other fields: a difference there is not told.
UNTOLD = (
    "versionHolder",
    "modelPredictions",
    "conditionBrowseModule",
    "interventionBrowseModule",
    "armGroupLabels",
    "stdAges",
)


def whole() -> dict[str, Any]:
    """The record, anew each time."""
    return copy.deepcopy(_read())


@cache
def _read() -> dict[str, Any]:
    said: dict[str, Any] = json.loads(Path(__file__).with_name("whole.json").read_text(encoding="utf-8"))
    return said


def steps_of(node: Any, above: Steps = ()) -> Iterator[Steps]:
    """The way to every value of a record, containers included."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (*above, key)
        yield from steps_of(value, (*above, key))


def at(node: Any, steps: Steps) -> Any:
    """The value at the end of the way."""
    for step in steps:
        node = node[step]
    return node


def planted(record: dict[str, Any], steps: Steps, value: Any) -> dict[str, Any]:
    """The record with another value at the end of the way; what lies beside the way is shared, not copied."""
    return _along(record, steps, lambda node, last: node.__setitem__(last, value))


def without(record: dict[str, Any], steps: Steps) -> dict[str, Any]:
    """The record without what stands at the end of the way, likewise."""
    return _along(record, steps, lambda node, last: node.__delitem__(last))


def _along(record: dict[str, Any], steps: Steps, do: Callable[[Any, str | int], None]) -> dict[str, Any]:
    built = copy.copy(record)
    node: Any = built
    for step in steps[:-1]:
        node[step] = copy.copy(node[step])
        node = node[step]
    do(node, steps[-1])
    return built


def is_told(steps: Steps) -> bool:
    """Whether a difference there has to be told."""
    return not any(step in UNTOLD for step in steps)


def shuffled(record: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same record with every list in another order."""
    random = Random(seed)  # noqa: S311 - no secret

    def turned(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: turned(value) for key, value in node.items()}
        return random.sample([turned(item) for item in node], len(node)) if isinstance(node, list) else node

    return {key: turned(value) for key, value in record.items()}
