"""A search as the parameters of the registry's API: built from pieces, the same for the same search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.changes.language.words import PHASES, status_label
from watcher.config.essie import any_of, phrase
from watcher.model import Search, Term

STATUS, ADVANCED, GEO = "filter.overallStatus", "filter.advanced", "filter.geo"
# The registry's parameters for texts, with its own labels.
QUERIES = {
    "query.cond": "Condition",
    "query.intr": "Intervention",
    "query.term": "Other terms",
    "query.spons": "Sponsor",
    "query.lead": "Lead sponsor",
    "query.locn": "Location",
    "query.titles": "Title",
    "query.outc": "Outcome measure",
    "query.id": "Study ID",
    "query.patient": "Patient",
}
_JOINED = {STATUS: "|", ADVANCED: " AND "}


@dataclass(frozen=True, slots=True)
class Piece:
    """One condition of a search: a value for a parameter, and what it is called before people."""

    parameter: str
    value: str
    terms: tuple[Term, ...] = ()


def assembled(pieces: Sequence[Piece]) -> Search:
    """The search that meets every piece; the order in which they are given makes no difference to its parameters."""
    found: dict[str, set[str]] = {}
    for piece in pieces:
        found.setdefault(piece.parameter, set()).add(piece.value)
    parameters = ((name, _JOINED.get(name, " AND ").join(sorted(values))) for name, values in sorted(found.items()))
    return Search(tuple(parameters), tuple(dict.fromkeys(term for piece in pieces for term in piece.terms)))


def query(parameter: str, expression: str, texts: Iterable[str]) -> Piece:
    """Texts under the registry's own label."""
    return Piece(parameter, expression, _terms(QUERIES[parameter], texts))


def with_status(codes: Iterable[str]) -> Iterable[Piece]:
    """Any of these statuses."""
    return (Piece(STATUS, code, (Term("Status", status_label(code)),)) for code in codes)


def in_phase(codes: Sequence[str]) -> Piece:
    """Any of these phases."""
    return Piece(ADVANCED, f"AREA[Phase]({any_of(codes)})", _terms("Phase", (PHASES[code] for code in codes)))


def in_country(names: Sequence[str]) -> Piece:
    """A site in any of these countries."""
    asked = any_of(map(phrase, names))
    return Piece(ADVANCED, area("LocationCountry", asked, several=len(names) > 1), _terms("Country", names))


def advanced(expression: str) -> Piece:
    """An expression of the user's own, sent as it was written."""
    return Piece(ADVANCED, f"({expression})", (Term("Advanced", expression),))


def area(name: str, expression: str, *, several: bool = False) -> str:
    """The expression, looked for in one field of the record."""
    return f"AREA[{name}]({expression})" if several else f"AREA[{name}]{expression}"


def _terms(label: str, texts: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(label, text.replace('"', "")) for text in texts)
