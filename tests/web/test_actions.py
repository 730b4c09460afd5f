"""Silences and mass changes, steered from the page: over real connections, in a real database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.steered import watcher
from tests.test_mass import NUMBERS, holds, sweep
from tests.test_poll import A, B, Days
from tests.web.serving import Reader, serving_database
from watcher.requests import Desk, leave
from watcher.web.pages.mass import PAGE

CONFIG = """
[store]
path = "watcher.db"
[[watch]]
name = "pipeline"
studies = [{studies}]
[[channel]]
name = "team"
url = "console://"
[[channel]]
name = "chat"
url = "console://"
[[route]]
name = "everything"
to = ["team"]
[[route]]
name = "weekly"
to = ["chat"]
when = "weekly mon 08:00"
"""


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


def text_of(days: Days) -> str:
    return CONFIG.format(studies=", ".join(f'"{study.nct_id}"' for study in days.studies))


@pytest.fixture
def page(days: Days) -> Iterator[Reader]:
    """The page over two studies that were polled once."""
    days.watch(A, B)
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    with serving_database(days.database, text_of(days), now=days.clock.now) as reader:
        yield reader


def said(html: str) -> str:
    main = html.split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub("<[^>]+>", " ", main).split())


# --- silences --------------------------------------------------------------------


def silences(days: Days) -> list[tuple[str, str, str, str, datetime]]:
    with days.store() as store:
        found = [entry.silence for entry in store.silences.all()]
    return [(one.nct_id, one.kinds, one.route, one.reason, one.until) for one in found]


ASKED = {"study": B.lower(), "kind": "site.*", "route": "weekly", "until": "14d", "reason": "start-up"}


def test_a_silence_is_added_as_the_command_would_and_told(days, page):
    done = page.did("/silences/add", ASKED, "/silences")
    until = days.clock.now() + timedelta(days=14)
    assert silences(days) == [(B, "site.*", "weekly", "start-up", until)]
    assert f"Silence 1 holds until {until:%Y-%m-%d %H:%M} UTC." in done.text
    assert f"site.* of {B} on route &#34;weekly&#34;" in done.text
    assert "start-up" in said(done.text)


def test_a_silence_is_ended_and_stands_among_those_that_are_over(days, page):
    page.did("/silences/add", ASKED, "/silences")
    assert "Nothing is silenced" not in page.get("/silences").text
    days.clock.moment += timedelta(hours=1)
    done = page.did("/silences/end", {"silence": "1"}, "/silences")
    assert "Silence 1 is over; what it kept back stays untold." in done.text
    assert "Nothing is silenced." in done.text
    assert f"Over since (UTC) Kept back Why 1 site.* of {B}" in said(done.text)
    assert "There is no silence 7" in page.did("/silences/end", {"silence": "7"}, "/silences").text


def test_a_second_click_adds_no_second_silence(days, page):
    sheet = re.search(r'name="sheet" value="(\w+)"', page.get("/silences").text)[1]
    for _ in range(2):
        page.did("/silences/add", {**ASKED, "sheet": sheet}, "/silences")
    assert len(silences(days)) == 1


def test_everything_is_silenced_only_where_that_is_said(days, page):
    least = {"until": "2h", "reason": "maintenance"}
    refused = page.post("/silences/add", least, "/silences")
    assert refused.status_code == 409
    assert "Say what is silenced: study, kind or route; for all there is, everything." in refused.text
    page.did("/silences/add", {**least, "everything": "yes"}, "/silences")
    assert silences(days)[0][:3] == ("", "", "")


WRONG = [
    {"study": "NCT99999999"},
    {"kind": "sites.*"},
    {"route": "weakly"},
    {"until": "soon"},
    {"until": "2020-01-01"},
    {"until": "99999999999999d"},
    {"reason": "   "},
    {"reason": "x" * 501},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_mistake_is_told_as_by_the_command_and_leads_back(days, page, wrong):
    asked = {**ASKED, **wrong}
    refused = page.post("/silences/add", asked, "/silences")
    assert refused.status_code == 409
    assert '<a href="/silences">Back to where you were</a>' in refused.text
    assert silences(days) == []
    config = days.database.with_name("config.toml")
    config.write_text(text_of(days))
    arguments = [part for name, value in asked.items() for part in (f"--{name}", value)]
    told = watcher(config, "silence", "add", *arguments, expect=2).removeprefix("watcher: ").strip()
    by_the_page = said(refused.text).replace("&#39;", "'").replace("&#34;", '"')
    assert told.replace("--", "")[1:] in by_the_page


def test_an_address_fills_the_form_in(page):
    given = {"study": A, "kind": "site.*", "route": "weekly", "until": "3d", "reason": '"><script>'}
    html = page.get(f"/silences?{urlencode(given)}").text
    assert f'name="study" value="{A}"' in html
    assert '<option value="site.*" selected>' in html
    assert "<option selected>weekly</option>" in html
    assert 'name="until" value="3d"' in html
    assert "<script>&#34;" not in html
    assert 'value="&#34;&gt;&lt;script&gt;"' in html


def test_every_kind_can_be_chosen_alone_and_by_its_family(page):
    from watcher.config.kinds import kinds_matching, known_kinds

    offered = re.findall(r'<option value="([^"]+)"', page.get("/silences").text)
    assert set(known_kinds()) <= set(offered)
    assert all(kinds_matching((kind,)) for kind in offered)
    assert len(offered) == len(set(offered))


# --- mass changes ---------------------------------------------------------------


@pytest.fixture
def held(days: Days) -> Iterator[Reader]:
    """The page over sixty studies whose country is spelt otherwise since yesterday."""
    sweep(days, NUMBERS[:60], studies=60)
    days.poll(1)
    with serving_database(days.database, text_of(days), now=days.clock.now) as reader:
        yield reader


def test_what_is_held_back_stands_on_the_page_of_health_and_leads_to_its_changes(days, held):
    text = held.get("/health").text
    for hold in holds(days):
        assert f'<a href="/mass/{hold.id}">Mass change {hold.id}</a>' in text
        assert f"{hold.changes} changes of 60 studies held back" in text
        assert hold.id in held.get("/mass").text


def test_the_changes_of_a_mass_change_are_turned_page_by_page_each_shown_once(days, held):
    hold = holds(days)[0]
    seen: list[str] = []
    there, pages = f"/mass/{hold.id}", 0
    while there:
        html = held.get(there).text
        seen += re.findall(r'<a href="/studies/(NCT\d{8})">', html)
        pages += 1
        found = re.search(r'href="([^"]+)" rel="next"', html)
        there = found[1].replace("&amp;", "&") if found else ""
    assert pages == -(-hold.changes // PAGE)
    assert len(seen) == hold.changes
    assert seen == sorted(seen)
    assert set(seen) == set(NUMBERS[:60])


@pytest.mark.parametrize("query", ["study=NCT1&after=x", f"study=NCT1&after={'9' * 30}"])
def test_a_place_in_the_list_that_is_none_is_told(days, held, query):
    assert held.get(f"/mass/{holds(days)[0].id}?{query}").status_code == 400


def test_before_an_approval_it_is_shown_what_would_be_sent_to_whom_and_nothing_is_sent(days, held):
    hold = holds(days)[0]
    text = said(held.get(f"/mass/{hold.id}/approve").text)
    assert f"120 alerts from {hold.changes} changes of 60 studies" in text
    assert "everything 60 60 team 60 0 0" in text
    assert "weekly 60 60 chat 0 60 0" in text
    assert "It cannot be taken back." in text
    assert days.alerts() == []
    assert holds(days)[0].decision == "open"


def test_what_is_approved_is_owed_as_it_was_shown_and_only_once(days, held):
    hold = holds(days)[0]
    page = f"/mass/{hold.id}"
    done = held.did("/mass/approve", {"hold": hold.id}, page)
    assert f"Approved {hold.id}: 120 alerts." in done.text
    assert "Decision approved" in said(done.text)
    assert "/approve" not in done.text.split("<main")[1]
    assert "It was approved already" in held.get(f"{page}/approve").text
    again = held.did("/mass/approve", {"hold": hold.id}, page)
    assert f"Approved {hold.id}: 0 alerts." in again.text
    with days.store() as store:
        counts = {(channel, status): number for channel, status, number in store.deliveries.counts()}
        (digest,) = store.deliveries.collecting()
    assert counts["team", "pending"] == 60
    assert (digest.route, digest.alerts, digest.targets) == ("weekly", 60, 1)


def test_a_silence_is_seen_in_what_an_approval_would_send(days, held):
    hold = holds(days)[0]
    held.did("/silences/add", {"kind": "country.*", "route": "weekly", "until": "2d", "reason": "known"})
    text = said(held.get(f"/mass/{hold.id}/approve").text)
    assert "weekly 60 60 nobody: silenced 0 0 60" in text


def test_what_is_dismissed_reaches_nobody_and_may_still_be_approved(days, held):
    hold = holds(days)[0]
    done = held.did("/mass/dismiss", {"hold": hold.id}, f"/mass/{hold.id}")
    assert f"Dismissed {hold.id}." in done.text
    assert "It was dismissed, and may still be approved." in said(done.text)
    assert ">Dismiss<" not in done.text
    assert days.alerts() == []
    held.did("/mass/approve", {"hold": hold.id}, f"/mass/{hold.id}")
    refused = held.did("/mass/dismiss", {"hold": hold.id}, f"/mass/{hold.id}")
    assert "cannot be dismissed any more" in refused.text


@pytest.mark.parametrize("path", ["/mass/nothing", "/mass/nothing/approve", "/mass/%3Cscript%3E"])
def test_a_mass_change_that_is_not_there_is_a_404(held, path):
    answer = held.get(path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_form_without_its_mass_change_asks_for_nothing(held):
    assert held.post("/mass/approve").status_code == 400
    assert held.post("/mass/dismiss", {"hold": ""}).status_code == 400
    assert "There is no mass change x" in held.did("/mass/approve", {"hold": "x"}).text


# --- beside a watcher ------------------------------------------------------------------


def test_what_takes_longer_than_somebody_waits_is_told_when_the_page_is_loaded_again(days, page):
    config = text_of(days)

    def left(wish):
        leave(days.database, wish)

    with serving_database(days.database, config, left, now=days.clock.now) as slow:
        done = slow.post("/silences/add", ASKED, "/silences")
        there = done.headers["location"]
        assert "It is noted and not done yet" in slow.get(there).text
        from watcher.requests import carry_out_all
        from watcher.store import opened

        with opened(days.database) as store:
            carry_out_all(Desk(store, days.audience, days.clock.now()))
        assert "Silence 1 holds until" in slow.get(there).text
