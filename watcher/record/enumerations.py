"""The closed value lists of the coded fields that are read, from the registry's published schema (API 2.0).

A value that is not on its list is shown as it stands in the record, and the operator is told: the registry's lists
grow, and a rule that knows a status by its name does not know the new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_P = "protocolSection"
_STATUS, _DESIGN, _CONTACTS = f"{_P}.statusModule", f"{_P}.designModule", f"{_P}.contactsLocationsModule"
_IDS, _SPONSORS = f"{_P}.identificationModule", f"{_P}.sponsorCollaboratorsModule"
_ARMS, _ELIGIBILITY = f"{_P}.armsInterventionsModule", f"{_P}.eligibilityModule"
_IPD = f"{_P}.ipdSharingStatementModule"
_ANNOTATION = "annotationSection.annotationModule"

_EXPANDED_ACCESS = "AVAILABLE NO_LONGER_AVAILABLE TEMPORARILY_NOT_AVAILABLE APPROVED_FOR_MARKETING"
_ENDED = "COMPLETED TERMINATED WITHDRAWN"
_RECRUITING = f"NOT_YET_RECRUITING RECRUITING ENROLLING_BY_INVITATION ACTIVE_NOT_RECRUITING SUSPENDED {_ENDED}"
_OVERALL = f"{_RECRUITING} {_EXPANDED_ACCESS} WITHHELD UNKNOWN"
STATUSES = frozenset(_OVERALL.split())
"""Every overall status, of studies and of expanded access."""
_DATE = "ACTUAL ESTIMATED"
_CLASS = "NIH FED OTHER_GOV INDIV INDUSTRY NETWORK AMBIG OTHER UNKNOWN"
_OFFICIAL = "STUDY_CHAIR STUDY_DIRECTOR PRINCIPAL_INVESTIGATOR SUB_INVESTIGATOR"

# "[]" stands for every item of a list.
_LISTS: Mapping[str, str] = {
    f"{_IDS}.secondaryIdInfos[].type": "NIH FDA VA CDC AHRQ SAMHSA OTHER_GRANT EUDRACT_NUMBER CTIS REGISTRY OTHER",
    f"{_IDS}.organization.class": _CLASS,
    f"{_STATUS}.overallStatus": _OVERALL,
    f"{_STATUS}.lastKnownStatus": _OVERALL,
    f"{_STATUS}.expandedAccessInfo.statusForNctId": _EXPANDED_ACCESS,
    f"{_STATUS}.startDateStruct.type": _DATE,
    f"{_STATUS}.primaryCompletionDateStruct.type": _DATE,
    f"{_STATUS}.completionDateStruct.type": _DATE,
    f"{_SPONSORS}.responsibleParty.type": "SPONSOR PRINCIPAL_INVESTIGATOR SPONSOR_INVESTIGATOR",
    f"{_SPONSORS}.leadSponsor.class": _CLASS,
    f"{_SPONSORS}.collaborators[].class": _CLASS,
    f"{_DESIGN}.studyType": "EXPANDED_ACCESS INTERVENTIONAL OBSERVATIONAL",
    f"{_DESIGN}.phases[]": "NA EARLY_PHASE1 PHASE1 PHASE2 PHASE3 PHASE4",
    f"{_DESIGN}.designInfo.allocation": "RANDOMIZED NON_RANDOMIZED NA",
    f"{_DESIGN}.designInfo.interventionModel": "SINGLE_GROUP PARALLEL CROSSOVER FACTORIAL SEQUENTIAL",
    f"{_DESIGN}.designInfo.primaryPurpose": "TREATMENT PREVENTION DIAGNOSTIC ECT SUPPORTIVE_CARE SCREENING "
    "HEALTH_SERVICES_RESEARCH BASIC_SCIENCE DEVICE_FEASIBILITY OTHER",
    f"{_DESIGN}.designInfo.observationalModel": "COHORT CASE_CONTROL CASE_ONLY CASE_CROSSOVER ECOLOGIC_OR_COMMUNITY "
    "FAMILY_BASED DEFINED_POPULATION NATURAL_HISTORY OTHER",
    f"{_DESIGN}.designInfo.timePerspective": "RETROSPECTIVE PROSPECTIVE CROSS_SECTIONAL OTHER",
    f"{_DESIGN}.designInfo.maskingInfo.masking": "NONE SINGLE DOUBLE TRIPLE QUADRUPLE",
    f"{_DESIGN}.designInfo.maskingInfo.whoMasked[]": "PARTICIPANT CARE_PROVIDER INVESTIGATOR OUTCOMES_ASSESSOR",
    f"{_DESIGN}.bioSpec.retention": "NONE_RETAINED SAMPLES_WITH_DNA SAMPLES_WITHOUT_DNA",
    f"{_DESIGN}.enrollmentInfo.type": _DATE,
    f"{_ARMS}.armGroups[].type": "EXPERIMENTAL ACTIVE_COMPARATOR PLACEBO_COMPARATOR SHAM_COMPARATOR "
    "NO_INTERVENTION OTHER",
    f"{_ARMS}.interventions[].type": "BEHAVIORAL BIOLOGICAL COMBINATION_PRODUCT DEVICE DIAGNOSTIC_TEST "
    "DIETARY_SUPPLEMENT DRUG GENETIC PROCEDURE RADIATION OTHER",
    f"{_ELIGIBILITY}.sex": "FEMALE MALE ALL",
    f"{_ELIGIBILITY}.stdAges[]": "CHILD ADULT OLDER_ADULT",
    f"{_ELIGIBILITY}.samplingMethod": "PROBABILITY_SAMPLE NON_PROBABILITY_SAMPLE",
    f"{_CONTACTS}.centralContacts[].role": f"{_OFFICIAL} CONTACT",
    f"{_CONTACTS}.overallOfficials[].role": _OFFICIAL,
    f"{_CONTACTS}.locations[].status": f"{_RECRUITING} AVAILABLE",
    f"{_P}.referencesModule.references[].type": "BACKGROUND RESULT DERIVED",
    f"{_IPD}.ipdSharing": "YES NO UNDECIDED",
    f"{_IPD}.infoTypes[]": "STUDY_PROTOCOL SAP ICF CSR ANALYTIC_CODE",
    f"{_ANNOTATION}.unpostedAnnotation.unpostedEvents[].type": "RESET RELEASE UNRELEASE",
    f"{_ANNOTATION}.violationAnnotation.violationEvents[].type": "VIOLATION_IDENTIFIED CORRECTION_CONFIRMED "
    "PENALTY_IMPOSED ISSUES_IN_LETTER_ADDRESSED_CONFIRMED",
}
VALUES: Mapping[str, frozenset[str]] = {path: frozenset(words.split()) for path, words in _LISTS.items()}


@dataclass(slots=True)
class _Branch:
    """What is looked for below one key of a record: a list of values at this path, further keys, or both."""

    path: str = ""
    is_list: bool = False
    values: frozenset[str] | None = None
    below: dict[str, _Branch] = field(default_factory=dict)


def _tree() -> _Branch:
    """All the paths as one tree, so that a record is walked through once."""
    root = _Branch()
    for path, values in VALUES.items():
        branch = root
        for step in path.split("."):
            branch = branch.below.setdefault(step.removesuffix("[]"), _Branch(is_list=step.endswith("[]")))
        branch.path, branch.values = path, values
    return root


_ROOT = _tree()


def unknown_values(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The field and the value of every code in the record that is not on its list, each once.

    What is no text at all, or blank, is no code: the residual shows it.
    """
    return tuple(dict.fromkeys(_unknown(record, _ROOT)))


def _unknown(node: object, branch: _Branch) -> Iterator[tuple[str, str]]:
    if branch.values is not None:
        yield from _code(node, branch.path, branch.values)
    elif isinstance(node, dict):
        for key, child in branch.below.items():
            for item in _items(node.get(key), child):
                yield from _unknown(item, child)


def _items(value: object, branch: _Branch) -> Sequence[object]:
    """What stands at a key: of a list, what is in it; nothing where it is absent or of another shape."""
    if branch.is_list:
        return value if isinstance(value, list) else ()
    return () if value is None else (value,)


def _code(text: object, path: str, values: frozenset[str]) -> Iterator[tuple[str, str]]:
    if isinstance(text, str) and text not in values:
        said = text.strip()
        if said and said not in values:
            yield path, said
