"""The charts of a study: what is drawn where, read back from the SVG."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.web.charts.bands import Band, bands
from watcher.web.charts.scale import Scale, counts_scale, days_scale
from watcher.web.charts.steps import BOTTOM, SIZE, TOP, Point, Texts, steps

TEXTS = Texts("key", 'A "title" & more', "What <it> shows.")
TODAY = date(2026, 6, 1)


def read(svg: str) -> ElementTree.Element:
    """The picture, which is well-formed XML, with its title and text for whoever does not see it."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    named = {each.get("id"): each.text for each in root}
    assert [named[part] for part in root.get("aria-labelledby", "").split()] == [TEXTS.title, TEXTS.told]
    return root


def marks(svg: str, kind: str) -> list[tuple[float, float]]:
    circles = (each for each in read(svg).iter("circle") if each.get("class") == kind)
    return [(float(each.get("cx", "")), float(each.get("cy", ""))) for each in circles]


def drawn(*values: float | None) -> str:
    points = [Point(date(2026, 1 + at, 1), value, "told", at % 2 == 1) for at, value in enumerate(values)]
    return steps(TEXTS, points, Scale(0, 10, BOTTOM, TOP, ()), TODAY)


def test_a_larger_value_stands_higher_and_a_later_version_further_right():
    hollow, filled = marks(drawn(0, 10, 5), "hollow"), marks(drawn(0, 10, 5), "mark")
    assert [y for _, y in hollow] == [BOTTOM, (BOTTOM + TOP) / 2]
    assert [y for _, y in filled] == [TOP]
    assert hollow[0][0] < filled[0][0] < hollow[1][0]


def test_a_version_that_shows_nothing_leaves_a_gap():
    lines = [each.get("d", "") for each in read(drawn(5, None, 5)).iter("path")]
    assert len(lines) == 2
    assert not any("V" in line for line in lines)


def test_today_is_marked_and_named():
    root = read(drawn(1, 2))
    assert [each.get("class") for each in root.iter("line") if each.get("class") == "today"] == ["today"]
    assert "today" in [each.text for each in root.iter("text")]


def test_a_band_is_as_high_as_its_number_and_says_it():
    days = [date(2026, 1, 1), date(2026, 2, 1)]
    root = read(bands(TEXTS, days, [Band("Recruiting", (4, 2)), Band("<b>", (0, 1))], TODAY))
    said = [each.text for each in root.iter("text")]
    assert {"Recruiting: 2 now, at most 4", "<b>: 1 now"} <= set(said)
    first = next(each.get("d", "") for each in root.iter("path"))
    assert "V20.0" in first
    assert "V37.0" in first


def test_a_date_that_names_a_month_stands_at_the_mark_of_that_month():
    scale = days_scale([date(2027, 1, 31), date(2027, 2, 28)], BOTTOM, TOP)
    assert {text: date.fromordinal(int(value)).isoformat() for value, text in scale.marks} == {
        "2026-12": "2026-12-31",
        "2027-01": "2027-01-31",
        "2027-02": "2027-02-28",
        "2027-03": "2027-03-31",
    }


@given(st.lists(st.dates(), min_size=1, max_size=8))
def test_any_days_have_a_scale_within_the_picture_with_marks_in_order(days):
    scale = days_scale(days, BOTTOM, TOP)
    assert all(TOP <= scale.y(day.toordinal()) <= BOTTOM for day in days)
    values = [value for value, _ in scale.marks]
    assert values == sorted(values)
    assert len(values) <= 6


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=8))
def test_any_numbers_have_a_scale_from_zero_with_few_marks(numbers):
    scale = counts_scale(numbers, BOTTOM, TOP)
    assert scale.marks[0][0] == 0
    assert scale.high >= max(numbers)
    assert len(scale.marks) <= 7


@given(st.lists(st.tuples(st.dates(), st.none() | st.integers(0, 99)), min_size=1, max_size=8), st.dates())
def test_every_life_can_be_drawn_within_the_picture(life, today):
    points = [Point(day, value, "told", False) for day, value in sorted(life, key=lambda pair: pair[0])]
    svg = steps(TEXTS, points, counts_scale([99], BOTTOM, TOP), today)
    for x, y in marks(svg, "hollow"):
        assert 0 < x < SIZE[0]
        assert 0 < y < SIZE[1]


@pytest.mark.parametrize("many", [1, 11])
def test_the_picture_grows_with_its_bands(many):
    root = read(bands(TEXTS, [TODAY], [Band(f"S{n}", (n,)) for n in range(many)], TODAY))
    height = float(root.get("viewBox", "").split()[3])
    assert all(float(each.get("y", "0")) < height for each in root.iter("text"))
