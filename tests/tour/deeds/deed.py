"""One thing that can be done on the page, and what readers share when they do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from playwright.sync_api import Locator

from tests.tour.browser import Tab

EVERYWHERE = frozenset({"demo", "troubled", "month"})


@dataclass(frozen=True)
class Deed:
    """What is done: `do` fails where it cannot be; `again` where it leaves enough to be done twice."""

    name: str
    do: Callable[[Tab], None]
    scenes: frozenset[str] = EVERYWHERE
    again: bool = True


def moved(here: Tab) -> AbstractContextManager[object]:
    """A block that leads to another page, which is there when it ends."""
    return here.page.expect_navigation(wait_until="load")


def press(here: Tab, name: str, within: Locator | None = None) -> None:
    """Press the first button with this name."""
    with moved(here):
        (within or here.page.locator("main")).get_by_role("button", name=name).first.click()


def follow(here: Tab, name: str | re.Pattern[str], within: Locator | None = None, *, exact: bool = False) -> None:
    """Follow the first link with this name."""
    with moved(here):
        (within or here.page.locator("main")).get_by_role("link", name=name, exact=exact).first.click()


def go_by(here: Tab, place: str) -> None:
    """Go to one of the pages by the navigation."""
    with moved(here):
        here.page.get_by_role("navigation", name="Pages").get_by_role("link", name=place, exact=True).click()


def heading(here: Tab) -> str:
    """What the page is called."""
    return here.page.get_by_role("heading", level=1).inner_text()


def choices(here: Tab, label: str) -> Locator:
    """The list of choices with this label."""
    return here.page.locator("main").get_by_role("combobox", name=label).first


def choose(here: Tab, label: str, place: int = 1) -> str:
    """Choose from a list of choices, and which choice it was."""
    box = choices(here, label)
    box.select_option(index=place)
    return str(box.evaluate("(e) => e.options[e.selectedIndex].text"))
