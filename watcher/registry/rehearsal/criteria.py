"""What a search asks of a record, and whether a record has it: frozen values, and one question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from watcher.registry.rehearsal.pieces import Kind, Piece
from watcher.registry.rehearsal.searched import Fields, Value, Values, lines_of


@dataclass(frozen=True, slots=True)
class Everything:
    """Every record."""


@dataclass(frozen=True, slots=True)
class Words:
    """`line` stands in one of the pieces: words between blanks, and between line ends where a whole value is meant."""

    pieces: tuple[Piece, ...]
    line: str


@dataclass(frozen=True, slots=True)
class Is:
    """A value of the piece is this one; of a date, begins with it: 2022 is every day of 2022."""

    piece: Piece
    value: Value


@dataclass(frozen=True, slots=True)
class Between:
    """A value of the piece lies from `low` through `high`; None: no limit. Dates are written YYYY-MM-DD."""

    piece: Piece
    low: Value | None
    high: Value | None


@dataclass(frozen=True, slots=True)
class Missing:
    """None of the pieces has a value."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Criterion


Criterion = Everything | Words | Is | Between | Missing | AllOf | AnyOf | Not
EVERYTHING = Everything()


def holds(criterion: Criterion, fields: Fields) -> bool:
    """Whether a record has what is asked for."""
    match criterion:
        case AllOf(parts):
            return all(holds(part, fields) for part in parts)
        case AnyOf(parts):
            return any(holds(part, fields) for part in parts)
        case Not(part):
            return not holds(part, fields)
        case Everything():
            return True
        case _:
            return _stands(criterion, fields)


def _stands(criterion: Words | Is | Between | Missing, fields: Fields) -> bool:
    match criterion:
        case Words(pieces, line):
            return any(line in _text(fields, piece) for piece in pieces)
        case Is(piece, value):
            return any(_is(found, value) for found in fields.coded.get(piece.name, ()))
        case Between():
            return any(_between(found, criterion) for found in fields.coded.get(criterion.piece.name, ()))
        case Missing(pieces):
            return not any(_text(fields, piece) for piece in pieces)


def _text(fields: Fields, piece: Piece) -> str:
    if piece.kind is Kind.TEXT:
        return fields.texts().get(piece.name, "")
    return _text_of(fields.coded.get(piece.name, ()))


@cache
def _text_of(values: Values) -> str:
    return lines_of([str(value) for value in values])


def _is(found: Value, value: Value) -> bool:
    if isinstance(found, str) and isinstance(value, str):
        return found == value or found.startswith(f"{value}-")
    return found == value


def _between(found: Value, asked: Between) -> bool:
    if isinstance(found, str):
        # Of a date without a day, its first day; so that no date is in no range at all.
        found = found + "-01-01"[len(found) - 4 :]
    return (asked.low is None or found >= asked.low) and (asked.high is None or found <= asked.high)  # type: ignore[operator]  # values of one piece are of one type
