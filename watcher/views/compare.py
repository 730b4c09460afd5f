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
_MOST_LINES = 2_000
_PLACES = re.compile(r"\[\d+\]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Names of fields that say nothing without the field that they are in.
_VAGUE = frozenset(("type", "id", "name", "value", "class"))
LOCATIONS = "protocolSection.contactsLocationsModule.locations"
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


def comparison(old: Mapping[str, Any], new: Mapping[str, Any], site_ids: Ids | None = None) -> Comparison:
    """What differs between the contents of two versions; `site_ids` are the identifiers of the sites of both."""
    walk = _Walk(site_ids)
    leaves = walk.objects(old, new, "", "")
    shown = tuple(_field(*leaf) for leaf in islice(leaves, MOST_FIELDS))
    return Comparison(shown, sum(1 for _ in leaves))


Ids = tuple[Sequence[str], Sequence[str]]
_Leaf = tuple[str, str, Any, Any]
# Stands for a field that a version does not have, which is not the same as null.
_NONE = object()


class _Walk:
    """Through both records at once, down to what differs: its path, the item that it is of, and both values."""

    def __init__(self, site_ids: Ids | None) -> None:
        self._site_ids = site_ids

    def objects(self, old: Mapping[str, Any], new: Mapping[str, Any], path: str, item: str) -> Iterator[_Leaf]:
        for key in dict.fromkeys((*old, *new)):
            below = f"{path}.{key}" if path else key
            yield from self._values(old.get(key, _NONE), new.get(key, _NONE), below, item)

    def _values(self, old: Any, new: Any, path: str, item: str) -> Iterator[_Leaf]:
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self.objects(old, new, path, item)
        elif old is not _NONE and new is not _NONE and canonical(old) == canonical(new):
            return
        elif isinstance(old, list) and isinstance(new, list) and _has_objects(old, new):
            yield from self._lists(old, new, path, item)
        else:
            yield path, item, old, new

    def _lists(self, old: Sequence[Any], new: Sequence[Any], path: str, item: str) -> Iterator[_Leaf]:
        for pair in paired(old, new, self._ids(old, new, path)):
            name = " › ".join(filter(None, (item, _name(pair))))
            before = _NONE if pair.old is None else pair.old[0]
            after = _NONE if pair.new is None else pair.new[0]
            yield from self._values(before, after, f"{path}[{pair.place}]", name)

    def _ids(self, old: Sequence[Any], new: Sequence[Any], path: str) -> Ids | None:
        """The identifiers of both lists, where they are of sites and fit."""
        fit = self._site_ids and [len(ids) for ids in self._site_ids] == [len(old), len(new)]
        return self._site_ids if fit and path == LOCATIONS else None


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
        return "\n".join(islice(_lines(value, form, ""), _MOST_LINES))[:_MOST_COMPARED]
    return str(value)


def _lines(value: Any, form: str, indent: str) -> Iterator[str]:
    """An object or list as an indented outline."""
    pairs = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for key, held in pairs:
        below, start = (f"{form}[]", "-") if key is None else (f"{form}.{key}", f"{_in_words([key])}:")
        if isinstance(held, dict | list) and held:
            yield f"{indent}{start}"
            yield from _lines(held, below, f"{indent}  ")
        else:
            yield f"{indent}{start} {_text(held, below) if held not in ({}, []) else 'empty'}"


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
            rest = [part for part in parts[end:] if part != "date"]
            return f"{found}: {_in_words(rest)}" if rest else found
    if parts[-1] == "date":
        parts = parts[:-1]
    said = _in_words(parts[-2:] if parts[-1] in _VAGUE else parts[-1:])
    return said[:1].upper() + said[1:]


def _in_words(parts: Iterable[str]) -> str:
    """Names of fields as words: lastUpdatePostDateStruct is "last update post date"."""
    said = " ".join(part.removesuffix("[]").removesuffix("Struct") for part in parts)
    return clipped(_HUMP.sub(" ", said).lower(), 120)


@cache
def _labels() -> Mapping[str, str]:
    # The table is large: loaded with the first comparison.
    from watcher.changes.table import ROWS

    # Of several rows that read a field, the first is its own.
    return {path: row.label for row in reversed(ROWS) for path in row.paths}
