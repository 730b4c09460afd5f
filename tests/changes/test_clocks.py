"""Clocks: which stand on which day, when the next day is, and what is told of them once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NCT, record
from watcher.changes.clocks.results_due import months_after, results_deadline, submitted
from watcher.changes.clocks.ringing import Ringing, ringing
from watcher.changes.clocks.timetable import next_day, timetables
from watcher.changes.reading import Version
from watcher.model import Raised

REGULATED: dict[str, Any] = {
    "status": "COMPLETED",
    "phases": ["PHASE3"],
    "fda_drug": True,
    "start": "2021-03-01 actual",
    "primary_completion": "2025-11-30 actual",
    "completion": "2026-02-28 actual",
}
_MISC = "derivedSection.miscInfoModule.submissionTracking"
_UNPOSTED = "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents"


def version(**said: Any) -> Version:
    return Version(record(**said))


def standing(what: Version, day: str | date) -> dict[str, int]:
    """The clocks that stand on a day, each with its threshold."""
    today = date.fromisoformat(day) if isinstance(day, str) else day
    stands = {clock.clock: clock.threshold(today) for clock in timetables(what)}
    return {name: threshold for name, threshold in stands.items() if threshold is not None}


def rung(what: Version, day: str | date, before: Iterable[Raised] = (), **more: Any) -> Ringing:
    today = date.fromisoformat(day) if isinstance(day, str) else day
    return ringing(what, NCT, tuple(before), today, **more)


def told(found: Ringing) -> list[str]:
    return [change.kind for change in found.told]


# --- when they stand ------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "threshold"),
    [("2026-05-15", None), ("2026-05-16", 30), ("2026-10-12", 30), ("2026-10-13", 180)],
)
def test_a_start_is_overdue_more_than_30_and_180_days_after_its_estimate(day, threshold):
    study = version(status="NOT_YET_RECRUITING", start="2026-04-15")
    assert standing(study, day).get("start_overdue") == threshold


@pytest.mark.parametrize("said", [{"start": "2026-04-15 actual"}, {"status": "RECRUITING"}, {"status": "WITHDRAWN"}])
def test_a_start_that_is_reached_or_given_up_is_not_overdue(said):
    study = version(**{"status": "NOT_YET_RECRUITING", "start": "2026-04-15", **said})
    assert "start_overdue" not in standing(study, "2027-01-01")


@pytest.mark.parametrize(
    ("day", "near", "passed"),
    [
        ("2023-05-01", None, None),
        ("2023-05-02", 90, None),
        ("2023-06-30", 90, None),
        ("2023-07-01", 30, None),
        ("2023-07-31", 30, None),
        ("2023-08-01", None, 0),
    ],
)
def test_a_month_of_primary_completion_counts_as_its_last_day(day, near, passed):
    stands = standing(version(primary_completion="2023-07"), day)
    assert (stands.get("primary_completion_near"), stands.get("primary_completion_passed")) == (near, passed)


@pytest.mark.parametrize("status", ["COMPLETED", "TERMINATED", "WITHDRAWN", "WITHHELD"])
def test_what_has_ended_has_no_plan_and_is_never_stale(status):
    assert standing(version(status=status, primary_completion="2023-07", completion="2023-08"), "2026-12-01") == {}


def test_a_status_that_the_registry_calls_unknown_ends_nothing():
    study = version(status="UNKNOWN", last_known="RECRUITING", primary_completion="2023-07")
    assert "primary_completion_passed" in standing(study, "2026-06-01")


@pytest.mark.parametrize(
    ("day", "threshold"), [("2026-07-31", None), ("2026-08-01", 6), ("2027-01-31", 6), ("2027-02-01", 12)]
)
def test_a_record_is_stale_6_and_12_months_after_the_month_of_its_verification(day, threshold):
    assert standing(version(verified="2026-01"), day).get("stale") == threshold


# --- results --------------------------------------------------------------------


def test_results_are_due_a_calendar_year_after_primary_completion():
    found = results_deadline(version(**REGULATED))
    assert found is not None
    assert (found.due.text, found.estimated) == ("2026-11-30", False)
    assert found.because == (
        "interventional, FDA-regulated drug, Phase 3, started 2021-03-01; primary completion 2025-11-30 (actual)"
    )


@pytest.mark.parametrize(
    "said",
    [
        {"put": {"protocolSection.designModule.studyType": "OBSERVATIONAL"}},
        {"fda_drug": False},
        {"fda_drug": "true"},
        {"phases": ["PHASE1"]},
        {"phases": ["EARLY_PHASE1"]},
        {"phases": []},
        {"phases": "PHASE3"},
        {"put": {"protocolSection.designModule.designInfo": {"primaryPurpose": "DEVICE_FEASIBILITY"}}},
        {"start": "2014-03-01 actual", "primary_completion": "2017-01-17 actual"},
        {"status": "WITHDRAWN"},
        {"has_results": True},
        {"results_submitted": "2026-02-01"},
        {"put": {"protocolSection.statusModule.resultsWaived": True}},
        {"put": {f"{_MISC}.estimatedResultsFirstSubmitDate": "2026-02-01"}},
        {"put": {f"{_MISC}.submissionInfos": [{"releaseDate": "2026-02-01"}]}},
        {"put": {f"{_MISC}.submissionInfos": [{"releaseDate": "2026-02-01", "resetDate": "2026-03-01"}]}},
    ],
    ids=str,
)
def test_results_do_not_appear_due(said):
    assert results_deadline(version(**{**REGULATED, **said})) is None


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"phases": ["PHASE1", "PHASE2"]}, "FDA-regulated drug, Phase 1/Phase 2, started"),
        ({"fda_drug": False, "fda_device": True, "phases": ["NA"]}, "FDA-regulated device, phase not applicable"),
        ({"start": "2016-03-01 actual"}, "started 2016-03-01; primary completion 2025-11-30"),
        ({"status": "TERMINATED"}, "Phase 3"),
        ({"primary_completion": "2025-11-30"}, "primary completion 2025-11-30 (estimated)"),
    ],
    ids=str,
)
def test_results_appear_due_and_the_reason_is_told(said, because):
    found = results_deadline(version(**{**REGULATED, **said}))
    assert found is not None
    assert because in found.because


@pytest.mark.parametrize(
    ("certificate", "due"),
    [
        ("2026-10-15", "2028-10-15"),  # two years after its submission
        ("2027-02-01", "2028-11-30"),  # three years after primary completion at most
        ("2024-05-01", "2026-11-30"),  # never earlier than without it
    ],
)
def test_a_certificate_moves_the_deadline(certificate, due):
    found = results_deadline(version(**REGULATED, certified=certificate))
    assert found is not None
    assert found.due.text == due
    assert f"certificate of delay submitted {certificate}" in found.because


@pytest.mark.parametrize(
    ("put", "expected"),
    [
        ({f"{_MISC}.submissionInfos": [{"releaseDate": "2026-02-01", "unreleaseDate": "2026-02-20"}]}, False),
        ({f"{_MISC}.submissionInfos": [{"releaseDate": "2026-02-01", "unreleaseDateUnknown": True}]}, False),
        ({_UNPOSTED: [{"type": "RELEASE"}, {"type": "UNRELEASE"}]}, False),
        ({_UNPOSTED: [{"type": "RELEASE"}, {"type": "RESET"}]}, True),
        ({_UNPOSTED: [{"type": "RELEASE"}, {"type": "UNRELEASE"}, {"type": "RELEASE"}]}, True),
        ({_UNPOSTED: [{"type": "RELEASE"}, {"type": "RELEASE"}, {"type": "UNRELEASE"}]}, True),
    ],
    ids=str,
)
def test_a_cancelled_submission_is_none(put, expected):
    assert submitted(version(**REGULATED, put=put)) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-08-31", {}),
        ("2026-09-01", {"results_due": 90}),
        ("2026-10-31", {"results_due": 30}),
        ("2026-12-29", {"results_due": 30}),
        ("2026-12-30", {"results_overdue": 30}),
    ],
)
def test_results_are_due_then_overdue(day, expected):
    assert standing(version(**REGULATED), day) == expected


def test_only_a_date_that_was_reached_makes_results_overdue():
    study = version(**{**REGULATED, "primary_completion": "2025-11-30"})
    assert not {"results_due", "results_overdue"} & set(standing(study, "2027-06-01"))


def test_the_day_after_a_leap_day_a_year_later_is_the_last_of_february():
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


# --- the next day ---------------------------------------------------------------

_DAY = st.dates(date(2016, 1, 1), date(2030, 12, 31))
_TEXT = _DAY.map(str) | _DAY.map(lambda day: f"{day:%Y-%m}")
_STUDY = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["NOT_YET_RECRUITING", "RECRUITING", "COMPLETED", "UNKNOWN"]),
        "start": _TEXT.map(lambda text: f"{text} estimated"),
        "primary_completion": st.builds("{} {}".format, _TEXT, st.sampled_from(["estimated", "actual"])),
        "completion": _TEXT,
        "verified": _TEXT,
        "phases": st.sampled_from([["PHASE1"], ["PHASE2"]]),
        "fda_drug": st.booleans(),
    }
)


@given(_STUDY, _DAY)
def test_nothing_changes_before_the_next_clock_day_and_something_on_it(said, today):
    study = version(**said)
    then = next_day(timetables(study), today)
    horizon = then or today + timedelta(days=3000)
    assert horizon > today
    quiet = [today + (horizon - today) * part / 7 for part in range(7)]
    assert all(standing(study, day) == standing(study, today) for day in quiet)
    if then is not None:
        assert standing(study, then) != standing(study, then - timedelta(days=1))


@given(_STUDY, st.lists(_DAY, min_size=2, max_size=6, unique=True))
def test_looking_again_tells_nothing_and_looking_at_every_day_tells_each_threshold_once(said, days):
    study, before, occasions = version(**said), (), []
    for today in sorted(days):
        found = rung(study, today, before)
        occasions += [found.occasion] if found.told else []
        before = (*(old for old in before if old not in found.closed), *found.raised)
        assert rung(study, today, before) == Ringing(next_day=ANY)
    assert len(occasions) == len(set(occasions))


@pytest.mark.parametrize("odd", [None, 7, [], {}, "soon", "9999-12-31", "0001-01-01", "2026-13"])
@pytest.mark.parametrize(
    "path",
    [
        "protocolSection.statusModule.startDateStruct",
        "protocolSection.statusModule.primaryCompletionDateStruct.date",
        "protocolSection.statusModule.dispFirstSubmitDate",
        "protocolSection.statusModule.statusVerifiedDate",
        "protocolSection.statusModule.overallStatus",
        "protocolSection.designModule",
        _UNPOSTED,
        f"{_MISC}.submissionInfos",
    ],
)
def test_an_odd_record_trips_nothing(path, odd):
    study = version(**{**REGULATED, "put": {path: odd}})
    rung(study, "2026-12-30")
    assert next_day(timetables(study), date(2026, 12, 30)) != date(2026, 12, 30)


# --- what is told ---------------------------------------------------------------


def test_the_first_look_is_a_silent_baseline():
    found = rung(version(primary_completion="2026-05-31"), "2026-06-10", baseline=True)
    assert found.raised == (Raised("primary_completion_passed", 0, "2026-05-31", silent=True),)
    assert found.told == ()


def test_the_end_of_what_nobody_was_told_is_told_to_nobody():
    before = [Raised("primary_completion_passed", 0, "2026-05-31", silent=True)]
    found = rung(version(primary_completion="2026-12-31"), "2026-06-10", before)
    assert (list(found.closed), told(found)) == (before, [])


def test_a_higher_threshold_is_told_after_a_silent_baseline_and_takes_the_lower_ones_place():
    before = [Raised("primary_completion_near", 90, "2026-07-31", silent=True)]
    found = rung(version(primary_completion="2026-07-31"), "2026-07-01", before)
    assert told(found) == ["clock.primary_completion_near"]
    assert list(found.closed) == before


def test_a_day_that_was_near_and_passes_is_told_once_and_not_cleared():
    before = [Raised("primary_completion_near", 30, "2026-05-31")]
    found = rung(version(primary_completion="2026-05-31"), "2026-06-01", before)
    assert told(found) == ["clock.primary_completion_passed"]
    assert list(found.closed) == before


def test_a_date_that_moved_rings_again_and_the_old_one_is_not_cleared_where_it_passed_again():
    before = [Raised("primary_completion_passed", 0, "2026-03-31")]
    found = rung(version(primary_completion="2026-05-31"), "2026-06-10", before)
    assert told(found) == ["clock.primary_completion_passed"]


def test_a_date_that_only_became_more_precise_does_not_ring_again():
    before = [Raised("primary_completion_passed", 0, "2026-05")]
    assert rung(version(primary_completion="2026-05-15"), "2026-06-10", before) == Ringing(next_day=ANY)


def test_a_status_that_goes_and_comes_rings_once_for_a_date():
    study = version(primary_completion="2026-05-31")
    first = rung(study, "2026-06-01")
    ended = rung(version(status="COMPLETED", primary_completion="2026-05-31"), "2026-06-05", first.raised)
    assert [change.sentence for change in ended.told] == [
        "Cleared: primary completion date passed (2026-05-31). Status is now: Completed."
    ]
    closed = [Raised(old.clock, old.threshold, old.date, open=False) for old in first.raised]
    assert rung(study, "2026-06-09", closed) == Ringing(next_day=ANY)


def test_a_touch_ends_staleness():
    before = [Raised("stale", 6, "2026-01")]
    found = rung(version(verified="2026-09"), "2026-09-20", before)
    assert [change.sentence for change in found.told] == [
        "Cleared: not verified for months (2026-01). Verified in 2026-09."
    ]


def test_an_occasion_names_the_clock_the_threshold_and_the_date():
    raised = rung(version(primary_completion="2026-07-31"), "2026-05-10")
    assert raised.occasion == "clock:primary_completion_near:90:2026-07-31"
    ended = rung(version(primary_completion="2027-07-31"), "2026-05-20", raised.raised)
    assert ended.occasion == "clock:primary_completion_near:90:2026-07-31:cleared"


def test_what_one_look_finds_is_one_occasion_worst_first():
    found = rung(version(primary_completion="2026-05", completion="2026-05", verified="2025-11"), "2026-06-01")
    assert [(change.id, change.kind) for change in found.told] == [
        (0, "clock.completion_passed"),
        (1, "clock.primary_completion_passed"),
        (2, "clock.stale"),
    ]
    assert found.occasion == "clock:completion_passed:0:2026-05"


def test_results_that_are_due_and_not_yet_overdue_are_told_as_such():
    (change,) = rung(version(**REGULATED), "2026-12-05").told
    assert change.sentence.startswith("Results appear due since 2026-11-30, 5 days ago, because: ")
