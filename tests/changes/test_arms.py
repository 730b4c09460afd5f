"""Arms: identity, and what changed in each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import changes, kinds, only, record, the
from watcher.model import Change

LOW = {
    "label": "Low dose",
    "type": "EXPERIMENTAL",
    "description": "Examplinib 10 mg by mouth twice daily for 12 weeks, then follow-up at the clinic",
    "interventionNames": ["Drug: Examplinib"],
}
HIGH = {**LOW, "label": "High dose", "description": LOW["description"].replace("10 mg", "40 mg")}
CONTROL = {
    "label": "Control",
    "type": "PLACEBO_COMPARATOR",
    "description": "Matching tablets",
    "interventionNames": ["Drug: Placebo"],
}
DRUGS = [{"type": "DRUG", "name": "Examplinib"}, {"type": "DRUG", "name": "Placebo"}]


def told(old: Any, new: Any, drugs: Any = DRUGS, new_drugs: Any = None) -> tuple[Change, ...]:
    """The changes between two lists of arms."""
    return changes(record(arms=old, interventions=drugs), record(arms=new, interventions=new_drugs or drugs))


def described(old: str, new: str) -> Change:
    """The one change where the description of an arm was `old` and is `new`."""
    return only(told([{**LOW, "description": old}, CONTROL], [{**LOW, "description": new}, CONTROL]))


@given(st.permutations([LOW, HIGH, CONTROL]), st.permutations([{**LOW, "type": "OTHER"}, CONTROL]))
def test_the_order_of_the_arms_means_nothing(olds, news):
    assert told(olds, news) == told([LOW, HIGH, CONTROL], [{**LOW, "type": "OTHER"}, CONTROL])
    assert kinds(told(olds, news)) == ["arm.removed", "arm.type_changed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10 mg daily", "20 mg daily"),
        ("Examplinib 12 mg/kg", "Examplinib 8 mg/kg"),
        ("75 mg/m2 on day 1", "60 mg/m2 on day 1"),
        ("500 μg once", "250 µg once"),
        ("10 mg Q3W", "10 mg Q2W"),
        ("10 mg twice daily", "10 mg once daily"),
        ("60 Gy in total", "54 Gy in total"),
        ("1 x 10^6 cells/kg", "3 x 10^6 cells/kg"),
        ("0.05 % cream", "0.1 % cream"),
        ("A 600 mg, then A 600 mg with B 1200 mg", "A 1200 mg, then A 600 mg with B 1200 mg"),
    ],
)
def test_another_dose_or_frequency_is_a_dose_change(old, new):
    change = described(old, new)
    assert (change.kind, change.severity.word) == ("arm.dose_changed", "major")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("All receive 12 mg/kg.", "This arm takes those of parts 1 and 2 who receive 12 mg/kg."),
        ("1000 mg every three weeks", "A dose of 1 000 mg, given in hospital every 21 days".replace("1 000", "1,000")),
        ("10 mg b.i.d. until progression", "10 mg twice daily until death"),
        ("At least 50 % PD-L1", "At least 60 % PD-L1"),
        ("Until week 12", "Until week 24"),
        ("Tablets", "Tablets of 10 mg"),
    ],
)
def test_the_same_doses_in_another_sentence_are_no_dose_change(old, new):
    change = described(old, new)
    assert (change.kind, change.severity.word) == ("arm.description_changed", "minor")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Given in the morning.", "GIVEN IN THE MORNING"),
        ("Randomised to treatment", "Randomized to treatment"),
        ("Patients recieve tablets", "Patients receive tablets"),
        ("10mg twice daily", "10 mg, twice daily."),
        ("follow-up visits", "follow up visits"),
    ],
)
def test_spelling_case_and_punctuation_are_noise(old, new):
    change = described(old, new)
    assert (change.kind, change.severity.word) == ("arm.description_changed", "noise")


def test_a_relabelled_arm_is_known_by_what_it_says_and_gives():
    change = only(told([LOW, CONTROL], [{**LOW, "label": "Cohort 1"}, CONTROL]))
    assert (change.kind, change.severity.word, change.subject) == ("arm.renamed", "noise", "Cohort 1")


@pytest.mark.parametrize(
    ("old", "new", "severity"),
    [
        ("Examplinib", "EXAMPLINIB", "noise"),
        ("Examplinib 2L", "Examplinib 2/3L", "noise"),
        ("Examplinib arm", "Arm A", "noise"),
        ("Examplinib 10 mg", "Examplinib 20 mg", "minor"),
        ("Examplinib", "Examplinib and placebo", "minor"),
    ],
)
def test_a_label_that_names_another_treatment_or_dose_is_minor(old, new, severity):
    change = only(told([{**LOW, "label": old}], [{**LOW, "label": new}]))
    assert (change.kind, change.severity.word) == ("arm.renamed", severity)


def test_a_removed_arm_is_not_taken_for_the_one_that_was_relabelled():
    observed = {"label": "Positive - Arm B (observation)", "type": "NO_INTERVENTION", "description": "No treatment"}
    found = told(
        [{**LOW, "label": "Positive - Arm A (treatment)"}, observed], [{**LOW, "label": "Positive or progressing"}]
    )
    assert kinds(found) == ["arm.removed", "arm.renamed"]
    assert the("arm.removed", found).subject == observed["label"]


def test_an_arm_that_gives_something_else_is_told():
    change = only(told([LOW, CONTROL], [{**LOW, "interventionNames": ["Drug: Examplinib", "Drug: Placebo"]}, CONTROL]))
    assert (change.kind, change.severity.word) == ("arm.description_changed", "minor")
    assert change.sentence == "Interventions of arm Low dose: now also Drug: Placebo."


@pytest.mark.parametrize(
    ("drugs", "given", "kind"),
    [
        ([{"type": "DRUG", "name": "EX-1", "otherNames": ["Examplinib"]}], ["Drug: EX-1"], "intervention.renamed"),
        ([{"type": "BIOLOGICAL", "name": "Examplinib"}], ["Biological: Examplinib"], "intervention.type_changed"),
        (
            [*DRUGS[:1], {"type": "DRUG", "name": "Steroid"}],
            ["Drug: Examplinib", "Drug: Steroid"],
            "intervention.added",
        ),
    ],
)
def test_what_follows_from_the_interventions_is_not_told_again_for_the_arms(drugs, given, kind):
    arm = {**LOW, "interventionNames": ["Drug: Examplinib"]}
    found = told([arm], [{**arm, "interventionNames": given}], DRUGS[:1], drugs)
    assert kinds(found) == [kind]


def test_two_arms_of_one_label_are_told_apart():
    twin = {"label": "Arm", "type": "OTHER"}
    found = told([LOW], [LOW, twin, {**twin, "type": "EXPERIMENTAL"}])
    assert [change.subject for change in found] == ["Arm", "Arm (2)"]


@pytest.mark.parametrize(
    "bad", [None, 5, "text", [], [None], [5], {"label": "x"}, [{"label": 5, "interventionNames": 7}]]
)
def test_misshapen_arms_never_stop_the_reading(bad):
    assert bool(told([LOW], bad)) == bool(told(bad, [LOW]))
    assert told(bad, bad) == ()
