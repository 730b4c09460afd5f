"""What a request to the registry asks for, or the reason for a 400."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from benchmarks.scale.kept import Asked, Within
from benchmarks.scale.made import day_number
from benchmarks.scale.templates import DATES

DEFAULT_PAGE, LARGEST_PAGE = 10, 1000
SERVED = frozenset({
    "format", "markupFormat", "sort", "pageSize", "pageToken", "countTotal", "query.cond", "filter.advanced",
    "filter.ids",
})  # fmt: skip
_BY_POSTING = "StudyFirstPostDate:asc,LastUpdatePostDate:asc"
_NEWEST_FIRST = "LastUpdatePostDate:desc,StudyFirstPostDate:desc"
_FIELDS = {"LastUpdatePostDate": "updated", "StudyFirstPostDate": "first_posted"}
_RANGE = re.compile(r"AREA\[(\w+)\]\s*RANGE\[\s*([\d-]+|MIN)\s*,\s*([\d-]+|MAX)\s*\]")
_ID = re.compile(r"(?i)NCT0*([1-9]\d{0,7})")


class Refused(Exception):
    """400, with this text."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer to /studies."""

    asked: Asked
    start: int
    size: int
    counted: bool


def page_in(query: str) -> Page:
    """The page that a query string asks for."""
    said = dict(parse_qsl(query, keep_blank_values=True))
    for name in said:
        if name not in SERVED:
            raise Refused(f"`{name}` is unknown parameter")
    return Page(
        _asked(said),
        start=_start(said["pageToken"]) if "pageToken" in said else 0,
        size=min(int(said.get("pageSize", "0")), LARGEST_PAGE) or DEFAULT_PAGE,
        counted=said.get("countTotal") == "true" and "pageToken" not in said,
    )


def token_for(start: int) -> str:
    """An opaque cursor, bound to no query, as the registry's is not."""
    return base64.urlsafe_b64encode(start.to_bytes(6, "big")).decode()


def nct_id_in(said: str) -> bytes:
    """The number in any spelling the registry takes."""
    found = _ID.fullmatch(said)
    if found is None:
        raise Refused("Parameter `nctId` has incorrect format")
    return b"NCT" + found[1].zfill(8).encode()


def _asked(said: Mapping[str, str]) -> Asked:
    sort = said.get("sort", _BY_POSTING)
    if sort not in (_BY_POSTING, _NEWEST_FIRST):
        raise Refused(f"This registry does not sort by `{sort}`")
    ids = said.get("filter.ids")
    return Asked(
        ids=None if ids is None else tuple(nct_id_in(each) for each in re.split(r"[|,]", ids)),
        condition=said.get("query.cond", ""),
        within=_ranges(said.get("filter.advanced", "")),
        newest_first=sort == _NEWEST_FIRST,
    )


def _ranges(said: str) -> tuple[Within, ...]:
    found = tuple(_within(*match.groups()) for match in _RANGE.finditer(said))
    if _RANGE.sub("", said).replace("AND", "").strip(" ()"):
        raise Refused(f"This registry does not understand the filter `{said}`")
    return found


def _within(field: str, first: str, last: str) -> Within:
    if field not in _FIELDS:
        raise Refused(f"Error parsing query in advanced filter: Unknown area name: '{field}'")
    return Within(_FIELDS[field], _day(first, 0), _day(last, len(DATES)))


def _day(said: str, otherwise: int) -> int:
    return otherwise if said in ("MIN", "MAX") else day_number(date.fromisoformat(said))


def _start(token: str) -> int:
    with suppress(ValueError):
        start = int.from_bytes(base64.urlsafe_b64decode(token), "big")
        if token_for(start) == token:
            return start
    raise Refused("Parameter `pageToken` has incorrect format")
