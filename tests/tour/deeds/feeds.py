"""Feeds, calendars and the API: their addresses are on a page, and answer what their readers understand."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.tour.browser import Tab
from tests.tour.contents import unreadable
from tests.tour.deeds.deed import Deed, follow, go_by, heading
from tests.tour.places import fetched


def _all_answer(here: Tab, name: str, kind: str) -> None:
    here.go("/")
    go_by(here, "Feeds")
    links = here.page.locator("main").get_by_role("link", name=name)
    assert links.count(), f"no address of {name}"
    for link in links.all():
        there = urlsplit(str(link.evaluate("(e) => e.href")))
        place = fetched(here.url, there.path)
        assert place.status == 200, (there.path, place.status)
        assert place.kind == kind, (there.path, place.kind)
        assert not unreadable(place), (there.path, unreadable(place))


def read_atom(here: Tab) -> None:
    _all_answer(here, "Atom", "Atom feed")


def read_json(here: Tab) -> None:
    _all_answer(here, "JSON Feed", "JSON feed")


def read_calendars(here: Tab) -> None:
    _all_answer(here, "Calendar", "calendar")


def read_api(here: Tab) -> None:
    here.go("/")
    go_by(here, "Feeds")
    follow(here, "the API")
    assert heading(here) == "API"
    follow(here, "openapi.json")
    assert '"openapi"' in here.page.content()


DEEDS = (
    Deed("read every Atom feed", read_atom, again=False),
    Deed("read every JSON feed", read_json, again=False),
    Deed("read every calendar", read_calendars, again=False),
    Deed("find the API and its description", read_api),
)
