"""Partial dates: an interval from the first to the last day that the text may mean."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.record import PartialDate

_DAYS = st.dates(min_value=date(1900, 1, 1))
_TEXTS = st.builds(lambda day, length: day.isoformat()[:length], _DAYS, st.sampled_from((4, 7, 10)))


def parsed(text: str) -> PartialDate:
    day = PartialDate.parse(text)
    assert day is not None
    return day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03-14", date(2026, 3, 14), date(2026, 3, 14)),
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        (" 2026-03-14 ", date(2026, 3, 14), date(2026, 3, 14)),
        ("9999-12-31", date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_a_date_stands_for_all_its_days(text, first, last):
    day = parsed(text)
    assert (day.first, day.last) == (first, last)
    assert day.text == text.strip()


@pytest.mark.parametrize(
    "garbage",
    [
        "", " ", "soon", "March 2026", "2026-3", "2026-13", "2026-00", "2026-02-30", "2026-2-03", "26-03-14",
        "0000-01-01", "2026-03-14T00:00", "2026/03/14", "20260314", "2026-03-14 2026-03-15", "2026-", "-2026", None,
        2026, 2026.5, True, ["2026-03"], {"date": "2026-03"}, b"2026-03",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(garbage):
    assert PartialDate.parse(garbage) is None


@given(st.text(max_size=12) | st.from_regex(r"\d{4}-\d\d-\d\d", fullmatch=True))
def test_any_text_is_a_date_or_none(text):
    day = PartialDate.parse(text)
    assert day is None or day.first <= day.last


def test_only_a_whole_date_is_exact():
    assert parsed("2026-03-14").exact
    assert not parsed("2026-03").exact
    assert not parsed("2026").exact


@pytest.mark.parametrize(
    ("a", "b", "overlap"),
    [
        ("2026-01", "2026-01-31", True),
        ("2026-01", "2026-01-01", True),
        ("2026-01", "2026-02-01", False),
        ("2026-01-31", "2026-02", False),
        ("2026", "2026-07-15", True),
        ("2026-01-01", "2026-01-02", False),
    ],
)
def test_a_month_may_be_any_of_its_days(a, b, overlap):
    assert parsed(a).overlaps(parsed(b)) is overlap
    assert parsed(b).overlaps(parsed(a)) is overlap


@pytest.mark.parametrize(
    ("a", "b", "days", "months"),
    [
        ("2023-07-31", "2023-12-31", 153, 5),
        ("2022-10-14", "2023-07-31", 290, 9),
        ("2026-01", "2026-02-28", 28, 1),
        ("2026-01", "2026-03", 59, 2),
        ("2027-03", "2026-03", -365, -12),
    ],
)
def test_distances_count_a_month_as_its_last_day(a, b, days, months):
    assert parsed(a).days_until(parsed(b)) == days
    assert parsed(a).months_until(parsed(b)) == months


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("2026-03-14", "2026-03-15", "1 day"),
        ("2026-03-14", "2026-04-13", "30 days"),
        ("2026-03-14", "2026-04-14", "1 month"),
        ("2023-07-31", "2023-12-31", "5 months"),
        ("2024-02-29", "2024-08-31", "6 months"),
        ("2022-10-14", "2023-07-31", "290 days, about 10 months"),
        ("2026-01", "2026-02-28", "1 month"),
        ("2026-01", "2027-01", "12 months"),
        ("2026", "2028", "24 months"),
        ("2027-03", "2026-03", "12 months"),
        ("2026-03-14", "2026-03-14", "0 days"),
    ],
)
def test_a_span_claims_no_more_than_both_dates_know(a, b, words):
    assert parsed(a).span_until(parsed(b)) == words


@given(_TEXTS, _TEXTS)
def test_any_two_dates_have_a_distance_in_words(a, b):
    one, other = parsed(a), parsed(b)
    assert one.days_until(other) == -other.days_until(one)
    assert one.months_until(other) == -other.months_until(one)
    assert one.span_until(other) == other.span_until(one)
    assert one.moved_to(other) == -other.moved_to(one) in (0, one.days_until(other))


def test_the_last_day_of_the_calendar_has_a_distance_too():
    # A typo in the registry reaches it, and both end a month: 7972 years and 10 months.
    assert parsed("2027-02-28").span_until(parsed("9999-12-31")) == "95674 months"
