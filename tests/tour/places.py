"""Where one can go: every address that links lead to, from the navigation on, and which pages there must be."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

# What each page is called here, and the addresses that are such a page; the first that fits.
KINDS = {
    "inbox": r"/",
    "alert": r"/alerts/\d+",
    "watches": r"/watches",
    "board as CSV": r"/watches/.+/board\.csv",
    "board": r"/watches/.+",
    "studies": r"/studies",
    "study": r"/studies/NCT\d{8}",
    "compare": r"/studies/NCT\d{8}/compare",
    "raw version": r"/studies/NCT\d{8}/versions/\d+\.json",
    "deliveries": r"/deliveries",
    "deliveries chosen": r"/deliveries/chosen",
    "delivery": r"/deliveries/\d+",
    "health": r"/health",
    "silences": r"/silences",
    "mass changes": r"/mass",
    "mass change": r"/mass/\w+",
    "what approving would send": r"/mass/\w+/approve",
    "feeds": r"/feeds",
    "Atom feed": r"/feeds/.+/atom\.xml",
    "JSON feed": r"/feeds/.+/feed\.json",
    "calendar": r"/feeds/(.+/)?dates\.ics",
    "API": r"/api",
    "OpenAPI": r"/api/openapi\.json",
    "API object": r"/api/.+",
    "probe": r"/healthz",
    "figures": r"/metrics",
    "style or script": r"/static/.+",
}
# Addresses of one kind that are fetched at most; a sorted or filtered page is a kind by what is asked of it.
MOST_OF_A_KIND = 25
MOST = 600


@dataclass(frozen=True)
class Place:
    """An address and what it answered: `wait` is the time to the first byte, in seconds."""

    path: str
    status: int
    media: str
    body: bytes
    wait: float
    came_from: str

    @property
    def kind(self) -> str:
        """What page this is."""
        return kind_of(self.path)

    @property
    def is_page(self) -> bool:
        """Whether it is for eyes."""
        return self.media == "text/html"


def kind_of(path: str) -> str:
    """What page this is; its path where it is none we know."""
    path = unquote(urlsplit(path).path)
    return next((kind for kind, form in KINDS.items() if re.fullmatch(form, path)), path)


@dataclass
class _Links(HTMLParser):
    """The addresses and the ids in a page."""

    found: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if said.get("id"):
            self.ids.add(str(said["id"]))
        address = said.get("src") if tag in {"img", "script"} else said.get("href")
        if address and tag in {"a", "area", "link", "img", "script"}:
            self.found.append(address)


def fetched(url: str, path: str, came_from: str = "") -> Place:
    """Ask for an address, as a browser that wants a page does."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        began = time.monotonic()
        connection.request("GET", path, headers={"Accept": "text/html,*/*;q=0.8"})
        answer = connection.getresponse()
        wait = time.monotonic() - began
        media = (answer.getheader("Content-Type") or "").partition(";")[0]
        return Place(path, answer.status, media, answer.read(), wait, came_from)
    finally:
        connection.close()


def everywhere(url: str, start: tuple[str, ...] = ("/",)) -> Iterator[Place]:
    """Every address of ours that links lead to, each once; of very many alike, some."""
    waiting = deque((path, "") for path in start)
    seen, kinds = set(start), Counter[str]()
    while waiting and sum(kinds.values()) < MOST:
        path, came_from = waiting.popleft()
        if kinds[form := _form(path)] >= MOST_OF_A_KIND:
            continue
        kinds[form] += 1
        place = fetched(url, path, came_from)
        yield place
        for found in links(url, place):
            if found not in seen:
                seen.add(found)
                waiting.append((found, path))


def _form(path: str) -> str:
    """What an address asks for: the kind of page, and what is asked of it."""
    asked = sorted({name for name, _ in parse_qsl(urlsplit(path).query)})
    return ",".join([kind_of(path), *asked])


def links(url: str, place: Place) -> Iterator[str]:
    """The addresses of ours that a page leads to, without the place within the page."""
    for found in _parsed(place).found:
        there = urlsplit(urljoin(url + place.path, found))
        if f"{there.scheme}://{there.netloc}" == url:
            yield f"{there.path}?{there.query}" if there.query else there.path


def broken_anchors(place: Place) -> list[str]:
    """Links to a place within the page that is not there."""
    page = _parsed(place)
    return [found for found in page.found if found.startswith("#") and len(found) > 1 and found[1:] not in page.ids]


def _parsed(place: Place) -> _Links:
    parser = _Links()
    if place.is_page:
        parser.feed(place.body.decode())
    return parser
