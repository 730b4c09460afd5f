"""What an operator decides: dead letters, silences, mass changes."""

from __future__ import annotations

import re

from tests.tour.browser import Tab
from tests.tour.deeds.deed import Deed, choices, choose, follow, go_by, heading, moved, press
from tests.tour.scenes import STUDY


def _told(here: Tab) -> str:
    return here.page.get_by_role("status").inner_text()


def _dead(here: Tab) -> None:
    here.go("/")
    go_by(here, "Deliveries")
    choices(here, "How it stands").select_option(value="dead")
    press(here, "Show")
    assert here.page.get_by_role("checkbox").count() > 2, "no dead letter"


def filter_deliveries(here: Tab) -> None:
    _dead(here)
    rows = [row for row in here.page.get_by_role("row").all_inner_texts() if "410" in row]
    assert len(rows) >= 2, "no dead letter tells its error"
    here.go("/deliveries")
    channel = choose(here, "Channel")
    press(here, "Show")
    assert choices(here, "Channel").evaluate("(e) => e.value") == channel


def retry_one(here: Tab) -> None:
    _dead(here)
    follow(here, re.compile(r"^\d+$"), here.page.get_by_role("rowheader"))
    assert heading(here).startswith("Delivery ")
    press(here, "Retry now")
    assert "1 delivery to be sent again" in _told(here), _told(here)


def retry_chosen(here: Tab) -> None:
    _dead(here)
    for box in here.page.get_by_role("checkbox").all()[:2]:
        box.check()
    press(here, "Retry or drop what is chosen")
    press(here, "Retry 2 deliveries")
    assert "2 deliveries to be sent again" in _told(here), _told(here)


def drop_one(here: Tab) -> None:
    _dead(here)
    box = here.page.get_by_role("checkbox").last
    number = str(box.get_attribute("value"))
    box.check()
    press(here, "Retry or drop what is chosen")
    press(here, "Drop 1 delivery")
    assert "1 delivery dropped" in _told(here), _told(here)
    here.go(f"/deliveries/{number}")
    assert "dropped" in here.page.locator("main").inner_text().lower()


def _write(here: Tab, **said: str) -> None:
    for label, text in said.items():
        here.page.get_by_role("textbox", name=label, exact=True).fill(text)


def silence(here: Tab) -> None:
    """Added with a reason, seen, and ended again."""
    here.go("/silences")
    _write(here, Study=STUDY, Until="3d", Reason="On tour <b>")
    press(here, "Add the silence")
    assert "holds until" in _told(here), _told(here)
    card = here.page.get_by_role("article").filter(has_text="On tour <b>").first
    assert STUDY in card.inner_text()
    press(here, "End now", card)
    assert "is over" in _told(here), _told(here)
    assert here.page.get_by_role("heading", name="Over").is_visible()


def silence_wrongly(here: Tab) -> None:
    """What cannot be silenced is said, and what was written is not lost."""
    here.go("/silences")
    _write(here, Reason="Everything, by mistake")
    press(here, "Add the silence")
    here.wrong.clear()
    here.errors = 0
    assert "ay what is silenced" in here.page.locator("main").inner_text(), here.page.locator("main").inner_text()


def _open_mass(here: Tab) -> None:
    here.go("/")
    go_by(here, "Health")
    follow(here, "Look at it, then approve or dismiss")
    assert here.page.get_by_role("row").count() > 5, "no change is shown"


def approve(here: Tab) -> None:
    """It is shown first what would be sent."""
    _open_mass(here)
    follow(here, "Approve")
    assert "12 studies" in here.page.locator("main").inner_text()
    press(here, "Approve and send")
    assert "pproved" in _told(here), _told(here)
    assert not here.page.get_by_role("link", name="Approve").count()


def dismiss(here: Tab) -> None:
    _open_mass(here)
    press(here, "Dismiss")
    assert "ismissed" in _told(here), _told(here)


def see_health(here: Tab) -> None:
    here.go("/")
    go_by(here, "Health")
    said = here.page.locator("main").inner_text()
    for word in ("Last good poll", "dataTimestamp", "Dead letters", "Silences", "Mass changes"):
        assert word in said, word


def twice(here: Tab) -> None:
    """A form that is sent twice does what it says once."""
    here.go("/silences")
    _write(here, Study=STUDY, Reason="Only once")
    here.page.route("**/silences/add", lambda route: (here.page.request.post(
        route.request.url, headers=route.request.headers, data=route.request.post_data_buffer), route.continue_())[-1]
    )  # fmt: skip
    with moved(here):
        here.page.get_by_role("button", name="Add the silence").click()
    assert here.page.get_by_role("article").filter(has_text="Only once").count() == 1


_TROUBLED = frozenset({"troubled"})
DEEDS = (
    Deed("see how the watcher is", see_health),
    Deed("filter the outbox", filter_deliveries, _TROUBLED),
    Deed("retry a dead letter", retry_one, _TROUBLED),
    Deed("retry those chosen", retry_chosen, _TROUBLED),
    Deed("drop a dead letter", drop_one, _TROUBLED),
    Deed("add a silence and end it", silence, _TROUBLED),
    Deed("be told why a silence cannot be", silence_wrongly, _TROUBLED),
    Deed("send a form twice", twice, _TROUBLED, again=False),
    Deed("approve a mass change", approve, _TROUBLED),
    Deed("dismiss a mass change", dismiss, _TROUBLED),
)
