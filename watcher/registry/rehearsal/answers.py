"""The answers of the rehearsal registry, in the registry's own words: pure, from captures, a day and a request."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote

from watcher.registry.rehearsal.captures import Captures, Served, UnreadableCapture
from watcher.registry.rehearsal.criteria import EVERYTHING, holds
from watcher.registry.rehearsal.pieces import Refused
from watcher.registry.rehearsal.query import Search, check_bare, search_in, study_in, token_for
from watcher.registry.rehearsal.searched import Fields

API_VERSION = "2.0.5"
BASE = "/api/v2"
TEXT = "text/plain; charset=UTF-8"
NOT_A_STUDY = frozenset({"", "metadata", "search-areas", "enums"})

_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def answer(captures: Captures, day: date, target: str) -> Answer:
    """The answer to GET `target` (path and query) on `day`."""
    path, _, query = target.partition("?")
    try:
        return _routed(captures, day, path, query)
    except Refused as refused:
        return text(400, str(refused))
    except UnreadableCapture as broken:
        return text(500, str(broken))


def json(body: bytes) -> Answer:
    """200 with this JSON."""
    return Answer(200, body, "application/json")


def text(status: int, said: str, *headers: tuple[str, str]) -> Answer:
    """Plain text, as all errors of the registry are."""
    return Answer(status, said.encode(errors="replace"), TEXT, headers)


def no_such_page() -> Answer:
    """404 of the server in front of the registry, which says nothing about any study."""
    return Answer(404, _PAGE.format("404 Not Found").encode(), "text/html")


def _routed(captures: Captures, day: date, path: str, query: str) -> Answer:
    parent, _, last = path.rpartition("/")
    if path == f"{BASE}/version":
        check_bare(query)
        return _version(day)
    if path == f"{BASE}/studies":
        return _page(captures, day, search_in(query))
    if parent == f"{BASE}/studies" and last not in NOT_A_STUDY:
        return _study(captures, captures.served(day), unquote(last), query)
    return no_such_page()


def _version(day: date) -> Answer:
    # Laid out as the registry lays it out: the one JSON answer of its that is not compact.
    said = f'{{\n  "apiVersion" : "{API_VERSION}",\n  "dataTimestamp" : "{day.isoformat()}T09:00:00"\n}}'
    return json(said.encode())


# --- one study ------------------------------------------------------------------


def _study(captures: Captures, served: Served, said: str, query: str) -> Answer:
    nct_id = study_in(said, query)
    canonical = served.resolve(nct_id)
    if canonical != nct_id:
        return Answer(301, headers=(("Location", f"{BASE}/studies/{canonical}"),))
    if nct_id not in served.paths:
        return text(404, f"NCT number {nct_id} not found")
    return json(captures.body(served.paths[nct_id]))


# --- pages of studies -----------------------------------------------------------


def _page(captures: Captures, day: date, search: Search) -> Answer:
    served = captures.served(day)

    def fields(nct_id: str) -> Fields:
        return captures.facts(served.paths[nct_id]).fields

    matching = captures.matching(day, search.criterion) if search.ids is None else _among(served, search, fields)
    # The registry promises no order, so this one follows nothing a client could lean on.
    found = sorted(matching, key=lambda nct_id: (zlib.crc32(nct_id.encode()), nct_id))
    return _page_of(_sorted(found, search.sort, fields), search, lambda nct_id: captures.body(served.paths[nct_id]))


def _among(served: Served, search: Search, fields: Callable[[str], Fields]) -> list[str]:
    asked = {served.resolve(nct_id) for nct_id in search.ids or ()}
    found = [nct_id for nct_id in asked if nct_id in served.paths]
    # Where nothing else is asked, a capture is not read before its page.
    return found if search.criterion == EVERYTHING else [n for n in found if holds(search.criterion, fields(n))]


def _page_of(found: list[str], search: Search, body: Callable[[str], bytes]) -> Answer:
    end = search.start + search.page_size
    bodies = map(body, found[search.start : end])
    total = b'"totalCount":%d,' % len(found) if search.count_total else b""
    following = b',"nextPageToken":"%s"' % token_for(end) if end < len(found) else b""
    return json(b'{%b"studies":[\n%b\n]%b}' % (total, b",\n".join(bodies), following))


def _sorted(found: list[str], sort: Iterable[tuple[str, bool]], fields: Callable[[str], Fields]) -> list[str]:
    """Sorted by the first item, then the second; studies without the field go last in either direction."""
    for field, descending in reversed(tuple(sort)):
        values: dict[str, Any] = {nct_id: next(iter(fields(nct_id).coded.get(field, ())), None) for nct_id in found}
        present = [nct_id for nct_id in found if values[nct_id] is not None]
        absent = [nct_id for nct_id in found if values[nct_id] is None]
        found = sorted(present, key=values.__getitem__, reverse=descending) + absent
    return found
