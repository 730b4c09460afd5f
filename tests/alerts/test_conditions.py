"""When the operator hears of the watcher's own condition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.alerts.conditions import FailingWatch, Limits, Vitals, conditions, over
from watcher.alerts.refreshes import refreshes_between, refreshes_since
from watcher.changes.language.words import size_text

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
LIMITS = Limits(missed_refreshes=2, outbox_age=6 * HOURS, free_disk=500_000_000)
WELL = Vitals(since=MONDAY + 15 * HOURS, data_timestamp="2026-06-01T09:00:04", free_disk=10**12)


def keys(vitals: Vitals, now: datetime, limits: Limits = LIMITS) -> list[str]:
    return [notice.key.removeprefix("condition:") for notice in conditions(vitals, limits, now)]


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        (MONDAY + 13 * HOURS, MONDAY + 15 * HOURS, 1),
        (MONDAY + 14 * HOURS, MONDAY + 15 * HOURS, 0),
        (MONDAY + 13 * HOURS, MONDAY + 14 * HOURS, 1),
        (MONDAY + 15 * HOURS, MONDAY + 4 * DAYS + 15 * HOURS, 4),
        (MONDAY + 4 * DAYS + 15 * HOURS, MONDAY + 7 * DAYS + 13 * HOURS, 0),
        (MONDAY + 4 * DAYS + 15 * HOURS, MONDAY + 7 * DAYS + 15 * HOURS, 1),
        (MONDAY, MONDAY - 300 * DAYS, 0),
        (MONDAY, MONDAY + 50_000 * DAYS, 400),
    ],
    ids=["over one", "just served", "to the minute", "a week", "a weekend", "over a weekend", "backwards", "for ever"],
)
def test_refreshes_are_counted_on_working_days(after: datetime, until: datetime, count: int) -> None:
    assert refreshes_between(after, until) == count


@given(st.integers(0, 200_000), st.integers(0, 100), st.integers(0, 100))
def test_refreshes_add_up(start: int, one: int, two: int) -> None:
    first = MONDAY + timedelta(minutes=start)
    middle, last = first + one * HOURS, first + (one + two) * HOURS
    assert refreshes_between(first, last) == refreshes_between(first, middle) + refreshes_between(middle, last)


def test_a_build_does_not_count_as_a_refresh_after_itself() -> None:
    assert refreshes_since("2026-06-01T09:00:04", MONDAY + 23 * HOURS) == 0
    assert refreshes_since("2026-06-01T09:00:04", MONDAY + DAYS + 15 * HOURS) == 1
    assert refreshes_since("no time at all", MONDAY) == 0


def test_all_is_well_as_long_as_it_is() -> None:
    assert keys(WELL, MONDAY + 16 * HOURS) == []
    assert keys(WELL, MONDAY + DAYS + 15 * HOURS) == []


def test_polls_that_missed_two_refreshes_are_told() -> None:
    assert keys(WELL, MONDAY + 2 * DAYS + 13 * HOURS) == []
    assert keys(WELL, MONDAY + 2 * DAYS + 14 * HOURS) == ["silent"]


def test_a_weekend_is_no_silence() -> None:
    friday = Vitals(since=MONDAY + 4 * DAYS + 15 * HOURS, data_timestamp="2026-06-05T09:00:04")
    assert keys(friday, MONDAY + 7 * DAYS + 13 * HOURS) == []


def test_the_last_error_of_a_silence_is_told() -> None:
    failing = Vitals(since=WELL.since, failures=12, last_error="the registry answered 503 to /version")
    notice = conditions(failing, LIMITS, MONDAY + 3 * DAYS)[0]
    assert "12 polls in a row failed; the last error: the registry answered 503 to /version" in notice.body


def test_a_registry_without_new_data_is_told_after_a_long_holiday_only() -> None:
    now = MONDAY + 7 * DAYS + 15 * HOURS
    polled = Vitals(since=now - HOURS, data_timestamp="2026-06-01T09:00:04")
    assert keys(polled, now - 3 * DAYS) == []
    assert keys(polled, now) == ["stale"]


def test_a_rehearsal_is_never_late() -> None:
    assert keys(Vitals(since=MONDAY, data_timestamp="2026-06-01T09:00:04", rehearsal=True), MONDAY + 90 * DAYS) == []


def test_a_message_that_waits_too_long_is_told_with_its_targets() -> None:
    now = MONDAY + 16 * HOURS
    waiting = Vitals(since=now, due_since=now - 6 * HOURS, due=3, failing_targets=("team/you@example.org: refused",))
    assert keys(waiting, now) == ["outbox"]
    assert "3 messages" in conditions(waiting, LIMITS, now)[0].body
    assert "team/you@example.org: refused" in conditions(waiting, LIMITS, now)[0].body
    assert keys(waiting, now - timedelta(minutes=1)) == []


def test_a_disk_that_is_nearly_full_is_told_unless_nobody_asks() -> None:
    full = Vitals(since=MONDAY, free_disk=499_999_999)
    assert keys(full, MONDAY) == ["disk"]
    assert keys(full, MONDAY, Limits(free_disk=0)) == []
    assert keys(Vitals(since=MONDAY, free_disk=None), MONDAY) == []


def test_a_watch_that_keeps_failing_is_named_from_the_third_failure_on() -> None:
    behind = (FailingWatch("pipeline", ("NCT00000001",)),)
    assert keys(Vitals(since=MONDAY, failures=2, failing_watches=behind), MONDAY) == []
    assert keys(Vitals(since=MONDAY, failures=3, failing_watches=behind), MONDAY) == ["watch:pipeline"]


def test_what_is_over_names_what_it_was() -> None:
    assert over("condition:disk", "The disk is full").subject == "Resolved: The disk is full"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1500, "1.5 kB"),
        (5 * 10**8, "500 MB"),
        (2 * 10**9, "2 GB"),
        (999_999, "1000 kB"),
        (999_600_000_000, "1000 GB"),
        (15 * 10**11, "1.5 TB"),
        (2 * 10**15, "2000 TB"),
    ],
)
def test_sizes_read_as_people_say_them(size: int, text: str) -> None:
    assert size_text(size) == text
