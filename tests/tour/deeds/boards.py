"""Watches and studies: sorted, filtered, taken along as CSV, found by number and label."""

from __future__ import annotations

import csv

from tests.tour.browser import Tab, downloaded
from tests.tour.deeds.deed import Deed, choose, follow, go_by, heading, moved, press
from tests.tour.scenes import STUDY


def open_board(here: Tab) -> None:
    here.go("/")
    go_by(here, "Watches")
    assert heading(here) == "Watches"
    board = here.page.locator("main").get_by_role("heading", level=2).get_by_role("link").last
    name = board.inner_text()
    with moved(here):
        board.click()
    assert heading(here) == name


def _rows(here: Tab) -> list[str]:
    return here.page.get_by_role("rowheader").all_inner_texts()


def sort_board(here: Tab) -> None:
    open_board(here)
    follow(here, "Study", here.page.get_by_role("columnheader", name="Study"))
    before = _rows(here)
    follow(here, "Study", here.page.get_by_role("columnheader", name="Study"))
    assert _rows(here) == before[::-1]
    sorted_by = here.page.get_by_role("columnheader", name="Study").get_attribute("aria-sort")
    assert sorted_by in {"ascending", "descending"}, sorted_by


def filter_board(here: Tab) -> None:
    open_board(here)
    before = _rows(here)
    chosen = choose(here, "Status")
    press(here, "Show")
    count = int(chosen.rpartition("(")[2].rstrip(")"))
    assert len(_rows(here)) == count <= len(before), (chosen, len(_rows(here)))


def take_board_along(here: Tab) -> None:
    open_board(here)
    rows = list(csv.DictReader(downloaded(here, "as CSV").decode("utf-8-sig").splitlines()))
    assert len(rows) == len(_rows(here)), (len(rows), len(_rows(here)))


def _find(here: Tab, words: str) -> None:
    here.go("/")
    here.page.get_by_role("search").get_by_label("Find a study").fill(words)
    with moved(here):
        here.page.keyboard.press("Enter")


def find_by_number(here: Tab) -> None:
    _find(here, STUDY.lower())
    assert STUDY in here.page.locator("main").inner_text()


def find_by_label(here: Tab) -> None:
    _find(here, "balli-01")
    assert STUDY in here.page.locator("main").inner_text()


def find_nothing(here: Tab) -> None:
    _find(here, "no such study <b>")
    assert "No study" in here.page.locator("main").inner_text()


_OURS = frozenset({"demo", "troubled"})
DEEDS = (
    Deed("open a watch as a board", open_board),
    Deed("sort a board", sort_board),
    Deed("filter a board", filter_board),
    Deed("download a board as CSV", take_board_along),
    Deed("find a study by its number", find_by_number, _OURS),
    Deed("find a study by its label", find_by_label, _OURS),
    Deed("find no study", find_nothing),
)
