"""What a request to the rehearsal registry asks for, or the registry's own words for why it cannot be read."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from watcher.record.enumerations import STATUSES
from watcher.registry.rehearsal.captures import canonical_id
from watcher.registry.rehearsal.criteria import EVERYTHING, AllOf, AnyOf, Criterion, Is
from watcher.registry.rehearsal.essie import parsed
from watcher.registry.rehearsal.pieces import PIECES, QUERIES, Kind, Refused

DEFAULT_PAGE, LARGEST_PAGE = 10, 1000
STUDY_PARAMETERS = frozenset({"format", "markupFormat"})
SEARCH_PARAMETERS = STUDY_PARAMETERS | {
    *QUERIES, "filter.ids", "filter.overallStatus", "filter.advanced", "sort", "countTotal", "pageSize", "pageToken",
}  # fmt: skip
UNSERVED = frozenset({
    "query.patient", "filter.geo", "filter.synonyms", "postFilter.overallStatus", "postFilter.geo", "postFilter.ids",
    "postFilter.advanced", "postFilter.synonyms", "aggFilters", "geoDecay", "fields",
})  # fmt: skip

_EXPRESSIONS: Mapping[str, tuple[str, str]] = {**QUERIES, "filter.advanced": ("BasicSearch", "advanced filter")}
_SORT_ITEM = re.compile(r"([a-zA-Z][a-zA-Z0-9\-. ]*|@relevance)(?::(asc|desc))?")
_INT32 = 2**31


@dataclass(frozen=True, slots=True)
class Search:
    """A request for /studies that passed every check: for those of `ids` (None: of all) for which `criterion` holds.

    `sort` pairs a field with whether it descends.
    """

    ids: frozenset[str] | None
    criterion: Criterion
    sort: tuple[tuple[str, bool], ...]
    page_size: int
    start: int
    count_total: bool


def check_bare(query: str) -> None:
    """Refuse any parameter: /version takes none."""
    _parameters(query, served=(), unserved=())


def study_in(said: str, query: str) -> str:
    """The NCT number that a request for /studies/{said} means."""
    nct_id = canonical_id(said)
    if nct_id is None:
        raise Refused("Parameter `nctId` has incorrect format")
    parameters = _parameters(query, served=STUDY_PARAMETERS, unserved=("fields",))
    _check_format(parameters, ("csv", "json", "json.zip", "fhir.json", "ris"))
    return nct_id


def search_in(query: str) -> Search:
    """The search that a request for /studies means."""
    said = _parameters(query, served=SEARCH_PARAMETERS, unserved=UNSERVED)
    _check_format(said, ("csv", "json"))
    ids, criterion = _wanted(said)
    return Search(
        ids=ids,
        criterion=criterion,
        sort=_sort(said.get("sort", "")),
        page_size=_page_size(said.get("pageSize", "0")),
        start=_start(said["pageToken"]) if "pageToken" in said else 0,
        count_total=_one_of(said, "countTotal", ("false", "true")) == "true" and "pageToken" not in said,
    )


def _wanted(said: Mapping[str, str]) -> tuple[frozenset[str] | None, Criterion]:
    ids, criterion = _ids(said["filter.ids"]) if "filter.ids" in said else None, _criterion(said)
    for parameter in QUERIES:
        named = _nct_ids(said.get(parameter, ""))
        if named:
            # The registry then ignores filters, and the other queries.
            return named, EVERYTHING
    return ids, criterion


def _criterion(said: Mapping[str, str]) -> Criterion:
    asked = [(said[name], *place) for name, place in _EXPRESSIONS.items() if name in said]
    parts = [parsed(text, area, where) for text, area, where in asked]
    if "filter.overallStatus" in said:
        parts.insert(0, _statuses(said["filter.overallStatus"]))
    return AllOf(tuple(parts)) if parts else EVERYTHING


def _nct_ids(said: str) -> frozenset[str]:
    """The NCT numbers that `said` lists, separated by commas or blanks; none if it says anything else."""
    numbers = [canonical_id(item) for item in re.split(r"[,\s]+", said.strip())]
    return frozenset(number for number in numbers if number) if all(numbers) else frozenset()


def _parameters(query: str, *, served: Collection[str], unserved: Collection[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in unserved:
            raise Refused(f"The rehearsal registry does not serve parameter `{name}`: captures cannot answer it")
        if name not in served:
            raise Refused(f"`{name}` is unknown parameter")
        if name in said:
            raise Refused(f"The rehearsal registry takes parameter `{name}` once: separate its items by | or ,")
        said[name] = value
    return said


def _check_format(said: Mapping[str, str], formats: tuple[str, ...]) -> None:
    if _one_of(said, "format", formats, "json") != "json":
        raise Refused("The rehearsal registry serves format `json` only")
    if _one_of(said, "markupFormat", ("markdown", "legacy")) != "markdown":
        raise Refused("The rehearsal registry serves markupFormat `markdown` only: captures are kept in it")


def _one_of(said: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str = "") -> str:
    value = said.get(name, default or allowed[0])
    if value not in allowed:
        raise Refused(f"Invalid value in parameter `{name}`: `{value}`")
    return value


def _items(said: str) -> list[str]:
    return re.split(r"[|,]", said)


def _ids(said: str) -> frozenset[str]:
    return frozenset(_id(number, item) for number, item in enumerate(_items(said), start=1))


def _id(number: int, item: str) -> str:
    nct_id = canonical_id(item)
    if nct_id is None:
        raise Refused(f"Item {number} in parameter `filter.ids` has incorrect format")
    return nct_id


def _statuses(said: str) -> Criterion:
    asked = _items(said)
    for status in asked:
        if status not in STATUSES:
            raise Refused(f"Invalid value in parameter `overallStatus`: `{status}`")
    return AnyOf(tuple(Is(PIECES["OverallStatus"], status) for status in asked))


def _sort(said: str) -> tuple[tuple[str, bool], ...]:
    items = _items(said) if said else []
    if len(items) > 2:
        raise Refused("Parameter `sort` has more than 2 items")
    found = [_sort_item(number, item) for number, item in enumerate(items, start=1)]
    # Captures cannot say which of two studies is more relevant to a query.
    return tuple((field, descending) for field, descending in found if field != "@relevance")


def _sort_item(number: int, item: str) -> tuple[str, bool]:
    """The field, and whether it descends: dates do unless told otherwise, numbers do not."""
    found = _SORT_ITEM.fullmatch(item)
    if found is None:
        raise Refused(f"Item {number} in parameter `sort` has incorrect format")
    field, direction = found[1], found[2]
    kind = PIECES[field].kind if field in PIECES else None
    if field != "@relevance" and kind not in (Kind.DATE, Kind.NUMBER):
        raise Refused("Unsupported sort field type: text")
    return field, direction == "desc" or (direction is None and kind is Kind.DATE)


def _page_size(said: str) -> int:
    if not (said.isascii() and said.isdigit()) or len(said) > 10 or int(said) >= _INT32:
        raise Refused("Parameter `pageSize` has incorrect format")
    return min(int(said), LARGEST_PAGE) or DEFAULT_PAGE


def token_for(start: int) -> bytes:
    """An opaque cursor. It is bound to no query, as the registry's is not."""
    place = start.to_bytes(5, "big")
    return base64.urlsafe_b64encode(zlib.crc32(place).to_bytes(4, "big") + place)


def _start(token: str) -> int:
    try:
        place = base64.b64decode(token, altchars=b"-_", validate=True)[4:]
    except ValueError as reason:
        raise Refused("Parameter `pageToken` has incorrect format") from reason
    start = int.from_bytes(place, "big")
    if len(place) != 5 or token_for(start) != token.encode():
        raise Refused("Parameter `pageToken` has incorrect format")
    return start
