"""Calendars over HTTP, read by a parser that is not the one that wrote them: events that move when dates slip."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from tests.steered import configured, polled
from tests.test_poll import A, B, Days
from tests.web.serving import Reader, serving_database
from watcher.alerts.messages.safe import one_line, plain
from watcher.config import load
from watcher.examples.plain import ABSENT
from watcher.model import EVERYTHING
from watcher.store import opened
from watcher.store.searches import Searches
from watcher.views.dates import Entry
from watcher.web.feeds.calendar import Marked, calendar, folded

SUBMITTED = {"submissionInfos": [{"releaseDate": "2026-06-02"}]}
DUE = {"fda_drug": True, "start": "2024-01-15 actual"}


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


@contextmanager
def serving(days: Days, *, rehearsal: bool = False) -> Iterator[Reader]:
    """The pages of the database, whose data count as news unless it is looked at as the rehearsal that it is."""
    config = load(configured(days), environ={})
    with as_news(days.database, rehearsal), serving_database(days.database, config, now=days.clock.now) as reader:
        yield reader


@contextmanager
def as_news(database: Path, rehearsal: bool) -> Iterator[None]:
    """The database as one of real data while the block lasts; else its moment is that of its last poll."""
    mark(database, "yes" if rehearsal else "no")
    yield
    mark(database, "yes")


def mark(database: Path, rehearsal: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'rehearsal'", (rehearsal,))


def read(reader: Reader, path: str = "/feeds/watch/pipeline/dates.ics") -> Calendar:
    answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    found = IcsCalendarStream.calendar_from_ics(answer.text)
    # Another reader sees the same.
    other = icalendar.Calendar.from_ical(answer.content)
    assert [(str(event["uid"]), str(event["summary"]), event["sequence"]) for event in other.walk("VEVENT")] == [
        (event.uid, event.summary, event.sequence) for event in found.events
    ]
    return found


def events(days: Days, path: str = "/feeds/watch/pipeline/dates.ics") -> dict[str, Event]:
    """The events by study and sort of date."""
    with serving(days) as reader:
        found = read(reader, path).events
    assert len({event.uid for event in found}) == len(found)
    return {event.uid.partition("@")[0]: event for event in found}


def poll(days: Days, *numbers: int) -> None:
    polled(days, configured(days), numbers)


def test_a_calendar_has_a_name_and_says_how_often_to_ask(days: Days) -> None:
    days.put(0)
    poll(days, 0)
    with serving(days) as reader:
        text = reader.get("/feeds/dates.ics").text
    for line in (
        "BEGIN:VCALENDAR\r\n",
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Trial dates: all watches",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ):
        assert line in text


def test_a_date_that_slips_moves_its_event_which_stays_the_same(days: Days) -> None:
    days.put(0, primary_completion="2027-06-30")
    days.put(1, primary_completion="2027-12-31")
    days.put(2, primary_completion="2028-02-15")
    seen: list[Event] = []
    for number in (0, 1, 2):
        poll(days, number)
        seen.append(events(days)[f"{A}-primary-completion"])
    assert len({event.uid for event in seen}) == 1
    assert [event.start for event in seen] == [date(2027, 6, 30), date(2027, 12, 31), date(2028, 2, 15)]
    assert [event.end for event in seen] == [event.start + timedelta(days=1) for event in seen]
    assert [event.sequence for event in seen] == [0, 1, 2]
    moments = [event.dtstamp for event in seen]
    assert moments == sorted(set(moments))
    assert [event.last_modified for event in seen] == moments
    assert "moved" not in (seen[0].description or "")
    assert "Was 2027-06-30 until 2026-06-02, moved once." in (seen[1].description or "")
    assert "Was 2027-12-31 until 2026-06-03, moved twice since 2026-06-02." in (seen[2].description or "")
    # Nothing else moved.
    assert events(days)[f"{A}-completion"].sequence == 0


def test_a_calendar_that_nothing_moved_in_is_the_same_to_the_byte(days: Days) -> None:
    days.put(0)
    days.put(1, title="Another title")
    poll(days, 0)
    with serving(days) as reader:
        before = reader.get("/feeds/watch/pipeline/dates.ics").headers["etag"]
        days.clock.moment += timedelta(days=1)
        assert reader.get("/feeds/watch/pipeline/dates.ics").headers["etag"] == before


def test_a_month_counts_as_its_last_day_and_the_summary_says_the_month(days: Days) -> None:
    days.put(0, primary_completion="2027-03", completion="2028-02 actual", start="2026-09")
    poll(days, 0)
    found = events(days)
    assert {name: (event.start, event.summary) for name, event in found.items()} == {
        f"{A}-start": (date(2026, 9, 30), f"{A} EX-1: start in September 2026 (estimated)"),
        f"{A}-primary-completion": (date(2027, 3, 31), f"{A} EX-1: primary completion in March 2027 (estimated)"),
        f"{A}-completion": (date(2028, 2, 29), f"{A} EX-1: study completion in February 2028 (actual)"),
    }
    assert "2027-03; it counts as its last day, 2027-03-31" in (found[f"{A}-primary-completion"].description or "")


def test_results_appear_due_by_the_one_rule_and_are_called_off_when_they_are_submitted(days: Days) -> None:
    days.put(0, primary_completion="2026-04-30", **DUE)
    days.put(1, primary_completion="2026-05-20 actual", **DUE)
    days.put(2, primary_completion="2026-05-20 actual", submission_tracking=SUBMITTED, **DUE)
    name = f"{A}-results-due"
    seen: list[Event] = []
    for number in (0, 1, 2):
        poll(days, number)
        seen.append(events(days)[name])
    assert [event.start for event in seen] == [date(2027, 4, 30), date(2027, 5, 20), date(2027, 5, 20)]
    assert [event.status and event.status.value for event in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event.summary for event in seen] == [
        f"{A} EX-1: results appear due (if the estimated date holds)",
        f"{A} EX-1: results appear due (by the date as reached)",
        f"{A} EX-1: results appear due (called off)",
    ]
    sequences = [event.sequence or 0 for event in seen]
    assert sequences == sorted(set(sequences))
    days.clock.moment += timedelta(days=91)
    assert name not in events(days)


def test_an_old_version_that_is_not_read_any_more_takes_nothing_but_its_own_date(
    days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.put(0, primary_completion="2026-04-30", **DUE)
    days.put(1, primary_completion="2026-04-30", submission_tracking=SUBMITTED, **DUE)
    poll(days, 0)
    poll(days, 1)
    # As where a record is nested deeper than this program reads.
    monkeypatch.setattr("watcher.record.snapshot.MAX_DEPTH", 1)
    found = events(days)
    assert f"{A}-primary-completion" in found
    assert f"{A}-results-due" not in found


def test_a_date_that_is_removed_is_called_off_for_a_while_and_comes_back_as_itself(days: Days) -> None:
    days.put(0, completion="2028-12-31")
    days.put(1, completion=ABSENT)
    poll(days, 0, 1)
    gone = events(days)[f"{A}-completion"]
    assert (gone.start, gone.sequence, gone.status and gone.status.value) == (date(2028, 12, 31), 1, "CANCELLED")
    days.put(2, completion="2029-01-31")
    poll(days, 2)
    back = events(days)[f"{A}-completion"]
    assert (back.start, back.sequence, back.status and back.status.value) == (date(2029, 1, 31), 2, "CONFIRMED")
    assert back.uid == gone.uid


def test_a_study_that_is_gone_has_its_dates_called_off_for_a_while(days: Days) -> None:
    days.watch(A, B)
    days.put(0, A)
    days.put(0, B)
    days.put(1, B, enrollment=200)
    days.put(2, B, enrollment=300)
    poll(days, 0)
    days.hide(A)
    poll(days, 1, 2)
    assert days.state(A) == "gone"
    found = events(days)
    called_off = {name for name, event in found.items() if event.status and event.status.value == "CANCELLED"}
    assert called_off == {f"{A}-primary-completion", f"{A}-completion"}
    assert found[f"{A}-completion"].sequence == 1
    assert (found[f"{A}-completion"].summary or "").endswith("study completion (no longer in the registry)")
    days.clock.moment += timedelta(days=91)
    assert {name[:11] for name in events(days)} == {B}
    days.show(A)
    days.put(3, A)
    poll(days, 3)
    assert (events(days)[f"{A}-completion"].sequence or 0) > 1


def test_dates_long_past_are_left_out_and_a_start_soon_after_it(days: Days) -> None:
    days.put(0, start="2026-05-01 actual", primary_completion="2025-07-01", completion="2025-05-01")
    poll(days, 0)
    assert set(events(days)) == {f"{A}-start", f"{A}-primary-completion"}
    days.clock.moment += timedelta(days=100)
    assert set(events(days)) == set()


def test_a_study_has_a_calendar_of_its_own_and_all_watches_one_together(days: Days) -> None:
    days.watch(A, B)
    days.put(0, A)
    days.put(0, B)
    poll(days, 0)
    one = events(days, f"/feeds/study/{A.lower()}/dates.ics")
    both = events(days, "/feeds/dates.ics")
    assert {name[:11] for name in one} == {A}
    assert {name[:11] for name in both} == {A, B}
    assert {event.uid for event in one.values()} < {event.uid for event in both.values()}


def test_an_event_leads_to_the_study_here_and_at_the_registry_and_takes_nobody_s_time(days: Days) -> None:
    days.put(0, title="Examplinib; with, commas\\ and\nlines", acronym="EXAM")
    poll(days, 0)
    with serving(days) as reader:
        event: Any = next(event for event in read(reader).events if event.uid.startswith(f"{A}-completion"))
        assert event.url == f"{reader.url}/studies/{A}"
        assert f"https://clinicaltrials.gov/study/{A}" in event.description
        assert "Examplinib; with, commas\\ and lines" in event.description
        assert event.transparency == "TRANSPARENT"
        assert event.created <= event.dtstamp <= datetime.now(UTC) + timedelta(days=1000)


def test_the_dates_of_a_rehearsal_say_so(days: Days) -> None:
    days.put(0)
    poll(days, 0)
    with serving(days, rehearsal=True) as reader:
        made = reader.get("/feeds/dates.ics").text
        assert "X-WR-CALNAME:REHEARSAL Trial dates" in made
        assert all((event.summary or "").startswith("REHEARSAL NCT") for event in read(reader).events)


def test_a_watch_of_more_studies_than_a_calendar_holds_is_refused_with_a_word(
    days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.watch(A, B)
    days.put(0, A)
    poll(days, 0)
    monkeypatch.setattr("watcher.web.feeds.gathering.MOST_IN_CALENDAR", 1)
    with serving(days) as reader:
        answer = reader.get("/feeds/watch/pipeline/dates.ics")
    assert answer.status_code == 404
    assert "2 studies, and a calendar holds the dates of 1 at most" in answer.text


def test_the_whole_registry_is_not_read_to_say_that_it_is_too_much(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    days.put(0, A)
    poll(days, 0)
    with opened(days.database) as store:
        store.searches.stand("registry", EVERYTHING)
    with closing(sqlite3.connect(days.database)) as connection, connection:
        connection.execute("UPDATE search SET members = 600000 WHERE watch = 'registry'")
    watches = (
        '[[watch]]\nname = "pipeline"\nstudies = ["NCT00000001"]\n[[watch]]\nname = "registry"\neverything = true\n'
    )
    config = load(configured(days, watches=watches), environ={})
    monkeypatch.setattr(Searches, "members", lambda *_: pytest.fail("all of it was read"))
    with serving_database(days.database, config) as reader:
        answer = reader.get("/feeds/watch/registry/dates.ics")
        assert answer.status_code == 404
        assert "600000 studies, and a calendar holds the dates of 5000 at most" in answer.text
        assert read(reader, "/feeds/dates.ics").events


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_a_line_is_folded_between_characters_and_unfolds_to_itself(text: str) -> None:
    line = f"DESCRIPTION:{text}".encode()
    written = folded(line)
    parts = written.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) <= 75 and part.decode() for part in parts)
    assert written.replace(b"\r\n ", b"") == line + b"\r\n"


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_a_record_says_a_reader_sees_one_event_with_that_text(label: str, title: str) -> None:
    at = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    entry = Entry(A, "completion", date(2028, 1, 31), f"{A} {label}", ("first", title), 3, at, at)
    made = calendar("title", "http://127.0.0.1/", [Marked("uid@x", entry, "http://127.0.0.1/s", "https://r.example")])
    for found in (icalendar.Calendar.from_ical(made), icalendar.Calendar.from_ical(made.decode())):
        (event,) = found.walk("VEVENT")
        assert str(event["summary"]) == one_line(f"{A} {label}")
        assert str(event["description"]).startswith("first\n" + plain(title))
    (event,) = IcsCalendarStream.calendar_from_ics(made.decode()).events
    assert (event.uid, event.sequence) == ("uid@x", 3)
