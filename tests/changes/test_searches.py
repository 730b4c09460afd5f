"""What is said of a study that comes to a saved search, or leaves it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NCT, changes, record, site
from tests.realdata import records_folder
from watcher.changes.reading import Version
from watcher.changes.searches import GONE, MERGED, NO_REASON, entered, left, why_left
from watcher.model import EVERYTHING, Search, Severity, Term

P = "protocolSection"


def search(*terms: tuple[str, str]) -> Search:
    """A search for these texts, each under its label."""
    return Search((("query.term", "x"),), tuple(Term(*term) for term in terms))


def how(record: dict, *terms: tuple[str, str]) -> str:
    """What is said of what matched."""
    return entered("s", search(*terms), NCT, record).sentence.partition("; ")[2]


BETA = record(
    sponsor="Beta Bio",
    phases=["PHASE1", "PHASE2"],
    start="2027-01",
    sites=[site(f"Hospital {number}") for number in range(14)],
    conditions=["Pancreatic Cancer", "Solid Tumour"],
    keywords=["KRAS"],
    interventions=[{"type": "DRUG", "name": "BB-101 (KRAS G12D inhibitor)", "otherNames": ["Examplinib"]}],
    collaborators=[{"name": "Sample Genomics Inc."}],
    put={f"{P}.eligibilityModule.eligibilityCriteria": "Inclusion:\n\n* Measurable disease per RECIST 1.1"},
)


def test_a_study_that_enters_is_told_with_what_it_is_and_what_matched():
    told = entered("KRAS G12D", search(("Intervention", "KRAS G12D"), ("Status", "Recruiting")), NCT, BETA)
    assert told.kind == "search.entered"
    assert told.severity is Severity.MAJOR
    assert told.nct_id == NCT
    assert told.subject == "KRAS G12D"
    assert told.sentence == (
        'Entered your search "KRAS G12D": Beta Bio, Phase 1/2, 14 sites, start 2027-01; '
        'matched on intervention "KRAS G12D".'
    )
    assert told.detail == {
        "watch": "KRAS G12D",
        "matched": [{"area": "Intervention", "text": "KRAS G12D", "part": "intervention"}],
    }
    assert told.paths == (f"{P}.armsInterventionsModule.interventions[0].name",)


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (("Condition", "solid tumour"), 'condition "solid tumour"'),
        (("Condition", "exemplary disease"), 'condition "exemplary disease" (title)'),
        (("Condition", "kras"), 'condition "kras" (keyword)'),
        (("Condition", "neoplasm"), 'condition "neoplasm" by the registry\'s own synonyms'),
        (("Condition", "tumour OR cancer"), 'condition "tumour OR cancer" as the registry reads it'),
        (("Condition", "Berlin"), 'condition "Berlin" by the registry\'s own synonyms'),
        (("Intervention", "EXAMPLINIB"), 'intervention "EXAMPLINIB" (intervention\'s other name)'),
        (("Intervention", "KRAS G12"), 'intervention "KRAS G12" by the registry\'s own synonyms'),
        (("Other terms", "recist 1.1"), 'other terms "recist 1.1" (eligibility criteria)'),
        (("Sponsor", "beta bio"), 'sponsor "beta bio"'),
        (("Sponsor", "Sample Genomics"), 'sponsor "Sample Genomics" (collaborator)'),
        (("Location", "germany"), 'location "germany" (country)'),
        (("Location", "Hospital 13"), 'location "Hospital 13" (facility)'),
        (("Title", "examplinib"), 'title "examplinib"'),
        (("Study ID", "EX-001"), 'study ID "EX-001" (number)'),
    ],
)
def test_a_text_is_told_with_the_part_of_the_record_that_holds_it(term, said):
    assert how(BETA, term) == f"matched on {said}."


def test_of_several_texts_under_one_label_those_that_are_found_are_told():
    assert how(BETA, ("Condition", "Asthma"), ("Condition", "Pancreatic cancer"), ("Sponsor", "Beta")) == (
        'matched on condition "Pancreatic cancer" and sponsor "Beta".'
    )
    assert how(BETA, ("Condition", "Asthma"), ("Condition", "Gout")) == (
        'matched on condition "Asthma" or "Gout" by the registry\'s own synonyms.'
    )


def test_status_phase_and_country_are_not_repeated():
    told = entered("s", search(("Status", "Recruiting"), ("Phase", "Phase 2"), ("Country", "Germany")), NCT, BETA)
    assert told.sentence == 'Entered your search "s": Beta Bio, Phase 1/2, 14 sites, start 2027-01.'
    assert told.detail["matched"] == []


def test_of_the_whole_registry_a_study_is_newly_in_it():
    told = entered("all", EVERYTHING, NCT, record(phases=["NA"], sites=[site()]))
    assert (
        told.sentence == 'Entered your search "all": Example Pharma, 1 site, start 2024-01-15; newly in the registry.'
    )


def test_a_record_that_says_nothing_still_makes_a_sentence():
    assert entered("s", search(("Status", "Recruiting")), NCT, {}).sentence == (
        'Entered your search "s": the registry returns it now.'
    )


@pytest.mark.parametrize(
    "odd", [{P: None}, {P: {"designModule": {"phases": "PHASE1"}}}, {P: {"designModule": {"phases": [1, None]}}}]
)
def test_what_has_an_odd_shape_is_left_out(odd):
    assert entered("s", search(("Status", "Recruiting")), NCT, odd).sentence == (
        'Entered your search "s": the registry returns it now.'
    )


@given(st.text(max_size=30), st.sampled_from(["Condition", "Intervention", "Other terms", "Sponsor", "Location"]))
def test_every_text_makes_a_sentence_and_every_path_leads_to_it(text, area):
    told = entered("s", search((area, text)), NCT, BETA)
    assert len(told.detail["matched"]) == 1
    assert bool(told.paths) == bool(told.detail["matched"][0]["part"])


def test_real_records_are_told_and_their_first_condition_is_found_as_one():
    for file in sorted(records_folder().glob("*.json"))[:20]:
        real = json.loads(file.read_bytes())
        (first, *_) = Version(real).at(f"{P}.conditionsModule.conditions")
        told = entered("s", search(("Condition", first)), NCT, real)
        assert told.detail["matched"][0]["part"] == "condition"


# --- leaving ----------------------------------------------------------------------


def test_a_study_that_leaves_is_told_with_its_reason():
    told = left("KRAS G12D", NCT, why_left(changes(record(status="RECRUITING"), record(status="COMPLETED"))))
    assert told.kind == "search.left"
    assert told.severity is Severity.MINOR
    assert told.subject == "KRAS G12D"
    assert told.detail == {"watch": "KRAS G12D"}
    assert told.sentence == 'Left your search "KRAS G12D": its status went from Recruiting to Completed.'


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ({"conditions": ["Asthma"]}, {"conditions": ["Gout"]}, "its conditions were edited"),
        ({"sponsor": "Beta Bio"}, {"sponsor": "Gamma Corp"}, "its lead sponsor was changed"),
        ({"phases": ["PHASE1"]}, {"phases": ["PHASE2"]}, "its phase was changed"),
        ({"keywords": ["a"]}, {"keywords": ["b"]}, "its keywords were edited"),
        ({"title": "One"}, {"title": "Another thing"}, "its titles were edited"),
        (
            {"status": "RECRUITING", "sites": [site(), site("B", "Lyon", "France")]},
            {"status": "UNKNOWN", "last_known": "RECRUITING", "sites": [site()]},
            "its status went from Recruiting to Unknown status and its countries changed and its sites changed",
        ),
        ({}, {"filed": "2026-05-20"}, NO_REASON),
        ({}, {}, NO_REASON),
    ],
)
def test_the_reason_is_what_last_changed_the_most_telling_first(before, after, why):
    assert why_left(changes(record(**before), record(**after))) == why


def test_a_study_that_is_merged_or_gone_says_so():
    assert left("s", NCT, MERGED.format(into="NCT00000002")).sentence.endswith("it was merged into NCT00000002.")
    assert left("s", NCT, GONE).sentence == 'Left your search "s": the registry no longer has it.'


def test_both_can_be_kept_as_json():
    for told in (entered("s", search(("Condition", "x")), NCT, BETA), left("s", NCT, GONE)):
        assert json.loads(json.dumps(told.as_dict()))["detail"]["watch"] == "s"
