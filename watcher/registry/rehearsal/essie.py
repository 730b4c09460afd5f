"""A small reading of Essie, the registry's language of search expressions: text in, criteria out. Pure.

From the loosest to the tightest: OR, AND (also where nothing stands between two terms), NOT and what gives a term its
context, terms. Words of a term all have to occur; words in quotation marks, one after the other. Operators are
upper-case; a backslash makes an operator, or any character, part of a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from watcher.registry.rehearsal.criteria import EVERYTHING, AllOf, AnyOf, Between, Criterion, Is, Missing, Not, Words
from watcher.registry.rehearsal.pieces import AREAS, Kind, Piece, Refused
from watcher.registry.rehearsal.searched import Value, hours_of, is_date, words_of

DEEPEST, MOST_WORDS = 50, 300
LONGEST_TERM = 13
"""Words of one term without quotation marks: past about as many, the registry finds a query too complicated."""
OPERATORS = frozenset({
    "AND", "OR", "NOT", "AREA", "RANGE", "MISSING", "ALL", "COVERAGE", "EXPANSION", "SEARCH", "TILT", "DISTANCE",
})  # fmt: skip
UNSERVED_OPERATORS = frozenset({"SEARCH", "TILT", "DISTANCE"})
EXPANSIONS = frozenset({"None", "Term", "Concept", "Relaxation", "Lossy"})

# How the line that is looked for begins and ends: "\n" is where a value begins or ends.
_COVERAGES = {"Contains": (" ", " "), "FullMatch": ("\n ", " \n"), "StartsWith": ("\n ", " "), "EndsWith": (" ", " \n")}
_NOTHING = AnyOf(())
_TOKEN = re.compile(
    r"""\s*+(?:(?P<end>\Z)|(?P<mark>[()])|"(?P<quoted>(?:[^"\\]|\\.)*+)"|\[(?P<bracket>[^\[\]]*+)\]"""
    r"""|(?P<word>(?:[^\s()\[\]"\\]|\\.)++))""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_TOO_COMPLICATED = "Too complicated query"


class _Unreadable(Exception):
    """Why an expression cannot be read."""


@dataclass(frozen=True, slots=True)
class _Token:
    """`kind` is "word", "quoted", "bracket", "mark", "operator" or "end"; `text` is without escapes."""

    kind: str
    text: str


_END = _Token("end", "<EOF>")


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a term is looked for, and how much of a value it has to cover."""

    pieces: tuple[Piece, ...]
    coverage: tuple[str, str] = _COVERAGES["Contains"]

    @property
    def coded(self) -> Piece | None:
        """The one piece of this scope whose values are no text, if that is what it is."""
        return self.pieces[0] if len(self.pieces) == 1 and self.pieces[0].kind is not Kind.TEXT else None


def parsed(text: str, area: str, where: str) -> Criterion:
    """What `text` asks for when it is said of `area`; `where` begins the complaint of `Refused`. Blank: everything."""
    if not text.strip():
        return EVERYTHING
    try:
        return _Reader(list(_tokens(text))).whole(_Scope(AREAS[area]))
    except _Unreadable as reason:
        raise Refused(f"Error parsing query in {where}: {reason}") from None


def _tokens(text: str) -> Iterator[_Token]:
    at, token = 0, None
    while token != _END:
        found = _TOKEN.match(text, at)
        if found is None:
            raise _Unreadable(f"token recognition error at: '{text[at:].strip()[:20]}'")
        yield (token := _token(found))
        at = found.end()


def _token(found: re.Match[str]) -> _Token:
    kind = str(found.lastgroup)
    said = found[kind]
    if kind == "end":
        return _END
    if kind == "word" and said in OPERATORS:
        return _Token("operator", said)
    return _Token(kind, said if kind == "bracket" else _ESCAPED.sub(r"\1", said))


class _Reader:
    """Reads tokens from the left, looking one ahead."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = self._depth = self._words = 0

    def whole(self, scope: _Scope) -> Criterion:
        """The expression that the tokens are, all of them."""
        found = self._any_of(scope)
        if self._next != _END:
            raise _Unreadable(f"mismatched input '{_shown(self._next)}' expecting <EOF>")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += token != _END
        return token

    def _took(self, operator: str) -> bool:
        if self._next != _Token("operator", operator):
            return False
        self._take()
        return True

    def _any_of(self, scope: _Scope) -> Criterion:
        parts = [self._all_of(scope)]
        while self._took("OR"):
            parts.append(self._all_of(scope))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all_of(self, scope: _Scope) -> Criterion:
        parts = [self._one(scope)]
        while self._took("AND") or self._next not in (_Token("operator", "OR"), _Token("mark", ")"), _END):
            parts.append(self._one(scope))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self, scope: _Scope) -> Criterion:
        token = self._take()
        if token.kind == "word":
            return _term(self._run(token.text), scope)
        self._count(1)
        if token == _Token("mark", "("):
            return self._group(scope)
        if token.kind == "operator" and token.text not in ("AND", "OR"):
            return self._operator(token.text, scope)
        if token.kind == "quoted":
            return _phrase(token.text, scope)
        raise _Unreadable(f"no viable alternative at input '{_shown(token)}'")

    def _run(self, first: str) -> list[str]:
        words = [first]
        while self._next.kind == "word":
            words.append(self._take().text)
        self._count(len(words) if len(words) <= LONGEST_TERM else MOST_WORDS + 1)
        return words

    def _count(self, words: int) -> None:
        self._words += words
        if self._words > MOST_WORDS:
            raise _Unreadable(_TOO_COMPLICATED)

    def _group(self, scope: _Scope) -> Criterion:
        found = self._deeper(self._any_of, scope)
        if self._take() != _Token("mark", ")"):
            raise _Unreadable("missing ')' at '<EOF>'")
        return found

    def _deeper(self, read: Callable[[_Scope], Criterion], scope: _Scope) -> Criterion:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _Unreadable(_TOO_COMPLICATED)
        found = read(scope)
        self._depth -= 1
        return found

    def _operator(self, name: str, scope: _Scope) -> Criterion:
        match name:
            case "NOT":
                return Not(self._deeper(self._one, scope))
            case "ALL":
                return EVERYTHING
            case "MISSING":
                return Missing(scope.pieces)
            case "RANGE":
                return _range(self._bracket(name), scope)
            case _:
                narrowed = _narrowed(name, self._bracket(name), scope)
                return self._deeper(self._one, narrowed)

    def _bracket(self, operator: str) -> str:
        token = self._take()
        if token.kind != "bracket":
            raise _Unreadable(f"mismatched input '{_shown(token)}' expecting '[' after {operator}")
        return token.text.strip()


def _shown(token: _Token) -> str:
    return "[" if token.kind == "bracket" else token.text


def _narrowed(operator: str, said: str, scope: _Scope) -> _Scope:
    if operator in UNSERVED_OPERATORS:
        raise _Unreadable(f"the rehearsal registry does not serve the operator {operator}")
    if operator == "AREA":
        if said not in AREAS:
            raise _Unreadable(f"Unknown area name: '{said}'")
        return replace(scope, pieces=AREAS[said])
    if operator == "COVERAGE" and said in _COVERAGES:
        return replace(scope, coverage=_COVERAGES[said])
    if operator == "EXPANSION" and said in EXPANSIONS:
        return scope  # captures know no synonyms
    raise _Unreadable(f"mismatched input '{said}' in {operator}")


# --- terms ----------------------------------------------------------------------


def _term(words: list[str], scope: _Scope) -> Criterion:
    """Every word, wherever in the scope it stands; what is said of whole values is one phrase."""
    if scope.coded or scope.coverage != _COVERAGES["Contains"]:
        return _phrase(" ".join(words), scope)
    # IL-2 is two words that belong together.
    parts = tuple(_phrase(word, scope) for word in words if words_of(word))
    return AllOf(parts) if parts else _NOTHING


def _phrase(said: str, scope: _Scope) -> Criterion:
    if scope.coded:
        return Is(scope.coded, _value(scope.coded, said.strip()))
    words, (before, after) = words_of(said), scope.coverage
    return Words(scope.pieces, f"{before}{words}{after}") if words else _NOTHING


def _range(said: str, scope: _Scope) -> Criterion:
    piece = scope.coded
    if piece is None or piece.kind is Kind.CODE:
        raise _Unreadable("RANGE is for dates and numbers: say AREA[...] of one before it")
    low, comma, high = (part.strip() for part in said.partition(","))
    if not comma:
        raise _Unreadable(f"mismatched input ']' expecting ',' in RANGE[{said}]")
    return Between(
        piece,
        None if low == "MIN" else _limit(piece, low, "-01-01"),
        None if high == "MAX" else _limit(piece, high, "-12-31"),
    )


def _limit(piece: Piece, said: str, rest: str) -> Value:
    """A limit of a range; a date that is not told to the day, with the rest of its first or last day."""
    value = _value(piece, said)
    return value + rest[len(value) - 4 :] if isinstance(value, str) else value


def _value(piece: Piece, said: str) -> Value:
    found: Value | None = {Kind.CODE: _code, Kind.AGE: _age, Kind.DATE: _date, Kind.NUMBER: _number}[piece.kind](
        piece, said
    )
    if found is None:
        raise _Unreadable(f"Invalid value of field `{piece.path}`: '{said}'")
    return found


def _code(piece: Piece, said: str) -> str:
    """The code that is meant, also where its label is said: "Not yet recruiting", "Phase 2"."""
    spelled = words_of(said).replace(" ", "")
    for code in piece.codes:
        if words_of(code).replace(" ", "") == spelled:
            return code
    allowed = ", ".join(f"`{code}`" for code in piece.codes)
    raise _Unreadable(f"Allowed values for enum field `{piece.path}` are {allowed}")


def _age(_: Piece, said: str) -> float | None:
    return hours_of(said)


def _date(_: Piece, said: str) -> str | None:
    return said if is_date(said) else None


def _number(_: Piece, said: str) -> float | None:
    return float(said) if _NUMBER.fullmatch(said) else None
