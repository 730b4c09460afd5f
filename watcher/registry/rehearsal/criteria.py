"""What a search asks of a record, and whether a record has it: frozen values, and one question."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.registry.rehearsal.pieces import Kind, Piece
from watcher.registry.rehearsal.searched import Fields, Value


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
            texts = fields.texts()
            return any(line in texts.get(piece.name, "") for piece in pieces)
        case Is(piece, value):
            return any(_is(found, value) for found in fields.coded.get(piece.name, ()))
        case Between():
            return any(_between(found, criterion) for found in fields.coded.get(criterion.piece.name, ()))
        case Missing(pieces):
            return not any(_has(fields, piece) for piece in pieces)


def _has(fields: Fields, piece: Piece) -> bool:
    # Texts are the last to be asked for: most searches by date never read them.
    return piece.name in fields.coded or (piece.kind is Kind.TEXT and piece.name in fields.texts())


def _is(found: Value, value: Value) -> bool:
    if isinstance(found, str) and isinstance(value, str):
        return found == value or found.startswith(f"{value}-")
    return found == value


def _between(found: Value, asked: Between) -> bool:
    if isinstance(found, str):
        # Of a date without a day, its first day; so that no date is in no range at all.
        found = found + "-01-01"[len(found) - 4 :]
    return (asked.low is None or found >= asked.low) and (asked.high is None or found <= asked.high)  # type: ignore[operator]  # values of one piece are of one type
