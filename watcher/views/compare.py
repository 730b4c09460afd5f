"""Two versions side by side: every field of the record that differs, by its label and path, word by word.

The items of a list are set against each other by what they share, never by their place: order is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import orjson

from watcher.changes.language.words import clipped, label, status_label
from watcher.record import canonical
from watcher.record.enumerations import VALUES
from watcher.views.pairs import Pair, paired
from watcher.views.words import Fate, Piece, shortened, word_differences

MOST_FIELDS = 400
# Characters of a field that are compared; further ones are not shown either.
_MOST_COMPARED = 200_000
_AROUND = 300
_LONGEST = 4_000
_PLACES = re.compile(r"\[\d+\]")
# What an item of a list is called by, the first that it has.
_NAMES = (
    "facility", "measure", "name", "label", "title", "term", "domain", "id", "citation", "url", "filename", "eventType",
    "type",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field that differs: what people call it, which item it is of, where it stands, and both texts in pieces.

    `in_old`, `in_new`: whether the version has the field; it may be empty there.
    """

    label: str
    item: str
    path: str
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]
    in_old: bool
    in_new: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The fields that differ in the order of the record; `more` are not shown."""

    fields: tuple[Field, ...]
    more: int


def comparison(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """What differs between the contents of two versions."""
    leaves = _of_objects(old, new, "", "")
    shown = tuple(_field(*leaf) for leaf in islice(leaves, MOST_FIELDS))
    return Comparison(shown, sum(1 for _ in leaves))


_Leaf = tuple[str, str, Any, Any]
# Stands for a field that a version does not have, which is not the same as null.
_NONE = object()


def _differing(old: Any, new: Any, path: str, item: str) -> Iterator[_Leaf]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_objects(old, new, path, item)
    elif old is not _NONE and new is not _NONE and canonical(old) == canonical(new):
        return
    elif isinstance(old, list) and isinstance(new, list) and _has_objects(old, new):
        yield from _of_lists(old, new, path, item)
    else:
        yield path, item, old, new


def _of_objects(old: Mapping[str, Any], new: Mapping[str, Any], path: str, item: str) -> Iterator[_Leaf]:
    for key in dict.fromkeys((*old, *new)):
        below = f"{path}.{key}" if path else key
        yield from _differing(old.get(key, _NONE), new.get(key, _NONE), below, item)


def _of_lists(old: Sequence[Any], new: Sequence[Any], path: str, item: str) -> Iterator[_Leaf]:
    for pair in paired(old, new):
        place = f"{path}[{pair.place}]"
        name = " › ".join(filter(None, (item, _name(pair))))
        before = _NONE if pair.old is None else pair.old[0]
        after = _NONE if pair.new is None else pair.new[0]
        yield from _differing(before, after, place, name)


def _has_objects(*lists: Sequence[Any]) -> bool:
    """Whether lists hold more than single values: those read better as one text."""
    return any(isinstance(item, dict | list) for values in lists for item in values)


def _name(pair: Pair) -> str:
    held = pair.new or pair.old
    row = held[0] if held else None
    names = (row.get(key) for key in _NAMES) if isinstance(row, dict) else ()
    return clipped(next((name for name in names if isinstance(name, str) and name.strip()), ""), 120)


def _field(path: str, item: str, old: Any, new: Any) -> Field:
    form = _PLACES.sub("[]", path)
    before, after = _text(old, form), _text(new, form)
    pieces = shortened(word_differences(before, after), _AROUND, _LONGEST)
    return Field(
        _label(form),
        item,
        path,
        tuple(piece for piece in pieces if piece.fate is not Fate.COME),
        tuple(piece for piece in pieces if piece.fate is not Fate.GONE),
        old is not _NONE,
        new is not _NONE,
    )


def _text(value: Any, form: str) -> str:
    """A value as people read it: the registry's label of a code, a list line by line, the rest as JSON."""
    if value is _NONE:
        return ""
    if isinstance(value, str):
        return _coded(value, form)[:_MOST_COMPARED]
    if isinstance(value, bool) or value is None:
        return {True: "Yes", False: "No", None: "null"}[value]
    if isinstance(value, list) and not _has_objects(value):
        return "\n".join(_text(item, f"{form}[]") for item in value)[:_MOST_COMPARED]
    if isinstance(value, dict | list):
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()[:_MOST_COMPARED]
    return str(value)


def _coded(value: str, form: str) -> str:
    if value not in VALUES.get(form, ()):
        return value
    return status_label(value) if "tatus" in form.rpartition(".")[2] else label(value)


def _label(form: str) -> str:
    """What the table of kinds calls the field, or the part of the record that it is in; else its own name in words."""
    labels = _labels()
    parts = form.split(".")
    for end in range(len(parts), 1, -1):
        path = ".".join(parts[:end])
        found = labels.get(path) or labels.get(path.removesuffix("[]"))
        if found:
            rest = parts[end:]
            return f"{found}: {_in_words(rest)}" if rest else found
    return _in_words(parts[-1:])


def _in_words(parts: Iterable[str]) -> str:
    said = " ".join(part.removesuffix("[]").removesuffix("Struct") for part in parts)
    return clipped(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", said).lower(), 120)


@cache
def _labels() -> Mapping[str, str]:
    # The table is large: loaded with the first comparison.
    from watcher.changes.table import ROWS

    return {path: row.label for row in ROWS for path in row.paths}
