"""Search expressions as the rehearsal registry reads them: what is found, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.registry.rehearsal.criteria import holds
from watcher.registry.rehearsal.essie import DEEPEST, LONGEST_TERM, MOST_WORDS, OPERATORS, parsed
from watcher.registry.rehearsal.pieces import AREAS, PIECES, Kind, Piece, Refused
from watcher.registry.rehearsal.searched import Fields, coded_in, texts_in

RECORD: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000001",
            "briefTitle": "IL-2 in Heart Attack and Stroke",
            "officialTitle": "A Trial (Phase 2) of Sjögren's AND More",
            "orgStudyIdInfo": {"id": "ABC-123"},
        },
        "statusModule": {
            "overallStatus": "NOT_YET_RECRUITING",
            "startDateStruct": {"date": "2023-05"},
            "lastUpdatePostDateStruct": {"date": "2023-01-15"},
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "Pfizer", "class": "INDUSTRY"},
            "collaborators": [{"name": "University of Bern", "class": "OTHER_GOV"}, {"name": "ALL Group"}],
        },
        "conditionsModule": {"conditions": ["Lung Cancer", "Heart Failure"], "keywords": ["breathing"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "enrollmentInfo": {"count": 120},
        },
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Aldesleukin"}]},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Overall survival"}]},
        "eligibilityModule": {"sex": "ALL", "minimumAge": "18 Years", "stdAges": ["ADULT", "OLDER_ADULT"]},
        "contactsLocationsModule": {
            "locations": [
                {"facility": "Inselspital", "city": "Bern", "country": "Switzerland", "status": "RECRUITING"},
                {"facility": "Auckland Hospital", "city": "Auckland", "country": "New Zealand"},
            ]
        },
    },
    "hasResults": False,
}
TEXTS = texts_in(RECORD)
FIELDS = Fields(coded_in(RECORD), lambda: TEXTS)


def finds(expression: str, area: str = "BasicSearch") -> bool:
    return holds(parsed(expression, area, "Other terms"), FIELDS)


def refusal(expression: str) -> str:
    with pytest.raises(Refused) as refused:
        parsed(expression, "BasicSearch", "Other terms")
    said = str(refused.value)
    assert said.startswith("Error parsing query in Other terms: ")
    return said.removeprefix("Error parsing query in Other terms: ")


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("", True),
        ("  ", True),
        ("ALL", True),
        ("stroke", True),
        ("STROKE", True),
        ("strok", False),
        ("sjogren's", True),
        ("Sjögren's", True),
        ("stroke pfizer", True),
        ("stroke novartis", False),
        ('"heart attack"', True),
        ('"attack heart"', False),
        ('"cancer heart"', False),
        ("IL-2", True),
        ("IL-3", False),
        ('"il 2"', True),
        ("stroke AND cancer", True),
        ("stroke AND measles", False),
        ("measles OR stroke", True),
        ("NOT measles", True),
        ("NOT stroke", False),
        ("NOT NOT stroke", True),
        ("stroke NOT measles", True),
        ("stroke AND NOT cancer", False),
        ("stroke OR measles AND malaria", True),
        ("(stroke OR measles) AND malaria", False),
        ("stroke and measles", False),
        ("stroke or measles", False),
        (r"more \AND more", True),
        (r"stroke \OR measles", False),
        (r"\(phase 2\)", True),
        (r"\"stroke\"", True),
        (r'"a \"heart\" attack"', False),
        (r'"\"heart\" attack"', True),
        ("lung & cancer", True),
        ("&", False),
        ('""', False),
    ],
)
def test_words_phrases_and_operators(expression: str, found: bool) -> None:
    assert finds(expression) is found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("AREA[LeadSponsorName]pfizer", True),
        ("AREA[CollaboratorName]pfizer", False),
        ('AREA[CollaboratorName]"university of bern"', True),
        ('AREA[CollaboratorName]"bern all"', False),
        (r"AREA[CollaboratorName]\ALL", True),
        (r"AREA[LeadSponsorName]\ALL", False),
        ("AREA[Condition](stroke OR cancer)", True),
        ("AREA[Condition](stroke OR AREA[BriefTitle]stroke)", True),
        ("AREA[Condition]NOT stroke", True),
        ("AREA[ConditionSearch]stroke", True),
        ("AREA[Condition]lung failure", True),
        ('AREA[Condition]"lung failure"', False),
        ("AREA[NCTId]nct00000001", True),
        ("AREA[CollaboratorClass]OTHER", False),
        ("AREA[CollaboratorClass]OTHER_GOV", True),
        ("AREA[OverallStatus]RECRUITING", False),
        ("AREA[OverallStatus]NOT_YET_RECRUITING", True),
        ('AREA[OverallStatus]"Not yet recruiting"', True),
        ("AREA[OverallStatus]Not yet recruiting", True),
        ("AREA[LocationStatus]RECRUITING", True),
        ("AREA[Phase](PHASE2 OR PHASE3)", True),
        ('AREA[Phase]"Phase 2"', True),
        ("AREA[Phase]PHASE4", False),
        (r"AREA[Sex]\ALL", True),
        ("AREA[Sex]FEMALE", False),
        ("AREA[HasResults]false", True),
        ("AREA[HasResults]true", False),
        ("AREA[StudyType]interventional", True),
        ("AREA[StdAge]CHILD", False),
        ("AREA[InterventionType]drug AND AREA[LeadSponsorClass]INDUSTRY", True),
        ("AREA[LocationCountry]zealand", True),
        ("AREA[LocationCountry]COVERAGE[FullMatch]zealand", False),
        ('AREA[LocationCountry]COVERAGE[FullMatch]"New Zealand"', True),
        ("AREA[LocationCountry]COVERAGE[StartsWith]new", True),
        ("AREA[LocationCountry]COVERAGE[EndsWith]new", False),
        ("AREA[LocationCountry]EXPANSION[None]COVERAGE[FullMatch]switzerland", True),
    ],
)
def test_an_area_says_where_a_term_is_looked_for(expression: str, found: bool) -> None:
    assert finds(expression) is found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("AREA[LastUpdatePostDate]RANGE[2023-01-15,MAX]", True),
        ("AREA[LastUpdatePostDate]RANGE[2023-01-16, MAX]", False),
        ("AREA[LastUpdatePostDate]RANGE[MIN,2023-01-15]", True),
        ("AREA[LastUpdatePostDate]RANGE[MIN,2023-01-14]", False),
        ("AREA[LastUpdatePostDate]RANGE[2023,2023]", True),
        ("AREA[LastUpdatePostDate]RANGE[MIN,2023-01]", True),
        ("AREA[LastUpdatePostDate]RANGE[2023-02,2023-12]", False),
        ("AREA[LastUpdatePostDate]RANGE[MIN,MAX]", True),
        ("AREA[CompletionDate]RANGE[MIN,MAX]", False),
        ("AREA[CompletionDate]MISSING", True),
        ("AREA[LastUpdatePostDate]MISSING", False),
        ("AREA[Keyword]MISSING", False),
        ("AREA[WhyStopped]MISSING", True),
        ("NOT AREA[ResultsFirstPostDate]MISSING", False),
        ("AREA[StartDate]RANGE[2023-05-01,2023-05-01]", True),
        ("AREA[StartDate]RANGE[2023-05-02,MAX]", False),
        ("AREA[StartDate]2023", True),
        ("AREA[StartDate]2023-05", True),
        ("AREA[StartDate]2023-0", None),
        ("AREA[StartDate]202", None),
        ("AREA[EnrollmentCount]RANGE[100, 120]", True),
        ("AREA[EnrollmentCount]RANGE[121, MAX]", False),
        ("AREA[EnrollmentCount]RANGE[9, 13]", False),
        ("AREA[EnrollmentCount]120", True),
        ("AREA[EnrollmentCount]12", False),
        ("AREA[MinimumAge]RANGE[MIN, 16 years]", False),
        ("AREA[MinimumAge]RANGE[216 Months, MAX]", True),
        ("AREA[MaximumAge]MISSING AND AREA[MinimumAge]18 years", True),
    ],
)
def test_dates_numbers_and_ages_have_ranges_and_may_be_missing(expression: str, found: bool | None) -> None:
    if found is None:
        assert refusal(expression).startswith("Invalid value of field")
    else:
        assert finds(expression) is found


@pytest.mark.parametrize(
    ("area", "finds_it", "does_not"),
    [
        ("ConditionSearch", "lung stroke breathing", "pfizer"),
        ("LocationSearch", "inselspital switzerland", "stroke"),
        ("TitleSearch", "sjogren stroke", "lung"),
        ("InterventionSearch", "aldesleukin", "pfizer"),
        ("OutcomeSearch", '"overall survival"', "stroke"),
        ("SponsorSearch", "pfizer bern", "inselspital"),
        ("LeadSponsorName", "pfizer", "bern"),
        ("IdSearch", "ABC-123", "stroke"),
        ("BasicSearch", "aldesleukin pfizer auckland survival", "measles"),
    ],
)
def test_a_search_area_is_the_pieces_it_joins(area: str, finds_it: str, does_not: str) -> None:
    assert finds(finds_it, area)
    assert not finds(does_not, area)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("AREA[Colour]red", "Unknown area name: 'Colour'"),
        ("AREA[startdate]2022", "Unknown area name: 'startdate'"),
        ("AREA[Sex]BOTH", "Allowed values for enum field `protocolSection.eligibilityModule.sex` are `ALL`, `FEMALE`"),
        ("stroke OR", "no viable alternative at input '<EOF>'"),
        ("AND stroke", "no viable alternative at input 'AND'"),
        ("stroke AND OR cancer", "no viable alternative at input 'OR'"),
        ("()", "no viable alternative at input ')'"),
        ("(stroke", "missing ')' at '<EOF>'"),
        ("stroke)", "mismatched input ')' expecting <EOF>"),
        ("[stroke]", "no viable alternative at input '['"),
        ("stroke]", "token recognition error at: ']'"),
        ('"stroke', "token recognition error at: '\"stroke'"),
        ("stroke\\", "token recognition error at: '\\'"),
        ("AREA stroke", "mismatched input 'stroke' expecting '[' after AREA"),
        ("AREA[Condition]", "no viable alternative at input '<EOF>'"),
        ("RANGE[1,2]", "RANGE is for dates and numbers"),
        ("AREA[Condition]RANGE[1,2]", "RANGE is for dates and numbers"),
        ("AREA[StartDate]RANGE[2023-01-01]", "mismatched input ']' expecting ','"),
        ("AREA[StartDate]RANGE[MAX,MIN]", "Invalid value of field"),
        ("AREA[StartDate]RANGE[2023-13-01,MAX]", "Invalid value of field"),
        ("AREA[EnrollmentCount]RANGE[many,MAX]", "Invalid value of field"),
        ("AREA[Condition]COVERAGE[Some]x", "mismatched input 'Some' in COVERAGE"),
        ("SEARCH[Location](AREA[LocationCity]Bern)", "the rehearsal registry does not serve the operator SEARCH"),
        (" ".join(["x"] * (LONGEST_TERM + 1)), "Too complicated query"),
        (" OR ".join(["x"] * (MOST_WORDS + 1)), "Too complicated query"),
        ("NOT " * (DEEPEST + 1) + "x", "Too complicated query"),
        ("(" * 20_000 + "x" + ")" * 20_000, "Too complicated query"),
        ("AREA[Condition]" * 2_000 + "x", "Too complicated query"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(expression: str, said: str) -> None:
    assert refusal(expression).startswith(said)


def test_an_expression_as_deep_and_as_long_as_allowed_is_read() -> None:
    assert finds("(" * DEEPEST + "stroke" + ")" * DEEPEST)
    assert finds(" OR ".join(["x"] * (MOST_WORDS - 1) + ["stroke"]))
    assert not finds(" ".join(["x"] * LONGEST_TERM))


_PARTS = [*sorted(OPERATORS), *'()[]",\\', "AREA[", "RANGE[MIN,", "Phase", "StartDate", "2023", "x", "é", " ", "[None]"]
expressions = st.lists(st.sampled_from(_PARTS) | st.text(max_size=4), max_size=30).map("".join)


@given(expressions, st.sampled_from(sorted(AREAS)))
def test_whatever_is_said_is_read_or_refused(expression: str, area: str) -> None:
    try:
        criterion = parsed(expression, area, "Other terms")
    except Refused:
        return
    assert holds(criterion, FIELDS) in (True, False)


def escaped(text: str) -> str:
    return "".join(f"\\{character}" for character in text)


@given(
    st.lists(st.sampled_from([*sorted(OPERATORS), "(x)", "a[b]", '"', "\\", "a\\", "stroke"]), min_size=1, max_size=6)
)
def test_escaped_text_and_a_phrase_of_it_never_mean_an_operator(words: list[str]) -> None:
    record = {"protocolSection": {"identificationModule": {"briefTitle": " ".join([*words, "end"])}}}
    texts = texts_in(record)
    fields = Fields(coded_in(record), lambda: texts)
    other = texts_in({"protocolSection": {"identificationModule": {"briefTitle": "quite another"}}})
    for expression in (" ".join(escaped(word) for word in [*words, "end"]), f'"{escaped(" ".join([*words, "end"]))}"'):
        criterion = parsed(expression, "BriefTitle", "Other terms")
        assert holds(criterion, fields)
        assert not holds(criterion, Fields({}, lambda: other))


@given(expressions, expressions)
def test_a_negation_finds_the_others_and_a_choice_what_either_finds(one: str, other: str) -> None:
    try:
        found = [finds(f"({said})") for said in (one, other)]
        assert finds(f"NOT ({one})") is not found[0]
        assert finds(f"({one}) OR ({other})") is any(found)
        assert finds(f"({one}) AND ({other})") is all(found)
    except Refused:
        return


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def record_with(piece: Piece, value: Any) -> Any:
    for step in reversed(piece.path.split(".")):
        value = {step: value}
    return value


@given(values | st.builds(record_with, st.sampled_from(list(PIECES.values())), values))
def test_a_record_of_any_shape_can_be_searched(record: Any) -> None:
    texts = texts_in(record)
    assert all(isinstance(text, str) for text in texts.values())
    fields = Fields(coded_in(record), lambda: texts)
    for piece in PIECES.values():
        missing = holds(parsed(f"AREA[{piece.name}]MISSING", "BasicSearch", ""), fields)
        if piece.kind not in (Kind.TEXT, Kind.CODE):
            assert holds(parsed(f"AREA[{piece.name}]RANGE[MIN,MAX]", "BasicSearch", ""), fields) is not missing
