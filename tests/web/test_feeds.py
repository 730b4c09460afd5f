"""Feeds over HTTP, read by a parser that is not ours: one update of one study is one entry, and nothing else is."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest

from tests.builders import site
from tests.steered import configured, polled
from tests.store.pages import NOW, page, seen
from tests.test_mass import NUMBERS, SITE
from tests.test_poll import A, B, Days
from tests.web.serving import ON_ANY_PORT, Reader, serving_database
from watcher.config import WebSettings, load
from watcher.model import Silence
from watcher.store import opened

ODD = 'a/b & "c" <d> é'
HOSTILE = "<script>alert(1)</script> \x00\x0b\u202e & ]]> \ufffe"
ROUTES = """
[[route]]
name = "everything"
to = ["team"]
min_severity = "noise"
[[route]]
name = "odd/route"
to = ["team"]
kinds = ["status.*"]
"""


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    days = Days(tmp_path_factory.mktemp("captures"), tmp_path_factory.mktemp("store") / "watcher.db")
    days.watch(A, B)
    for nct_id in (A, B):
        days.put(0, nct_id, title=HOSTILE)
    days.put(1, A, title=HOSTILE, status="SUSPENDED", why_stopped=HOSTILE, primary_completion="2028-01-31")
    days.put(2, B, title=HOSTILE, enrollment=300)
    days.put(
        3,
        A,
        title=HOSTILE,
        status="SUSPENDED",
        why_stopped=HOSTILE,
        primary_completion="2028-01-31",
        verified="2026-05",
    )
    polled(days, settled(days), [0, 1, 2, 3])
    mark(days.database, "no")
    return days


def mark(database: Path, rehearsal: str) -> None:
    """Have a database hold a rehearsal, or not."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'rehearsal'", (rehearsal,))


def settled(days: Days) -> Path:
    watches = f"""
[[watch]]
name = "pipeline"
studies = [{{ nct_id = "{A}", label = "EX-1" }}, "{B}"]
[[watch]]
name = '{ODD}'
studies = ["{B}"]
"""
    return configured(days, ROUTES, watches)


@pytest.fixture(scope="module")
def reader(days: Days) -> Iterator[Reader]:
    with serving_database(days.database, load(settled(days), environ={}), now=days.clock.now) as reader:
        yield reader


def parsed(reader: Reader, path: str, **headers: str) -> Any:
    answer = reader.get(path, **headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.get("bozo_exception")
    return found


FEEDS = [
    "watch/pipeline",
    f"watch/{quote(ODD)}",
    "route/everything",
    "route/odd%2Froute",
    "route/odd/route",
    f"study/{A}",
]


@pytest.mark.parametrize("of", FEEDS)
def test_an_atom_feed_has_all_that_the_standard_asks_for(reader: Reader, of: str) -> None:
    found = parsed(reader, f"/feeds/{of}/atom.xml")
    assert found.version == "atom10"
    assert found.feed.id.startswith("tag:")
    assert found.feed.title
    assert found.feed.updated_parsed
    assert found.feed.author == "nct-watcher"
    (own,) = [link.href for link in found.feed.links if link.rel == "self"]
    assert reader.get(own.removeprefix(reader.url)).content == reader.get(f"/feeds/{of}/atom.xml").content
    assert found.entries
    ids = [entry.id for entry in found.entries]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith("tag:") and re.fullmatch(r"[!-~]+", id) for id in ids)
    for entry in found.entries:
        assert entry.title
        assert entry.updated_parsed
        assert entry.link.startswith(f"{reader.url}/studies/NCT")
        assert {link.href for link in entry.links if link.rel == "related"} == {
            f"https://clinicaltrials.gov/study/{entry.link[-11:]}"
        }
    times = [entry.updated for entry in found.entries]
    assert times == sorted(times, reverse=True)
    assert found.feed.updated == times[0]


@pytest.mark.parametrize("of", FEEDS)
def test_a_json_feed_holds_to_its_rules_and_says_the_same(reader: Reader, of: str) -> None:
    answer = reader.get(f"/feeds/{of}/feed.json")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"].startswith(reader.url)
    atom = parsed(reader, f"/feeds/{of}/atom.xml")
    assert [(item["id"], item["title"], item["date_published"]) for item in feed["items"]] == [
        (entry.id, entry.title, entry.published) for entry in atom.entries
    ]
    for item in feed["items"]:
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert item["content_html"]
        assert item["content_text"]
        assert item["url"].startswith(reader.url)
        assert all(isinstance(tag, str) for tag in item["tags"])


def test_one_update_of_one_study_is_one_entry_severest_first_and_noise_is_none(reader: Reader) -> None:
    entries = parsed(reader, "/feeds/watch/pipeline/atom.xml").entries
    assert [entry.link[-11:] for entry in entries] == [B, A]
    assert entries[1].title.startswith(f"CRITICAL {A} EX-1: Study suspended: Recruiting -> Suspended.")
    told = entries[1].content[0].value
    assert told.index("Study suspended") < told.index("Primary completion date slipped")
    assert {tag.term for tag in entries[1].tags} >= {"critical", "status.suspended", "date.primary_completion.slipped"}


def test_a_route_feed_holds_the_alerts_of_that_route_and_noise_where_it_asks_for_noise(reader: Reader) -> None:
    everything = parsed(reader, "/feeds/route/everything/atom.xml").entries
    odd = parsed(reader, "/feeds/route/odd/route/atom.xml").entries
    assert [(entry.title.split()[0], entry.link[-11:]) for entry in everything] == [
        ("NOISE", A),
        ("MAJOR", B),
        ("CRITICAL", A),
    ]
    assert [entry.link[-11:] for entry in odd] == [A]
    assert "Primary completion" not in odd[0].content[0].value
    assert odd[0].id != everything[2].id


def test_the_same_update_has_the_same_name_in_every_feed_that_follows_the_study(reader: Reader) -> None:
    of_watch = {entry.id for entry in parsed(reader, "/feeds/watch/pipeline/atom.xml").entries}
    of_study = {entry.id for entry in parsed(reader, f"/feeds/study/{A.lower()}/atom.xml").entries}
    assert of_study < of_watch


def test_hostile_text_is_text(reader: Reader) -> None:
    answer = reader.get("/feeds/watch/pipeline/atom.xml").content
    root = ElementTree.fromstring(answer)  # noqa: S314 - what we wrote ourselves
    contents = [node.text or "" for node in root.iter("{http://www.w3.org/2005/Atom}content")]
    assert contents
    for html in [
        *contents,
        *(item["content_html"] for item in reader.get("/feeds/watch/pipeline/feed.json").json()["items"]),
    ]:
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert not set(html) & {"\x00", "\x0b", "\u202e"}


def test_nothing_is_sent_again_to_who_has_it(reader: Reader) -> None:
    for path in ("watch/pipeline/atom.xml", "watch/pipeline/feed.json", "watch/pipeline/dates.ics", "dates.ics"):
        first = reader.get(f"/feeds/{path}")
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "private, no-cache"
        for known in (tag, f"W/{tag}", f'"other", {tag}'):
            again = reader.get(f"/feeds/{path}", **{"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert reader.get(f"/feeds/{path}", **{"If-None-Match": '"other"'}).status_code == 200


def test_links_lead_where_the_feed_was_asked_for(reader: Reader) -> None:
    item = reader.get("/feeds/watch/pipeline/feed.json", Host="localhost:9999").json()["items"][0]
    assert item["url"] == f"http://localhost:9999/studies/{B}"
    here = reader.get("/feeds/watch/pipeline/feed.json").json()["items"][0]
    assert (item["id"], here["url"]) == (here["id"], f"{reader.url}/studies/{B}")


@pytest.mark.parametrize("host", ["trials.example.org", "127.0.0.1:8765"])
def test_behind_a_proxy_a_feed_leads_to_where_its_readers_reach_it(days, host):
    """The proxy speaks TLS for us, and passes on the host that it was asked for, or names ours."""
    url = "https://trials.example.org"
    config = replace(load(settled(days), environ={}), web=WebSettings(ON_ANY_PORT.address, url=url))
    with serving_database(days.database, config, settings=replace(ON_ANY_PORT, url=url)) as reader:
        feed = reader.get("/feeds/watch/pipeline/feed.json", Host=host).json()
        assert feed["feed_url"] == f"{url}/feeds/watch/pipeline/feed.json"
        assert feed["items"][0]["url"].startswith(f"{url}/studies/NCT")
        assert f"URL:{url}/" in reader.get("/feeds/watch/pipeline/dates.ics", Host=host).text


@pytest.mark.parametrize(
    "path", ["watch/pipelin/atom.xml", "route/nobody/feed.json", "study/NCT99999999/atom.xml", "watch/x/dates.ics", "x"]
)
def test_what_is_not_configured_is_not_here(reader: Reader, path: str) -> None:
    assert reader.get(f"/feeds/{path}").status_code == 404


def test_a_silence_keeps_an_alert_out_of_the_feed_of_its_route_and_the_study_s_own_tells_it(
    days: Days, tmp_path: Path
) -> None:
    quiet = Days(tmp_path / "captures", tmp_path / "watcher.db")
    config = configured(quiet)
    quiet.put(0)
    quiet.put(1, status="SUSPENDED")
    polled(quiet, config, [0])
    now = quiet.clock.now()
    with opened(quiet.database) as store:
        store.silences.add("wish", Silence(0, "audit", now, now + timedelta(days=9), nct_id=A))
    polled(quiet, config, [1])
    with serving_database(quiet.database, load(config, environ={}), now=quiet.clock.now) as reader:
        assert reader.get("/feeds/route/everything/feed.json").json()["items"] == []
        assert len(reader.get(f"/feeds/study/{A}/feed.json").json()["items"]) == 1
        # A feed without entries is a feed.
        assert feedparser.parse(reader.get("/feeds/route/everything/atom.xml").content).feed.updated


def test_what_is_held_back_is_in_no_feed_until_it_is_approved(tmp_path: Path) -> None:
    days = Days(tmp_path / "captures", tmp_path / "watcher.db")
    days.watch(*NUMBERS)
    for nct_id in NUMBERS:
        days.put(0, nct_id, sites=[site(**SITE, country="Atlantis"), site()])
        days.put(1, nct_id, sites=[site(**SITE, country="Kingdom of Atlantis"), site()])
    config = configured(days)
    polled(days, config, [0, 1])
    with serving_database(days.database, load(config, environ={}), now=days.clock.now) as reader:

        def items() -> list[Any]:
            return list(reader.get("/feeds/watch/pipeline/feed.json").json()["items"])

        assert items() == []
        for hold in reader.get("/api/mass").json():
            days.clock.moment += timedelta(minutes=1)
            with opened(days.database) as store:
                store.holds.approve(hold["id"], lambda steps: ((), ()), days.clock.now())
        assert len(items()) == 50
        assert "%7Chold:" in items()[0]["id"]


def test_the_newest_fifty_are_told_and_titles_of_a_rehearsal_say_so(tmp_path: Path) -> None:
    days = Days(tmp_path / "captures", tmp_path / "watcher.db")
    with opened(days.database) as store:
        store.meta.decide_rehearsal(True)
        for number in range(1, 62):
            told = page(number, seen=seen(title=f"Title {number}"), targets=())
            store.observing.commit(replace(told, at=NOW + timedelta(minutes=number)))
    with serving_database(days.database, load(configured(days), environ={}), now=days.clock.now) as reader:
        for of in ("watch/pipeline", "route/everything", f"study/{A}"):
            feed = reader.get(f"/feeds/{of}/feed.json").json()
            assert len({item["id"] for item in feed["items"]}) == 50
            assert feed["title"].startswith("REHEARSAL ")
            assert all(item["title"].startswith("REHEARSAL CRITICAL") for item in feed["items"])


def test_the_page_lists_every_feed_and_each_address_is_answered(reader: Reader) -> None:
    page = reader.get("/feeds").text
    addresses = re.findall(r"<code>(http://[^<]+)</code>", page)
    assert len(addresses) == 2 * 3 + 2 * 2 + 1 + 3
    for address in addresses:
        path = address.removeprefix(reader.url)
        assert reader.get(path).status_code == 200, path
