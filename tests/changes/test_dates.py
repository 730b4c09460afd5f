"""Dates of the plan: slips, pull-ins, precision, types, and what is not told at all."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import ABSENT, PRIMARY, changes, kinds, only, record, the
from watcher.changes import History
from watcher.model import Severity


def primary(old: object, new: object, **filed: str) -> tuple[str, str, int]:
    found = only(changes(record(primary_completion=old), record(primary_completion=new, **filed)))
    return found.kind.removeprefix("date.primary_completion."), found.severity.word, found.detail.get("days", 0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2027-06-30", "2027-09-27", ("slipped", "minor", 89)),
        ("2027-06-30", "2027-09-28", ("slipped", "major", 90)),
        ("2027-06-30", "2028-06-28", ("slipped", "major", 364)),
        ("2027-06-30", "2028-06-29", ("slipped", "critical", 365)),
        ("2027-06-30", "2027-04-02", ("pulled_in", "minor", -89)),
        ("2027-06-30", "2027-04-01", ("pulled_in", "major", -90)),
        ("2027-06-30", "2020-04-01", ("pulled_in", "major", -2646)),
        ("2027-06", "2027-07", ("slipped", "minor", 31)),
        ("2022-10-14", "2023-07-31", ("slipped", "major", 290)),
        ("2026-05-01 actual", "2026-05-31 actual", ("corrected", "minor", 30)),
        ("2026-05-31 actual", "2026-04-30 actual", ("corrected", "major", -31)),
        ("2026-05-31 actual", "2026-05-31", ("type_reverted", "major", 0)),
        ("2026-01-31", "2026-04-30 actual", ("actualized", "minor", 89)),
        ("2026-01-31", "2026-05-01 actual", ("actualized", "major", 90)),
        ("2026-05-01", "2026-01-31 actual", ("actualized", "major", -90)),
    ],
)
def test_a_date_moves_at_its_thresholds(old, new, expected):
    assert primary(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-01-31", "2026-01"),
        ("2026-01", "2026-01-31"),
        ("2026-01", "2026-01-01"),
        ("2026", "2026-07"),
        ("2026-05 actual", "2026-05-12 actual"),
    ],
)
def test_where_both_may_mean_the_same_day_only_the_precision_changed(old, new):
    assert primary(old, new) == ("refined", "noise", 0)


def test_an_actual_day_inside_the_estimated_month_is_neither_slip_nor_pull_in():
    found = only(changes(record(primary_completion="2026-05"), record(primary_completion="2026-05-02 actual")))
    assert (found.kind, found.severity, found.detail["days"]) == (
        "date.primary_completion.actualized",
        Severity.MINOR,
        0,
    )
    assert "than last estimated" not in found.sentence


def test_a_month_is_never_told_in_days():
    assert " days" not in only(changes(record(completion="2028-12"), record(completion="2029-07-15"))).sentence


@pytest.mark.parametrize(("old", "new"), [("2027-06-30 untyped", "2027-06-30"), ("2027-06-30", "2027-06-30 untyped")])
def test_a_type_that_is_stated_or_no_longer_stated_is_no_event(old, new):
    assert primary(old, new)[1] == "noise"


def test_an_untyped_date_takes_the_type_of_the_other_side():
    assert primary("2027-06-30 untyped", "2027-12-31 actual")[0] == "corrected"
    assert primary("2027-06-30 untyped", "2027-12-31")[0] == "slipped"


def test_equal_dates_are_no_change_however_they_are_padded():
    found = changes(record({f"{PRIMARY}.date": "2027-06-30"}), record({f"{PRIMARY}.date": " 2027-06-30"}))
    assert kinds(found) in ([], ["record.changed"])


@pytest.mark.parametrize("garbage", ["soon", "2027-13", "2027-6-30", "31.12.2027", 20270630, ["2027-06-30"], True])
def test_a_date_that_is_no_date_is_shown_raw_and_not_told_as_a_removal(garbage):
    found = changes(record(), record({f"{PRIMARY}.date": garbage}))
    assert kinds(found) == ["record.changed"]
    assert found[0].paths == (f"{PRIMARY}.date",)


@pytest.mark.parametrize("garbage", ["soon", 5, ["2027-06-30"]])
def test_a_struct_that_is_no_struct_is_shown_raw(garbage):
    found = changes(record(), record({PRIMARY: garbage}))
    assert kinds(found) == ["record.changed"]


@pytest.mark.parametrize("nothing", [None, {}, {"date": None}, {"date": ""}])
def test_an_empty_date_is_a_removal(nothing):
    assert kinds(changes(record(), record({PRIMARY: nothing}))) == ["date.primary_completion.removed"]


def test_a_date_out_of_garbage_is_shown_raw_too():
    assert kinds(changes(record({f"{PRIMARY}.date": "soon"}), record())) == ["record.changed"]


def test_the_last_day_of_the_calendar_is_a_day_like_any_other():
    assert primary("2027-02-28", "9999-12-31")[:2] == ("slipped", "critical")


def test_two_dates_are_told_apart():
    found = changes(
        record(primary_completion="2027-06-30", completion="2028-12-31"),
        record(primary_completion="2027-09-30", completion="2030-12-31"),
    )
    assert kinds(found) == ["date.completion.slipped", "date.primary_completion.slipped"]
    assert the("date.primary_completion.slipped", found).paths == (PRIMARY,)
    assert (found[0].old, found[0].new) == ("2028-12-31 (estimated)", "2030-12-31 (estimated)")


# --- what the history and the filing dates add -------------------------------------

_STORY = History(first_seen=date(2020, 5, 28), first_primary_completion="2022-10-14", slips=1)


def slip(history: History | None, filed: str = "2023-09-25", new: str = "2023-12-31") -> str:
    before = record(primary_completion="2023-07-31", filed="2022-12-19")
    return the(
        "date.primary_completion.slipped", changes(before, record(primary_completion=new, filed=filed), history=history)
    ).sentence


def test_a_slip_says_how_far_it_is_from_the_date_first_seen_and_when_it_was_filed():
    assert slip(_STORY) == (
        "Primary completion date slipped by 5 months: 2023-07-31 -> 2023-12-31 (estimated); 443 days later than first "
        "seen on 2020-05-28; 2nd slip; filed 56 days after the old date had passed."
    )


def test_the_first_slip_has_no_sum():
    assert "first seen" not in slip(History(date(2020, 5, 28), "2022-10-14", slips=0))


def test_without_a_history_there_is_no_sum():
    assert "first seen" not in slip(None)


@pytest.mark.parametrize("first", ["garbage", "", "2031-01"])
def test_a_history_that_does_not_help_is_left_out(first):
    assert "first seen" not in slip(History(date(2020, 5, 28), first, slips=3))


def test_a_date_filed_before_the_old_one_had_passed_says_nothing_of_it():
    assert "had passed" not in slip(None, filed="2023-07-31")
    assert "filed 1 day after the old date had passed" in slip(None, filed="2023-08-01")


def test_without_a_posting_date_the_day_of_reading_counts():
    gone = {"protocolSection.statusModule.lastUpdatePostDateStruct": ABSENT}
    before, after = record(gone, primary_completion="2023-07-31"), record(gone, primary_completion="2023-12-31")
    told = only(changes(before, after, today=date(2023, 8, 2)))
    assert "filed 2 days after the old date had passed" in told.sentence
