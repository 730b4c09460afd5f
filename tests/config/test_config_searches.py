"""Saved searches: what is written in the configuration, and what the registry is asked."""

from __future__ import annotations

import json
import re
from itertools import permutations
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config import describe
from watcher.config.address import pieces_at
from watcher.config.essie import OPERATORS, any_of, imbalance, literal, phrase
from watcher.model import EVERYTHING, Search, Term

ROUTED = '\n[[channel]]\nname = "team"\nurl = "console://"\n\n[[route]]\nto = ["team"]\n'
PAGE = "https://clinicaltrials.gov/search?"
API = "https://clinicaltrials.gov/api/v2/studies?"
NUMBERS = "NCT numbers alone: the registry would ignore the rest of the search; put them under studies"
KEYS = ("cond", "term", "locn", "start", "lat", "lng", "distance", "country", "city", "locStr", "aggFilters", "rank")
FORM = "expected an address of a search, such as https://clinicaltrials.gov/search?cond=Asthma"


def watching(said: str) -> str:
    """A configuration whose watch, on its lines 1 to 3, says this."""
    return f'[[watch]]\nname = "KRAS G12D"\n{said}\n{ROUTED}'


@pytest.fixture
def search(read):
    """Reads what stands behind `search =`."""

    def search(said: str) -> Search:
        (watch,) = read(watching(f"search = {said}")).watches
        assert watch.studies == ()
        return watch.search

    return search


# --- the table --------------------------------------------------------------------


def test_every_key_has_its_parameter_and_its_label(search):
    found = search(
        '{ condition = "pancreatic cancer", intervention = ["MRTX1133", "KRAS G12D"], term = "biomarker", '
        'sponsor = "Acme", location = "Boston", status = ["recruiting", "Not Yet Recruiting"], '
        'phase = ["2", "PHASE1"], country = "USA", advanced = "AREA[StudyType]INTERVENTIONAL" }'
    )
    assert found.parameters == (
        (
            "filter.advanced",
            '(AREA[StudyType]INTERVENTIONAL) AND AREA[LocationCountry]"United States" '
            "AND AREA[Phase](PHASE1 OR PHASE2)",
        ),
        ("filter.overallStatus", "NOT_YET_RECRUITING|RECRUITING"),
        ("query.cond", "pancreatic cancer"),
        ("query.intr", "KRAS G12D OR MRTX1133"),
        ("query.locn", "Boston"),
        ("query.spons", "Acme"),
        ("query.term", "biomarker"),
    )
    assert found.terms == (
        Term("Condition", "pancreatic cancer"),
        Term("Intervention", "MRTX1133"),
        Term("Intervention", "KRAS G12D"),
        Term("Other terms", "biomarker"),
        Term("Sponsor", "Acme"),
        Term("Location", "Boston"),
        Term("Status", "Recruiting"),
        Term("Status", "Not yet recruiting"),
        Term("Phase", "Phase 2"),
        Term("Phase", "Phase 1"),
        Term("Country", "United States"),
        Term("Advanced", "AREA[StudyType]INTERVENTIONAL"),
    )


def test_several_countries_are_any_of_them(search):
    assert search('{ country = ["Germany", "Japan"] }').parameters == (
        ("filter.advanced", 'AREA[LocationCountry]("Germany" OR "Japan")'),
    )


@pytest.mark.parametrize("key", ["condition", "status", "phase", "country"])
def test_the_same_search_is_the_same_whichever_way_it_is_written(search, key):
    given = {"status": ["Completed", "RECRUITING", "Withdrawn"], "phase": ["3", "1", "NA"]}.get(key, ["c", "a", "b"])
    ways = {search(f"{{ {key} = {json.dumps(order)} }}").parameters for order in permutations(given)}
    assert len(ways) == 1


def test_the_order_of_the_keys_makes_no_difference(search):
    one = search('{ phase = "1", country = "Japan", condition = "x  y" }')
    assert one.parameters == search('{ condition = "x y", country = "Japan", phase = "Phase 1" }').parameters


def test_everything_is_the_whole_registry(read):
    (watch,) = read(watching("everything = true")).watches
    assert watch.search == EVERYTHING
    assert watch.search.is_everything


def test_a_watch_of_studies_has_no_search(read, good):
    assert read(good).watches[0].search is None


@pytest.mark.parametrize(
    ("said", "mistakes"),
    [
        ("search = {}", ["search: asks for nothing; for the whole registry write everything = true in its place"]),
        ('search = { conditoin = "x" }', ['search.conditoin: unknown key "conditoin"; did you mean "condition"?']),
        (
            'search = { everything = true, condition = "x" }',
            ['search.everything: unknown key "everything"; it belongs into [[watch]]'],
        ),
        ('search = { condition = "NCT04150497, nct04150498" }', [f"search.condition: {NUMBERS}"]),
        ('search = { term = ["asthma", "NCT04150497 OR NCT04150498"] }', [f"search.term: {NUMBERS}"]),
        ('search = { status = "recruting" }', [
            'search.status: unknown status "recruting"; did you mean "Recruiting"?'
        ]),
        ('search = { phase = ["1", "Fase 3"] }', ['search.phase: unknown phase "Fase 3"; did you mean "Phase 3"?']),
        ("search = { condition = [] }", ["search.condition: empty; leave it out, or name what to look for"]),
        ('search = { condition = "" }', ["search.condition: expected a word at least"]),
        ("search = { country = 5 }", ['search.country: expected text in "quotes", or a list of them in brackets']),
        (
            'search = { sponsor = "a\\nb" }',
            ["search.sponsor: holds a line break or a control character; write it on one line"],
        ),
        (
            "search = { advanced = 'AREA[Phase](PHASE1' }",
            ["search.advanced: not an expression that the registry can read: a bracket lacks its )"],
        ),
        (
            "search = { advanced = '' }",
            ["search.advanced: expected an expression in quotes, such as 'AREA[StudyType]INTERVENTIONAL'"],
        ),
        (
            "search = 5",
            [
                'search: expected search = { condition = "..." }, or an address of the registry\'s search page in '
                "quotes"
            ],
        ),
        ('search = { address = "x", term = "y" }', [
            "search: an address is a whole search: write it alone, or the search as a table"
        ]),
        ('everything = "yes"', ["everything: expected true or false, without quotes"]),
        (
            'studies_file = "a.txt"\nsearch = { term = "x" }',
            ["search: a watch has either studies_file or search; give each a [[watch]] of its own"],
        ),
        (
            'search = { term = "x" }\neverything = true',
            ["everything: a watch has either search or everything; give each a [[watch]] of its own"],
        ),
        (
            "everything = false",
            ["studies: a watch needs studies = [...] or a studies_file, with one study at least, or a search"],
        ),
        ('serach = { term = "x" }', ['serach: unknown key "serach"; did you mean "search"?']),
    ],
)  # fmt: skip
def test_a_mistake_in_a_search_is_told_once_with_its_line(mistakes_of, said, mistakes):
    found = mistakes_of(watching(said), {"a.txt": "NCT04150497\n"})
    assert [re.sub(r"^config.toml:[1-4]: watch\[0\]\.", "", mistake) for mistake in found] == mistakes


def test_a_long_text_is_warned_of(read):
    twelve, more = " ".join("abcdefghijkl"), ", ".join(f'"{letter}"' for letter in "abcdefghijklm")
    assert read(watching(f'search = {{ condition = "{twelve}" }}')).warnings == ()
    (warning,) = read(watching(f"search = {{ condition = [{more}] }}")).warnings
    assert warning.endswith('condition: 13 words; the registry may refuse so many as "Too complicated query"')


# --- an address -------------------------------------------------------------------


def test_the_address_of_the_page_is_the_search_that_it_shows(search):
    at_page = search(f'"{PAGE}cond=Lung%20Cancer&intr=osimertinib&aggFilters=status:rec%20not,phase:3&rank=2&page=4"')
    table = search(
        '{ condition = "Lung Cancer", intervention = "osimertinib", status = ["Recruiting", "Not yet recruiting"], '
        'phase = "3" }'
    )
    assert at_page.parameters == table.parameters
    assert set(at_page.terms) == set(table.terms)


@pytest.mark.parametrize(
    ("asked", "parameters"),
    [
        ("cond=lung+OR+breast&viewType=Table", {"query.cond": "lung OR breast"}),
        ("titles=BALLI&outc=survival&lead=Acme&id=ABC-1", {
            "query.titles": "BALLI", "query.outc": "survival", "query.lead": "Acme", "query.id": "ABC-1",
        }),
        ("locn=Mayo+Clinic", {"filter.advanced": "AREA[LocationFacility](Mayo Clinic)"}),
        ("locStr=Bavaria&distance=50", {"query.locn": "Bavaria"}),
        ("locStr=Germany&country=Germany&distance=50", {"filter.advanced": 'AREA[LocationCountry]"Germany"'}),
        ("country=Germany&state=Bavaria&city=Munich", {
            "filter.advanced": 'SEARCH[Location](AREA[LocationCountry]"Germany" AND AREA[LocationState]"Bavaria" AND '
            'AREA[LocationCity]"Munich")'
        }),
        ("lat=52.52&lng=13.40&locStr=Berlin&country=Germany&city=Berlin&distance=100", {
            "filter.geo": "distance(52.52,13.40,100mi)"
        }),
        ("lat=52.52&lng=-13.40", {"filter.geo": "distance(52.52,-13.40,50mi)"}),
        ("start=2024-01-01_2024-12-31", {"filter.advanced": "AREA[StartDate]RANGE[2024-01-01,2024-12-31]"}),
        ("primComp=_2024-12-31", {"filter.advanced": "AREA[PrimaryCompletionDate]RANGE[MIN,2024-12-31]"}),
        ("aggFilters=studyType:int+exp", {
            "filter.advanced": "(AREA[StudyType]EXPANDED_ACCESS OR AREA[StudyType]INTERVENTIONAL)"
        }),
        ("aggFilters=sex:f,ages:child", {
            "filter.advanced": '(AREA[Sex]("ALL" OR FEMALE)) AND (AREA[StdAge]CHILD)'
        }),
        ("aggFilters=results:with,healthy:y", {
            "filter.advanced": "(AREA[HealthyVolunteers]true) AND (AREA[ResultsFirstPostDate]RANGE[MIN,MAX])"
        }),
        ("aggFilters=funderType:industry|docs:sap", {
            "filter.advanced": "(AREA[CollaboratorClass]INDUSTRY OR AREA[LeadSponsorClass]INDUSTRY) AND "
            "(AREA[LargeDocHasSAP]true)"
        }),
    ],
)  # fmt: skip
def test_what_the_page_asks_for_is_asked_of_the_api(search, asked, parameters):
    found = search(f'"{PAGE}{asked}"')
    assert dict(found.parameters) == parameters
    assert found.terms
    assert all(imbalance(text) == "" for name, text in found.parameters)


def test_the_address_of_the_api_is_understood_too(search):
    found = search(
        f'"{API}query.cond=asthma&filter.overallStatus=RECRUITING,COMPLETED&pageSize=10&sort=@relevance'
        '&filter.advanced=AREA[Phase]PHASE3&postFilter.geo=distance(1,2,3km)&aggFilters=phase:4"'
    )
    assert dict(found.parameters) == {
        "filter.advanced": "(AREA[Phase]PHASE3) AND AREA[Phase](PHASE4)",
        "filter.geo": "distance(1,2,3km)",
        "filter.overallStatus": "COMPLETED|RECRUITING",
        "query.cond": "asthma",
    }


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"{PAGE}cond=x&ageRange=18y_", 'not understood: "ageRange=18y_"; '),
        (f"{PAGE}aggFilters=violation:y,status:z", 'not understood: "aggFilters violation:y", "aggFilters status:z"; '),
        (f"{PAGE}cond=x&start=soon", 'not understood: "start=soon"; '),
        (f"{PAGE}lat=x&lng=1", 'not understood: "lat, lng and distance"; '),
        (f"{API}query.moon=full", 'not understood: "query.moon=full"; '),
        (f"{API}filter.geo=DISTANCE[1,2,3]", 'not understood: "filter.geo=DISTANCE[1,2,3]"; '),
        (f"{API}filter.ids=NCT04150497", NUMBERS),
        (f"{PAGE}cond=x&term=NCT04150497+OR+NCT04150498", NUMBERS),
        (f"{PAGE}cond=(x", "not an expression that the registry can read: a bracket lacks its )"),
        (f"{PAGE}cond=a%00b", "holds a line break or a control character; write it on one line"),
        (f"{PAGE}x%0Ay=z", 'not understood: "x\\ny=z"; '),
        (f"{PAGE}cond=x&cond=y", "asked for twice in the address: cond; keep one"),
        (f"{API}query.cond=x&cond=y", "asked for twice in the address: cond, query.cond; keep one"),
        (f"{PAGE}cond=x&start=2024-13-01_", 'not understood: "start=2024-13-01_"; '),
        (f"{PAGE}cond=x&start=_2024-02-30", 'not understood: "start=_2024-02-30"; '),
        (f"{PAGE}cond=x&start=2024-12-01_2024-01-01", 'not understood: "start=2024-12-01_2024-01-01"; '),
        (f"{PAGE}lat=91&lng=1", 'not understood: "lat, lng and distance"; '),
        (f"{PAGE}lat=1&lng=-181", 'not understood: "lat, lng and distance"; '),
        (PAGE, "asks for nothing"),
        (f"{PAGE}distance=50&page=2", "asks for nothing"),
        ("https://clinicaltrials.gov/study/NCT04150497", f"{FORM}; one study goes under studies, by its NCT number"),
        ("https://example.org/search?cond=x", f"{FORM}; the host must be clinicaltrials.gov"),
        ("https://clinicaltrials.gov.example.org/search?cond=x", f"{FORM}; the host must be clinicaltrials.gov"),
        ("https://u:p@clinicaltrials.gov/search?cond=x", f"{FORM}; the host must be clinicaltrials.gov"),
        ("https://[x/search", FORM),
        ("asthma", FORM),
    ],
)  # fmt: skip
def test_an_address_that_is_not_understood_is_a_mistake_that_names_why(mistakes_of, address, said):
    (mistake,) = mistakes_of(watching(f'search = "{address}"'))
    assert mistake.startswith(f"config.toml:3: watch[0].search: {said}")


@given(st.dictionaries(st.sampled_from([*KEYS]) | st.text(max_size=12), st.text(max_size=12), max_size=4))
def test_an_address_of_whatever_makes_a_search_that_is_in_balance_or_a_mistake(asked):
    try:
        found = pieces_at(PAGE + urlencode(asked))
    except ValueError:
        return
    assert all(imbalance(piece.value) == "" for piece in found)


@given(st.text(), st.text(alphabet=st.characters(categories=("L", "N")), min_size=1))
def test_a_parameter_that_nobody_knows_is_never_passed_over(name, value):
    with pytest.raises(ValueError, match="not understood"):
        pieces_at(PAGE + urlencode({"cond": "asthma", f"x-{name}": value}))


# --- Essie ------------------------------------------------------------------------

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_HARMLESS = re.compile(rf"\\(?:{'|'.join(OPERATORS)}|.)|{_QUOTED.pattern}", re.DOTALL)
_MEANS_SOMETHING = re.compile(rf"[()\[\],\"\\]|\b(?:{'|'.join(OPERATORS)})\b")
_TEXTS = st.lists(
    st.sampled_from([*OPERATORS, '"', '"', "\\", "(", ")", "[", "]", ",", " ", "KRAS", "a", "é", "-"]), max_size=12
).map("".join)


@given(st.text(max_size=40) | _TEXTS)
def test_whatever_a_text_says_the_registry_reads_no_operator_in_it(text):
    said = literal(text)
    assert imbalance(said) == ""
    assert not _MEANS_SOMETHING.search(_HARMLESS.sub(" ", said))


@given(_TEXTS)
def test_a_phrase_is_one_quotation_whatever_it_holds(text):
    assert _QUOTED.fullmatch(phrase(text))


@given(st.lists(_TEXTS, max_size=5), st.randoms())
def test_any_of_several_is_the_same_in_every_order(texts, chance):
    shuffled = list(texts)
    chance.shuffle(shuffled)
    assert any_of(texts) == any_of([*shuffled, *shuffled])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("back pain", "back pain"),
        ('"back pain" and sleep', '"back pain" and sleep'),
        ('5" wound', '5\\" wound'),
        ("A OR B", "A \\OR B"),
        ("AREA[Sex]FEMALE", "\\AREA\\[Sex\\]FEMALE"),
        ("Acme, Inc. (US)", "Acme\\, Inc. \\(US\\)"),
        ("C:\\x", "C:\\\\x"),
        ("ORAL", "ORAL"),
    ],
)
def test_what_is_an_operator_is_escaped_and_a_phrase_stays_one(text, said):
    assert literal(text) == said


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("(a OR b) AND AREA[x]RANGE[1,2]", ""),
        ('"a ) [" b', ""),
        ("a \\) b", ""),
        ("a) OR (b", "a ) closes nothing"),
        ("(a]", "a ] closes nothing"),
        ("[a", "a bracket lacks its ]"),
        ('"a', "a quotation does not end"),
        ("a\\", "it ends in a backslash"),
    ],
)
def test_brackets_and_quotes_must_match(expression, wrong):
    assert imbalance(expression) == wrong


# --- in words, and the pace ---------------------------------------------------------


def test_a_search_is_described_by_the_registrys_labels(read):
    said = describe(read(watching('search = { intervention = ["KRAS G12D", "MRTX1133"], status = "Recruiting" }')))
    assert 'Watch "KRAS G12D": the search intervention "KRAS G12D" or "MRTX1133" and status "Recruiting".' in said
    assert "Searches: a large one is swept whole every 7 days, and asked for what was updated lately between." in said


def test_the_whole_registry_is_described_as_that(read):
    said = describe(read(watching('everything = true\nuntil = "2027-12-31"')))
    assert 'Watch "KRAS G12D": the whole registry, until 2027-12-31.' in said


def test_without_a_search_no_word_of_sweeps(read, good):
    assert "Searches:" not in describe(read(good))


def test_how_often_a_search_is_swept_whole(read, good, mistakes_of):
    assert read(good).registry.complete_every.days == 7
    assert read(good + '[registry]\ncomplete_every = "2d"\n').registry.complete_every.days == 2
    (mistake,) = mistakes_of(good + '[registry]\ncomplete_every = "2h"\n')
    assert 'registry.complete_every: expected at least "1d"' in mistake
