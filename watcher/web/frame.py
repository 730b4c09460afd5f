"""What stands around every page: the navigation, whose data this is, and what came of the last thing that was done."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.responses import Response

from watcher.web.render import html
from watcher.web.visit import Visit

# The parameter that names the request whose outcome is told.
DONE = "done"
PLACES = (
    ("/", "Inbox"),
    ("/watches", "Watches"),
    ("/studies", "Studies"),
    ("/deliveries", "Deliveries"),
    ("/health", "Health"),
    ("/feeds", "Feeds"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    path: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What came of something that was done; `failed` where it was not, `waits` where it is not known yet."""

    text: str
    failed: bool = False
    waits: bool = False


def shown(visit: Visit, template: str, title: str, **context: object) -> Response:
    """A page of ours: `title` stands in the window and, unless the template has another, above the page."""
    return html(template, {**_frame(visit), "title": title, **context})


def _frame(visit: Visit) -> dict[str, object]:
    path = visit.request.url.path
    poll = visit.store.meta.poll_state()
    return {
        "places": [Place(place, name, _is_under(path, place)) for place, name in PLACES],
        "rehearsal": bool(visit.store.meta.rehearsal),
        "data_timestamp": poll.data_timestamp,
        "read_at": poll.last_success_at,
        "said": _said(visit),
        "token": visit.site.token,
        "back": _here(visit),
        "now": visit.now,
    }


def _is_under(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(f"{place}/"))


def _here(visit: Visit) -> str:
    """The address of this page, for coming back, without what was told on it."""
    asked = [(name, value) for name, value in visit.request.query_params.multi_items() if name != DONE]
    path = quote(visit.request.url.path)
    return f"{path}?{urlencode(asked)}" if asked else path


def _said(visit: Visit) -> Said | None:
    request_id = visit.text(DONE)
    if not request_id:
        return None
    outcome = visit.store.requests.outcome(request_id)
    if outcome is None:
        return Said("It is noted and not done yet: load this page again in a moment.", waits=True)
    return Said(f"{outcome.said[:1].upper()}{outcome.said[1:]}.", outcome.failed)
