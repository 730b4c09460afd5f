"""The inbox: filtered in every way there is, and answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator

from tests.tour.browser import Tab
from tests.tour.deeds.deed import Deed, choices, choose, follow, heading, moved, press
from tests.tour.scenes import STUDY


def _entries(here: Tab) -> Locator:
    return here.page.get_by_role("article")


def _unread(here: Tab) -> int:
    found = re.search(r"(\d+) unread", heading(here))
    return int(found[1]) if found else 0


def _open_filter(here: Tab, path: str = "/") -> int:
    """The inbox with its filter unfolded; how many alerts it shows."""
    here.go(path)
    here.page.get_by_text("Filter by watch").click()
    return _entries(here).count()


def _asked(here: Tab, name: str) -> str:
    return parse_qs(urlsplit(here.page.url).query).get(name, [""])[0]


def filter_by_choice(label: str, name: str) -> Callable[[Tab], None]:
    """Choosing from the list with this label leaves alerts like that, and no others."""

    def do(here: Tab) -> None:
        before = _open_filter(here)
        chosen = choose(here, label)
        press(here, "Show")
        assert _asked(here, name), here.page.url
        # The filter stays open, with what was chosen.
        assert choices(here, label).evaluate("(e) => e.options[e.selectedIndex].text") == chosen
        assert _entries(here).count() <= before or before >= 20

    return do


def filter_by_severity(here: Tab) -> None:
    _open_filter(here)
    choices(here, "Severity").select_option(label="critical")
    press(here, "Show")
    assert _entries(here).count(), "no critical alert"
    for entry in _entries(here).all():
        assert "critical" in entry.inner_text().lower()


def filter_by_study(here: Tab) -> None:
    _open_filter(here)
    here.page.get_by_role("textbox", name="Study", exact=True).fill(STUDY)
    press(here, "Show")
    assert _entries(here).count()
    follow(here, "Clear the filter")
    assert urlsplit(here.page.url).query == "", here.page.url


def filter_by_no_study(here: Tab) -> None:
    _open_filter(here)
    here.page.get_by_role("textbox", name="Study", exact=True).fill("NCT99999999")
    press(here, "Show")
    assert not _entries(here).count()
    assert here.page.get_by_role("heading", name="No such alert").is_visible()


def filter_by_day(here: Tab) -> None:
    _open_filter(here)
    here.page.get_by_label("From (UTC)").fill("2024-01-01")
    here.page.get_by_label("To (UTC)").fill("2024-03-31")
    press(here, "Show")
    texts = _entries(here).all_inner_texts()
    assert texts
    assert all("2024-02-12" in text for text in texts), "an alert of another day"


def filter_by_state(here: Tab) -> None:
    here.go("/")
    states = here.page.get_by_role("navigation", name="State")
    for state in ("unread", "acknowledged", "noise"):
        with moved(here):
            states.get_by_role("link", name=re.compile(state)).click()
        assert states.locator("[aria-current]").inner_text().lower().find(state) >= 0


def acknowledge_one(here: Tab) -> None:
    here.go("/?state=unread")
    before, alert = _unread(here), _entries(here).first
    number = alert.get_by_role("heading").get_attribute("id")
    press(here, "Acknowledge alert", alert)
    assert "cknowledged" in here.page.get_by_role("status").inner_text()
    assert _unread(here) == before - 1, (before, _unread(here))
    assert here.page.locator(f"#{number}").count() == 0, "it still counts as unread"


def acknowledge_chosen(here: Tab) -> None:
    here.go("/?state=unread")
    before = _unread(here)
    for box in here.page.get_by_role("checkbox").all()[:2]:
        box.check()
    here.page.get_by_role("checkbox").first.focus()
    with moved(here):
        here.page.get_by_role("button", name="Acknowledge", exact=True).first.click()
    assert "cknowledged" in here.page.get_by_role("status").inner_text()
    assert _unread(here) == before - 2, (before, _unread(here))


def mark_as_noise(here: Tab) -> None:
    here.go("/")
    with moved(here):
        here.page.get_by_role("button", name="was noise").first.click()
    assert "noise" in here.page.get_by_role("status").inner_text()
    follow(here, "noise", here.page.get_by_role("navigation", name="State"))
    assert _entries(here).count()


def open_alert(here: Tab) -> None:
    here.go("/")
    follow(here, "Why, and the evidence")
    assert heading(here).startswith("Alert ")
    assert here.page.get_by_role("heading", name="Why it was told").is_visible()
    assert here.page.get_by_role("row").count() > 1, "no evidence"


def told_once(here: Tab) -> None:
    """What was done is told, and not told again when the page is loaded again."""
    here.go("/")
    with moved(here):
        here.page.get_by_role("button", name="was noise").first.click()
    assert here.page.get_by_role("status").is_visible()
    here.page.reload()
    assert not here.page.get_by_role("status").count()


_OURS = frozenset({"demo", "troubled"})
_DEMO = frozenset({"demo"})
DEEDS = (
    Deed("filter the inbox by watch", filter_by_choice("Watch", "watch")),
    Deed("filter the inbox by kind", filter_by_choice("Kind of change", "kind")),
    Deed("filter the inbox by route", filter_by_choice("Route", "route")),
    Deed("filter the inbox by severity", filter_by_severity),
    Deed("filter the inbox by study", filter_by_study, _OURS),
    Deed("filter the inbox by a study without alerts", filter_by_no_study),
    Deed("filter the inbox by day", filter_by_day, _OURS),
    Deed("filter the inbox by state", filter_by_state),
    Deed("open an alert", open_alert),
    Deed("acknowledge an alert", acknowledge_one),
    Deed("acknowledge those chosen", acknowledge_chosen, again=False),
    Deed("mark an alert as noise", mark_as_noise),
    Deed("have it told once what was done", told_once, _DEMO, again=False),
)
