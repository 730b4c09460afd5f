"""Feeds and calendars at their addresses, and the page that lists them all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from watcher.config.mistakes import unknown
from watcher.errors import UsageError
from watcher.model import Watch
from watcher.views.updates import Update
from watcher.web.feeds import atom, calendar, jsonfeed
from watcher.web.feeds.feed import Feed
from watcher.web.feeds.gathering import (
    MOST_IN_CALENDAR,
    dated_members,
    feed,
    label_of,
    marked,
    route_updates,
    study_updates,
    watch_updates,
)
from watcher.web.feeds.places import ATOM, DATES, JSON_FEED, Followed, base_url, titled
from watcher.web.frame import shown
from watcher.web.parameters import watch_named
from watcher.web.render import study_url, watch_url
from watcher.web.visit import Show, Visit

ALL_DATES = "/feeds/dates.ics"
_FORMATS: Mapping[str, tuple[str, Callable[[Feed], bytes]]] = {
    ATOM: (atom.TYPE, atom.atom),
    JSON_FEED: (jsonfeed.TYPE, jsonfeed.json_feed),
}


# --- the page -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that can be followed, with its addresses: what each is, and where."""

    name: str
    page: str
    addresses: tuple[tuple[str, str], ...]


def feeds(visit: Visit) -> Response:
    """Every feed and calendar of the configuration."""
    base, config = base_url(visit), visit.config
    watches = [_offered(base, _watch(watch), ATOM, JSON_FEED, DATES) for watch in config.watches]
    routes = [_offered(base, _route(route.name), ATOM, JSON_FEED) for route in config.routes]
    settings = config.web
    context = {
        "parts": (("Watches", watches), ("Routes", routes)),
        "all_dates": base + ALL_DATES,
        "studies": [
            _offered(base, _study(study.nct_id), ATOM, JSON_FEED, DATES)
            for study in visit.store.reports.studies(limit=1)
        ],
        "token_needed": settings is not None and settings.token is not None,
    }
    return shown(visit, "feeds.html.j2", "Feeds and calendars", **context)


_NAMES = {ATOM: "Atom", JSON_FEED: "JSON Feed", DATES: "Calendar"}


def _offered(base: str, followed: Followed, *files: str) -> Offered:
    return Offered(followed.name, followed.page, tuple((_NAMES[file], base + followed.path(file)) for file in files))


# --- what is followed ---------------------------------------------------------------


def _watch(watch: Watch) -> Followed:
    return Followed("watch", watch.name, watch_url(watch.name))


def _route(name: str) -> Followed:
    return Followed("route", name, "/")


def _study(nct_id: str) -> Followed:
    return Followed("study", nct_id, study_url(nct_id))


def _watch_asked(visit: Visit) -> Watch:
    return watch_named(visit, visit.part("name"))


def _study_asked(visit: Visit) -> str:
    return visit.store.reports.study(visit.part("nct").upper()).nct_id


def _route_asked(visit: Visit) -> str:
    name, routes = visit.part("name"), visit.config.routes
    if all(route.name != name for route in routes):
        raise UsageError(unknown("route", name, [route.name for route in routes]))
    return name


# --- feeds ---------------------------------------------------------------------------


def _watch_feed(file: str, visit: Visit) -> Response:
    watch = _watch_asked(visit)
    return _fed(visit, file, _watch(watch), watch_updates(visit, watch))


def _route_feed(file: str, visit: Visit) -> Response:
    route = _route_asked(visit)
    return _fed(visit, file, _route(route), route_updates(visit, route))


def _study_feed(file: str, visit: Visit) -> Response:
    nct_id = _study_asked(visit)
    return _fed(visit, file, _study(nct_id), study_updates(visit, nct_id))


def _fed(visit: Visit, file: str, followed: Followed, updates: Sequence[Update]) -> Response:
    content_type, written = _FORMATS[file]
    return kept(visit, written(feed(visit, followed, file, updates)), content_type)


# --- calendars ------------------------------------------------------------------------


def _watch_dates(visit: Visit) -> Response:
    watch = _watch_asked(visit)
    held = dated_members(watch, visit.store)
    return _dated(visit, watch.name, _watch(watch).page, held.numbers or (), held.labels)


def _study_dates(visit: Visit) -> Response:
    nct_id = _study_asked(visit)
    return _dated(visit, nct_id, study_url(nct_id), [nct_id], {nct_id: label_of(nct_id, visit.config.watches)})


def _all_dates(visit: Visit) -> Response:
    """The dates of every watch whose studies a calendar can hold."""
    labels: dict[str, str] = {}
    for watch in visit.config.watches:
        try:
            held = dated_members(watch, visit.store)
        except UsageError:
            continue
        if len(held.numbers or ()) <= MOST_IN_CALENDAR:
            labels |= {number: held.labels.get(number) or labels.get(number, "") for number in held.numbers or ()}
    return _dated(visit, "all watches", "/watches", list(labels), labels)


def _dated(visit: Visit, name: str, page: str, numbers: Sequence[str], labels: Mapping[str, str]) -> Response:
    title = titled(visit, f"Trial dates: {name}")
    written = calendar.calendar(title, base_url(visit) + page, marked(visit, numbers, labels))
    return kept(visit, written, calendar.TYPE)


# --- what is asked for again and again -------------------------------------------------


def kept(visit: Visit, body: bytes, content_type: str) -> Response:
    """An answer that the asker may keep: where it has not changed since, 304 and nothing more."""
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in _known(visit.request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "Content-Type": content_type})


def _known(header: str) -> Iterator[str]:
    """The tags of what the asker has; a weak one names the same here."""
    return (tag.strip().removeprefix("W/") for tag in header.split(","))


def _of_formats(path: str, made: Callable[[str, Visit], Response]) -> dict[str, Show]:
    return {f"{path}/{file}": partial(made, file) for file in _FORMATS}


PAGES: Mapping[str, Show] = {
    "/feeds": feeds,
    ALL_DATES: _all_dates,
    **_of_formats("/feeds/watch/{name:path}", _watch_feed),
    **_of_formats("/feeds/route/{name:path}", _route_feed),
    **_of_formats("/feeds/study/{nct}", _study_feed),
    f"/feeds/watch/{{name:path}}/{DATES}": _watch_dates,
    f"/feeds/study/{{nct}}/{DATES}": _study_dates,
}
