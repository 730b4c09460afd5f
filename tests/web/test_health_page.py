"""How the watcher is, as the operator sees it: from a real database, over real connections."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.office import HOURS, Office
from tests.web.serving import Reader, serving_database
from watcher import __version__
from watcher.errors import DeliveryError
from watcher.model import Form, Notice, Route, Search, Silence, Sweep
from watcher.store.library import sqlite_version
from watcher.store.shown import Collecting
from watcher.store.values import Malformed, Observation, PollState
from watcher.views.health import data_age, next_digests

NOW = datetime(2026, 6, 3, 15, 0, tzinfo=UTC)
CONFIG = """
[[watch]]
name = "pipeline"
studies = ["NCT00000001"]
[[watch]]
name = "KRAS G12D"
search = { condition = "KRAS G12D" }
[[channel]]
name = "team"
url = "console://"
[[route]]
name = "desk"
to = ["team"]
[[route]]
name = "morning"
to = ["team"]
when = "daily 07:00"
timezone = "Europe/Berlin"
[[route]]
name = "asleep"
to = ["team"]
when = "daily 08:00"
enabled = false
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "watcher.db")
    made.clock.moment = NOW
    made.receiver("team")
    with made.store() as store:
        store.meta.set_poll_state(
            PollState(NOW + timedelta(minutes=30), 0, "", NOW - timedelta(minutes=5), "2026-06-03T09:00:05")
        )
    return made


def shown(office: Office) -> str:
    """What stands on the page, as a reader hears it."""
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        return said(reader)


def said(reader: Reader, path: str = "/health") -> str:
    answer = reader.get(path)
    assert answer.status_code == 200
    main = answer.text.split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub("<[^>]+>", " ", main).split())


def test_where_all_is_well_that_is_the_first_word_and_nothing_waits(office):
    text = shown(office)
    assert "ok All is well" in text
    assert "What waits for you Nothing." in text
    assert "Silences: none holds now" in text
    assert "Dead letters: 0" in text


def test_the_page_says_when_was_polled_with_which_data_and_when_it_is_polled_next(office):
    text = shown(office)
    assert "Last good poll 2026-06-03 14:55 UTC" in text
    assert "(its dataTimestamp) 2026-06-03 09:00 UTC the newest there should be" in text
    assert "Next poll, at the earliest 2026-06-03 15:30 UTC" in text
    assert "Polls that failed in a row 0" in text
    assert "Last error" not in text


def test_polls_that_fail_are_counted_and_their_error_told(office):
    with office.store() as store:
        store.meta.set_poll_state(PollState(NOW, 3, "503 from the <registry>", NOW - timedelta(days=3), ""))
    text = shown(office)
    assert "degraded It works, but not all is as it should be 3 polls in a row failed" in text
    assert "Polls that failed in a row 3" in text
    assert "Last error: 503 from the &lt;registry&gt;" in text
    assert "none yet" in text


@pytest.mark.parametrize(
    ("stamp", "now", "age"),
    [
        ("2026-06-03T09:00:05", NOW, "the newest there should be"),
        ("2026-06-02T09:00:05", NOW, "1 refresh of the registry since, by its usual working days"),
        ("2026-05-28T09:00:05", NOW, "4 refreshes of the registry since, by its usual working days"),
        ("", NOW, ""),
        ("soon", NOW, ""),
    ],
)
def test_the_age_of_our_data_is_counted_in_refreshes(stamp, now, age):
    assert data_age(stamp, now) == age


def test_reasons_name_commands_as_such(office):
    office.channels["team"].fail(DeliveryError("refused", permanent=True))
    office.owe(1)
    office.deliver()
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        html = reader.get("/health").text
    assert "could not be made: <code>watcher deliveries list --status dead</code>" in html
    assert "Dead letters: 1" in html


def test_an_open_notice_is_told_whole_and_one_that_is_over_not(office):
    with office.store() as store:
        store.notices.tell(Notice("registry", "The registry blocks us", "First.\n\nSecond."), (), NOW)
        store.notices.tell(Notice("disk", "The disk is full", "."), (), NOW)
        store.notices.resolve("disk", Notice("disk.over", "Over", "."), (), NOW)
    text = shown(office)
    assert "The registry blocks us First. Second. Since 2026-06-03 15:00 UTC" in text
    assert "The disk is full" not in text
    assert "degraded It works, but not all is as it should be" in text


def test_the_digests_that_close_next_stand_in_their_order_with_what_is_in_them(office):
    office.owe(1, form=Form.DIGEST, due=2 * HOURS)
    text = shown(office)
    digests = text.split("Alerts so far")[1].split("Saved searches")[0].strip()
    assert digests == (
        "2026-06-03 17:00 UTC desk team its window 1 2026-06-04 05:00 UTC morning team daily 07:00 (Europe/Berlin) 0"
    )
    assert "asleep" not in text


def test_a_window_that_is_collected_is_not_listed_again_as_empty():
    route = Route("morning", ("team",), when="daily 07:00")
    closes = datetime(2026, 6, 4, 7, 0, tzinfo=UTC)
    collecting = [
        Collecting("morning", "2026-06-04", closes, 2, 5),
        Collecting("morning", "quiet 2026-06-04", closes - HOURS, 1, 1),
        Collecting("gone", "2026-06-04", closes, 3, 2),
        Collecting("gone", "empty", closes, 3, 0),
    ]
    found = next_digests([route], collecting, NOW)
    assert [(digest.route, digest.what, digest.to, digest.alerts) for digest in found] == [
        ("morning", "end of quiet hours", "team", 1),
        ("gone", "digest", "3 targets", 2),
        ("morning", "daily 07:00 (UTC)", "team", 5),
    ]


def test_a_saved_search_says_how_far_it_is(office):
    assert "KRAS G12D – – – not asked yet" in shown(office)
    with office.store() as store:
        store.searches.stand("KRAS G12D", Search((("query.cond", "KRAS G12D"),)))
        sweep = Sweep("KRAS G12D", True, {}, "2026-06-03T09:00:05")
        store.searches.begin(sweep)
        assert "KRAS G12D 0 – – whole: 0 of ?" in shown(office)
        store.searches.finish(sweep, NOW)
        assert "KRAS G12D 0 2026-06-03T09:00:05 2026-06-03 15:00 UTC no sweep is under way" in shown(office)
        store.searches.suspect("KRAS G12D", "2026-06-03T09:00:05")
    assert "too many came or left at once: waits for the next data refresh" in shown(office)


def test_what_readers_called_noise_is_counted_by_route_and_kind_with_what_helps(office):
    assert "Nothing so far." in shown(office)
    office.owe(1)
    office.owe(2)
    with office.store() as store:
        store.answers.mark_as_noise([1], NOW)
    text = shown(office)
    assert "desk status.suspended 1 2" in text
    assert "watcher routes test replays the history" in text


def test_a_record_that_cannot_be_read_is_named_with_its_reason(office):
    assert "cannot be read" not in shown(office)
    with office.store() as store:
        store.observing.commit(
            Observation(
                NOW,
                "",
                malformed=(Malformed("d1", None, "no <number>", b"{}"), Malformed("d2", "NCT00000009", "torn", b"{")),
            ),
        )
    text = shown(office)
    assert "number unknown: no &lt;number&gt;" in text
    assert "NCT00000009: torn" in text


def test_the_program_and_its_database_are_described(office):
    office.owe(1)
    text = shown(office)
    assert f"nct-watcher {__version__} SQLite {sqlite_version()}" in text
    assert "Running watcher none on this database" in text
    assert "Alerts 1 Deliveries 1" in text
    assert re.search(r"Free on its disk \d", text)
    assert str(office.database) in text


def test_a_silence_that_holds_is_counted(office):
    with office.store() as store:
        store.silences.add("a", Silence(0, "x", NOW, NOW + HOURS))
    assert "Silences: 1 holds now" in shown(office)


def test_a_database_that_is_damaged_is_told_and_the_page_goes_on(office):
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        assert reader.get("/health").status_code == 200
        office.database.write_bytes(b"damaged" * 4000)
        for suffix in ("-wal", "-shm"):
            office.database.with_name(office.database.name + suffix).unlink(missing_ok=True)
        answer = reader.get("/health")
    assert answer.status_code == 503
    assert "The database cannot be read" in answer.text


def test_before_the_first_poll_the_page_says_so(tmp_path):
    office = Office(tmp_path / "watcher.db")
    with office.store():
        pass
    text = shown(office)
    assert "Last good poll never" in text
    assert "Next poll, at the earliest at the next start" in text
