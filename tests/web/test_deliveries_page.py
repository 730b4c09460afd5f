"""The outbox as the operator sees it, and what is done about it, over real connections and in a real database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.office import CRITICAL, HOURS, Office
from tests.web.serving import Reader, serving_database
from watcher.errors import DeliveryError
from watcher.model import Form, Notice, Target
from watcher.web.pages.deliveries import PAGE

SECRET = "s3cr3t-of-the-hook"
CONFIG = f"""
[[watch]]
name = "pipeline"
studies = ["NCT00000001"]
[[channel]]
name = "team"
url = "json://user:{SECRET}@hooks.example.org/{SECRET}"
[[channel]]
name = "phone"
url = "console://"
[[route]]
name = "desk"
to = ["team"]
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "watcher.db")
    made.receiver("team", "desk", "night")
    made.receiver("phone")
    return made


@contextmanager
def page_of(office: Office) -> Iterator[Reader]:
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        yield reader


def rows(html: str) -> dict[int, str]:
    """The deliveries that a page lists, each as its text in one line."""
    found = re.findall(r'<tr role="row" data-item>(.*?)</tr>', html, re.DOTALL)
    texts = (" ".join(re.sub("<[^>]+>", " ", row).split()) for row in found)
    return {int(re.search(r"\b(\d+)\b", text.replace("Choose delivery", ""))[1]): text for text in texts}  # type: ignore[index]


def text_of(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


# --- the list ----------------------------------------------------------------------


def test_with_nothing_in_the_outbox_that_is_said(office):
    with office.store(), page_of(office) as page:
        assert "Nothing waits, and nothing is dead." in page.get("/deliveries").text
        assert "No such delivery." in page.get("/deliveries?status=dead").text


@pytest.mark.parametrize(
    ("owe", "said"),
    [
        (lambda office: office.owe(1, to="phone"), "It goes next."),
        (
            lambda office: office.owe(1, to="phone", form=Form.DIGEST, due=HOURS),
            "Collected until the digest is due. phone",
        ),
        (
            lambda office: office.owe(1, to="phone", form=Form.ESCALATION, due=HOURS),
            "Sent unless somebody acknowledges the alert before.",
        ),
        (lambda office: office.owe(1, to="phone", due=HOURS), "It is not due yet."),
    ],
)
def test_what_was_not_tried_yet_says_what_it_waits_for_and_when_it_goes(office, owe, said):
    owe(office)
    with page_of(office) as page:
        (row,) = rows(page.get("/deliveries").text).values()
    assert said in row
    assert "NCT00000001" in row
    assert re.search(r"next 2026-06-01 1[23]:00 UTC 0 attempts$", row)


def test_quiet_hours_are_named_as_such(office):
    observed = office.page([(1, CRITICAL, "news.")], to="phone", form=Form.DIGEST, due=HOURS)
    owed = tuple(replace(entry, window="quiet 2026-06-02") for entry in observed.owed)
    with office.store() as store:
        store.observing.commit(replace(observed, owed=owed))
    with page_of(office) as page:
        assert "Collected until the quiet hours end." in page.get("/deliveries").text


def test_what_failed_says_how_often_with_which_error_and_when_it_is_tried_again(office):
    office.channels["team"].fail(DeliveryError("mailbox is full"), of="night")
    office.owe(1)
    office.owe(2)
    office.deliver()
    with page_of(office) as page:
        found = page.get("/deliveries")
        failing = text_of(found.text.split("Targets that fail")[1].split("<h2>")[0])
        assert "team/night" in failing
        assert "2 attempts in a row failed, since 2026-06-01 12:00 UTC. Asked again at" in failing
        listed = rows(found.text)
        assert len(listed) == 2
        for row in listed.values():
            assert "Its target does not answer: 2 attempts in a row failed." in row
            assert "Last error: mailbox is full" in row


def test_what_fails_alone_is_tried_again_by_itself(office):
    office.channels["phone"].fail(DeliveryError("not this one"), of="study 1")
    office.owe(1, to="phone")
    office.owe(2, to="phone")
    office.deliver()
    with page_of(office) as page:
        (row,) = rows(page.get("/deliveries").text).values()
    assert "waits It was tried and is tried again by itself. Last error: not this one" in row
    assert row.endswith("1 attempt")


def test_a_list_is_asked_for_by_status_and_channel(office):
    office.channels["phone"].fail(DeliveryError("no such number", permanent=True))
    office.owe(1)
    office.owe(2, to="phone")
    office.deliver()
    office.owe(3)
    with page_of(office) as page:

        def listed(**asked: str) -> set[int]:
            query = "&".join(f"{name}={value}" for name, value in asked.items())
            return set(rows(page.get(f"/deliveries?{query}").text))

        assert listed() == {3, 4, 5}
        assert listed(status="delivered") == {1, 2}
        assert listed(status="dead") == {3}
        assert listed(status="pending") == {4, 5}
        assert listed(status="all") == {1, 2, 3, 4, 5}
        assert listed(status="all", channel="phone") == {3}
        assert listed(channel="team") == {4, 5}
        assert listed(channel="nobody") == set()
        chosen = page.get("/deliveries?status=dead&channel=phone").text
        assert '<option value="dead" selected>' in chosen
        assert "<option selected>phone</option>" in chosen


@pytest.mark.parametrize("query", ["status=late", "before=x", "before=-1", f"before={'9' * 30}"])
def test_what_cannot_be_asked_for_is_told(office, query):
    with office.store(), page_of(office) as page:
        assert page.get(f"/deliveries?{query}").status_code == 400


def test_a_long_list_is_turned_page_by_page_and_shows_everything_once(office):
    number = 2 * PAGE + 7
    with office.store() as store:
        news = [(study, CRITICAL, f"news {study}.") for study in range(1, number + 1)]
        store.observing.commit(office.page(news, to="phone"))
    with page_of(office) as page:
        seen: list[int] = []
        there = "/deliveries?channel=phone"
        pages = 0
        while there:
            html = page.get(there).text
            seen += rows(html)
            pages += 1
            found = re.search(r'href="([^"]+)" rel="next"', html)
            there = found[1].replace("&amp;", "&") if found else ""
            assert ("Newest" in html) is (pages > 1)
    assert (pages, seen) == (3, list(range(number, 0, -1)))


def test_no_secret_of_a_channel_and_no_mark_up_of_others_is_on_any_page(office):
    hostile = "<script>alert(1)</script>"
    office.channels["team"].fail(DeliveryError(f"refused: {hostile}", permanent=True))
    office.owe(1)
    office.deliver()
    with page_of(office) as page:
        for path in ("/deliveries", "/deliveries/1", "/deliveries/chosen?delivery=1"):
            html = page.get(path).text
            assert hostile not in html
            assert SECRET not in html
        assert "refused: &lt;script&gt;" in page.get("/deliveries/1").text


# --- one delivery --------------------------------------------------------------------


def test_a_delivery_tells_what_it_tells_to_whom_and_under_which_id(office):
    office.owe(1)
    office.deliver()
    with office.store() as store:
        message_id = store.deliveries.get(2).message_id
    with page_of(office) as page:
        html = page.get("/deliveries/2").text
    assert message_id in html
    assert '<a href="/alerts/1">Alert 1</a>' in html
    assert '<a href="/studies/NCT00000001">' in html
    said = text_of(html)
    assert "delivered" in said
    assert "Target night" in said
    assert "Attempts 1" in said
    assert "Over since 2026-06-01 12:00 UTC" in said
    assert "Retry now" not in said
    assert "Drop" not in said


def test_a_delivery_that_others_are_told_in_leads_there(tmp_path):
    office = Office(tmp_path / "watcher.db")
    office.receiver("team", batch_from=2)
    for study in (1, 2, 3):
        office.owe(study)
    office.deliver()
    with page_of(office) as page:
        html = page.get("/deliveries/1").text
        assert "Told, with others, in delivery 4." in html
        assert '<a href="/deliveries/4">' in html
        batch = page.get("/deliveries/4").text
    assert [f"/alerts/{number}" in batch for number in (1, 2, 3)] == [True] * 3


def test_a_notice_and_a_digest_without_news_say_what_they_are(office):
    with office.store() as store:
        store.notices.tell(Notice("disk", "The disk is full", "."), (Target("phone", "a"),), office.clock.now())
    with page_of(office) as page:
        html = page.get("/deliveries/1").text
    assert "A notice to the operator: The disk is full" in html


@pytest.mark.parametrize("number", ["7", "0", "9" * 18, "9" * 19, "9" * 400, "9" * 5_000])
def test_a_delivery_that_is_not_there_is_a_404(office, number):
    with office.store(), page_of(office) as page:
        assert page.get(f"/deliveries/{number}").status_code == 404
        assert page.get("/deliveries/x").status_code == 404


# --- retry and drop --------------------------------------------------------------------


@pytest.fixture
def refused(office: Office) -> Office:
    """Two dead letters of the team, one of the phone, and one delivery that waits."""
    for name in ("team", "phone"):
        office.channels[name].fail(DeliveryError("refused", permanent=True))
    office.owe(1)
    office.owe(2, to="phone")
    office.deliver()
    office.owe(3, to="phone")
    for name in ("team", "phone"):
        office.channels[name].recover()
    return office


def statuses(office: Office) -> dict[int, str]:
    with office.store() as store:
        return {number: store.deliveries.get(number).status for number in (1, 2, 3, 4)}


def test_a_dead_letter_is_sent_again_and_it_is_told(refused):
    with page_of(refused) as page:
        assert "Retry now" in page.get("/deliveries/1").text
        done = page.did("/deliveries/retry", {"delivery": "1"}, "/deliveries/1")
        assert "1 delivery to be sent again." in done.text
        assert "It goes next." not in done.text
    assert statuses(refused) == {1: "pending", 2: "dead", 3: "dead", 4: "pending"}
    refused.deliver()
    assert statuses(refused)[1] == "delivered"


def test_all_dead_letters_of_a_channel_are_sent_again_and_no_others(refused):
    with page_of(refused) as page:
        html = page.get("/deliveries").text
        assert "Retry all 2" in text_of(html)
        done = page.did("/deliveries/retry", {"dead": "team"}, "/deliveries")
        assert "2 deliveries to be sent again." in done.text
        nothing = page.post("/deliveries/retry", {"dead": "team"})
        assert (nothing.status_code, "no dead letter" in nothing.text) == (409, True)
    assert statuses(refused) == {1: "pending", 2: "pending", 3: "dead", 4: "pending"}


def test_what_is_chosen_is_shown_again_before_anything_is_done(refused):
    with page_of(refused) as page:
        listed = page.get("/deliveries?channel=phone").text
        assert 'name="delivery" value="3"' in listed
        assert "token" not in re.search(r'<form action="/deliveries/chosen">.*?</form>', listed, re.DOTALL)[0]  # type: ignore[index]
        html = page.get("/deliveries/chosen?channel=phone&delivery=3&delivery=4&delivery=3").text
        assert "2 deliveries are chosen" in html
        assert "Retry 1 delivery" in html
        assert "Drop 2 deliveries" in html
        assert "cannot be taken back" in html
        assert statuses(refused) == {1: "dead", 2: "dead", 3: "dead", 4: "pending"}
        done = page.did("/deliveries/drop", {"delivery": ["3", "4"]}, "/deliveries?channel=phone")
        assert "2 deliveries dropped." in done.text
    assert statuses(refused) == {1: "dead", 2: "dead", 3: "dropped", 4: "dropped"}


@pytest.mark.parametrize("query", ["", "delivery=", "delivery=x", "delivery=1&delivery=1.5"])
def test_who_chooses_nothing_is_told_so(refused, query):
    with page_of(refused) as page:
        assert page.get(f"/deliveries/chosen?{query}").status_code == 400
        assert page.get("/deliveries/chosen?delivery=99").status_code == 404


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/deliveries/retry", {"delivery": "4"}, "Delivery 4 cannot be sent again: it was not tried yet"),
        ("/deliveries/retry", {"delivery": ["1", "99"]}, "There is no delivery 99"),
        ("/deliveries/drop", {"delivery": "99"}, "There is no delivery 99"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is(refused, path, fields, said):
    before = statuses(refused)
    with page_of(refused) as page:
        done = page.did(path, fields, "/deliveries")
    assert said in done.text
    assert 'class="said failed" role="alert"' in done.text
    assert statuses(refused) == before


def test_a_second_click_of_the_same_form_sends_nothing_again(refused):
    refused.channels["team"].fail(DeliveryError("refused again", permanent=True))
    with page_of(refused) as page:
        sheet = re.search(r'name="sheet" value="(\w+)"', page.get("/deliveries/1").text)[1]  # type: ignore[index]
        page.did("/deliveries/retry", {"delivery": "1", "sheet": sheet})
        refused.deliver()
        assert statuses(refused)[1] == "dead"
        assert "1 delivery to be sent again." in page.did("/deliveries/retry", {"delivery": "1", "sheet": sheet}).text
        assert statuses(refused)[1] == "dead"
        page.did("/deliveries/retry", {"delivery": "1", "sheet": "another"})
        assert statuses(refused)[1] == "pending"
