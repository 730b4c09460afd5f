"""The inbox over real HTTP: what it shows, filters, turning its pages, and what readers answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.builders import site
from tests.office import CRITICAL, MINOR, Office
from tests.steered import configured, polled
from tests.test_poll import A, B, C, Days
from tests.web.conftest import CONFIG
from tests.web.serving import Reader, serving_database
from watcher.config import load
from watcher.model import Silence
from watcher.store import opened

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
ROUTES = """
[[route]]
name = "desk"
to = ["team"]
[[route]]
name = "sites"
to = ["chat"]
when = "daily 08:00"
kinds = ["site.*"]
"""
WATCHES = f"""
[[watch]]
name = "rivals"
studies = [{{ nct_id = "{A}", label = "EX-1" }}, {{ nct_id = "{C}", label = "<i>label</i>" }}]
[[watch]]
name = "ours"
studies = ["{B}"]
"""


@dataclass(frozen=True)
class Scene:
    """A polled database whose inbox is served, read as a browser reads it."""

    database: Path
    reader: Reader

    def page(self, **asked: object) -> str:
        answer = self.reader.get(f"/?{urlencode(asked)}" if asked else "/")
        assert answer.status_code == 200, answer.text
        return answer.text

    def entries(self, **asked: object) -> list[str]:
        """The studies of the entries shown, in their order."""
        return studies_in(self.page(**asked))

    def refused(self, **asked: object) -> str:
        answer = self.reader.get(f"/?{urlencode(asked)}")
        assert answer.status_code == 400
        return unescape(answer.text)


def studies_in(page: str) -> list[str]:
    return re.findall(r'<span class="nct">(NCT\d{8})</span>', page)


def articles(page: str) -> list[str]:
    return page.split("<article")[1:]


def text_of(mark_up: str) -> str:
    """What a reader sees of it."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", mark_up)).split())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """On day 1 study A got forty sites and was suspended, on day 2 the hostile study C, on day 3 B has results."""
    folder = tmp_path_factory.mktemp("inbox")
    days = Days(folder / "captures", folder / "watcher.db")
    days.watch(A, B, C)
    sites = [site(facility=f"Clinic {number}", country="Germany", city="Berlin") for number in range(41)]
    days.put(0, A, sites=sites[:1])
    days.put(0, B)
    days.put(0, C, title=HOSTILE)
    days.put(1, A, sites=sites, status="SUSPENDED", why_stopped="Supply.")
    days.put(2, C, title=HOSTILE, status="SUSPENDED", why_stopped=HOSTILE)
    days.put(3, B, enrollment="1000")
    config = configured(days, ROUTES, WATCHES)
    for number in range(4):
        days.clock.moment += timedelta(days=1) if number else timedelta()
        polled(days, config, (number,))
    with serving_database(days.database, load(config, environ={}), now=days.clock.now) as reader:
        yield Scene(days.database, reader)


# --- what it shows ------------------------------------------------------------------


def test_the_newest_comes_first_and_what_several_routes_tell_is_one_entry_that_names_them(scene):
    assert scene.entries() == [B, C, A]
    entry = text_of(articles(scene.page())[2])
    assert "of route “desk”" in entry
    assert "of route “sites”: waits for the digest of" in entry
    assert entry.index("Study suspended") < entry.index("sites added")


def test_many_sites_are_one_line_with_all_of_them_behind_it(scene):
    entry = articles(scene.page())[2]
    assert "40 sites added" in text_of(entry)
    behind = entry[entry.index("<details>") : entry.index("</details>")]
    assert behind.count("<li>") == 40
    assert "Clinic 40" in behind


def test_a_consequence_stands_under_its_cause_and_old_and_new_are_told_apart(scene):
    entry = articles(scene.page())[2]
    assert "<del>Recruiting</del>" in entry
    assert "<ins>Suspended</ins>" in entry
    line = entry[entry.index("<ins>Suspended</ins>") :]
    assert "Supply." in line[: line.index("</li>\n</ul>")]


def test_an_entry_leads_to_the_study_its_versions_the_record_and_the_reasons(scene):
    entry = articles(scene.page())[2]
    for address in (
        f"/studies/{A}",
        f"/studies/{A}/compare?old=1&amp;new=2",
        f"https://clinicaltrials.gov/study/{A}",
        "/alerts/1",
        "/alerts/2",
    ):
        assert f'href="{address}"' in entry


def test_the_heading_counts_what_is_unread_and_each_such_entry_says_so(scene):
    page = scene.page()
    assert "<h1>Inbox, 3 unread</h1>" in page
    assert all('<b class="new">Unread</b>' in entry for entry in articles(page))


@pytest.mark.parametrize("path", ["/", "/alerts/3"])
def test_hostile_text_of_registry_and_configuration_is_text(scene, path):
    page = scene.reader.get(path).text
    assert "<script>alert" not in page
    assert "onerror=alert(2)>" not in page
    assert "<i>label</i>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# --- filters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"watch": "rivals"}, [C, A]),
        ({"watch": "ours"}, [B]),
        ({"severity": "critical"}, [C, A]),
        ({"kind": "site.*"}, [A]),
        ({"kind": "site.added"}, [A]),
        ({"kind": "results.posted"}, []),
        ({"study": B}, [B]),
        ({"study": B.lower()}, [B]),
        ({"study": "ex-1"}, [A]),
        ({"study": "nothing is called so"}, []),
        ({"route": "sites"}, [A]),
        ({"route": "no longer there"}, []),
        ({"since": "2026-06-03"}, [B, C]),
        ({"until": "2026-06-02"}, [A]),
        ({"since": "2026-06-03", "until": "2026-06-03"}, [C]),
        ({"state": "all"}, [B, C, A]),
        ({"state": "unread"}, [B, C, A]),
        ({"state": "acknowledged"}, []),
        ({"state": "noise"}, []),
        ({"state": "silenced"}, []),
        ({"watch": "rivals", "severity": "critical", "kind": "status.*", "study": A, "since": "2026-06-01"}, [A]),
        ({"watch": "ours", "study": A}, []),
    ],
    ids=str,
)
def test_a_filter_leaves_what_it_says(scene, asked, found):
    assert scene.entries(**asked) == found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"watch": "rivls"}, 'unknown watch "rivls"; did you mean "rivals"?'),
        ({"severity": "majr"}, 'did you mean "major"?'),
        ({"kind": "site.aded"}, 'did you mean "site.added"?'),
        ({"state": "red"}, "unknown state"),
        ({"since": "yesterday"}, "since: expected a day such as 2026-12-24"),
        ({"before": "x"}, "before: expected the number of an alert"),
        ({"after": "9" * 30}, "after: expected the number of an alert"),
    ],
    ids=str,
)
def test_what_cannot_be_understood_is_said(scene, asked, said):
    assert said in scene.refused(**asked)


def test_nothing_found_offers_to_clear_the_filter(scene):
    page = scene.page(kind="results.posted")
    assert "No such alert" in page
    assert '<a href="/">Clear the filter</a>' in page


def test_the_filter_shows_what_is_chosen_and_goes_by_itself_where_there_is_a_script(scene):
    page = scene.page(kind="site.*", watch="rivals")
    assert '<option value="site.*" selected>' in page
    assert '<option value="rivals" selected>' in page
    assert 'action="/" data-at-once' in page
    assert '<optgroup label="site">' in page


def test_a_state_keeps_the_rest_of_the_filter(scene):
    assert 'href="/?kind=site.%2A&amp;state=unread"' in scene.page(kind="site.*")


# --- turning pages ------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Sixty alerts of as many studies."""
    office = Office(tmp_path / "watcher.db")
    office.receiver("team")
    with office.store() as store:
        news = [(number, CRITICAL if number % 2 else MINOR, f"news {number}") for number in range(1, 61)]
        store.observing.commit(office.page(news))
    return office


def test_pages_follow_each_other_without_gap_or_repetition_and_keep_the_filter(office):
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        for path, numbers in (("/", range(60, 0, -1)), ("/?severity=critical", range(59, 0, -2))):
            seen, back = [], []
            while path:
                page = reader.get(path).text
                seen += studies_in(page)
                back.append(path)
                path = link(page, "next")
            assert seen == [f"NCT{number:08}" for number in numbers]
            assert all("severity=critical" in turned for turned in back) or back[0] == "/"
            newer = link(page, "prev")
            assert studies_in(reader.get(newer).text) == studies_in(reader.get(back[-2]).text)


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def test_the_first_page_has_nothing_newer(office):
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        assert link(reader.get("/").text, "prev") == ""


# --- answers ------------------------------------------------------------------------


@pytest.fixture
def reader(office: Office) -> Iterator[Reader]:
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        yield reader


def answered(office: Office, *numbers: int) -> list[tuple[bool, bool]]:
    """Whether these alerts are acknowledged, and whether they were noise."""
    with office.store() as store:
        accounts = [store.accounts.of(number) for number in numbers]
    return [(account.acknowledged_at is not None, account.noise_at is not None) for account in accounts]


def test_one_alert_is_acknowledged_and_is_no_longer_unread(office, reader):
    page = reader.did("/alerts/acknowledge", {"alert": "60"}).text
    assert "Acknowledged 60." in page
    assert "<h1>Inbox, 59 unread</h1>" in page
    assert "acknowledged 2026-06-01" in text_of(articles(page)[0])
    assert studies_in(reader.get("/?state=acknowledged").text) == ["NCT00000060"]
    assert "NCT00000060" not in studies_in(reader.get("/?state=unread").text)
    assert answered(office, 60, 59) == [(True, False), (False, False)]


def test_what_was_chosen_is_answered_together_and_leads_back_to_the_filter(office, reader):
    page = reader.did("/alerts/noise", {"alert": ["60 59", "58"]}, back="/?severity=critical")
    assert page.request.url.query.startswith(b"severity=critical&")
    assert answered(office, 60, 59, 58, 57) == [(False, True)] * 3 + [(False, False)]
    assert studies_in(reader.get("/?state=noise").text) == [f"NCT{number:08}" for number in (60, 59, 58)]
    assert "<h1>Inbox, 57 unread</h1>" in page.text


def test_all_of_a_page_are_acknowledged_with_the_fields_that_stand_on_it(office, reader):
    page = reader.get("/").text
    form = next(form for form in page.split("<form")[1:] if "Acknowledge all 25 unread" in form)
    numbers = re.findall(r'type="hidden" name="alert" value="([^"]*)"', form)
    reader.did("/alerts/acknowledge", {"alert": numbers})
    assert studies_in(reader.get("/?state=unread").text)[0] == "NCT00000035"


def test_an_entry_of_several_routes_is_answered_whole(scene, tmp_path):
    copy = tmp_path / "watcher.db"
    with opened(scene.database) as store:
        store._connection._db.conn.execute("VACUUM INTO ?", (str(copy),))
    with serving_database(copy, CONFIG) as reader:
        entry = articles(reader.get(f"/?study={A}").text)[0]
        (numbers,) = re.findall(r'type="hidden" name="alert" value="([^"]*)"', entry)
        assert sorted(numbers.split()) == ["1", "2"]
        reader.did("/alerts/acknowledge", {"alert": numbers})
        assert '<b class="new">' not in articles(reader.get(f"/?study={A}").text)[0]


@pytest.mark.parametrize("given", [[], [""], ["x"], ["1", "-2"], ["1 0x2"], ["9" * 40]], ids=str)
def test_what_is_no_alert_is_refused_and_nothing_is_done(office, reader, given):
    assert reader.post("/alerts/acknowledge", {"alert": given}).status_code == 400
    assert answered(office, 1) == [(False, False)]


def test_an_alert_that_there_is_not_is_said(reader):
    assert "there is no alert 999" in unescape(reader.did("/alerts/acknowledge", {"alert": "999"}).text).lower()


@pytest.mark.parametrize("path", ["/alerts/acknowledge", "/alerts/noise"])
@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"token": "wrong"}, {}),
        ({"token": ""}, {}),
        ({}, {"Origin": "https://evil.example.org"}),
        ({}, {"Origin": "null"}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
        ({}, {"Sec-Fetch-Site": "same-site"}),
    ],
    ids=str,
)
def test_no_other_page_can_answer(office, reader, path, fields, headers):
    assert reader.post(path, {"alert": "1", **fields}, **headers).status_code == 403
    assert answered(office, 1) == [(False, False)]


@pytest.mark.parametrize("path", ["/alerts/acknowledge", "/alerts/noise"])
def test_a_request_that_does_not_say_where_it_comes_from_is_refused(office, reader, path):
    answer = reader.ask("POST", path, data={"token": reader.token, "alert": "1"})
    assert answer.status_code == 403
    assert answered(office, 1) == [(False, False)]


def test_following_a_link_changes_nothing(office, reader):
    for path in ("/alerts/acknowledge?alert=1", "/alerts/noise?alert=1"):
        assert reader.get(path).status_code == 405
    assert answered(office, 1) == [(False, False)]


# --- silences -----------------------------------------------------------------------


def test_what_a_silence_keeps_back_is_shown_where_it_is_asked_for_and_counts_as_nothing(tmp_path):
    days = Days(tmp_path / "captures", tmp_path / "watcher.db")
    days.put(0, A)
    days.put(1, A, status="SUSPENDED")
    config = configured(days)
    polled(days, config, (0,))
    with opened(days.database) as store:
        until = days.clock.now() + timedelta(days=5)
        store.silences.add("x", Silence(0, "a <b>known</b> stop", days.clock.now(), until, A, "", ""))
    polled(days, config, (1,))
    with serving_database(days.database, load(config, environ={}), now=days.clock.now) as reader:
        assert studies_in(reader.get("/").text) == []
        assert "<h1>Inbox</h1>" in reader.get("/").text
        assert studies_in(reader.get("/?state=silenced").text) == [A]
        page = reader.get("/alerts/1").text
        assert "Owed to nobody: all of it is silenced." in page
        assert "a &lt;b&gt;known&lt;/b&gt; stop" in page


# --- where there is nothing -----------------------------------------------------------


def test_before_the_first_poll_it_says_what_is_to_come(tmp_path):
    office = Office(tmp_path / "watcher.db")
    with office.store():
        pass
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        assert "The registry was not read yet" in reader.get("/").text


def test_a_first_look_alerts_nobody_and_the_page_says_so(tmp_path):
    days = Days(tmp_path / "captures", tmp_path / "watcher.db")
    days.put(0, A)
    days.poll(0)
    with serving_database(days.database, CONFIG, now=days.clock.now) as reader:
        page = text_of(reader.get("/").text)
    assert "Nothing changed yet" in page
    assert "1 study of 1 watch is known, last read 2026-06-01 09:00 UTC." in page
    assert "It is asked again at 2026-06-01 09:30 UTC." in page


# --- an alert by itself ---------------------------------------------------------------


def test_an_alert_says_what_why_says_with_the_evidence(scene):
    page = scene.reader.get("/alerts/2").text
    said = text_of(page)
    assert re.findall(r"<h3>Route “(\w+)”: alert (\d)</h3>", page) == [("sites", "2"), ("desk", "1")]
    assert "Chosen by route &#34;sites&#34;" in page
    assert "What the route asks for, collected" in said
    assert "chat/console:stdout: waits for the digest of" in said
    table = page[page.index('<table class="evidence">') :]
    assert table.count('<th scope="row"') == 42
    assert "site.added" in table
    assert "protocolSection.contactsLocationsModule.locations" in table
    assert "watcher ack 2" in page


@pytest.mark.parametrize("number", ["999", "x", "-1", "9" * 30, "9" * 5_000])
def test_an_alert_that_there_is_not_is_not_here(scene, number):
    assert scene.reader.get(f"/alerts/{number}").status_code == 404
