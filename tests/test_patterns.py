"""Regular expressions: none of ours repeats without end what repeats without end, which takes for ever on odd text."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import watcher

REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
# Only ever matched from a place on, with nothing behind it that could fail.
UNANCHORED = frozenset({"watcher.config.lines._BLANK"})


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every compiled pattern of the package by its name."""
    names = [each.name for each in pkgutil.walk_packages(watcher.__path__, "watcher.")]
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def endless(pattern: str | bytes, flags: int = 0) -> bool:
    """Whether a repeat without end holds one that may stand alone in it."""
    return any(_nested(parser.parse(pattern, flags)))


def _nested(sequence: Iterable[Any]) -> Iterator[bool]:
    for item in sequence:
        if item[0] in REPEATS and item[1][1] == sre.MAXREPEAT:
            yield any(_stands_alone(list(branch)) for branch in _branches(list(item[1][2])))
        for inner in _inside(item):
            yield from _nested(inner)


def _branches(inner: list[Any]) -> list[Any]:
    if len(inner) == 1 and inner[0][0] is sre.SUBPATTERN:
        return _branches(list(inner[0][1][3]))
    return list(inner[0][1][1]) if len(inner) == 1 and inner[0][0] is sre.BRANCH else [inner]


def _stands_alone(branch: list[Any]) -> bool:
    return any(
        _unbounded(item) and all(_may_be_empty(other) for other in branch if other is not item) for item in branch
    )


def _inside(item: Any) -> list[Any]:
    code, value = item
    if code in REPEATS:
        return [value[2]]
    if code is sre.SUBPATTERN:
        return [value[3]]
    if code is sre.BRANCH:
        return list(value[1])
    return [value[1]] if code in (sre.ASSERT, sre.ASSERT_NOT) else []


def _unbounded(item: Any) -> bool:
    own = item[0] in REPEATS and item[1][1] == sre.MAXREPEAT
    return own or any(_unbounded(each) for inner in _inside(item) for each in inner)


def _may_be_empty(item: Any) -> bool:
    code, value = item
    if code in REPEATS and value[0] == 0:
        return True
    inner = [all(map(_may_be_empty, each)) for each in _inside(item)]
    return code in (sre.AT, sre.ASSERT, sre.ASSERT_NOT) or (
        any(inner) if code is sre.BRANCH else bool(inner) and all(inner)
    )


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise asks for it
def test_no_pattern_repeats_without_end_what_repeats_without_end() -> None:
    found = [name for name, pattern in patterns().items() if endless(pattern.pattern, pattern.flags)]
    assert set(found) == UNANCHORED
    assert len(patterns()) > 100


@pytest.mark.parametrize(
    ("pattern", "is_endless"),
    [
        (r"(a+)+$", True),
        (r"\b[A-Z]{2,}(?:-?[A-Z0-9]+)*\b", True),
        (r"(?:a*|b)*c", True),
        (r"\b[A-Z]{2}[A-Z0-9]*(?:-[A-Z0-9]+)*\b", False),
        (r"(?:a+ )*b", False),
        (r"a{1,3}(?:bc)*", False),
    ],
)
def test_what_takes_for_ever_is_known_by_its_shape(pattern: str, is_endless: bool) -> None:
    assert endless(pattern) is is_endless
