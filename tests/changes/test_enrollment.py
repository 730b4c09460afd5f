"""Enrolment: targets, actual numbers, and numbers that are none."""

from __future__ import annotations

import pytest

from tests.builders import ABSENT, ENROLLMENT, changes, kinds, only, record


def moved(old: object, new: object) -> tuple[str, str]:
    found = only(changes(record(enrollment=old), record(enrollment=new)))
    return found.kind.removeprefix("enrollment."), found.severity.word


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (100, 124, ("target_increased", "minor")),
        (100, 125, ("target_increased", "major")),
        (10_000, 10_499, ("target_increased", "minor")),
        (10_000, 10_500, ("target_increased", "major")),
        (100, 76, ("target_decreased", "minor")),
        (100, 75, ("target_decreased", "major")),
        (10_000, 9_500, ("target_decreased", "minor")),
        (0, 40, ("target_increased", "minor")),
        (100, "76 actual", ("actualized", "minor")),
        (100, "75 actual", ("actualized", "major")),
        (100, "300 actual", ("actualized", "minor")),
        ("100 actual", "124 actual", ("actual_corrected", "minor")),
        ("100 actual", "125 actual", ("actual_corrected", "major")),
        ("100 actual", "75 actual", ("actual_corrected", "major")),
        (100, 0, ("zeroed", "critical")),
        ("100 actual", "0 actual", ("zeroed", "critical")),
        ("100 actual", 100, ("type_reverted", "major")),
        ("100 untyped", 150, ("target_increased", "major")),
        ("100 untyped", "50 actual", ("actual_corrected", "major")),
    ],
)
def test_enrolment_moves_at_its_thresholds(old, new, expected):
    assert moved(old, new) == expected


def test_a_target_of_nothing_has_no_percentage():
    assert only(changes(record(enrollment=0), record(enrollment=40))).sentence == ("Target enrolment raised: 0 -> 40.")


def test_stating_the_type_is_no_event():
    assert kinds(changes(record(enrollment="100 untyped"), record(enrollment=100))) == ["record.changed"]


def test_the_registrys_number_for_unknown_is_no_number():
    assert moved(100, 99_999_999) == ("removed", "minor")
    assert moved(99_999_999, 100) == ("added", "minor")


def test_an_actual_zero_after_an_estimated_zero_is_reached_and_not_zeroed():
    assert moved(0, "0 actual") == ("actualized", "minor")


@pytest.mark.parametrize("count", ["40", "forty", 40.5, True, [40], {"count": 40}])
def test_a_count_that_is_no_number_is_shown_raw_and_not_told_as_a_removal(count):
    found = changes(record(), record({f"{ENROLLMENT}.count": count}))
    assert kinds(found) == ["record.changed"]
    assert found[0].paths == (f"{ENROLLMENT}.count",)


@pytest.mark.parametrize("nothing", [ABSENT, None])
def test_a_count_that_is_gone_is_a_removal(nothing):
    assert kinds(changes(record(), record({f"{ENROLLMENT}.count": nothing}))) == ["enrollment.removed"]


@pytest.mark.parametrize("count", [-5, 2**63, 10**18])
def test_an_absurd_count_is_told_as_it_stands(count):
    assert str(count) in only(changes(record(), record({f"{ENROLLMENT}.count": count}))).sentence
