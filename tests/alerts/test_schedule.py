"""Time: digest windows over changes of the clocks, waits that grow, and how a delivery ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.alerts.schedule import (
    FEWEST_FAILURES,
    FIRST_RETRY,
    GIVE_UP_AFTER,
    LONGEST_ASKED,
    LONGEST_OUTAGE_RETRY,
    LONGEST_RETRY,
    Attempt,
    DeliveryStatus,
    Outage,
    Settlement,
    When,
    Window,
    back_off,
    parse_when,
    settled,
    window_after,
)
from watcher.errors import DeliveryError

NOW = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def window(now: datetime, when: str, zone: str = "UTC") -> Window:
    found = window_after(now, when, zone)
    assert found is not None
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- when ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", None),
        (" NOW ", None),
        ("daily 07:00", When(time(7), None)),
        ("daily 7:05", When(time(7, 5), None)),
        ("Daily 23:59", When(time(23, 59), None)),
        ("weekly mon 00:00", When(time(0), 0)),
        ("weekly SUN 18:30", When(time(18, 30), 6)),
    ],
)
def test_a_time_is_read(text, expected):
    assert parse_when(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "later", "daily", "daily 7", "daily 24:00", "daily 12:60", "daily 7:5", "daily 07:00:00", "daily mon 07:00",
     "weekly 07:00", "weekly monday 07:00", "weekly mon", "now 07:00", "hourly", "daily -1:00", "daily  07:00 x"],
)  # fmt: skip
def test_what_is_no_time_is_an_error_with_words(text):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        parse_when(text)


# --- windows --------------------------------------------------------------------------


def test_at_once_has_no_window():
    assert window_after(NOW, "now", "UTC") is None


@pytest.mark.parametrize(
    ("now", "when", "zone", "key", "closes"),
    [
        ("2026-06-01T06:30", "daily 07:00", "UTC", "2026-06-01", "2026-06-01T07:00"),
        ("2026-06-01T07:00", "daily 07:00", "UTC", "2026-06-02", "2026-06-02T07:00"),
        ("2026-06-01T06:59:59", "daily 07:00", "UTC", "2026-06-01", "2026-06-01T07:00"),
        ("2026-06-01T04:30", "daily 07:00", BERLIN, "2026-06-01", "2026-06-01T05:00"),
        ("2026-06-01T23:30", "daily 07:00", BERLIN, "2026-06-02", "2026-06-02T05:00"),
        ("2026-06-01T02:00", "daily 20:00", NEW_YORK, "2026-06-01", "2026-06-02T00:00"),
        # 1 June 2026 is a Monday.
        ("2026-06-01T06:30", "weekly mon 07:00", "UTC", "2026-06-01", "2026-06-01T07:00"),
        ("2026-06-01T07:00", "weekly mon 07:00", "UTC", "2026-06-08", "2026-06-08T07:00"),
        ("2026-06-01T06:30", "weekly sun 07:00", "UTC", "2026-06-07", "2026-06-07T07:00"),
        ("2026-06-07T23:30", "weekly mon 01:00", BERLIN, "2026-06-15", "2026-06-14T23:00"),
        # Spring: 02:30 does not exist in Berlin on 29 March 2026, nor in New York on 8 March.
        ("2026-03-28T12:00", "daily 07:00", BERLIN, "2026-03-29", "2026-03-29T05:00"),
        ("2026-03-28T00:00", "daily 07:00", BERLIN, "2026-03-28", "2026-03-28T06:00"),
        ("2026-03-28T12:00", "daily 02:30", BERLIN, "2026-03-29", "2026-03-29T01:30"),
        ("2026-03-07T12:00", "daily 02:30", NEW_YORK, "2026-03-08", "2026-03-08T07:30"),
        # Autumn: 02:30 comes twice in Berlin on 25 October 2026, 01:30 in New York on 1 November; the first counts.
        ("2026-10-24T12:00", "daily 02:30", BERLIN, "2026-10-25", "2026-10-25T00:30"),
        ("2026-10-25T00:30", "daily 02:30", BERLIN, "2026-10-26", "2026-10-26T01:30"),
        ("2026-10-25T01:15", "daily 02:30", BERLIN, "2026-10-26", "2026-10-26T01:30"),
        ("2026-10-31T12:00", "daily 01:30", NEW_YORK, "2026-11-01", "2026-11-01T05:30"),
        ("2026-10-24T12:00", "weekly sun 07:00", BERLIN, "2026-10-25", "2026-10-25T06:00"),
    ],
)
def test_a_window_closes_at_the_local_time(now, when, zone, key, closes):
    assert window(utc(now), when, zone) == Window(key, utc(closes))


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, "UTC", "Asia/Kolkata", "Pacific/Chatham"])
@pytest.mark.parametrize("at", ["00:00", "01:30", "02:30", "07:00", "23:59"])
def test_every_day_of_a_year_has_one_window_and_they_follow_each_other(zone, at):
    now, seen = utc("2026-01-01T12:00"), []
    for _ in range(366):
        seen.append(window(now, f"daily {at}", zone))
        now = seen[-1].closes
    days = [date.fromisoformat(found.key) for found in seen]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
    assert all(earlier.closes < later.closes for earlier, later in pairwise(seen))


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK])
def test_every_week_of_a_year_has_one_window(zone):
    now, seen = utc("2026-01-01T12:00"), []
    for _ in range(53):
        seen.append(window(now, "weekly sun 02:30", zone))
        now = seen[-1].closes
    days = [date.fromisoformat(found.key) for found in seen]
    assert {day.weekday() for day in days} == {6}
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(days))


_MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
_WHENS = st.builds(
    "{} {:02}:{:02}".format,
    st.sampled_from(("daily", "weekly mon", "weekly thu", "weekly sun")),
    st.integers(0, 23),
    st.integers(0, 59),
)
_ZONES = st.sampled_from((BERLIN, NEW_YORK, "UTC", "Asia/Tokyo", "Australia/Lord_Howe"))


@given(_MOMENTS, _WHENS, _ZONES)
def test_a_window_closes_after_now_and_within_its_period(now, when, zone):
    found = window(now, when, zone)
    assert now < found.closes <= now + timedelta(days=1 if when.startswith("daily") else 7, hours=2)
    assert found.key in {found.closes.astimezone(ZoneInfo(zone)).date().isoformat()}


@given(_MOMENTS, _WHENS, _ZONES, st.floats(0, 1))
def test_every_moment_before_it_closes_is_in_the_same_window(now, when, zone, part):
    found = window(now, when, zone)
    between = now + (found.closes - now) * part * 0.999
    assert window(between, when, zone) == found


# --- back-off ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (9, 256), (10, 360), (1000, 360)]
)
def test_the_wait_doubles_up_to_the_longest(failures, minutes):
    wait = back_off(failures, FIRST_RETRY, LONGEST_RETRY, seed="x")
    assert timedelta(minutes=minutes) <= wait <= timedelta(minutes=minutes) * 1.2


@given(
    st.integers(-1, 10_000),
    st.timedeltas(timedelta(seconds=1), timedelta(days=2)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=2)),
    st.text(max_size=5),
)
def test_the_wait_is_never_longer_than_a_fifth_over_the_longest(failures, first, longest, seed):
    wait = back_off(failures, first, longest, seed=seed)
    assert min(first, longest) <= wait <= longest * 1.2


def test_a_failure_for_weeks_on_end_still_has_a_wait():
    # 6 hours doubled 33 times is beyond what a timedelta can hold.
    assert back_off(40, timedelta(hours=6), timedelta(hours=24), seed="x") >= timedelta(hours=24)


def test_the_spread_is_the_same_for_the_same_seed_and_differs_over_seeds():
    waits = [back_off(3, FIRST_RETRY, LONGEST_RETRY, seed=f"delivery {number}") for number in range(50)]
    assert waits == [back_off(3, FIRST_RETRY, LONGEST_RETRY, seed=f"delivery {number}") for number in range(50)]
    assert len(set(waits)) > 40


# --- how a delivery ends -----------------------------------------------------------------


def after(
    error: DeliveryError | None, *, attempts: int = 1, late: timedelta = timedelta(), **more: object
) -> Settlement:
    return settled(Attempt("desk|1>team/x", "team/x", attempts, NOW - late, **more), error, NOW)


def failing(times: int) -> Outage:
    """A target that has failed so often in a row, and may be asked again."""
    return Outage(times, NOW - timedelta(days=1), NOW)


def test_no_error_is_delivered():
    found = after(None)
    assert (found.status, found.due_at, found.error) == (DeliveryStatus.DELIVERED, None, "")


def test_even_late_success_is_delivered():
    assert after(None, attempts=30, late=timedelta(days=9)).status is DeliveryStatus.DELIVERED


def test_a_permanent_error_is_dead_at_once_with_its_reason():
    found = after(DeliveryError("unknown recipient", permanent=True))
    assert (found.status, found.due_at, found.error) == (DeliveryStatus.DEAD, None, "unknown recipient")


def test_a_transient_error_is_tried_again():
    found = after(DeliveryError("time-out"))
    assert (found.status, found.error) == (DeliveryStatus.PENDING, "time-out")
    assert NOW + timedelta(minutes=1) <= found.due_at <= NOW + timedelta(minutes=1.2)


def test_the_wait_grows_with_the_attempts():
    waits = [after(DeliveryError("x"), attempts=attempts).due_at - NOW for attempts in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(hours=2)


def test_a_channel_that_asks_for_a_longer_wait_gets_it():
    found = after(DeliveryError("429", retry_after=timedelta(hours=3)))
    assert found.due_at == NOW + timedelta(hours=3)


def test_a_channel_that_asks_for_a_shorter_wait_does_not():
    found = after(DeliveryError("429", retry_after=timedelta(seconds=1)))
    assert found.due_at >= NOW + timedelta(minutes=1)


def test_after_three_days_it_is_given_up():
    assert (
        after(DeliveryError("x"), attempts=20, late=GIVE_UP_AFTER - timedelta(seconds=1)).status
        is DeliveryStatus.PENDING
    )
    found = after(DeliveryError("time-out"), attempts=20, late=GIVE_UP_AFTER)
    assert found.status is DeliveryStatus.DEAD
    assert found.error == "given up after 3 days: time-out"


@given(
    st.integers(1, 200),
    st.timedeltas(timedelta(), timedelta(days=5)),
    st.booleans(),
    st.none() | st.integers(1, 300).map(failing),
    st.booleans(),
)
def test_a_failed_delivery_is_pending_or_dead_and_never_asks_a_failing_target_sooner(
    attempts, late, permanent, outage, stuck
):
    found = after(DeliveryError("x", permanent=permanent), attempts=attempts, late=late, outage=outage, stuck=stuck)
    assert found.status in {DeliveryStatus.PENDING, DeliveryStatus.DEAD}
    next_attempt = max(found.due_at or NOW, found.outage.retry_at if found.outage else NOW)
    assert (next_attempt > NOW) or found.status is DeliveryStatus.DEAD
    assert found.error
    if found.outage is not None and found.outage.failures > 1:
        assert NOW + FIRST_RETRY <= found.outage.retry_at <= NOW + LONGEST_OUTAGE_RETRY * 1.2


def test_what_waited_while_we_were_off_is_tried_before_it_is_given_up():
    assert after(DeliveryError("connection refused"), late=timedelta(days=4)).status == DeliveryStatus.PENDING


def test_what_waited_while_we_were_off_has_a_days_worth_of_attempts_at_its_target():
    """After a week off a target may be down for some hours: half an hour apart, forty failures take most of a day."""
    found = after(DeliveryError("x"), late=timedelta(days=7), outage=failing(FEWEST_FAILURES - 2))
    assert found.status == DeliveryStatus.PENDING
    assert after(DeliveryError("x"), late=timedelta(days=7), outage=failing(FEWEST_FAILURES - 1)).buries is not None


# --- how its target stands afterwards -----------------------------------------------------


def test_one_failure_lets_another_message_try_at_once_and_a_second_puts_the_target_off():
    first = after(DeliveryError("x")).outage
    assert first == Outage(1, NOW, NOW)
    second = after(DeliveryError("x"), outage=first).outage
    assert (second.failures, second.since) == (2, NOW)
    assert NOW + timedelta(minutes=1) <= second.retry_at <= NOW + timedelta(minutes=1.2)


def test_a_target_that_fails_is_asked_again_within_the_half_hour():
    waits = [after(DeliveryError("x"), outage=failing(times)).outage.retry_at - NOW for times in range(1, 40)]
    assert [round(wait / timedelta(minutes=1.1)) for wait in waits[:5]] == [1, 2, 4, 8, 16]
    assert max(waits) <= LONGEST_OUTAGE_RETRY * 1.2


def test_what_fails_at_a_failing_target_waits_for_the_target_and_not_for_itself():
    assert after(DeliveryError("x"), attempts=15, outage=failing(3)).due_at == NOW


def test_a_target_that_asks_for_time_gets_it_at_the_first_failure_and_no_more_than_a_day():
    found = after(DeliveryError("429", retry_after=timedelta(hours=3)))
    assert found.outage.retry_at == NOW + timedelta(hours=3)
    found = after(DeliveryError("429", retry_after=timedelta(days=4000)))
    assert found.outage.retry_at == found.due_at == NOW + LONGEST_ASKED


def test_a_refusal_for_good_says_nothing_about_the_target():
    found = after(DeliveryError("unknown recipient", permanent=True), outage=failing(3))
    assert (found.outage, found.buries) == (None, None)


def test_a_message_that_fails_alone_for_hours_puts_nothing_else_off():
    assert after(DeliveryError("x"), attempts=9, stuck=True).outage is None
    assert after(DeliveryError("x"), attempts=9, stuck=True, outage=failing(3)).outage.failures == 4


def test_a_message_that_fails_alone_is_given_up_alone():
    found = after(DeliveryError("x"), attempts=12, late=GIVE_UP_AFTER, stuck=True)
    assert (found.status, found.buries) == (DeliveryStatus.DEAD, None)


def test_what_waits_as_long_is_given_up_with_it_where_its_target_fails():
    found = after(DeliveryError("x"), attempts=2, late=GIVE_UP_AFTER, outage=failing(FEWEST_FAILURES))
    assert (found.status, found.buries) == (DeliveryStatus.DEAD, NOW - GIVE_UP_AFTER)
