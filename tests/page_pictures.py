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
from tests.tour.scenes import STUDY, Scene, looked_at, rehearsed, rehearsing

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
    def scale(self) -> float:
        """A desk is drawn smaller than it is, as it would be shown beside this text anyway."""
        return 0.8 if self.width > 1000 else 1.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return round(self.width * self.scale), round(self.height * self.scale)

    @property
    def name(self) -> str:
        return f"page-{self.what}-{self.width}-{self.scheme}"

    @property
    def file(self) -> Path:
        return PICTURES / f"{self.name}.png"


# What each is called, where it is, how high its window is at a desk, and what stands at its top.
_AT_A_DESK = (
    ("inbox", "/", 860, ""),
    ("alert", "/alerts/7", 860, ""),
    ("study", f"/studies/{STUDY}", 960, ""),
    ("charts", f"/studies/{STUDY}", 640, "#slips"),
    ("compare", f"/studies/{STUDY}/compare?old=2&new=4", 860, ""),
    ("board", "/watches/rehearsal", 640, ""),
    ("lanes", "/watches/rehearsal", 420, "#lanes-of-time"),
    ("deliveries", "/deliveries", 640, ""),
    ("health", "/health", 640, ""),
)
_ON_A_TELEPHONE = (
    ("inbox", "/", ""),
    ("charts", f"/studies/{STUDY}", "#slips"),
    ("compare", f"/studies/{STUDY}/compare?old=2&new=4", ""),
    ("board", "/watches/rehearsal", ""),
)


def page_pictures() -> tuple[PagePicture, ...]:
    """Every page that is shown: as a desk sees it by day, and some as a telephone does by night."""
    return (
        *(PagePicture(what, path, 1280, height, "light", at) for what, path, height, at in _AT_A_DESK),
        *(PagePicture(what, path, 375, 740, "dark", at) for what, path, at in _ON_A_TELEPHONE),
    )


def write_pages() -> None:
    """Make every picture of a page again."""
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        state = Path(folder)
        with looked_at("demo", rehearsed(rehearsing(state), state)) as scene:
            for picture in page_pictures():
                _shoot(chromium, scene, picture)


def _shoot(chromium: Browser, scene: Scene, picture: PagePicture) -> None:
    with tab(chromium, scene.url, picture.width, picture.scheme, height=picture.height, scale=picture.scale) as here:
        here.go(picture.path)
        if picture.at:
            here.page.locator(picture.at).first.evaluate("(element) => element.scrollIntoView()")
        here.page.screenshot(path=picture.file)
