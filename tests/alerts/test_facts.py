"""What a message says about the study itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NCT, P, record
from watcher.alerts.facts import facts_of
from watcher.model import StudyFacts


def test_the_facts_of_a_study():
    some = record({f"{P}.designModule.phases": ["PHASE1", "PHASE2"]}, title="Examplinib \\> placebo ", acronym="EX-1")
    assert facts_of(NCT, some) == StudyFacts(
        nct_id=NCT,
        title="Examplinib > placebo",
        acronym="EX-1",
        sponsor="Example Pharma",
        phase="Phase 1/Phase 2",
        conditions=("Exemplary Disease",),
        status="RECRUITING",
        submitted="2026-01-12",
        posted="2026-01-14",
    )


def test_a_record_without_anything_has_empty_facts():
    assert facts_of(NCT, {}) == StudyFacts(NCT)


@pytest.mark.parametrize("wrong", [None, 5, True, "x", [], [None, 5], {"a": 1}])
@pytest.mark.parametrize(
    "path",
    [P, f"{P}.identificationModule.briefTitle", f"{P}.designModule.phases", f"{P}.conditionsModule.conditions",
     f"{P}.sponsorCollaboratorsModule.leadSponsor", f"{P}.statusModule"],
)  # fmt: skip
def test_wrong_types_are_no_facts(path, wrong):
    facts = facts_of(NCT, record({path: wrong}))
    assert all(isinstance(text, str) for text in (facts.title, facts.phase, facts.sponsor, facts.status))
    assert all(isinstance(text, str) for text in facts.conditions)


@given(st.text())
def test_a_title_is_one_line(title):
    assert len(facts_of(NCT, record(title=title)).title.splitlines()) <= 1
