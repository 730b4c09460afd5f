"""A study: opened from the inbox, its life unfolded, two of its versions compared, one of them taken raw."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

from tests.tour.browser import Tab
from tests.tour.deeds.deed import Deed, choose, follow, heading, moved, press
from tests.tour.scenes import STUDY

_NUMBER = re.compile(r"NCT\d{8}")


def open_from_inbox(here: Tab) -> None:
    here.go("/")
    link = here.page.locator("main").get_by_role("link", name=_NUMBER).first
    with moved(here):
        link.click()
    assert re.fullmatch(r"/studies/NCT\d{8}", urlsplit(here.page.url).path), here.page.url
    assert len(heading(here)) > 10, heading(here)


def unfold(here: Tab) -> None:
    """Everything that is folded opens and closes again, by a click and by a key."""
    open_from_inbox(here)
    folded = here.page.locator("details:not([open]) > summary:visible")
    assert folded.count(), "nothing is folded"
    summary = folded.first.element_handle()
    inside = "(e) => { const i = e.nextElementSibling; return i.checkVisibility({contentVisibilityAuto: true}); }"
    summary.click()
    assert summary.evaluate(inside), "it does not open"
    summary.focus()
    here.page.keyboard.press("Enter")
    assert not summary.evaluate(inside), "it does not close"


def see_charts(here: Tab) -> None:
    """Each chart has a name, and a text for whoever does not see it."""
    here.go(f"/studies/{STUDY}")
    charts = here.page.locator("main").get_by_role("img")
    assert charts.count() >= 3, charts.count()
    for chart in charts.all():
        assert len(chart.locator("> title").text_content() or "") > 5
        assert len(chart.locator("> desc").text_content() or "") > 20


def compare(here: Tab) -> None:
    here.go(f"/studies/{STUDY}")
    follow(here, "Compare any two versions")
    count = here.page.get_by_label("Older").locator("option").count()
    choose(here, "Older", count - 1)
    choose(here, "Newer", 0)
    press(here, "Compare")
    assert parse_qs(urlsplit(here.page.url).query) == {"old": ["1"], "new": [str(count)]}, here.page.url
    assert here.page.get_by_role("heading", name="Fields that differ").is_visible()
    assert here.page.locator("main ins").count(), "nothing is marked as new"
    assert here.page.locator("main del").count(), "nothing is marked as gone"


def compare_from_timeline(here: Tab) -> None:
    here.go(f"/studies/{STUDY}")
    follow(here, "Compare version 4 with version 3")
    assert parse_qs(urlsplit(here.page.url).query) == {"old": ["3"], "new": ["4"]}, here.page.url


def take_raw(here: Tab) -> None:
    here.go(f"/studies/{STUDY}")
    address = here.page.get_by_role("link", name="Raw JSON of version 1").first.get_attribute("href")
    answer = here.page.request.get(here.url + str(address))
    record = json.loads(answer.body())
    assert record["protocolSection"]["identificationModule"]["nctId"] == STUDY


def registry_links(here: Tab) -> None:
    """They lead to the record and its history there; they are looked at and not followed."""
    here.go(f"/studies/{STUDY}")
    for name, address in (
        ("Record at the registry", f"https://clinicaltrials.gov/study/{STUDY}"),
        ("The registry's own history", f"https://clinicaltrials.gov/study/{STUDY}?tab=history"),
    ):
        assert here.page.get_by_role("link", name=name).get_attribute("href") == address


_OURS = frozenset({"demo", "troubled"})
DEEDS = (
    Deed("open a study from the inbox", open_from_inbox),
    Deed("unfold a part of a study", unfold),
    Deed("read the charts of a study", see_charts, _OURS),
    Deed("choose two versions and compare them", compare, _OURS),
    Deed("compare a version with the one before", compare_from_timeline, _OURS),
    Deed("take the raw JSON of a version", take_raw, _OURS),
    Deed("see where the registry's record is", registry_links, _OURS),
)
