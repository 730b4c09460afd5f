"""Interventions: identity by type and name, other names, or what else is said; and what changed in each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import changes, kinds, only, record
from watcher.model import Change

TABLETS = {
    "type": "DRUG",
    "name": "Examplinib",
    "description": "Film-coated tablets, swallowed whole with a glass of water",
    "otherNames": ["EX-001"],
    "armGroupLabels": ["A"],
}
BIOPSY = {"type": "PROCEDURE", "name": "Biopsy", "armGroupLabels": ["A", "B"]}


def told(old: Any, new: Any) -> tuple[Change, ...]:
    """The changes between two lists of interventions."""
    return changes(record(interventions=old), record(interventions=new))


def became(**fields: Any) -> tuple[Change, ...]:
    """The changes where the tablets became something else in these fields."""
    return told([TABLETS, BIOPSY], [{**TABLETS, **fields}, BIOPSY])


@given(st.permutations([TABLETS, BIOPSY]), st.permutations([{**BIOPSY, "type": "OTHER"}, TABLETS]))
def test_the_order_of_the_interventions_means_nothing(olds, news):
    assert kinds(told(olds, news)) == ["intervention.type_changed"]


def test_a_new_one_is_told_with_its_other_names():
    change = only(told([TABLETS], [TABLETS, {"type": "BIOLOGICAL", "name": "EXA52", "otherNames": ["Exampletuzumab"]}]))
    assert (change.kind, change.severity.word) == ("intervention.added", "major")
    assert change.new == "Biological: EXA52 (other name: Exampletuzumab)"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"name": "EX-001", "otherNames": []}, {"name": "Examplinib", "otherNames": ["EX-001"]}),
        ({"name": "Examplinib", "otherNames": ["EX-001"]}, {"name": "EX-001", "otherNames": []}),
        ({"name": "Examplinib"}, {"name": "examplinib"}),
        ({"name": "Examplinib"}, {"name": "Examplinib tablets"}),
        ({"name": "Examplinib"}, {"name": "Examplnib"}),
        ({"name": "Examplinib"}, {"name": "Examplinib", "otherNames": ["Exemplix"]}),
    ],
)
def test_another_name_of_the_same_intervention_is_noise(old, new):
    change = only(told([{"type": "DRUG", **old}], [{"type": "DRUG", **new}]))
    assert (change.kind, change.severity.word) == ("intervention.renamed", "noise")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Vaccine A", "Vaccine B"),
        ("Nivolumab", "Pembrolizumab"),
        ("Placebo", "Examplinib"),
        ("Examplinib", "Biopsy kit"),
    ],
)
def test_another_name_without_any_tie_is_another_intervention(old, new):
    found = told([{"type": "DRUG", "name": old}], [{"type": "DRUG", "name": new}])
    assert kinds(found) == ["intervention.added", "intervention.removed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "PROCEDURE"}, {"type": "PROCEDURE", "name": "Zeta"}),
        ({"name": "EX-001"}, {"name": "Zeta"}),
        ({"name": "Zeta", "description": "Zeta (Examplinib), swallowed with a glass of water"},
         {"name": "Examplinib", "description": "Zeta (Examplinib), swallowed with a glass of water"}),
    ],
)  # fmt: skip
def test_the_same_text_for_the_same_arms_ties_what_is_done_a_code_or_a_name_it_mentions(old, new):
    tablets = {**TABLETS, "otherNames": []}
    assert kinds(told([{**tablets, **old}], [{**tablets, **new}])) == ["intervention.renamed"]


def test_a_drug_put_under_the_description_of_another_is_another_drug():
    assert kinds(became(name="Zeta", otherNames=[])) == ["intervention.added", "intervention.removed"]


def test_another_form_in_the_name_is_not_noise():
    old, new = ({"type": "DRUG", "name": f"Examplinib {form}"} for form in ("tablets", "infusion"))
    change = only(told([old], [new]))
    assert (change.kind, change.severity.word) == ("intervention.description_changed", "minor")
    assert kinds(told([{"type": "DRUG", "name": "Vaccine"}], [{"type": "DRUG", "name": "Device"}])) == [
        "intervention.added",
        "intervention.removed",
    ]


def test_an_amount_in_the_name_is_told_with_its_numbers():
    old, new = ({"type": "DRUG", "name": f"Examplinib {amount} mg tablets"} for amount in (10, 20))
    change = only(told([old], [new]))
    assert (change.kind, change.severity.word) == ("intervention.description_changed", "minor")
    assert change.detail["moved"] == [{"from": "10 mg", "to": "20 mg"}]


@pytest.mark.parametrize(
    ("description", "severity"),
    [
        ("Film-coated tablets, swallowed whole with a glass of milk", "minor"),
        ("FILM COATED TABLETS, swallowed whole with a glass of water.", "noise"),
        ("Film-coated tablets, swalowed whole with a glass of water", "noise"),
        (None, "minor"),
    ],
)
def test_the_description_is_minor_unless_the_spelling_alone_moved(description, severity):
    change = only(became(description=description))
    assert (change.kind, change.severity.word) == ("intervention.description_changed", severity)


def test_which_arms_get_it_is_told_with_the_arms():
    assert became(armGroupLabels=["A", "B"]) == ()


def test_type_and_description_are_told_apart():
    assert kinds(became(type="BIOLOGICAL", description="An infusion")) == [
        "intervention.description_changed",
        "intervention.type_changed",
    ]


@pytest.mark.parametrize("bad", [None, 5, "text", [], [None], {"name": "x"}, [{"name": 5, "otherNames": 7}]])
def test_misshapen_interventions_never_stop_the_reading(bad):
    assert bool(told([TABLETS], bad)) == bool(told(bad, [TABLETS]))
    assert told(bad, bad) == ()
