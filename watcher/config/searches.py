"""From a watch's `search`, a table or an address, to the search that the registry is asked."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.config.address import pieces_at
from watcher.config.asked import MANY_WORDS
from watcher.config.essie import any_of, literal
from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report
from watcher.config.parameters import QUERIES, Piece, advanced, assembled, in_country, in_phase, query, with_status
from watcher.config.schema import SearchTable
from watcher.errors import UsageError
from watcher.model import Search

EMPTY = "asks for nothing; for the whole registry write everything = true in its place"
# The keys that hold texts, and the registry's parameters for them.
_TEXTS = {
    "condition": "query.cond",
    "intervention": "query.intr",
    "term": "query.term",
    "sponsor": "query.spons",
    "location": "query.locn",
}


def search_of(table: SearchTable, where: KeyPath, report: Report) -> Search | None:
    """The search, as far as it can be understood; None where it asks for nothing."""
    try:
        pieces = _pieces(table)
    except ValueError as wrong:
        report.add(where, str(wrong))
        return None
    if not pieces:
        report.add_unless_told_within(where, EMPTY)
        return None
    search = assembled(pieces)
    _warn_of_length(search, where, report)
    return search


def search_at(address: str) -> Search:
    """The search that an address of the registry's page or API means; UsageError where it cannot be understood."""
    try:
        pieces = pieces_at(address)
    except ValueError as wrong:
        raise UsageError(str(wrong)) from None
    if not pieces:
        raise UsageError("the address asks for nothing, which is the whole registry")
    return assembled(pieces)


def _pieces(table: SearchTable) -> tuple[Piece, ...]:
    if not table.address:
        return tuple(_asked(table))
    if len(table.model_fields_set) > 1:
        raise ValueError("an address is a whole search: write it alone, or the search as a table")
    return pieces_at(table.address)


def _asked(table: SearchTable) -> Iterator[Piece]:
    for key, parameter in _TEXTS.items():
        texts: tuple[str, ...] = getattr(table, key)
        if texts:
            yield query(parameter, any_of(map(literal, texts)), texts)
    yield from with_status(table.status)
    if table.phase:
        yield in_phase(table.phase)
    if table.country:
        yield in_country(table.country)
    if table.advanced:
        yield advanced(table.advanced)


def _warn_of_length(search: Search, where: KeyPath, report: Report) -> None:
    for parameter, text in search.parameters:
        words = sum(word != "OR" for word in text.split())
        if parameter in QUERIES and words > MANY_WORDS:
            label = QUERIES[parameter].lower()
            report.warn(where, f'{label}: {words} words; the registry may refuse so many as "Too complicated query"')
