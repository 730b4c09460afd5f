"""What can be done on the page, done as a reader would: by what things are called, never by how they are made."""

from __future__ import annotations

from collections.abc import Iterable

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.tour.browser import WIDTHS, tab
from tests.tour.deeds import boards, desk, feeds, inbox, keyboard, studies
from tests.tour.deeds.deed import Deed
from tests.tour.report import Report
from tests.tour.scenes import Scene

DEEDS: tuple[Deed, ...] = (*boards.DEEDS, *studies.DEEDS, *feeds.DEEDS, *keyboard.DEEDS, *inbox.DEEDS, *desk.DEEDS)


def all_done(chromium: Browser, scene: Scene, report: Report, deeds: Iterable[Deed] = DEEDS) -> None:
    """Everything that can be done in this scene: at a desk, and most of it on a telephone without scripts, too."""
    for deed in deeds:
        if scene.name in deed.scenes:
            _done(chromium, scene, deed, report, WIDTHS[-1], script=True)
            if deed.again and scene.name != "month":
                _done(chromium, scene, deed, report, WIDTHS[0], script=False)


def _done(chromium: Browser, scene: Scene, deed: Deed, report: Report, width: int, *, script: bool) -> None:
    with tab(chromium, scene.url, width, script=script) as here:
        try:
            deed.do(here)
            wrong = "; ".join(here.taken())
        except (AssertionError, PlaywrightError) as error:
            wrong = f"{type(error).__name__}: {error} (at {here.page.url})"
        report.errors += here.errors
    report.deed(scene.name, f"{deed.name}{'' if script else ', on a telephone without scripts'}", wrong)
