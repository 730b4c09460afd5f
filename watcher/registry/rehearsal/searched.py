"""What a search looks at in a record: its coded values, and its words.

Pure. A record of any shape is read: what is not as it should be is as if it were not there.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from watcher.registry.rehearsal.pieces import PIECES, Kind, Piece

Value = str | int | float
Values = tuple[Value, ...]

_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_AGE = re.compile(r"([0-9]{1,6})\s*(year|month|week|day|hour|minute)s?", re.IGNORECASE)
_HOURS = {"year": 24 * 365.25, "month": 24 * 365.25 / 12, "week": 24 * 7, "day": 24, "hour": 1, "minute": 1 / 60}
_ACCENTS = re.compile("[\u0300-\u036f]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")

_STEPS = tuple((piece, tuple(piece.path.split("."))) for piece in PIECES.values())
_CODED_PIECES = tuple((piece, path) for piece, path in _STEPS if piece.kind is not Kind.TEXT)
# A code is a word, too, in a search area that has it.
_WORDED_PIECES = tuple((piece, path) for piece, path in _STEPS if piece.kind in (Kind.TEXT, Kind.CODE))


@dataclass(frozen=True, slots=True)
class Fields:
    """A record as searches see it. `texts` is asked for only where a search looks for words."""

    coded: Mapping[str, Values]
    texts: Callable[[], Mapping[str, str]]


def coded_in(record: Any) -> dict[str, Values]:
    """The dates, numbers, ages and codes of a record, by piece; a piece without a value is absent."""
    found = ((piece.name, _coded(piece, record, path)) for piece, path in _CODED_PIECES)
    return {name: _shared(values) for name, values in found if values}


def texts_in(record: Any) -> dict[str, str]:
    """The words of a record by piece, as `lines_of` writes them; a piece without a value is absent."""
    found = ((piece.name, _texts_at(record, path)) for piece, path in _WORDED_PIECES)
    # Captures of one study have most of their texts in common.
    return {name: sys.intern(lines_of(values)) for name, values in found if values}


def words_of(text: str) -> str:
    """The words of a text, without case, accents and punctuation, single blanks between them.

    Unlike `record.text.folded`, which is for names, this keeps to what is quick on whole descriptions.
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain).casefold())
    return _BETWEEN_WORDS.sub(" ", plain).strip()


def line_of(text: str) -> str:
    """The words of one value between blanks, so that a whole word is found with its blanks around it."""
    return f" {words_of(text)} "


def lines_of(values: Iterable[str]) -> str:
    """The words of several values: each stands between line ends, so that no phrase runs from one into the next."""
    lines = "".join(f"{line_of(value)}\n" for value in values)
    return f"\n{lines}" if lines else ""


def hours_of(said: str) -> float | None:
    """An age such as "18 Years" in hours; None if it is none."""
    found = _AGE.fullmatch(said.strip())
    return int(found[1]) * _HOURS[found[2].lower()] if found else None


def is_date(said: str) -> bool:
    """Whether this is YYYY, YYYY-MM or YYYY-MM-DD."""
    return _DATE.fullmatch(said) is not None


def _texts_at(record: Any, path: tuple[str, ...]) -> dict[str, None]:
    return dict.fromkeys(value for value in _values_at(record, path, 0) if isinstance(value, str) and value)


def _coded(piece: Piece, record: Any, path: tuple[str, ...]) -> Values:
    read = (_coded_value(piece.kind, value) for value in _values_at(record, path, 0))
    return tuple(sorted({value for value in read if value is not None}, key=str))


def _coded_value(kind: Kind, value: Any) -> Value | None:
    if isinstance(value, bool):
        return ("false", "true")[value] if kind is Kind.CODE else None
    if kind is Kind.NUMBER:
        return value if isinstance(value, int | float) else None
    if not isinstance(value, str):
        return None
    return hours_of(value) if kind is Kind.AGE else value


def _values_at(found: Any, path: tuple[str, ...], depth: int) -> Iterator[Any]:
    """Every value that `path` leads to from its step `depth` on, through lists of objects and of values."""
    if isinstance(found, list):
        for item in found:
            if not isinstance(item, list):
                yield from _values_at(item, path, depth)
    elif depth == len(path):
        if isinstance(found, str | int | float):
            yield found
    elif isinstance(found, dict) and path[depth] in found:
        yield from _values_at(found[path[depth]], path, depth + 1)


@cache
def _shared(values: Values) -> Values:
    """One object for equal values: thousands of captures have the same few."""
    return values
