"""Results on their way to the public, and afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import changes, kinds, only, record

MISC = "derivedSection.miscInfoModule.submissionTracking"
UNPOSTED = "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents"


def tracked(*infos: dict[str, str], events: tuple[tuple[str, str], ...] = (), **more: Any) -> dict[str, Any]:
    listed = [{"type": type_, "date": day} for type_, day in events]
    return record({MISC: {"submissionInfos": list(infos)}, UNPOSTED: listed}, **more)


def test_an_event_that_the_other_place_showed_before_is_no_news():
    before = tracked({"releaseDate": "2026-01-23"})
    after = tracked(
        {"releaseDate": "2026-01-23", "resetDate": "2026-02-09"},
        events=(("RELEASE", "2026-01-23"), ("RESET", "2026-02-09")),
    )
    returned = only(changes(before, after))
    assert (returned.kind, returned.old, returned.new) == (
        "results.returned",
        "released 2026-01-23",
        "reset 2026-02-09 (returned)",
    )
    assert returned.registry_side


def test_a_place_that_catches_up_later_says_nothing_again():
    reset = {"releaseDate": "2026-01-23", "resetDate": "2026-02-09"}
    caught_up = tracked(reset, events=(("RELEASE", "2026-01-23"), ("RESET", "2026-02-09")))
    assert kinds(changes(tracked(reset), caught_up)) == ["record.changed"]


def test_a_submission_and_its_return_in_one_step_are_two_changes():
    after = tracked({"releaseDate": "2026-01-23", "resetDate": "2026-02-09"})
    assert kinds(changes(record(), after)) == ["results.submitted", "results.returned"]


def test_an_estimated_day_that_becomes_exact_is_no_second_submission():
    before = record({MISC: {"estimatedResultsFirstSubmitDate": "2026-01-20"}})
    assert kinds(changes(record(), before)) == ["results.submitted"]
    assert "results.submitted" not in kinds(changes(before, tracked({"releaseDate": "2026-01-23"})))


def test_posting_answers_for_the_tracking_that_ends_with_it():
    before = tracked({"releaseDate": "2026-01-23"})
    after = record({"resultsSection": {"moreInfoModule": {}}}, has_results=True, results_posted="2026-05-20")
    assert kinds(changes(before, after)) == ["results.posted"]


def test_a_certificate_that_goes_is_told():
    gone = only(changes(record(certified="2026-02-19"), record()))
    assert (gone.kind, gone.sentence) == (
        "results.delayed",
        "Certificate or extension of delay no longer shown; it was: submitted 2026-02-19.",
    )


# --- posted results ---------------------------------------------------------------------


def results(*cells: tuple[str, str], title: str = "Response", phone: str = "1") -> dict[str, Any]:
    measurements = [{"groupId": group, "value": value} for group, value in cells]
    measure = {"title": title, "classes": [{"categories": [{"measurements": measurements}]}]}
    section = {
        "outcomeMeasuresModule": {"outcomeMeasures": [measure]},
        "moreInfoModule": {"pointOfContact": {"phone": phone}},
    }
    return record({"resultsSection": section}, has_results=True)


POSTED = results(("OG000", "12"), ("OG001", "7"))


@pytest.mark.parametrize(
    ("after", "severity", "told"),
    [
        (results(("OG000", "12"), ("OG001", "8")), "major", "Outcome Measures (1 number)"),
        (results(("OG000", "7"), ("OG001", "12")), "major", "Outcome Measures (1 number)"),
        (results(("OG000", "12"), ("OG001", "7"), title="Overall response"), "minor", "Outcome Measures (1 text)"),
        (
            results(("OG000", "12"), ("OG001", "7"), phone="2"),
            "minor",
            "Limitations, agreements and contact (1 text)",
        ),
    ],
)
def test_numbers_that_move_are_major_and_text_is_minor(after, severity, told):
    updated = only(changes(POSTED, after))
    assert (updated.kind, updated.severity.word, updated.sentence) == (
        "results.updated",
        severity,
        f"Results updated: {told}.",
    )


@pytest.mark.parametrize(
    "after", [results(("OG001", "7"), ("OG000", "12")), results(("OG000", "12"), ("OG001", "7"), title="RESPONSE")]
)
def test_order_and_layout_of_results_are_never_above_noise(after):
    assert all(change.severity.word == "noise" for change in changes(POSTED, after))
