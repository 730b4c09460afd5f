"""One text for one value, whatever the order of its lists and the spelling of its numbers."""

from __future__ import annotations

import pytest

from watcher.record import canonical


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1, 2, 2], [2, 1, 2]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([{"a": [1, 2]}, {"a": [3]}], [{"a": [3]}, {"a": [2, 1]}]),
        (1, 1.0),
        (0.0, -0.0),
    ],
)
def test_the_same_value_has_one_text(a, b):
    assert canonical(a) == canonical(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (True, 1), (False, 0), (None, "null"), (1, "1"), ([], {}), ([], [[]]), (["a,b"], ["a", "b"]), ([1, 1], [1]),
        ({"a": 1}, {"a": 1, "b": None}), ([[1], [2]], [[1, 2]]), (1.5, 1.25), ('"', '\\"'),
    ],
)  # fmt: skip
def test_different_values_have_different_texts(a, b):
    assert canonical(a) != canonical(b)
