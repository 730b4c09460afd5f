"""Outcome measures: what is told, what is noise, and what is nothing."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import ABSENT, P, changes, kinds, only, record
from watcher.examples.outcomes import outcome
from watcher.model import Severity

OS = outcome("Overall survival", "2 years")
PFS = outcome("Progression-free survival", "12 months", "Time from randomisation to progression or death")
RATE = outcome("Objective response rate", "Week 24", "Complete or partial response per RECIST 1.1 by the investigator")
PAIN = outcome("Change in pain intensity", "12 weeks", "Numeric rating scale from 0 to 10, weekly mean")


def told(old, new, old_secondary=(), new_secondary=()):
    """The changes between two lists of primary (and secondary) outcomes."""
    before = record(primary_outcomes=list(old), secondary_outcomes=list(old_secondary))
    return changes(before, record(primary_outcomes=list(new), secondary_outcomes=list(new_secondary)))


def verb(old, new):
    """What is said of one primary outcome that differs."""
    return only(told([old], [new])).kind.removeprefix("outcome.")


# --- reworded -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OS, outcome("OVERALL SURVIVAL", "2 years")),
        (OS, outcome("Overall survival (OS).", "2 years")),
        (OS, outcome("OS", "2 years")),
        (OS, outcome("Overall survivla", "2 years")),
        (OS, outcome("Overall survival", "24 months")),
        (OS, outcome("Overall survival", "up to 24 months")),
        (OS, outcome("Overall survival", "Two years")),
        (outcome("Relapse", "12 weeks"), outcome("Relapse", "Week 12")),
        (outcome("Relapse", "Baseline, Week 12"), outcome("Relapse", "12 weeks")),
        (outcome("Relapse at 2 years"), outcome("Relapse", "2 years")),
        (outcome("Relapse", "At Week 16, Day 1"), outcome("Relapse", "Week 16")),
        (outcome("Rate of haemorrhage", "1 day"), outcome("Rate of hemorrhage", "1 day")),
        (outcome("Number of patients cured", "1 day"), outcome("Number of participants cured", "1 day")),
        (outcome("Lipids (LDL, HDL)"), outcome("Lipids (low density lipoprotein (LDL), HDL)")),
        (outcome("In-stent late loss(LL)"), outcome("In-stent late loss (LL)")),
        (outcome("Safety [Tolerability)"), outcome("Safety [Tolerability]")),
        (outcome("Response per RECIST v1.1"), outcome("Response per RECIST 1.1")),
        (outcome("Percentage reduction in LDL"), outcome("Reduction in LDL (%)")),
        (outcome("Dose (mcg/kg)"), outcome("Dose (microgram/kg)")),
        (outcome("Time to relapse \\> 1 day"), outcome("Time to relapse > 1 day")),
        (outcome("Survival [Time Frame: 3 years] [Designated as safety issue: No]"), outcome("Survival", "3 years")),
    ],
)
def test_the_same_in_other_words_is_noise(old, new):
    assert verb(old, new) == "primary_reworded"
    assert verb(new, old) == "primary_reworded"
    assert only(told([old], [new])).severity is Severity.NOISE


# --- time and measurement -----------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2 years", "3 years"),
        ("12 weeks", "3 months"),
        ("Week 12", "Week 24"),
        ("6 months", "6, 12 and 18 months"),
        ("through study completion, an average of 1 year", "through study completion, an average of 2 years"),
        ("at visit 2 and 4", "at visit 2 and 5"),
        ("Cycle 1 Day 1", "Cycle 1 Day 15"),
        ("Week 16, Day 1", "Week 16, Day 5"),
        ("2005-2007", "2005-2009"),
        ("until progression", "until discharge from hospital"),
        ("12 months", "through study completion"),
    ],
)
def test_another_time_span_is_a_changed_time_frame(old, new):
    assert verb({**OS, "timeFrame": old}, {**OS, "timeFrame": new}) == "primary_timeframe_changed"


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("measure", "HbA1c below 7 %", "HbA1c below 6.5 %"),
        ("measure", "HbA1c < 7 %", "HbA1c <= 7 %"),
        ("measure", "Bleeding of type 3", "Bleeding of type 3b"),
        ("measure", "Systolic blood pressure", "Diastolic blood pressure"),
        ("measure", "Time to first relapse", "Number of participants with relapse"),
        ("measure", "Response rate", "Confirmed response rate"),
        ("measure", "EASI-50", "EASI-75"),
        ("measure", "Participants with an ACR20 response", "Participants with an ACR50 response"),
        ("measure", "Change in LDL cholesterol", "Percent change in LDL cholesterol"),
        ("measure", "Fasting glucose (mg/dL)", "Fasting glucose (mmol/L)"),
        ("measure", "Average daily pain", "Average weekly pain"),
        ("measure", "Thickness of the left ventricle", "Thickness of the right ventricle"),
        ("measure", "Non-inferiority of A to B in response", "Superiority of A to B in response"),
        ("measure", "Change in depression (HAM-D)", "Change in depression (MADRS)"),
        ("description", "Time to progression per RECIST 1.1 or death", "Time to progression by BICR or death"),
        ("description", "Mean of three readings", "Median of three readings"),
        ("description", "Death, infarction or stroke", "Death, infarction, stroke or hospital admission for angina"),
        ("description", "Response as seen by the investigator", "Response as seen by blinded central review"),
        ("description", "Response per RECIST 1.1 as assessed by the investigator", "Response per RECIST 1.1"),
        ("description", "No relapse within 14 days of treatment", "No relapse within 28 days of treatment"),
        ("description", "An increase of the score by 2", "A decrease of the score by 2"),
    ],
)
def test_another_quantity_threshold_or_judge_is_a_changed_measurement(field, old, new):
    assert verb({**PAIN, field: old}, {**PAIN, field: new}) == "primary_measurement_changed"


def test_time_and_measurement_that_both_changed_are_two_changes_and_neither_is_told_twice():
    found = told([PAIN], [{**PAIN, "measure": "Change in physical function", "timeFrame": "24 weeks"}])
    assert kinds(found) == ["outcome.primary_measurement_changed", "outcome.primary_timeframe_changed"]
    assert [(change.old, change.new) for change in found] == [
        ("Change in pain intensity", "Change in physical function"),
        ("12 weeks", "24 weeks"),
    ]


def test_a_description_that_says_more_is_detail_and_one_that_repeats_the_measure_is_not():
    bare = outcome("Progression-free survival", "12 months")
    assert verb(bare, PFS) == "primary_reworded"
    told_at_length = "Time from randomisation to progression on imaging by RECIST 1.1 criteria, clinical deterioration "
    full = {**bare, "description": told_at_length + "as adjudicated by an independent committee, or death of any cause"}
    assert verb(bare, full) == "primary_detail_added"
    assert verb(full, bare) == "primary_detail_removed"


def test_a_description_of_a_few_new_words_specifies_a_primary_outcome_and_no_more_than_rewords_a_secondary_one():
    flares, told_better = outcome("Flares"), outcome("Flares", "", "Worsening that requires systemic steroids for days")
    assert verb(flares, told_better) == "primary_detail_added"
    assert kinds(told([OS], [OS], [flares], [told_better])) == ["outcome.secondary_reworded"]


def test_a_time_frame_filled_in_is_detail_unless_the_measure_says_it():
    described = outcome("Relapse", "", "Relapse within 24 hours of the challenge")
    assert verb(described, {**described, "timeFrame": "24 hours"}) == "primary_detail_added"
    assert verb(outcome("Relapse at 24 hours"), outcome("Relapse at 24 hours", "24 hours")) == "primary_reworded"


def test_a_time_frame_taken_away_is_detail_removed_and_points_to_its_field():
    change = only(told([OS], [{**OS, "timeFrame": ""}]))
    assert (change.kind, change.old, change.new) == ("outcome.primary_detail_removed", "2 years", None)
    assert change.paths == (f"{P}.outcomesModule.primaryOutcomes[0].timeFrame",)


# --- lists --------------------------------------------------------------------------


def test_one_of_two_alike_that_goes_is_removed_though_the_other_says_nearly_the_same():
    by_center = {**RATE, "measure": "Objective response rate by central review"}
    change = only(told([RATE, by_center], [RATE]))
    assert (change.kind, change.subject) == ("outcome.primary_removed", "Objective response rate by central review")


def test_one_of_two_judges_that_goes_is_removed_though_the_other_outcome_was_reworded():
    by = "Percentage of participants with objective response per RECIST 1.1 assessed by {}".format
    old = [outcome(by("investigator"), "2 years"), outcome(by("central review"), "2 years")]
    found = told(old, [outcome(by("blinded central review"), "2 years")])
    assert "outcome.primary_removed" in kinds(found)


def test_a_compound_outcome_told_as_two_is_reworded():
    compound = outcome("Overall survival and objective response rate", "2 years")
    found = told([compound], [OS, outcome("Objective response rate", "2 years")])
    assert set(kinds(found)) == {"outcome.primary_reworded"}


@pytest.mark.parametrize("place", ["primary", "secondary", "other"])
def test_a_row_that_stood_twice_and_stands_once_is_noise(place):
    once, twice = ({"primary_outcomes": [OS], f"{place}_outcomes": [RATE] * times} for times in (1, 2))
    for old, new in ((once, twice), (twice, once)):
        assert only(changes(record(**old), record(**new))).severity is Severity.NOISE


def test_a_part_at_another_time_is_a_new_outcome():
    found = told(
        [outcome("Pain score", "8 weeks")],
        [outcome("Pain score at week 8", "8 weeks"), outcome("Pain score at week 2", "2 weeks")],
    )
    assert "outcome.primary_added" in kinds(found)


def test_a_primary_outcome_replaced_is_one_removed_and_one_added():
    assert kinds(told([OS], [PAIN])) == ["outcome.primary_added", "outcome.primary_removed"]


def test_an_outcome_that_moved_and_changed_its_time_is_one_change():
    change = only(told([OS, PFS], [OS], (), [{**PFS, "timeFrame": "24 months"}]))
    assert change.kind == "outcome.demoted"
    assert change.sentence.endswith("time frame 12 months -> 24 months.")


def test_a_secondary_outcome_that_became_part_of_a_primary_one_is_promoted():
    found = told(
        [OS], [outcome("Overall survival and pain intensity", "2 years")], [outcome("Pain intensity", "2 years")]
    )
    assert "outcome.promoted" in kinds(found)


def test_secondary_and_other_outcomes_that_change_places_are_one_minor_change():
    before = record(primary_outcomes=[OS], secondary_outcomes=[PAIN])
    change = only(changes(before, record(primary_outcomes=[OS], other_outcomes=[PAIN])))
    assert (change.kind, change.severity) == ("outcome.other_changed", Severity.MINOR)
    assert change.sentence == "Other outcome moved from secondary to other: Change in pain intensity."


def test_results_style_keeps_every_outcome_its_own():
    styled = [
        outcome("Percentage of Participants With Objective Response at Week 24", "Week 24"),
        outcome("Overall Survival (OS)", "Up to 2 Years"),
        outcome("Change From Baseline in Pain Intensity at Week 12", "Baseline and Week 12"),
    ]
    found = told([OS, RATE, PAIN], styled)
    assert not {"outcome.primary_added", "outcome.primary_removed"} & set(kinds(found))


# --- laws ---------------------------------------------------------------------------

_WORDS = st.sampled_from(("survival", "pain", "response", "rate", "mean", "week 4", "2 years", "investigator", "not"))
_TEXTS = st.lists(_WORDS, max_size=4).map(" ".join)
_ROWS = st.lists(st.builds(outcome, _TEXTS, _TEXTS, _TEXTS), max_size=4)


def _facts(found):
    return sorted((c.kind, c.severity, c.subject, c.old or "", c.new or "", c.sentence) for c in found)


@settings(deadline=None)
@given(_ROWS, _ROWS, _ROWS, _ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_lists_never_counts(old, new, old_secondary, new_secondary, random):
    lists = [old, new, old_secondary, new_secondary]
    turned = [random.sample(rows, len(rows)) for rows in lists]
    assert _facts(told(*lists)) == _facts(told(*turned))


@settings(deadline=None)
@given(_ROWS)
def test_another_order_alone_is_nothing(rows):
    assert told(rows, rows[::-1], rows, rows[::-1]) == ()


@settings(deadline=None)
@given(_ROWS, _ROWS)
def test_no_difference_is_silent(old, new):
    same = sorted(map(str, old)) == sorted(map(str, new))
    assert bool(told(old, new)) != same


@pytest.mark.parametrize("odd", [None, 3, "text", {}, [None], [3], ["text"], [[]], [{}], [{"measure": 3}], ABSENT])
def test_misshapen_lists_never_stop_the_comparison(odd):
    for old, new in ((odd, [OS]), ([OS], odd)):
        assert changes(record(primary_outcomes=old), record(primary_outcomes=new))


def test_long_texts_and_long_lists_take_no_long_wait():
    random = Random(1)  # noqa: S311
    words = [f"word{number}" for number in range(400)]
    many = [
        outcome(" ".join(random.sample(words, 9)), f"{place} weeks", " ".join(random.sample(words, 30)))
        for place in range(300)
    ]
    edited = [{**row, "measure": f"{row['measure']} score"} for row in random.sample(many, len(many))]
    huge = {**OS, "description": "lorem 5 mg for 12 weeks, " * 2000}
    began = time.process_time()
    assert len(told([OS], [OS], many, edited)) == 300
    assert only(told([huge], [{**huge, "description": huge["description"] + "and 6 mg"}]))
    assert told([OS], [{**OS, "measure": "[ time frame: " * 3000}])
    assert time.process_time() - began < 3
