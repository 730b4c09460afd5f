"""Data sharing, oversight, documents, references and expanded access, where one edited field is not the whole story."""

from __future__ import annotations

import pytest

from tests.builders import ABSENT, changes, kinds, only, record, the
from watcher.model import Severity

PAPER = {"pmid": "1", "type": "BACKGROUND", "citation": "Doe A. On disease."}
FILE = {"typeAbbrev": "ICF", "hasIcf": True, "date": "2024-01-01", "filename": "ICF_000.pdf"}


def test_details_of_sharing_stand_under_the_plan_that_changed():
    found = changes(record(ipd={"ipdSharing": "NO"}), record(ipd={"ipdSharing": "YES", "url": "https://x.example.org"}))
    assert the("ipd.details_changed", found).parent == the("ipd.plan_changed", found).id


def test_details_of_sharing_stand_by_themselves_otherwise():
    found = only(changes(record(ipd={"url": "https://x.example.org"}), record(ipd={"url": "https://y.example.org"})))
    assert (found.kind, found.parent) == ("ipd.details_changed", None)


def test_a_plan_first_stated_is_minor_whatever_it_says():
    for said in ("YES", "NO", "UNDECIDED"):
        assert only(changes(record(), record(ipd={"ipdSharing": said}))).severity is Severity.MINOR


def test_a_committee_given_up_before_the_start_is_minor():
    before = {"status": "NOT_YET_RECRUITING", "start": "2026-09"}
    found = only(
        changes(
            record(oversight={"oversightHasDmc": True}, **before),
            record(oversight={"oversightHasDmc": False}, **before),
        )
    )
    assert found.severity is Severity.MINOR


def test_a_notice_with_its_mark_is_told_once():
    event = {"type": "VIOLATION_IDENTIFIED", "issuedDate": "2026-05-01", "description": "Failure to submit."}
    found = only(changes(record(), record(oversight={"fdaaa801Violation": True}, violations=[event])))
    assert found.sentence == "FDAAA 801 violation: Violation identified (issued 2026-05-01). Failure to submit."


def test_a_mark_that_is_taken_away_is_told():
    found = only(changes(record(oversight={"fdaaa801Violation": True}), record(oversight={"fdaaa801Violation": False})))
    assert (found.kind, found.new) == ("oversight.fdaaa_violation", "not marked")


def test_one_consent_form_more_is_one_document_however_alike_they_are():
    second = {**FILE, "date": "2025-01-01", "filename": "ICF_001.pdf"}
    found = only(changes(record(documents=[FILE]), record(documents=[second, FILE])))
    assert (found.kind, found.new) == ("document.added", "2025-01-01")


def test_a_document_is_named_by_what_is_in_it():
    both = {"typeAbbrev": "Prot_SAP", "date": "2024-01-01"}
    found = only(changes(record(), record(documents=[both])))
    assert found.sentence == "Study protocol and statistical analysis plan (2024-01-01) posted."
    flags = {"hasProtocol": True, "hasIcf": True}
    assert (
        only(changes(record(), record(documents=[flags]))).sentence
        == "Study protocol and informed consent form posted."
    )


def test_a_publication_that_the_registry_links_is_the_registrys_doing():
    derived, cited = ({**PAPER, "type": kind} for kind in ("DERIVED", "BACKGROUND"))
    assert only(changes(record(), record(references=[derived]))).registry_side
    assert not only(changes(record(), record(references=[cited]))).registry_side


def test_a_paper_that_arrives_retracted_is_told_as_retracted():
    found = only(changes(record(), record(references=[{**PAPER, "retractions": [{"pmid": "2", "source": "Ex J."}]}])))
    assert (found.kind, found.subject) == ("reference.retracted", "PMID 1")


def test_a_retraction_that_was_known_is_not_told_again():
    known = {**PAPER, "retractions": [{"pmid": "2"}]}
    found = only(changes(record(references=[known]), record(references=[{**known, "citation": "Doe A. On illness."}])))
    assert (found.kind, found.severity) == ("reference.changed", Severity.NOISE)


def test_papers_and_links_that_move_together_are_told_apart():
    found = changes(record(), record(references=[PAPER], links=[{"url": "https://example.org"}]))
    assert kinds(found) == ["reference.added", "reference.changed"]


@pytest.mark.parametrize("nothing", [ABSENT, {}, {"hasExpandedAccess": False}])
def test_no_expanded_access_is_the_same_however_it_is_said(nothing):
    found = changes(record(expanded_access={"hasExpandedAccess": False}), record(expanded_access=nothing))
    assert all(change.severity is Severity.NOISE for change in found)
    linked = {"hasExpandedAccess": True, "nctId": "NCT00000009"}
    assert kinds(changes(record(expanded_access=nothing), record(expanded_access=linked))) == ["expanded_access.linked"]


def test_a_number_stated_later_is_a_link():
    found = only(
        changes(
            record(expanded_access={"hasExpandedAccess": True}),
            record(expanded_access={"hasExpandedAccess": True, "nctId": "NCT00000009"}),
        )
    )
    assert (found.kind, found.sentence) == ("expanded_access.linked", "Expanded access stated: yes -> NCT00000009.")
