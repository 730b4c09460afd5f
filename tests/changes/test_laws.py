"""Laws that hold for any two records, whatever stands in them."""

from __future__ import annotations

import copy
import json
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.builders import ABSENT, ENROLLMENT, LOCATIONS, PRIMARY, STATUS, P, changes, record, site, snapshot
from tests.laws import hold, meaning
from tests.whole import shuffled
from watcher.changes.reading import Version
from watcher.changes.sites.identity import sites_of
from watcher.changes.table import KINDS
from watcher.errors import MalformedRecord
from watcher.model import Change, Severity

# Without the phase that explains: it takes minutes on records, and the shrunk example says as much.
LAW = settings(deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink))

STATUSES = (
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED", "SUSPENDED",
    "TERMINATED", "WITHDRAWN", "UNKNOWN", "AVAILABLE", "NO_LONGER_AVAILABLE", "WITHHELD", "A_NEW_VALUE", ABSENT,
)  # fmt: skip
_STATUS = st.sampled_from(STATUSES)
_SEEDS = st.integers(0, 20)
_DAYS = st.sampled_from(("2026-01", "2026-01-31", "2026-03-15", "2027-06-30", "2028", "2029-12-31"))
_DATES = st.just(ABSENT) | st.builds("{} {}".format, _DAYS, st.sampled_from(("estimated", "actual", "untyped")))
_CONTACTS = st.lists(st.fixed_dictionaries({"name": st.sampled_from(("A. Doe", "B. Roe"))}), max_size=2)


def _optional(*values: str) -> st.SearchStrategy[Any]:
    return st.sampled_from((*values, ABSENT))


_SITES = st.lists(
    st.builds(
        site,
        facility=_optional("Alpha Hospital", "ALPHA hospital", "Research Site", "協和医院"),
        city=st.sampled_from(("Berlin", "Lyon")),
        zip=_optional("1", "2"),
        status=st.sampled_from(("RECRUITING", "WITHDRAWN", "NOT_YET_RECRUITING", ABSENT)),
        contacts=_CONTACTS | st.just(ABSENT),
    ),
    max_size=5,
)
_OUTCOMES = st.lists(
    st.fixed_dictionaries(
        {"measure": st.sampled_from(("OS", "PFS"))}, optional={"timeFrame": st.sampled_from(("1 year", "2 years"))}
    ),
    max_size=3,
)
_WORDS = st.lists(st.sampled_from(("A", "B", "C")), max_size=4)
_INTERVENTIONS = st.lists(
    st.fixed_dictionaries(
        {"type": st.just("DRUG"), "name": st.sampled_from(("A", "B"))}, optional={"otherNames": _WORDS}
    ),
    max_size=3,
)

_TEXT = st.sampled_from(
    (
        "",
        "Examplinib 10 mg once a day.",
        "Examplinib 20 mg once a day.",
        "examplinib 10 MG once a day",
        "Placebo",
        "\\> 5 %",
    )
)
_FLAG = st.sampled_from((True, False))
_NAMES = st.sampled_from(("Robin Sample", "Kim Instance", "Kim Instance, MD", ""))
_DAY = st.sampled_from(("2025-01-02", "2026-03-04", "2026-05"))


def _item(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A list of objects of which any field may be missing."""
    return st.lists(st.fixed_dictionaries({}, optional=optional), max_size=3)


_MEASURES = _item(
    measure=st.sampled_from(
        ("Overall survival", "overall survival.", "Pain at week 4", "Pain at week 8", "Walking distance")
    ),
    description=_TEXT,
    timeFrame=st.sampled_from(("1 year", "12 months", "2 years", "Week 4", "")),
)
_CRITERIA = st.lists(
    st.sampled_from(
        (
            "Inclusion Criteria:", "Exclusion Criteria:", "* Adults of 18 years or older",
            "* Adults of 21 years or older",
            "- Pregnancy", "* Pregnancy.", "* ECOG 0 or 1", "1. ECOG 0 or 1", "  * with a written consent", "",
        )
    ),
    max_size=7,
).map("\n".join)  # fmt: skip
_EVENTS = _item(type=st.sampled_from(("RELEASE", "RESET", "UNRELEASE", "NEW")), date=_DAY, dateUnknown=_FLAG)
_REST = {
    f"{P}.armsInterventionsModule.armGroups": _item(
        label=st.sampled_from(("A", "a", "B", "Arm B")),
        type=st.sampled_from(("EXPERIMENTAL", "PLACEBO_COMPARATOR")),
        description=_TEXT,
        interventionNames=st.lists(st.sampled_from(("Drug: A", "Drug: B")), max_size=2),
    ),
    f"{P}.armsInterventionsModule.interventions": _item(
        type=st.sampled_from(("DRUG", "BIOLOGICAL")),
        name=st.sampled_from(("A", "B", "EX-1", "examplinib")),
        description=_TEXT,
        otherNames=st.lists(st.sampled_from(("A", "EX-1", "ex-1")), max_size=2),
        armGroupLabels=st.lists(st.sampled_from(("A", "B")), max_size=2),
    ),
    f"{P}.outcomesModule.primaryOutcomes": _MEASURES,
    f"{P}.outcomesModule.secondaryOutcomes": _MEASURES,
    f"{P}.outcomesModule.otherOutcomes": _MEASURES,
    f"{P}.eligibilityModule.eligibilityCriteria": _CRITERIA,
    f"{P}.eligibilityModule.minimumAge": st.sampled_from(("18 Years", "216 Months", "6 Months", "N/A")),
    f"{P}.eligibilityModule.maximumAge": st.sampled_from(("75 Years", "80 Years", "N/A")),
    f"{P}.eligibilityModule.sex": st.sampled_from(("ALL", "FEMALE", "NEW")),
    f"{P}.eligibilityModule.healthyVolunteers": _FLAG,
    f"{P}.designModule.phases": st.lists(st.sampled_from(("PHASE1", "PHASE2", "NA")), max_size=2),
    f"{P}.designModule.studyType": st.sampled_from(("INTERVENTIONAL", "OBSERVATIONAL")),
    f"{P}.designModule.designInfo": st.fixed_dictionaries(
        {},
        optional={
            "allocation": st.sampled_from(("RANDOMIZED", "NA")),
            "interventionModel": st.sampled_from(("PARALLEL", "CROSSOVER")),
            "primaryPurpose": st.sampled_from(("TREATMENT", "PREVENTION")),
            "maskingInfo": st.fixed_dictionaries(
                {"masking": st.sampled_from(("NONE", "DOUBLE"))},
                optional={"whoMasked": st.lists(st.sampled_from(("PARTICIPANT", "INVESTIGATOR")), max_size=2)},
            ),
        },
    ),
    f"{P}.sponsorCollaboratorsModule.leadSponsor": st.fixed_dictionaries(
        {"name": st.sampled_from(("Example Pharma", "Example Pharma, Inc.", "Other"))},
        optional={"class": st.sampled_from(("INDUSTRY", "OTHER"))},
    ),
    f"{P}.sponsorCollaboratorsModule.collaborators": _item(name=_NAMES, **{"class": st.just("OTHER")}),
    f"{P}.contactsLocationsModule.overallOfficials": _item(
        name=_NAMES, affiliation=_TEXT, role=st.sampled_from(("PRINCIPAL_INVESTIGATOR", "STUDY_CHAIR"))
    ),
    f"{P}.contactsLocationsModule.centralContacts": _item(name=_NAMES, phone=st.sampled_from(("1", "2"))),
    f"{P}.descriptionModule.briefSummary": _TEXT,
    f"{P}.descriptionModule.detailedDescription": _TEXT,
    f"{P}.ipdSharingStatementModule": st.fixed_dictionaries(
        {},
        optional={"ipdSharing": st.sampled_from(("YES", "NO")), "description": _TEXT, "infoTypes": _WORDS},
    ),
    f"{P}.oversightModule": st.fixed_dictionaries(
        {}, optional={"oversightHasDmc": _FLAG, "isFdaRegulatedDrug": _FLAG, "isUsExport": _FLAG}
    ),
    f"{P}.referencesModule.references": _item(
        pmid=st.sampled_from(("1", "2")),
        type=st.sampled_from(("BACKGROUND", "RESULT", "DERIVED")),
        citation=_TEXT,
        retractions=st.lists(st.just({"pmid": "9", "source": "J"}), max_size=1),
    ),
    "documentSection.largeDocumentModule.largeDocs": _item(
        typeAbbrev=st.sampled_from(("Prot", "SAP", "ICF")), date=_DAY, filename=st.sampled_from(("a.pdf", "b.pdf"))
    ),
    "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents": _EVENTS,
    "derivedSection.miscInfoModule.submissionTracking.submissionInfos": _item(releaseDate=_DAY, resetDate=_DAY),
    "resultsSection.outcomeMeasuresModule.outcomeMeasures": _item(
        title=st.sampled_from(("OS", "PFS")), description=_TEXT, unitOfMeasure=st.sampled_from(("months", "days"))
    ),
    f"{STATUS}.expandedAccessInfo.hasExpandedAccess": _FLAG,
}  # fmt: skip


def _some_of(parts: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A few parts of the record, each as its strategy says."""
    return st.lists(st.sampled_from(sorted(parts)), max_size=6, unique=True).flatmap(
        lambda paths: st.fixed_dictionaries({path: parts[path] for path in paths})
    )


_RECORDS = st.builds(
    record,
    put=_some_of(_REST),
    status=_STATUS,
    last_known=_optional("RECRUITING", "COMPLETED"),
    why_stopped=_optional("Funding", "funding ", "Safety"),
    start=_DATES,
    primary_completion=_DATES,
    completion=_DATES,
    enrollment=_optional("0", "40", "100", "40 actual", "0 actual", "99999999", "50 untyped"),
    sites=_SITES | st.just(ABSENT),
    title=st.sampled_from(("Examplinib", "examplinib", "Another")),
    conditions=_WORDS,
    keywords=_WORDS,
    interventions=_INTERVENTIONS,
    primary_outcomes=_OUTCOMES,
    secondary_outcomes=_OUTCOMES,
    secondary_ids=st.lists(st.fixed_dictionaries({"id": st.sampled_from(("1", "2"))}), max_size=2),
    aliases=st.lists(st.sampled_from(("NCT00000002", "NCT00000003")), max_size=2),
    has_results=st.booleans(),
    filed=st.sampled_from(("2026-01-10", "2026-05-20")),
)

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from((*STATUSES[:-1], "2026-01", "9999-12-31", "0001-01-01", "ESTIMATED", "ACTUAL", "NCT00000002")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("date", "type", "count", "status", "facility", "name", "")) | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
_KNOWN_PATHS = (
    STATUS, f"{STATUS}.overallStatus", f"{STATUS}.lastKnownStatus", f"{STATUS}.whyStopped", PRIMARY, f"{PRIMARY}.date",
    f"{PRIMARY}.type", f"{STATUS}.startDateStruct", f"{STATUS}.completionDateStruct.date", f"{P}.designModule",
    ENROLLMENT, f"{ENROLLMENT}.count", f"{ENROLLMENT}.type", f"{P}.contactsLocationsModule", LOCATIONS,
    f"{P}.identificationModule.briefTitle", f"{P}.identificationModule.nctIdAliases",
    f"{P}.conditionsModule.conditions",
    "hasResults", "resultsSection", f"{STATUS}.resultsFirstPostDateStruct", f"{STATUS}.lastUpdatePostDateStruct",
    f"{STATUS}.lastUpdateSubmitDate", f"{STATUS}.statusVerifiedDate", "derivedSection", "derivedSection.miscInfoModule",
    "annotationSection", P, "more",
)  # fmt: skip
_HOSTILE_SITES = st.lists(
    _JSON
    | st.dictionaries(
        st.sampled_from(("facility", "status", "city", "state", "zip", "country", "contacts", "geoPoint")),
        _JSON,
        max_size=4,
    ),
    max_size=4,
)


@st.composite
def hostile(draw: st.DrawFn) -> dict[str, Any]:
    """A record in which anything may stand anywhere."""
    built = record()
    for path in draw(st.lists(st.sampled_from(_KNOWN_PATHS), max_size=4, unique=True)):
        _plant(built, path, draw(_HOSTILE_SITES if path == LOCATIONS else _JSON))
    return built


def _plant(node: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        inner = node.get(step)
        if not isinstance(inner, dict):
            node[step] = inner = {}
        node = inner
    node[last] = value


def told(found: tuple[Change, ...]) -> Counter[tuple[str, str, Severity]]:
    return Counter((change.kind, change.subject, change.severity) for change in found)


def compared(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    """The changes, or none where a side is malformed."""
    try:
        return changes(old, new)
    except MalformedRecord:
        return ()


# --- equal records ----------------------------------------------------------------


@LAW
@given(_RECORDS)
def test_a_record_does_not_differ_from_itself(some):
    assert changes(some, copy.deepcopy(some)) == ()


@LAW
@given(hostile())
def test_a_hostile_record_does_not_differ_from_itself_either(some):
    assert compared(some, some) == ()


@LAW
@given(_RECORDS, _SEEDS)
def test_a_record_in_another_order_is_the_same_record(some, seed):
    assert changes(some, shuffled(some, seed)) == ()


@LAW
@given(_RECORDS, _SEEDS)
def test_a_record_in_another_order_never_reaches_a_reader(some, seed):
    assert all(change.severity is Severity.NOISE for change in changes(some, shuffled(some, seed)))


@LAW
@given(_RECORDS, _RECORDS, _SEEDS)
def test_the_order_of_a_record_never_changes_what_is_told(old, new, seed):
    expected = told(changes(old, new))
    assert told(changes(old, shuffled(new, seed))) == expected
    assert told(changes(shuffled(old, seed), new)) == expected


@LAW
@given(_RECORDS, st.text(max_size=10), _JSON)
def test_what_the_registry_recomputes_is_no_change(some, day, meshes):
    kept = some["derivedSection"]
    misc = {**kept["miscInfoModule"], "versionHolder": day, "modelPredictions": meshes}
    derived = {**kept, "miscInfoModule": misc, "conditionBrowseModule": meshes, "interventionBrowseModule": meshes}
    assert changes(some, {**some, "derivedSection": derived}) == ()


# --- different records --------------------------------------------------------------


@LAW
@given(hostile(), hostile())
def test_what_differs_in_more_than_order_is_never_silent_and_the_rest_never_loud(old, new):
    try:
        before, after = snapshot(old).content, snapshot(new).content
    except MalformedRecord:
        return
    found = changes(old, new)
    assert found if _sorted(before) != _sorted(after) else all(change.severity is Severity.NOISE for change in found)


def _sorted(node: Any) -> str:
    """The same for two values that differ in the order of lists alone."""
    if isinstance(node, dict):
        return json.dumps({key: _sorted(value) for key, value in node.items()}, sort_keys=True)
    if isinstance(node, list):
        return json.dumps(sorted(_sorted(item) for item in node))
    if isinstance(node, int | float) and not isinstance(node, bool):
        return str(Fraction(node))  # 1 and 1.0 are one number, true is none
    return json.dumps(node)


@LAW
@given(_RECORDS, _RECORDS)
def test_every_change_is_of_a_kind_that_is_read(old, new):
    for change in changes(old, new):
        assert change.kind in KINDS
        assert change.severity in {KINDS[change.kind].severity, *(step for step, _ in KINDS[change.kind].rule.steps)}


@LAW
@given(_RECORDS, _RECORDS)
def test_every_change_has_its_sentence_and_its_paths(old, new):
    for change in changes(old, new):
        assert change.sentence.strip()
        assert change.paths
        assert all(path.strip(".") == path for path in change.paths)


@LAW
@given(_RECORDS, _RECORDS)
def test_changes_are_numbered_in_the_order_of_severity_kind_and_subject(old, new):
    found = changes(old, new)
    assert [change.id for change in found] == list(range(len(found)))
    keys = [(-change.severity, change.kind, change.subject) for change in found]
    assert keys == sorted(keys)


@LAW
@given(_RECORDS, _RECORDS)
def test_a_parent_is_one_of_the_changes_and_has_no_parent_of_its_own(old, new):
    found = changes(old, new)
    for change in found:
        if change.parent is not None:
            assert change.parent != change.id
            assert found[change.parent].parent is None


# What is told as added one way is told as removed the other way, of the same thing. (A detail belongs to an outcome
# that stays, and is told under the outcome's newer name; a first list of sites adds no country, a last one loses it.)
_OPPOSITE = {
    kind: kind.replace("added", "removed")
    for kind in KINDS
    if "added" in kind
    and "detail" not in kind
    and kind != "country.added"
    and KINDS.get(kind.replace("added", "removed"))
}


# Time shows in one place: at another postcode a stand-in is the same site where its status went forward, and another
# site where it would have to step back. No such row has a name, so its subject begins with this, or with the town.
_FORWARD = {"NOT_YET_RECRUITING", "RECRUITING", "WITHDRAWN"}
_STAND_INS = ("Research Site", "Berlin", "Lyon")


def _forward(some: dict[str, Any]) -> set[str]:
    """The statuses of the record's stand-ins that one site has one after the other."""
    rows = sites_of(Version(some).at(LOCATIONS))
    return {row.text("status") for row in rows if row.label.generic} & _FORWARD


def _subjects(found: tuple[Change, ...], kind: str, but: tuple[str, ...]) -> Counter[str]:
    return Counter(change.subject for change in found if change.kind == kind and not change.subject.startswith(but))


def _merged(came: Counter[str], removed: str, back: tuple[Change, ...]) -> Counter[str]:
    """What may come and not go: a primary outcome at a time of its own is a new one, and goes as merged into another.

    Such a merger is told as a rewording.
    """
    reworded = _subjects(back, "outcome.primary_reworded", ())
    return came & reworded if removed == "outcome.primary_removed" else Counter()


@LAW
@given(_RECORDS, _RECORDS)
@example(
    record(primary_outcomes=[{"measure": "OS", "timeFrame": "1 year"}]),
    record(primary_outcomes=[{"measure": "OS", "timeFrame": "2 years"}] * 2),
)
@example(
    record(sites=[site("Research Site", zip="2", status="RECRUITING"), site("Alpha Hospital", zip="1")]),
    record(sites=[site("Research Site", status="WITHDRAWN")]),
)
def test_what_comes_one_way_goes_the_other_way(old, new):
    there, back = changes(old, new), changes(new, old)
    has_direction = any(before != after for before in _forward(old) for after in _forward(new))
    for added, removed in _OPPOSITE.items():
        but = _STAND_INS if added == "site.added" and has_direction else ()
        for one, other in ((there, back), (back, there)):
            came, went = _subjects(one, added, but), _subjects(other, removed, but)
            assert went <= came <= went + _merged(came - went, removed, other), added


@LAW
@given(_RECORDS, _RECORDS)
def test_a_list_of_sites_grows_one_way_by_what_it_shrinks_the_other_way(old, new):
    def grown(found: tuple[Change, ...]) -> int:
        told = Counter(change.kind for change in found)
        return told["site.added"] - told["site.removed"]

    assert grown(changes(old, new)) == -grown(changes(new, old))


@LAW
@given(_RECORDS, _RECORDS, _SEEDS)
def test_every_word_of_what_is_told_is_the_same_in_any_order(old, new, seed):
    expected = meaning(changes(old, new))
    assert meaning(changes(shuffled(old, seed), shuffled(new, seed + 1))) == expected


@LAW
@given(_RECORDS, _RECORDS)
def test_the_laws_hold_of_any_two_records(old, new):
    hold(changes(old, new))


@LAW
@given(_RECORDS, _RECORDS)
def test_a_way_there_is_a_way_back(old, new):
    there, back = changes(old, new), changes(new, old)
    assert bool(there) == bool(back)


@LAW
@given(_RECORDS, _RECORDS)
def test_no_thing_is_told_twice_in_one_kind(old, new):
    # A revived study has two moves of its status; paths count in the older record for what is gone.
    things = Counter((change.kind, change.subject, change.paths) for change in changes(old, new))
    twice = [kind for (kind, *_), count in things.items() if count > 1 and not kind.startswith("status.")]
    assert twice == []


@LAW
@given(_RECORDS, _RECORDS)
def test_a_change_survives_being_written_down(old, new):
    for change in changes(old, new):
        assert Change.from_dict(change.as_dict()) == change
        assert Change.from_dict(json.loads(json.dumps(change.as_dict()))) == change


def test_a_change_written_down_is_the_object_that_everyone_shares():
    (withdrawn,) = changes(record(sites=[site(zip="1")]), record(sites=[site(zip="1", status="WITHDRAWN")]))
    assert withdrawn.as_dict() == {
        "id": 0,
        "kind": "site.withdrawn",
        "severity": "major",
        "nct_id": "NCT00000001",
        "subject": "Alpha Hospital, Berlin, Germany",
        "old": "RECRUITING",
        "new": "WITHDRAWN",
        "detail": {
            "site_id": withdrawn.detail["site_id"],
            "country": "Germany",
            "city": "Berlin",
            "zip": "1",
            "from": "RECRUITING",
            "to": "WITHDRAWN",
        },
        "paths": [f"{LOCATIONS}[0].status"],
        "registry_side": False,
        "parent": None,
        "sentence": "Site withdrawn: Alpha Hospital, Berlin, Germany (Recruiting -> Withdrawn).",
    }


# --- hostile records ----------------------------------------------------------------


@settings(LAW, max_examples=300)
@given(hostile(), hostile())
def test_nothing_but_malformed_record_is_ever_raised(old, new):
    for change in compared(old, new):
        assert change.kind in KINDS
        assert json.dumps(change.as_dict())
        assert len(change.subject) < 1000


@LAW
@given(hostile())
def test_a_hostile_record_against_a_plain_one(some):
    compared(record(), some)
    compared(some, record())


_WRONG = (
    None, True, False, 0, -1, 2**64 - 1, 1.5, "", "\x00", "x" * 10_000, [], [[]], [None], [[{}]], {}, {"": {}},
    ["RECRUITING"],
)  # fmt: skip


@pytest.mark.parametrize("path", _KNOWN_PATHS)
@pytest.mark.parametrize("wrong", _WRONG, ids=lambda wrong: repr(wrong)[:14])
def test_a_wrong_type_anywhere_is_read_or_malformed(path, wrong):
    some = record(status="SUSPENDED", sites=[site(status="SUSPENDED")])
    _plant(some, path, wrong)
    for other in (record(), record(status="SUSPENDED", sites=[])):
        compared(other, some)
        compared(some, other)


@pytest.mark.parametrize(
    "field", ["facility", "status", "city", "state", "zip", "country", "contacts", "geoPoint", "countryCode"]
)
@pytest.mark.parametrize("wrong", _WRONG, ids=lambda wrong: repr(wrong)[:14])
def test_a_wrong_type_in_a_site_is_read(field, wrong):
    some = record(status="SUSPENDED", sites=[site(**{field: wrong}), site()])
    for other in (
        record(status="RECRUITING", sites=[site(), site("Beta Clinic")]),
        record(status="SUSPENDED", sites=[site()]),
    ):
        changes(other, some)
        changes(some, other)
