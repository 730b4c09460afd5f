"""What the little script adds: filters that take effect at once, and letter keys that can be turned off."""

from __future__ import annotations

from playwright.sync_api import TimeoutError as TooLate

from tests.tour.browser import Tab
from tests.tour.deeds.boards import open_board
from tests.tour.deeds.deed import Deed, choices, choose, moved


def filter_at_once(here: Tab) -> None:
    """A choice made with a pointer takes effect; one made with keys waits for the button."""
    open_board(here)
    here.page.get_by_role("heading", level=1).click()
    with moved(here):
        choose(here, "Status")
    assert "status=" in here.page.url, here.page.url


def filter_by_keys(here: Tab) -> None:
    open_board(here)
    before = here.page.url
    box = choices(here, "Status")
    box.focus()
    here.page.keyboard.press("ArrowDown")
    assert box.evaluate("(e) => e.selectedIndex") == 1, "the key chose nothing"
    try:
        here.page.wait_for_url(lambda url: url != before, timeout=300)
    except TooLate:
        return
    raise AssertionError("a key in a list of choices led away")


def letter_keys(here: Tab) -> None:
    """The stroke leads to the search; turned off, it is a letter like others, on the next page, too."""
    here.go("/")
    here.page.keyboard.press("/")
    assert _is_in_search(here), "the key does nothing"
    button = here.page.get_by_role("button", name="Turn the keys off")
    button.click()
    here.page.reload()
    here.page.keyboard.press("/")
    assert not _is_in_search(here), "the key is still on"
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    here.page.keyboard.press("/")
    assert _is_in_search(here), "the key stays off"


def _is_in_search(here: Tab) -> bool:
    return bool(here.page.evaluate("() => document.activeElement?.id === 'find'"))


DEEDS = (
    Deed("filter a board by a click alone", filter_at_once, frozenset({"demo"}), again=False),
    Deed("go through choices with keys", filter_by_keys, frozenset({"demo"}), again=False),
    Deed("use the letter keys and turn them off", letter_keys, frozenset({"demo"}), again=False),
)
