"""A search as an address copied from the browser: the registry's page, or its API.

What only pages, sorts or shows is passed over. What filters and is not understood is a mistake: without it the search
would be wider than the one that was copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from watcher.config import aggregates
from watcher.config.asked import LONGEST_EXPRESSION, UNDER_STUDIES, balanced, refuse_numbers_alone, status
from watcher.config.essie import phrase
from watcher.config.mistakes import quoted
from watcher.config.parameters import ADVANCED, GEO, QUERIES, Piece, advanced, area, in_country, query, with_status
from watcher.config.texts import plain_text
from watcher.model import Term
from watcher.record import PartialDate

_HOSTS = ("clinicaltrials.gov", "www.clinicaltrials.gov")
_PAGES = ("/search", "/expert-search")
_API = "/api/v2/studies"
_LONGEST = 8000
_FORM = "expected an address of a search, such as https://clinicaltrials.gov/search?cond=Asthma"

# How the registry's page calls the texts of a search.
_TEXTS = {name.removeprefix("query."): name for name in QUERIES if name != "query.locn"}
_DATES = {
    "start": ("StartDate", "Study start"),
    "primComp": ("PrimaryCompletionDate", "Primary completion"),
    "studyComp": ("CompletionDate", "Study completion"),
    "firstPost": ("StudyFirstPostDate", "First posted"),
    "resFirstPost": ("ResultsFirstPostDate", "Results first posted"),
    "lastUpdPost": ("LastUpdatePostDate", "Last update posted"),
}
_PLACES = {
    "country": ("LocationCountry", "Country"),
    "state": ("LocationState", "State"),
    "city": ("LocationCity", "City"),
}
_ABOUT_PLACES = frozenset(("lat", "lng", "distance", "locStr", *_PLACES))
# They page, sort and show.
_IDLE = frozenset(
    ("page", "limit", "offset", "sort", "viewType", "rank", "tab", "focus", "checkSpell", "format", "markupFormat",
     "fields", "countTotal", "pageSize", "pageToken", "geoDecay")
)  # fmt: skip

_DAY = r"[0-9]{4}(?:-[0-9]{2}){0,2}"
_SPAN = re.compile(rf"({_DAY})?_({_DAY})?")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?")
_DISTANCE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(km|mi)?")
_GEO = re.compile(r"distance\(-?[0-9]+(\.[0-9]+)?,-?[0-9]+(\.[0-9]+)?,[0-9]+(\.[0-9]+)?(km|mi)?\)")
_USUAL_MILES = "50"


def pieces_at(address: str) -> tuple[Piece, ...]:
    """What the address asks for; ValueError names what makes it none, or is not understood in it."""
    asked = _asked(address)
    found = [*_of_places({name: text for name, text in asked.items() if name in _ABOUT_PLACES})]
    for name, text in asked.items():
        if name not in _ABOUT_PLACES | _IDLE:
            found += _pieces(name, text)
    strange = [piece for piece in found if isinstance(piece, str)]
    if strange:
        raise ValueError(
            f"not understood: {', '.join(map(quoted, strange))}; without it the search would be wider: take it out of "
            "the address, or write the search as a table"
        )
    return tuple(piece for piece in found if isinstance(piece, Piece))


def _asked(address: str) -> dict[str, str]:
    """The parameters of the address, those without a value left out."""
    try:
        parts = urlsplit(address.strip())
        host, fields = parts.hostname, parse_qsl(parts.query, max_num_fields=100)
    except ValueError:
        raise ValueError(_FORM) from None
    if parts.scheme not in ("http", "https") or not host or len(address) > _LONGEST:
        raise ValueError(_FORM)
    if host not in _HOSTS or "@" in parts.netloc:
        raise ValueError(f"{_FORM}; the host must be clinicaltrials.gov")
    if parts.path.rstrip("/") not in (*_PAGES, _API):
        one = "; one study goes under studies, by its NCT number" if parts.path.startswith("/study/") else ""
        raise ValueError(f"{_FORM}{one}")
    # The older name of the same thing (API 2.0).
    asked = [
        (name.replace("postFilter.", "filter.", 1), plain_text(" ".join(text.split()), LONGEST_EXPRESSION))
        for name, text in fields
    ]
    # The page's word and the API's own are one parameter.
    means = [_TEXTS.get(name, name) for name, _ in asked]
    twice = sorted({name for name, _ in asked if means.count(_TEXTS.get(name, name)) > 1})
    if twice:
        raise ValueError(f"asked for twice in the address: {', '.join(twice)}; keep one")
    return {name: text for name, text in asked if text}


def _pieces(name: str, text: str) -> Iterator[Piece | str]:
    """What one parameter asks for."""
    if parameter := _TEXTS.get(name) or (name if name in QUERIES else ""):
        yield query(parameter, refuse_numbers_alone(balanced(text)), [text])
    elif name in _DATES:
        yield _dated(name, text)
    elif name == "locn":
        yield Piece(ADVANCED, area("LocationFacility", balanced(text), several=True), (Term("Facility", text),))
    elif name == "aggFilters":
        yield from aggregates.pieces_of(text)
    else:
        yield from _filtered(name, text)


def _filtered(name: str, text: str) -> Iterator[Piece | str]:
    """What a filter of the API asks for."""
    match name:
        case "filter.overallStatus":
            yield from with_status(status(code) for code in re.split(r"[|,]", text))
        case "filter.advanced":
            yield advanced(balanced(text))
        case "filter.geo" if _GEO.fullmatch(text):
            yield Piece(GEO, text, (Term("Distance", text),))
        case "filter.ids":
            raise ValueError(UNDER_STUDIES)
        case _:
            yield f"{name}={text}"


def _dated(name: str, text: str) -> Piece | str:
    """A range of days: 2024-01-01_2024-12-31, open on either side."""
    span = _SPAN.fullmatch(text)
    if span is None or not _is_span(*span.groups()):
        return f"{name}={text}"
    field, label = _DATES[name]
    first, last = span.groups()
    shown = " ".join(filter(None, (first and f"from {first}", last and f"to {last}")))
    return Piece(ADVANCED, area(field, f"RANGE[{first or 'MIN'},{last or 'MAX'}]"), (Term(label, shown),))


def _is_span(first: str | None, last: str | None) -> bool:
    """Whether these are days of the calendar, one of them at least, and the first is not after the last."""
    begins, ends = PartialDate.parse(first), PartialDate.parse(last)
    if (first and begins is None) or (last and ends is None):
        return False
    return bool(begins or ends) and (begins is None or ends is None or begins.first <= ends.last)


def _of_places(asked: Mapping[str, str]) -> Iterator[Piece | str]:
    """A circle where the page has found a point, else the place by its names.

    `distance` stands in the page's addresses also where there is nothing to be near to.
    """
    named = {name: asked[name] for name in _PLACES if name in asked}
    if "lat" in asked or "lng" in asked:
        yield _near(asked)
    elif list(named) == ["country"]:
        yield in_country([named["country"]])
    elif named:
        parts = " AND ".join(area(_PLACES[name][0], phrase(text)) for name, text in named.items())
        terms = tuple(Term(_PLACES[name][1], text) for name, text in named.items())
        yield Piece(ADVANCED, f"SEARCH[Location]({parts})", terms)
    elif "locStr" in asked:
        yield query("query.locn", balanced(asked["locStr"]), [asked["locStr"]])


def _near(asked: Mapping[str, str]) -> Piece | str:
    point = tuple(asked.get(name, "") for name in ("lat", "lng"))
    distance = _DISTANCE.fullmatch(asked.get("distance", _USUAL_MILES))
    if distance is None or not all(map(_DEGREES.fullmatch, point)) or not _is_on_earth(*map(float, point)):
        return "lat, lng and distance"
    reach = f"{distance[1]}{distance[2] or 'mi'}"
    around = asked.get("locStr") or ", ".join(point)
    return Piece(GEO, f"distance({','.join(point)},{reach})", (Term("Distance", f"{reach} of {around}"),))


def _is_on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180
