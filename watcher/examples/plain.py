"""A plausible record, and a short way to say how another one differs from it: for examples and tests."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

NCT = "NCT00000001"

P = "protocolSection"
STATUS = f"{P}.statusModule"
LOCATIONS = f"{P}.contactsLocationsModule.locations"
ENROLLMENT = f"{P}.designModule.enrollmentInfo"
PRIMARY = f"{STATUS}.primaryCompletionDateStruct"


# A value that takes its field out of the record.
class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()

_PATHS = {
    "nct_id": f"{P}.identificationModule.nctId",
    "title": f"{P}.identificationModule.briefTitle",
    "official_title": f"{P}.identificationModule.officialTitle",
    "acronym": f"{P}.identificationModule.acronym",
    "aliases": f"{P}.identificationModule.nctIdAliases",
    "status": f"{STATUS}.overallStatus",
    "last_known": f"{STATUS}.lastKnownStatus",
    "why_stopped": f"{STATUS}.whyStopped",
    "start": f"{STATUS}.startDateStruct",
    "primary_completion": PRIMARY,
    "completion": f"{STATUS}.completionDateStruct",
    "first_submitted": f"{STATUS}.studyFirstSubmitDate",
    "submitted": f"{STATUS}.lastUpdateSubmitDate",
    "verified": f"{STATUS}.statusVerifiedDate",
    "posted": f"{STATUS}.lastUpdatePostDateStruct.date",
    "enrollment": ENROLLMENT,
    "conditions": f"{P}.conditionsModule.conditions",
    "keywords": f"{P}.conditionsModule.keywords",
    "interventions": f"{P}.armsInterventionsModule.interventions",
    "arms": f"{P}.armsInterventionsModule.armGroups",
    "primary_outcomes": f"{P}.outcomesModule.primaryOutcomes",
    "secondary_outcomes": f"{P}.outcomesModule.secondaryOutcomes",
    "other_outcomes": f"{P}.outcomesModule.otherOutcomes",
    "secondary_ids": f"{P}.identificationModule.secondaryIdInfos",
    "phases": f"{P}.designModule.phases",
    "fda_drug": f"{P}.oversightModule.isFdaRegulatedDrug",
    "fda_device": f"{P}.oversightModule.isFdaRegulatedDevice",
    "results_submitted": f"{STATUS}.resultsFirstSubmitDate",
    "references": f"{P}.referencesModule.references",
    "links": f"{P}.referencesModule.seeAlsoLinks",
    "available": f"{P}.referencesModule.availIpds",
    "org_id": f"{P}.identificationModule.orgStudyIdInfo.id",
    "organization": f"{P}.identificationModule.organization.fullName",
    "sponsor": f"{P}.sponsorCollaboratorsModule.leadSponsor.name",
    "sponsor_class": f"{P}.sponsorCollaboratorsModule.leadSponsor.class",
    "collaborators": f"{P}.sponsorCollaboratorsModule.collaborators",
    "responsible": f"{P}.sponsorCollaboratorsModule.responsibleParty",
    "officials": f"{P}.contactsLocationsModule.overallOfficials",
    "contacts": f"{P}.contactsLocationsModule.centralContacts",
    "summary": f"{P}.descriptionModule.briefSummary",
    "description": f"{P}.descriptionModule.detailedDescription",
    "study_type": f"{P}.designModule.studyType",
    "design": f"{P}.designModule.designInfo",
    "target_duration": f"{P}.designModule.targetDuration",
    "expanded_access": f"{STATUS}.expandedAccessInfo",
    "delayed_posting": f"{STATUS}.delayedPosting",
    "oversight": f"{P}.oversightModule",
    "ipd": f"{P}.ipdSharingStatementModule",
    "documents": "documentSection.largeDocumentModule.largeDocs",
    "violations": "annotationSection.annotationModule.violationAnnotation.violationEvents",
    "sites": LOCATIONS,
    "has_results": "hasResults",
    "results": "resultsSection",
    "submission_tracking": "derivedSection.miscInfoModule.submissionTracking",
    "certified": f"{STATUS}.dispFirstSubmitDate",
    "certificate_posted": f"{STATUS}.dispFirstPostDateStruct.date",
    "results_waived": f"{STATUS}.resultsWaived",
    "results_posted": f"{STATUS}.resultsFirstPostDateStruct.date",
    "data_version": "derivedSection.miscInfoModule.versionHolder",
}
_DATES = frozenset({"start", "primary_completion", "completion"})

_PLAIN: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": NCT,
            "orgStudyIdInfo": {"id": "EX-001"},
            "organization": {"fullName": "Example Pharma", "class": "INDUSTRY"},
            "briefTitle": "Examplinib in Exemplary Disease",
            "officialTitle": "A Randomised Study of Examplinib in Exemplary Disease",
        },
        "statusModule": {
            "statusVerifiedDate": "2026-01",
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": "2024-01-15", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2027-06-30", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2028-12-31", "type": "ESTIMATED"},
            "lastUpdateSubmitDate": "2026-01-12",
            "lastUpdatePostDateStruct": {"date": "2026-01-14", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Example Pharma", "class": "INDUSTRY"}},
        "conditionsModule": {"conditions": ["Exemplary Disease"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "enrollmentInfo": {"count": 100, "type": "ESTIMATED"},
        },
        "contactsLocationsModule": {
            "locations": [
                {"facility": "Alpha Hospital", "status": "RECRUITING", "city": "Berlin", "country": "Germany"},
                {"facility": "Beta Clinic", "status": "RECRUITING", "city": "Lyon", "country": "France"},
            ]
        },
    },
    "derivedSection": {"miscInfoModule": {"versionHolder": "2026-05-29"}},
    "hasResults": False,
}


def record(put: Mapping[str, Any] | None = None, **only_what_matters: Any) -> dict[str, Any]:
    """A plausible record of a recruiting study with two sites, but for what is said; `put` sets any dotted path.

    Dates are "2027-06", "2027-06 actual" or "2027-06 untyped" (estimated where nothing is said), enrolment
    likewise: 100, "100 actual" or "100 untyped". `filed` is the day on which the record was filed and posted.
    ABSENT takes a field out.
    """
    built = copy.deepcopy(_PLAIN)
    if filed := only_what_matters.pop("filed", None):
        only_what_matters |= {"submitted": filed, "posted": filed, "verified": filed[:7]}
    for name, value in only_what_matters.items():
        _put(built, _PATHS[name], _said(name, value))
    for path, value in (put or {}).items():
        _put(built, path, value)
    return built


def site(
    facility: str = "Alpha Hospital", city: str = "Berlin", country: str = "Germany", **more: Any
) -> dict[str, Any]:
    """One row of the list of sites, recruiting unless said otherwise; ABSENT takes a field out."""
    row = {"facility": facility, "status": "RECRUITING", "city": city, "country": country, **more}
    return {key: value for key, value in row.items() if value is not ABSENT}


def _said(name: str, value: Any) -> Any:
    """What stands in the record for the short form of a date or of the enrolment."""
    if value is ABSENT or isinstance(value, dict):
        return value
    if name in _DATES or name == "enrollment":
        text, _, type_ = str(value).partition(" ")
        said: dict[str, Any] = {"date": text} if name in _DATES else {"count": int(text)}
        return said if type_ == "untyped" else {**said, "type": (type_ or "estimated").upper()}
    return value


def _put(node: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        if value is ABSENT and step not in node:
            return
        node = node.setdefault(step, {})
    if value is ABSENT:
        node.pop(last, None)
    else:
        node[last] = value
