"""The registry's names for the parts of a record that can be searched, and for the areas that join them.

Names and paths are those of the registry's study data structure; which pieces an area has, those of its page on search
areas, as far as searches of a rehearsal need them. Weights and synonyms are left out: captures cannot rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from watcher.record.enumerations import VALUES


class Refused(Exception):
    """400, with this text."""


class Kind(Enum):
    """What the values of a piece are, and so how they are compared."""

    TEXT = auto()
    CODE = auto()
    DATE = auto()
    NUMBER = auto()
    AGE = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """One named part of a record. `path` leads there, through every item of a list. `codes` are all its values."""

    name: str
    kind: Kind
    path: str
    codes: tuple[str, ...] = ()


_P = "protocolSection"
_IDS, _STATUS, _DESIGN = f"{_P}.identificationModule", f"{_P}.statusModule", f"{_P}.designModule"
_ARMS, _OUTCOMES, _ELIGIBILITY = f"{_P}.armsInterventionsModule", f"{_P}.outcomesModule", f"{_P}.eligibilityModule"
_SPONSORS, _CONTACTS = f"{_P}.sponsorCollaboratorsModule", f"{_P}.contactsLocationsModule"
_BROWSE = "derivedSection.{}BrowseModule"

_TEXTS: Mapping[str, str] = {
    "NCTId": f"{_IDS}.nctId",
    "NCTIdAlias": f"{_IDS}.nctIdAliases",
    "OrgStudyId": f"{_IDS}.orgStudyIdInfo.id",
    "SecondaryId": f"{_IDS}.secondaryIdInfos.id",
    "OrgFullName": f"{_IDS}.organization.fullName",
    "Acronym": f"{_IDS}.acronym",
    "BriefTitle": f"{_IDS}.briefTitle",
    "OfficialTitle": f"{_IDS}.officialTitle",
    "WhyStopped": f"{_STATUS}.whyStopped",
    "LeadSponsorName": f"{_SPONSORS}.leadSponsor.name",
    "CollaboratorName": f"{_SPONSORS}.collaborators.name",
    "ResponsiblePartyInvestigatorFullName": f"{_SPONSORS}.responsibleParty.investigatorFullName",
    "ResponsiblePartyInvestigatorAffiliation": f"{_SPONSORS}.responsibleParty.investigatorAffiliation",
    "BriefSummary": f"{_P}.descriptionModule.briefSummary",
    "DetailedDescription": f"{_P}.descriptionModule.detailedDescription",
    "Condition": f"{_P}.conditionsModule.conditions",
    "Keyword": f"{_P}.conditionsModule.keywords",
    "ArmGroupLabel": f"{_ARMS}.armGroups.label",
    "ArmGroupDescription": f"{_ARMS}.armGroups.description",
    "InterventionName": f"{_ARMS}.interventions.name",
    "InterventionOtherName": f"{_ARMS}.interventions.otherNames",
    "InterventionDescription": f"{_ARMS}.interventions.description",
    "PrimaryOutcomeMeasure": f"{_OUTCOMES}.primaryOutcomes.measure",
    "PrimaryOutcomeDescription": f"{_OUTCOMES}.primaryOutcomes.description",
    "SecondaryOutcomeMeasure": f"{_OUTCOMES}.secondaryOutcomes.measure",
    "SecondaryOutcomeDescription": f"{_OUTCOMES}.secondaryOutcomes.description",
    "OtherOutcomeMeasure": f"{_OUTCOMES}.otherOutcomes.measure",
    "OtherOutcomeDescription": f"{_OUTCOMES}.otherOutcomes.description",
    "EligibilityCriteria": f"{_ELIGIBILITY}.eligibilityCriteria",
    "StudyPopulation": f"{_ELIGIBILITY}.studyPopulation",
    "CentralContactName": f"{_CONTACTS}.centralContacts.name",
    "OverallOfficialName": f"{_CONTACTS}.overallOfficials.name",
    "OverallOfficialAffiliation": f"{_CONTACTS}.overallOfficials.affiliation",
    "LocationFacility": f"{_CONTACTS}.locations.facility",
    "LocationCity": f"{_CONTACTS}.locations.city",
    "LocationState": f"{_CONTACTS}.locations.state",
    "LocationZip": f"{_CONTACTS}.locations.zip",
    "LocationCountry": f"{_CONTACTS}.locations.country",
    "ConditionMeshTerm": f"{_BROWSE.format('condition')}.meshes.term",
    "ConditionAncestorTerm": f"{_BROWSE.format('condition')}.ancestors.term",
    "InterventionMeshTerm": f"{_BROWSE.format('intervention')}.meshes.term",
    "InterventionAncestorTerm": f"{_BROWSE.format('intervention')}.ancestors.term",
}
# "[]" as in watcher.record.enumerations, where the values of each list are.
_CODES: Mapping[str, str] = {
    "OverallStatus": f"{_STATUS}.overallStatus",
    "LastKnownStatus": f"{_STATUS}.lastKnownStatus",
    "StudyType": f"{_DESIGN}.studyType",
    "Phase": f"{_DESIGN}.phases[]",
    "DesignAllocation": f"{_DESIGN}.designInfo.allocation",
    "DesignPrimaryPurpose": f"{_DESIGN}.designInfo.primaryPurpose",
    "InterventionType": f"{_ARMS}.interventions[].type",
    "LeadSponsorClass": f"{_SPONSORS}.leadSponsor.class",
    "CollaboratorClass": f"{_SPONSORS}.collaborators[].class",
    "LocationStatus": f"{_CONTACTS}.locations[].status",
    "Sex": f"{_ELIGIBILITY}.sex",
    "StdAge": f"{_ELIGIBILITY}.stdAges[]",
}
_BOOLEANS: Mapping[str, str] = {
    "HasResults": "hasResults",
    "HealthyVolunteers": f"{_ELIGIBILITY}.healthyVolunteers",
}
_DATES: Mapping[str, str] = {
    "LastUpdatePostDate": f"{_STATUS}.lastUpdatePostDateStruct.date",
    "LastUpdateSubmitDate": f"{_STATUS}.lastUpdateSubmitDate",
    "StudyFirstPostDate": f"{_STATUS}.studyFirstPostDateStruct.date",
    "StudyFirstSubmitDate": f"{_STATUS}.studyFirstSubmitDate",
    "ResultsFirstPostDate": f"{_STATUS}.resultsFirstPostDateStruct.date",
    "StartDate": f"{_STATUS}.startDateStruct.date",
    "PrimaryCompletionDate": f"{_STATUS}.primaryCompletionDateStruct.date",
    "CompletionDate": f"{_STATUS}.completionDateStruct.date",
}
_NUMBERS: Mapping[str, str] = {"EnrollmentCount": f"{_DESIGN}.enrollmentInfo.count"}
_AGES: Mapping[str, str] = {"MinimumAge": f"{_ELIGIBILITY}.minimumAge", "MaximumAge": f"{_ELIGIBILITY}.maximumAge"}

PIECES: Mapping[str, Piece] = {
    **{name: Piece(name, Kind.TEXT, path) for name, path in _TEXTS.items()},
    **{
        name: Piece(name, Kind.CODE, path.replace("[]", ""), tuple(sorted(VALUES[path])))
        for name, path in _CODES.items()
    },
    **{name: Piece(name, Kind.CODE, path, ("false", "true")) for name, path in _BOOLEANS.items()},
    **{name: Piece(name, Kind.DATE, path) for name, path in _DATES.items()},
    **{name: Piece(name, Kind.NUMBER, path) for name, path in _NUMBERS.items()},
    **{name: Piece(name, Kind.AGE, path) for name, path in _AGES.items()},
}

_TITLES = "Acronym BriefTitle OfficialTitle"
_CONDITION = "ConditionMeshTerm ConditionAncestorTerm Keyword"
_INTERVENTION = (
    "InterventionName InterventionType InterventionOtherName InterventionDescription ArmGroupLabel ArmGroupDescription "
    "InterventionMeshTerm InterventionAncestorTerm"
)
_OUTCOME = (
    "PrimaryOutcomeMeasure PrimaryOutcomeDescription SecondaryOutcomeMeasure SecondaryOutcomeDescription "
    "OtherOutcomeMeasure OtherOutcomeDescription"
)
_SPONSOR = "LeadSponsorName CollaboratorName OrgFullName"
_LOCATION = "LocationFacility LocationCity LocationState LocationZip LocationCountry"
_ID = "NCTId NCTIdAlias OrgStudyId SecondaryId"
_AREAS: Mapping[str, str] = {
    "BasicSearch": f"{_ID} {_TITLES} Condition {_CONDITION} {_INTERVENTION} {_OUTCOME} {_SPONSOR} {_LOCATION} "
    "BriefSummary Phase StdAge StudyType DesignAllocation DesignPrimaryPurpose CentralContactName OverallOfficialName "
    "OverallOfficialAffiliation ResponsiblePartyInvestigatorFullName ResponsiblePartyInvestigatorAffiliation",
    "ConditionSearch": f"Condition BriefTitle OfficialTitle {_CONDITION}",
    "InterventionSearch": f"{_INTERVENTION} BriefTitle OfficialTitle Keyword",
    "OutcomeSearch": _OUTCOME,
    "TitleSearch": _TITLES,
    "LocationSearch": _LOCATION,
    "SponsorSearch": _SPONSOR,
    "IdSearch": f"{_ID} Acronym",
    "EligibilitySearch": "EligibilityCriteria StudyPopulation",
}
AREAS: Mapping[str, tuple[Piece, ...]] = {
    **{name: tuple(PIECES[piece] for piece in said.split()) for name, said in _AREAS.items()},
    **{name: (piece,) for name, piece in PIECES.items()},
}
"""The pieces that are searched under each name: search areas, and every piece by itself."""

# Each query parameter: the area it searches, and the registry's own label of it, which begins its complaints.
QUERIES: Mapping[str, tuple[str, str]] = {
    "query.cond": ("ConditionSearch", "Conditions or disease"),
    "query.term": ("BasicSearch", "Other terms"),
    "query.locn": ("LocationSearch", "Location terms"),
    "query.titles": ("TitleSearch", "Title / acronym"),
    "query.intr": ("InterventionSearch", "Intervention / treatment"),
    "query.outc": ("OutcomeSearch", "Outcome measure"),
    "query.spons": ("SponsorSearch", "Sponsor / collaborator"),
    "query.lead": ("LeadSponsorName", "Lead sponsor"),
    "query.id": ("IdSearch", "Study IDs"),
}
