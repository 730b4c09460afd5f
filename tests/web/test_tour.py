"""A short tour of the page over the demo, in a real browser; `make tour` is the long one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.tour.browser import CHROMIUM, browser, tab
from tests.tour.checks import audited, look, walked
from tests.tour.deeds import DEEDS, all_done
from tests.tour.pages import all_places, chosen, looked_at
from tests.tour.places import KINDS
from tests.tour.report import Report
from tests.tour.scenes import Scene, rehearsed, rehearsing
from tests.tour.scenes import looked_at as served

# Some of what the long tour does.
DONE = (
    "open a study from the inbox",
    "sort a board",
    "download a board as CSV",
    "choose two versions and compare them",
    "filter the inbox by severity",
    "acknowledge an alert",
    "go through choices with keys",
    "use the letter keys and turn them off",
)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium")]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    state: Path = tmp_path_factory.mktemp("demo")
    with served("demo", rehearsed(rehearsing(state), state)) as scene:
        yield scene


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


def test_every_page_of_the_demo_is_fit_for_every_reader(scene: Scene, chromium: Browser) -> None:
    report = Report(quiet=True)
    # What only a mass change or a dead letter has is seen on the long tour.
    rare = {"mass change", "what approving would send", "deliveries chosen", "style or script"}
    found = all_places(scene, report, set(KINDS) - rare)
    some = [place for place in chosen(found, of_each=1) if place.kind == "compare" or "?" not in place.path]
    looked_at(chromium, scene, some, report)
    assert report.failures == []
    assert report.pages >= 3 * 12


@pytest.mark.parametrize("name", DONE)
def test_what_can_be_done_on_the_page_can_be_done_in_a_browser(scene: Scene, chromium: Browser, name: str) -> None:
    report = Report(quiet=True)
    all_done(chromium, scene, report, [deed for deed in DEEDS if deed.name == name])
    assert report.failures == []
    assert report.interactions


_BROKEN = """
<!doctype html><html><head><title></title></head><body>
<div style="width: 3000px">wide</div><h1>One</h1><h1>Two</h1><h3 id="a">Three</h3><p id="a" style="color: #eee">pale</p>
<main><form action="/x"><input></form>
<button style="width: 9px; height: 9px; padding: 0; outline: none"></button></main>
<img src="http://192.0.2.1/spy.png">
<script>console.error("oh"); console.warn("hm"); nothing();</script></body></html>
"""


def test_the_tour_sees_what_is_wrong_with_a_page(chromium: Browser) -> None:
    with tab(chromium, "http://127.0.0.1:9", 375) as here:
        here.page.route("http://127.0.0.1:9/", lambda route: route.fulfill(body=_BROKEN, content_type="text/html"))
        here.go("/")
        seen = " ".join(look(here.page))
        for wrong in ("sideways", "2 headings", "no title", "no language", "no content", "skips", "same id",
                      "without a button", "within the page", "too small"):  # fmt: skip
            assert wrong in seen, wrong
        found = {finding.rule: finding.impact for finding in audited(here.page)}
        assert found["label"] == "critical"
        assert found["color-contrast"] == "serious"
        first, second = walked(here.page)
        assert "leads elsewhere" in first
        assert "not to be seen" in second
        said = " ".join(here.taken())
        for wrong in ("console error: oh", "console warning: hm", "script: nothing", "another host: 192.0.2.1"):
            assert wrong in said, wrong
