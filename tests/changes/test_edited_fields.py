"""One edited field is one change of its kind, and reformatting it is nothing: over every field that is read alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ABSENT, LOCATIONS, STATUS, P, changes, kinds, only, record, snapshot
from watcher.changes import changes_between
from watcher.model import Severity

I = f"{P}.identificationModule"  # noqa: E741 - beside S and D
S = f"{P}.sponsorCollaboratorsModule"
D = f"{P}.designModule"
INFO = f"{D}.designInfo"
OVERSIGHT = f"{P}.oversightModule"
IPD = f"{P}.ipdSharingStatementModule"
PEOPLE = f"{P}.contactsLocationsModule"
REFERENCES = f"{P}.referencesModule"
DOCUMENTS = "documentSection.largeDocumentModule.largeDocs"
VIOLATIONS = "annotationSection.annotationModule.violationAnnotation.violationEvents"

_COLLABORATORS = [{"name": "Sample Genomics", "class": "INDUSTRY"}, {"name": "Exemplary Fund", "class": "OTHER"}]
_OFFICIALS = [
    {"name": "Ada Doe, MD", "affiliation": "Alpha Hospital", "role": "PRINCIPAL_INVESTIGATOR"},
    {"name": "Medical Director", "affiliation": "Example Pharma", "role": "STUDY_DIRECTOR"},
]
_CONTACTS = [{"name": "Study Desk", "role": "CONTACT", "phone": "1", "email": "a@example.org"}]
_IDENTIFIERS = [{"id": "2020-001234-56", "type": "EUDRACT_NUMBER"}, {"id": "X-1", "type": "OTHER", "domain": "Ex"}]
_PAPERS = [
    {"pmid": "101", "type": "BACKGROUND", "citation": "Doe A. On disease. Ex J. 2020."},
    {"pmid": "102", "type": "RESULT", "citation": "Roe B. On results. Ex J. 2025."},
    {"type": "BACKGROUND", "citation": "Poe C. A book without a number. Example Press 2001."},
]
_LINKS = [{"label": "Site", "url": "https://example.org"}]
_FILES = [
    {"typeAbbrev": "Prot", "hasProtocol": True, "date": "2024-01-01", "filename": "Prot_000.pdf", "size": 10},
    {"typeAbbrev": "SAP", "hasSap": True, "date": "2024-05-02", "filename": "SAP_001.pdf", "size": 20},
]

# Every field with what the fullest record says there.
FULL: dict[str, Any] = {
    f"{I}.officialTitle": "A Randomised Study of Examplinib in Exemplary Disease",
    f"{I}.acronym": "EX-1",
    f"{I}.secondaryIdInfos": _IDENTIFIERS,
    f"{STATUS}.expandedAccessInfo": {"hasExpandedAccess": True, "nctId": "NCT00000009", "statusForNctId": "AVAILABLE"},
    f"{STATUS}.delayedPosting": True,
    f"{S}.collaborators": _COLLABORATORS,
    f"{S}.responsibleParty": {
        "type": "PRINCIPAL_INVESTIGATOR",
        "investigatorFullName": "Ada Doe",
        "investigatorTitle": "Professor",
        "investigatorAffiliation": "Alpha Hospital",
    },
    OVERSIGHT: {
        "oversightHasDmc": True,
        "isFdaRegulatedDrug": True,
        "isFdaRegulatedDevice": False,
        "isUnapprovedDevice": True,
        "isPpsd": True,
        "isUsExport": False,
        "fdaaa801Violation": False,
    },
    f"{P}.descriptionModule": {"briefSummary": "A short text of six words.", "detailedDescription": "A longer text."},
    f"{P}.conditionsModule": {"conditions": ["Asthma", "HER2+ Cancer"], "keywords": ["one", "two"]},
    f"{D}.patientRegistry": True,
    f"{D}.targetDuration": "12 Months",
    f"{D}.bioSpec": {"retention": "SAMPLES_WITH_DNA", "description": "Whole blood"},
    f"{D}.expandedAccessTypes": {"individual": True, "intermediate": False},
    INFO: {
        "allocation": "RANDOMIZED",
        "interventionModel": "PARALLEL",
        "interventionModelDescription": "Two groups, side by side",
        "observationalModel": "COHORT",
        "primaryPurpose": "TREATMENT",
        "timePerspective": "PROSPECTIVE",
        "maskingInfo": {
            "masking": "DOUBLE",
            "maskingDescription": "Identical capsules",
            "whoMasked": ["PARTICIPANT", "INVESTIGATOR"],
        },
    },
    f"{PEOPLE}.overallOfficials": _OFFICIALS,
    f"{PEOPLE}.centralContacts": _CONTACTS,
    f"{REFERENCES}.references": _PAPERS,
    f"{REFERENCES}.seeAlsoLinks": _LINKS,
    f"{REFERENCES}.availIpds": [{"id": "EX-1", "type": "Individual Participant Data Set"}],
    IPD: {
        "ipdSharing": "YES",
        "description": "On request",
        "infoTypes": ["SAP", "ICF"],
        "timeFrame": "After publication",
        "accessCriteria": "A signed agreement",
        "url": "https://data.example.org",
    },
    DOCUMENTS: _FILES,
    VIOLATIONS: [{"type": "VIOLATION_IDENTIFIED", "issuedDate": "2026-01-10"}],
}


def without(items: list[Any], place: int) -> list[Any]:
    return [item for number, item in enumerate(items) if number != place]


def edited(items: list[dict[str, Any]], place: int, **fields: Any) -> list[dict[str, Any]]:
    return [{**item, **fields} if number == place else item for number, item in enumerate(items)]


def _copied(put: dict[str, Any]) -> dict[str, Any]:
    return {path: value if value is ABSENT else copy.deepcopy(value) for path, value in put.items()}


def full(put: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The fullest record, but for what is said."""
    return record(_copied({**FULL, **(put or {})}), **more)


def edit(path: str, value: Any) -> tuple[Any, ...]:
    return changes(full(), full({path: value}))


EDITS: list[tuple[str, Any, str, str]] = [
    (f"{D}.studyType", "OBSERVATIONAL", "study_type.changed", "critical"),
    (f"{D}.studyType", ABSENT, "study_type.changed", "critical"),
    (f"{D}.phases", ["PHASE2", "PHASE3"], "phase.changed", "major"),
    (f"{D}.phases", ["NA"], "phase.changed", "major"),
    (f"{D}.phases", ABSENT, "phase.changed", "major"),
    (f"{INFO}.allocation", "NON_RANDOMIZED", "design.allocation_changed", "major"),
    (f"{INFO}.allocation", "A_NEW_VALUE", "design.allocation_changed", "major"),
    (f"{INFO}.allocation", ABSENT, "design.allocation_changed", "minor"),
    (f"{INFO}.interventionModel", "CROSSOVER", "design.model_changed", "major"),
    (f"{INFO}.observationalModel", "CASE_ONLY", "design.model_changed", "major"),
    (f"{INFO}.interventionModelDescription", "Three groups", "design.model_changed", "minor"),
    (f"{INFO}.interventionModelDescription", ABSENT, "design.model_changed", "minor"),
    (f"{INFO}.maskingInfo.masking", "NONE", "design.masking_changed", "critical"),
    (f"{INFO}.maskingInfo.masking", "TRIPLE", "design.masking_changed", "major"),
    (f"{INFO}.maskingInfo.whoMasked", ["PARTICIPANT"], "design.masking_changed", "major"),
    (f"{INFO}.maskingInfo.whoMasked", ABSENT, "design.masking_changed", "minor"),
    (f"{INFO}.maskingInfo.maskingDescription", "Identical tablets", "design.masking_changed", "minor"),
    (f"{INFO}.primaryPurpose", "PREVENTION", "design.purpose_changed", "major"),
    (f"{INFO}.timePerspective", "RETROSPECTIVE", "design.other_changed", "minor"),
    (f"{D}.targetDuration", "24 Months", "design.other_changed", "minor"),
    (f"{D}.patientRegistry", False, "design.other_changed", "minor"),
    (f"{D}.bioSpec.retention", "NONE_RETAINED", "design.other_changed", "minor"),
    (f"{D}.bioSpec.description", "Serum", "design.other_changed", "minor"),
    (f"{D}.expandedAccessTypes.intermediate", True, "design.other_changed", "minor"),
    (f"{D}.nPtrsToThisExpAccNctId", 2, "design.other_changed", "minor"),
    (f"{STATUS}.expandedAccessInfo", {"hasExpandedAccess": False}, "expanded_access.unlinked", "major"),
    (f"{STATUS}.expandedAccessInfo", ABSENT, "expanded_access.unlinked", "major"),
    (f"{STATUS}.expandedAccessInfo.nctId", "NCT00000010", "expanded_access.linked", "major"),
    (f"{STATUS}.expandedAccessInfo.nctId", ABSENT, "expanded_access.unlinked", "major"),
    (f"{STATUS}.expandedAccessInfo.statusForNctId", "NO_LONGER_AVAILABLE", "expanded_access.status_changed", "minor"),
    (f"{STATUS}.delayedPosting", False, "record.delayed_posting", "minor"),
    (f"{S}.leadSponsor.name", "Sample Biotech", "sponsor.changed", "critical"),
    (f"{S}.leadSponsor.name", "Example Pharma, Inc.", "sponsor.renamed", "minor"),
    (f"{I}.organization.fullName", "Novexa", "sponsor.renamed", "minor"),
    (f"{S}.leadSponsor.class", "OTHER", "sponsor.class_changed", "minor"),
    (f"{S}.collaborators", without(_COLLABORATORS, 0), "collaborator.removed", "minor"),
    (f"{S}.collaborators", [*_COLLABORATORS, {"name": "Third"}], "collaborator.added", "minor"),
    (f"{S}.responsibleParty.type", "SPONSOR", "responsible_party.changed", "minor"),
    (f"{S}.responsibleParty.investigatorFullName", "Ben Roe", "responsible_party.changed", "minor"),
    (f"{S}.responsibleParty.investigatorTitle", "Head", "responsible_party.changed", "minor"),
    (f"{S}.responsibleParty.investigatorAffiliation", "Beta Clinic", "responsible_party.changed", "minor"),
    (f"{S}.responsibleParty", ABSENT, "responsible_party.changed", "minor"),
    (f"{PEOPLE}.overallOfficials", edited(_OFFICIALS, 0, name="Ben Roe"), "investigator.changed", "major"),
    (f"{PEOPLE}.overallOfficials", edited(_OFFICIALS, 0, role="STUDY_CHAIR"), "investigator.changed", "major"),
    (f"{PEOPLE}.overallOfficials", edited(_OFFICIALS, 1, affiliation="Beta"), "investigator.changed", "minor"),
    (f"{PEOPLE}.overallOfficials", without(_OFFICIALS, 0), "investigator.changed", "major"),
    (f"{PEOPLE}.overallOfficials", without(_OFFICIALS, 1), "investigator.changed", "minor"),
    (f"{PEOPLE}.centralContacts", edited(_CONTACTS, 0, phone="2"), "contact.changed", "noise"),
    (f"{PEOPLE}.centralContacts", edited(_CONTACTS, 0, name="Help Desk"), "contact.changed", "noise"),
    (f"{PEOPLE}.centralContacts", [*_CONTACTS, {"name": "Second"}], "contact.changed", "noise"),
    (f"{PEOPLE}.centralContacts", ABSENT, "contact.changed", "noise"),
    (f"{I}.briefTitle", "Another title", "title.changed", "minor"),
    (f"{I}.acronym", ABSENT, "title.changed", "minor"),
    (f"{P}.conditionsModule.conditions", ["Asthma", "HER2+ Cancer", "Eczema"], "condition.added", "minor"),
    (f"{P}.conditionsModule.conditions", ["HER2+ Cancer"], "condition.removed", "minor"),
    (f"{P}.conditionsModule.keywords", ["one", "three"], "keyword.changed", "noise"),
    (f"{P}.conditionsModule.keywords", ABSENT, "keyword.changed", "noise"),
    (f"{P}.descriptionModule.briefSummary", "Something else entirely.", "description.changed", "minor"),
    (f"{P}.descriptionModule.briefSummary", "A short text of seven words.", "description.changed", "noise"),
    (f"{P}.descriptionModule.detailedDescription", ABSENT, "description.changed", "minor"),
    (f"{I}.orgStudyIdInfo", ABSENT, "identifier.removed", "minor"),
    (f"{I}.secondaryIdInfos", without(_IDENTIFIERS, 1), "identifier.removed", "minor"),
    (f"{I}.secondaryIdInfos", [*_IDENTIFIERS, {"id": "N-2"}], "identifier.added", "minor"),
    (f"{IPD}.ipdSharing", "NO", "ipd.plan_changed", "major"),
    (f"{IPD}.ipdSharing", "UNDECIDED", "ipd.plan_changed", "major"),
    (f"{IPD}.ipdSharing", ABSENT, "ipd.plan_changed", "minor"),
    (f"{IPD}.description", "Never", "ipd.details_changed", "minor"),
    (f"{IPD}.infoTypes", ["SAP"], "ipd.details_changed", "minor"),
    (f"{IPD}.timeFrame", "In 2030", "ipd.details_changed", "minor"),
    (f"{IPD}.accessCriteria", ABSENT, "ipd.details_changed", "minor"),
    (f"{IPD}.url", "https://elsewhere.example.org", "ipd.details_changed", "minor"),
    (f"{REFERENCES}.availIpds", [{"id": "EX-1", "type": "Individual Participant Data Set"}, {"id": "EX-2"}],
     "ipd.available", "major"),
    (f"{OVERSIGHT}.isFdaRegulatedDrug", False, "oversight.fda_regulated_changed", "major"),
    (f"{OVERSIGHT}.isFdaRegulatedDrug", ABSENT, "oversight.fda_regulated_changed", "major"),
    (f"{OVERSIGHT}.isFdaRegulatedDevice", True, "oversight.fda_regulated_changed", "major"),
    (f"{OVERSIGHT}.oversightHasDmc", False, "oversight.dmc_changed", "major"),
    (f"{OVERSIGHT}.oversightHasDmc", ABSENT, "oversight.dmc_changed", "minor"),
    (f"{OVERSIGHT}.isUnapprovedDevice", ABSENT, "oversight.other_changed", "minor"),
    (f"{OVERSIGHT}.isPpsd", False, "oversight.other_changed", "minor"),
    (f"{OVERSIGHT}.isUsExport", True, "oversight.other_changed", "minor"),
    (f"{OVERSIGHT}.fdaaa801Violation", True, "oversight.fdaaa_violation", "critical"),
    (VIOLATIONS, [*FULL[VIOLATIONS], {"type": "PENALTY_IMPOSED"}], "oversight.fdaaa_violation", "critical"),
    (DOCUMENTS, without(_FILES, 0), "document.removed", "major"),
    (DOCUMENTS, ABSENT if len(_FILES) == 1 else _FILES[:1], "document.removed", "major"),
    (DOCUMENTS, [*_FILES, {"typeAbbrev": "ICF", "hasIcf": True}], "document.added", "major"),
    (DOCUMENTS, edited(_FILES, 1, date="2025-01-01"), "document.replaced", "minor"),
    (DOCUMENTS, edited(_FILES, 1, filename="SAP_002.pdf"), "document.replaced", "minor"),
    (DOCUMENTS, edited(_FILES, 1, size=21), "document.replaced", "minor"),
    (f"{REFERENCES}.references", [*_PAPERS, {"pmid": "7", "type": "DERIVED"}], "reference.added", "minor"),
    (f"{REFERENCES}.references", [*_PAPERS, {"citation": "x", "type": "BACKGROUND"}], "reference.added", "minor"),
    (f"{REFERENCES}.references", [*_PAPERS, {"pmid": "7", "type": "RESULT"}], "reference.result_added", "major"),
    (f"{REFERENCES}.references", edited(_PAPERS, 0, type="RESULT"), "reference.result_added", "major"),
    (f"{REFERENCES}.references", edited(_PAPERS, 1, retractions=[{"pmid": "9"}]), "reference.retracted", "critical"),
    (f"{REFERENCES}.references", edited(_PAPERS, 1, citation="Another text"), "reference.changed", "noise"),
    (f"{REFERENCES}.references", edited(_PAPERS, 2, citation="Poe C. A book with no number. Example Press 2001."),
     "reference.changed", "noise"),
    (f"{REFERENCES}.references", edited(_PAPERS, 2, pmid="103"), "reference.changed", "noise"),
    (f"{REFERENCES}.references", edited(_PAPERS, 1, type="BACKGROUND"), "reference.changed", "noise"),
    (f"{REFERENCES}.references", without(_PAPERS, 1), "reference.changed", "noise"),
    (f"{REFERENCES}.seeAlsoLinks", ABSENT, "reference.changed", "noise"),
    (f"{REFERENCES}.seeAlsoLinks", edited(_LINKS, 0, label="Home"), "reference.changed", "noise"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "kind", "severity"), EDITS, ids=lambda part: str(part)[-50:])
def test_one_edited_field_gives_exactly_one_change_of_its_kind(path, value, kind, severity):
    found = only(edit(path, value))
    assert (found.kind, found.severity.word) == (kind, severity)
    assert found.sentence[0].isupper()
    assert "{" not in found.sentence


@pytest.mark.parametrize(("path", "value", "kind", "severity"), EDITS, ids=lambda part: str(part)[-50:])
def test_what_was_edited_can_be_edited_back(path, value, kind, severity):
    found = changes(full({path: value}), full())
    assert len(found) == 1
    # What became noise one way (a reference, a data set that is gone) may be news the other way, and the reverse.
    assert found[0].kind.partition(".")[0] in {kind.partition(".")[0], "record"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{D}.phases", ["PHASE2", "PHASE2"]),
        (f"{INFO}.interventionModelDescription", "two  groups; side by side."),
        (f"{INFO}.maskingInfo.maskingDescription", "IDENTICAL\nCAPSULES"),
        (f"{D}.bioSpec.description", "whole-blood"),
        (f"{S}.leadSponsor.name", "EXAMPLE PHARMA"),
        (f"{S}.collaborators", edited(_COLLABORATORS, 0, name="Sample Genomics, Inc.")),
        (f"{S}.collaborators", edited(_COLLABORATORS, 0, **{"class": "OTHER"})),
        (f"{S}.responsibleParty.investigatorTitle", "professor"),
        (f"{S}.responsibleParty.investigatorFullName", "Ada Doe, MD"),
        (f"{S}.responsibleParty.investigatorAffiliation", "Alpha Hospital Ltd."),
        (f"{PEOPLE}.overallOfficials", edited(_OFFICIALS, 0, name="Doe, Ada, M.D., PhD")),
        (f"{PEOPLE}.overallOfficials", edited(_OFFICIALS, 0, name="A. Doe")),
        (f"{PEOPLE}.overallOfficials", edited(_OFFICIALS, 1, affiliation="Example Pharma GmbH")),
        (f"{I}.officialTitle", "A randomised study of Examplinib in exemplary disease."),
        (f"{I}.acronym", "ex 1"),
        (f"{P}.conditionsModule.conditions", ["asthma", "HER2-positive cancers"]),
        (f"{P}.conditionsModule.keywords", ["ONE", "two."]),
        (f"{P}.descriptionModule.briefSummary", "A short text\n\n* of six words"),
        (f"{I}.secondaryIdInfos", edited(_IDENTIFIERS, 0, id="2020-001234 56", type="OTHER")),
        (f"{IPD}.description", "on request."),
        (f"{OVERSIGHT}.isFdaRegulatedDevice", ABSENT),
        (f"{OVERSIGHT}.isUsExport", ABSENT),
        (f"{OVERSIGHT}.fdaaa801Violation", ABSENT),
        (f"{D}.expandedAccessTypes.intermediate", ABSENT),
        (DOCUMENTS, edited(_FILES, 0, uploadDate="2024-02-02T10:00", label="Protocol")),
        (f"{REFERENCES}.availIpds", ABSENT),
    ],
    ids=lambda part: str(part)[-50:],
)
def test_another_form_of_the_same_never_reaches_a_reader(path, value):
    found = only(edit(path, value))
    assert found.severity is Severity.NOISE
    assert changes(full({path: value}), full({path: value})) == ()


@pytest.mark.parametrize(
    "path",
    [f"{D}.phases", f"{INFO}.allocation"],
)
def test_not_applicable_and_nothing_are_the_same(path):
    nothing = ["NA"] if path.endswith("phases") else "NA"
    for before, after in ((nothing, ABSENT), (ABSENT, nothing)):
        assert only(changes(record({path: before}), record({path: after}))).severity is Severity.NOISE


_LISTS = [path for path, value in FULL.items() if isinstance(value, list)]


@given(st.sampled_from(EDITS), st.permutations(range(3)))
def test_the_order_of_any_list_changes_nothing_of_what_is_told(edit_, order):
    path, value, kind, severity = edit_
    turned = {**FULL, path: value}
    for name in _LISTS:
        if isinstance(turned[name], list):
            turned[name] = [turned[name][place] for place in order if place < len(turned[name])] + turned[name][3:]
    found = only(changes(full(), full(turned)))
    assert (found.kind, found.severity.word) == (kind, severity)
    assert found.sentence == only(edit(path, value)).sentence


_WRONG = (
    5,
    True,
    "x",
    "",
    [],
    {},
    [5],
    [None],
    [["x"]],
    [{"name": 5, "pmid": [], "id": {}}],
    {"a": 1},
    "\x00",
    "x" * 50_000,
)


@pytest.mark.parametrize("wrong", _WRONG, ids=lambda wrong: repr(wrong)[:20])
@pytest.mark.parametrize("path", sorted({path for path, *_ in EDITS} | set(FULL) | {f"{P}.descriptionModule"}))
def test_whatever_stands_there_it_is_told_and_never_raises(path, wrong):
    before, after = full(), full({path: wrong})
    for old, new in ((before, after), (after, before)):
        found = changes(old, new)
        assert found or old == new
        assert all(len(change.subject) < 1000 and len(change.sentence) < 3000 for change in found)


@pytest.mark.parametrize("wrong", [5, True, [5], {"a": 1}], ids=repr)
@pytest.mark.parametrize(
    "path",
    [f"{D}.phases", f"{INFO}.allocation", f"{INFO}.maskingInfo", f"{S}.leadSponsor", f"{S}.leadSponsor.name", IPD,
     f"{P}.descriptionModule.briefSummary", f"{I}.briefTitle", DOCUMENTS, f"{REFERENCES}.references", REFERENCES],
)  # fmt: skip
def test_a_value_of_another_shape_is_left_to_the_residual(path, wrong):
    if path.endswith(("maskingInfo", "leadSponsor")) and isinstance(wrong, dict):
        pytest.skip("an object is what stands there")
    found = edit(path, wrong)
    assert set(kinds(found)) <= {"record.changed"} or (isinstance(wrong, dict) and path in (IPD, REFERENCES))


def test_two_fields_of_one_row_are_told_apart_where_each_is_a_change():
    found = changes(
        record(oversight={"isFdaRegulatedDrug": False, "isFdaRegulatedDevice": False}),
        record(oversight={"isFdaRegulatedDrug": True, "isFdaRegulatedDevice": True}),
    )
    assert {change.subject for change in found} == {"isFdaRegulatedDrug", "isFdaRegulatedDevice"}


def test_what_stands_beside_a_change_of_its_own_row_is_not_silent():
    found = changes(
        record(oversight={"isFdaRegulatedDrug": False}),
        record(oversight={"isFdaRegulatedDrug": True, "isFdaRegulatedDevice": False}),
    )
    assert kinds(found) == ["oversight.fda_regulated_changed", "record.changed"]


def test_the_flood_of_a_restored_record_stands_under_its_restoration():
    bare = dict.fromkeys(FULL, ABSENT) | {f"{P}.designModule": ABSENT, LOCATIONS: ABSENT}
    found = changes(record(bare, status="WITHHELD"), full(status="RECRUITING"))
    alone = {change.kind for change in found if change.parent is None and change.severity > Severity.NOISE}
    assert alone == {"status.restored", "oversight.fdaaa_violation"}


def test_what_a_withheld_record_no_longer_shows_stands_under_the_withholding():
    bare = dict.fromkeys(FULL, ABSENT) | {f"{P}.designModule": ABSENT, LOCATIONS: ABSENT}
    found = changes(full(status="RECRUITING"), record(bare, status="WITHHELD"))
    alone = {change.kind for change in found if change.parent is None and change.severity > Severity.NOISE}
    assert not {kind for kind in alone if not kind.startswith(("date.", "enrollment.", "site.", "status.withheld"))}


def test_a_sponsor_that_changed_while_the_record_was_withheld_stands_by_itself():
    found = changes(record(status="WITHHELD"), record(status="RECRUITING", sponsor="Sample Biotech"))
    assert next(change for change in found if change.kind == "sponsor.changed").parent is None


def test_a_long_text_and_many_rows_are_read_in_time():
    long = " ".join(f"word{number % 700}" for number in range(8000))
    papers = [{"pmid": str(number), "type": "RESULT", "citation": f"Doe {number}"} for number in range(400)]
    other = [{**paper, "pmid": str(1000 + number)} for number, paper in enumerate(papers)]
    before = snapshot(record({f"{P}.descriptionModule.detailedDescription": long, f"{REFERENCES}.references": papers}))
    turned = " ".join(reversed(long.split()))
    after = snapshot(record({f"{P}.descriptionModule.detailedDescription": turned, f"{REFERENCES}.references": other}))
    assert changes_between(before, after)


_SOME = st.lists(st.sampled_from(EDITS), max_size=6).map(lambda edits: {path: value for path, value, *_ in edits})


def _turned(built: Any) -> Any:
    """The same with every list the other way round."""
    if isinstance(built, dict):
        return {key: _turned(value) for key, value in built.items()}
    return [_turned(item) for item in reversed(built)] if isinstance(built, list) else built


@given(_SOME, _SOME)
def test_any_edits_at_once_are_told_alike_in_any_order_and_none_twice(one, other):
    old, new = full(one), full(other)
    found = changes(old, new)
    things = [(change.kind, change.subject, change.severity, change.sentence) for change in found]
    turned = changes(_turned(old), _turned(new))
    assert [thing for thing in things if thing[0] != "record.changed"] == [
        (change.kind, change.subject, change.severity, change.sentence)
        for change in turned
        if change.kind != "record.changed"
    ]
    assert len(set(things)) == len(things)
    assert bool(found) == bool(changes(new, old)) == (old != new)
