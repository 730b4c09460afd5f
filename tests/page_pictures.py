"""The pictures of the page in docs/pictures/: the demo's main pages, as `watcher page` shows them.

A rehearsal is looked at on its last day, so that the pictures change only when the page does.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.generated_docs import DOCS
from tests.tour.browser import browser, tab
from tests.tour.scenes import Scene, looked_at, rehearsed, rehearsing

PICTURES = DOCS / "pictures"


@dataclass(frozen=True)
class PagePicture:
    """One page in a window of this size; `at` is what stands at its top, unless it is the top of the page."""

    what: str
    path: str
    width: int
    height: int
    scheme: str
    at: str = ""

    @property
    def name(self) -> str:
        return f"page-{self.what}-{self.width}-{self.scheme}"

    @property
    def file(self) -> Path:
        return PICTURES / f"{self.name}.png"


_SHOWN = (("inbox", "/", 860, ""),)


def page_pictures() -> tuple[PagePicture, ...]:
    """Every page that is shown: as a desk sees it by day, and a telephone by night."""
    return tuple(
        PagePicture(what, path, width, height if width > 400 else 740, scheme, at)
        for what, path, height, at in _SHOWN
        for width, scheme in ((1280, "light"), (375, "dark"))
    )


def write_pages() -> None:
    """Make every picture of a page again."""
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        state = Path(folder)
        with looked_at("demo", rehearsed(rehearsing(state), state)) as scene:
            for picture in page_pictures():
                _shoot(chromium, scene, picture)


def _shoot(chromium: Browser, scene: Scene, picture: PagePicture) -> None:
    with tab(chromium, scene.url, picture.width, picture.scheme, height=picture.height) as here:
        here.go(picture.path)
        if picture.at:
            here.page.locator(picture.at).first.evaluate("(element) => element.scrollIntoView()")
        here.page.screenshot(path=picture.file)
