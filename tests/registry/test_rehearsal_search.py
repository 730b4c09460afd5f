"""Searches over HTTP: which parameter searches what, how they go together, and what real captures answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.realdata import captures_folder
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.registry.rehearsal import captures as captures_module

Ask = Callable[..., httpx.Response]
NUMBERS = {"1": "NCT00000001", "2": "NCT00000002", "3": "NCT00000003"}


def record(nct_id: str, title: str, status: str, updated: str, **modules: Any) -> dict[str, Any]:
    identity = {"nctId": nct_id, "briefTitle": title, **modules.pop("identity", {})}
    stamps = {"overallStatus": status, "lastUpdatePostDateStruct": {"date": updated}}
    return {"protocolSection": {"identificationModule": identity, "statusModule": stamps, **modules}}


RECORDS = [
    record(
        "NCT00000001",
        "Aspirin after stroke",
        "RECRUITING",
        "2026-01-01",
        identity={"nctIdAliases": ["NCT00000009"]},
        conditionsModule={"conditions": ["Stroke"]},
        armsInterventionsModule={"interventions": [{"type": "DRUG", "name": "Aspirin"}]},
        sponsorCollaboratorsModule={"leadSponsor": {"name": "Bayer"}, "collaborators": [{"name": "Roche"}]},
    ),
    record(
        "NCT00000002",
        "Walking",
        "COMPLETED",
        "2026-01-02",
        conditionsModule={"conditions": ["Stroke", "Migraine"]},
        outcomesModule={"primaryOutcomes": [{"measure": "Steps a day"}]},
        sponsorCollaboratorsModule={"leadSponsor": {"name": "Roche"}},
    ),
    record(
        "NCT00000003",
        "Sleep",
        "RECRUITING",
        "2026-01-03",
        identity={"orgStudyIdInfo": {"id": "SL-7"}},
        contactsLocationsModule={"locations": [{"city": "Bern", "country": "Switzerland"}]},
    ),
]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    folder = tmp_path_factory.mktemp("captures")
    for said in RECORDS:
        place = folder / said["protocolSection"]["identificationModule"]["nctId"]
        place.mkdir()
        (place / "2026-02-05.json").write_text(json.dumps(said), encoding="utf-8")
    with RehearsalServer(Captures(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def ask(registry: RehearsalServer) -> Iterator[Ask]:
    with httpx.Client(base_url=registry.base_url) as client:
        yield lambda **params: client.get("/studies", params=params)


def found(answer: httpx.Response) -> str:
    """The last digits of the studies on a page, in order of their numbers."""
    assert answer.status_code == 200, answer.text
    return "".join(sorted(nct_id[-1] for nct_id in ids_in(answer)))


def ids_in(answer: httpx.Response) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in answer.json()["studies"]]


@pytest.mark.parametrize(
    ("parameter", "said", "studies"),
    [
        ("query.cond", "stroke", "12"),
        ("query.cond", "stroke NOT migraine", "1"),
        ("query.term", "aspirin", "1"),
        ("query.term", "AREA[LastUpdatePostDate]RANGE[2026-01-02,MAX]", "23"),
        ("query.locn", "Switzerland", "3"),
        ("query.titles", "stroke OR walking", "12"),
        ("query.intr", "aspirin", "1"),
        ("query.outc", '"steps a day"', "2"),
        ("query.spons", "roche", "12"),
        ("query.lead", "roche", "2"),
        ("query.id", "SL-7", "3"),
        ("filter.advanced", "AREA[OverallStatus]RECRUITING AND NOT AREA[LocationCountry]MISSING", "3"),
        ("query.term", "measles", ""),
        ("query.cond", "", "123"),
        ("filter.advanced", " ", "123"),
    ],
)
def test_each_parameter_searches_its_own_area(ask: Ask, parameter: str, said: str, studies: str) -> None:
    assert found(ask(**{parameter: said})) == studies


@pytest.mark.parametrize(
    ("params", "studies"),
    [
        ({"query.cond": "stroke", "filter.overallStatus": "RECRUITING"}, "1"),
        ({"query.cond": "stroke", "query.spons": "roche", "query.titles": "walking"}, "2"),
        ({"query.cond": "stroke", "filter.ids": "NCT00000002,NCT00000003"}, "2"),
        ({"filter.advanced": "AREA[OverallStatus]RECRUITING", "filter.ids": "NCT00000009|NCT00000002"}, "1"),
        ({"query.cond": "stroke", "filter.advanced": "AREA[LastUpdatePostDate]RANGE[2026-01-02,MAX]"}, "2"),
    ],
)
def test_queries_and_filters_all_have_to_hold(ask: Ask, params: dict[str, str], studies: str) -> None:
    assert found(ask(**params)) == studies


@pytest.mark.parametrize("said", ["NCT00000002", " nct2 ", "NCT00000002,NCT99999999", "NCT2 , NCT2"])
def test_a_query_of_nct_numbers_alone_makes_filters_and_other_queries_count_for_nothing(ask: Ask, said: str) -> None:
    others = {"query.cond": "measles", "filter.overallStatus": "WITHHELD", "filter.ids": "NCT3", "filter.advanced": "x"}

    assert found(ask(**{"query.term": said, **others})) == "2"


def test_a_query_of_an_alias_alone_finds_the_study_it_leads_to(ask: Ask) -> None:
    assert found(ask(**{"query.id": "NCT00000009 NCT00000003"})) == "13"


def test_a_number_among_other_words_is_a_word(ask: Ask) -> None:
    assert found(ask(**{"query.term": "NCT00000001 aspirin"})) == "1"
    assert found(ask(**{"query.term": "NCT00000002 aspirin"})) == ""
    assert found(ask(**{"query.term": "NCT00000001 OR NCT00000003", "filter.overallStatus": "COMPLETED"})) == ""


def test_a_search_is_counted_sorted_and_paged_like_every_list(ask: Ask) -> None:
    search = {"query.cond": "stroke OR AREA[BriefTitle]sleep", "sort": "@relevance,LastUpdatePostDate", "pageSize": "2"}

    first = ask(**search, countTotal="true")
    second = ask(**search, pageToken=first.json()["nextPageToken"])

    assert first.json()["totalCount"] == 3
    assert ids_in(first) == [NUMBERS["3"], NUMBERS["2"]]
    assert ids_in(second) == [NUMBERS["1"]]
    assert "nextPageToken" not in second.json()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (
            {"filter.advanced": "AREA[Colour]red"},
            "Error parsing query in advanced filter: Unknown area name: 'Colour'",
        ),
        (
            {"query.cond": "(onset"},
            "Error parsing query in Conditions or disease: missing ')' at '<EOF>'",
        ),
        (
            {"query.term": "AREA[StdAge]OLD"},
            "Error parsing query in Other terms: Allowed values for enum field "
            "`protocolSection.eligibilityModule.stdAges` are `ADULT`, `CHILD`, `OLDER_ADULT`",
        ),
        ({"query.intr": "(" * 5000}, "Error parsing query in Intervention / treatment: Too complicated query"),
        (
            {"postFilter.advanced": "x"},
            "The rehearsal registry does not serve parameter `postFilter.advanced`: captures cannot answer it",
        ),
    ],
)
def test_an_expression_that_cannot_be_read_is_refused_in_the_registrys_words(
    ask: Ask, params: dict[str, str], said: str
) -> None:
    answer = ask(**params)

    assert (answer.status_code, answer.text) == (400, said)
    assert answer.headers["content-type"] == "text/plain; charset=UTF-8"


def test_a_capture_is_read_for_its_words_once(
    registry: RehearsalServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(ask(**{"query.term": "once"}))
    read: list[Path] = []
    monkeypatch.setattr(captures_module, "_record", read.append)

    assert found(ask(**{"query.term": "sleep", "filter.overallStatus": "WITHHELD"})) == ""
    assert found(ask(**{"query.cond": "never", "sort": "LastUpdatePostDate"})) == ""

    assert read == []


def test_a_search_is_answered_for_the_day(tmp_path: Path) -> None:
    place = tmp_path / "NCT00000001"
    place.mkdir()
    for day, status in (("2026-02-05", "RECRUITING"), ("2026-02-06", "COMPLETED")):
        said = record("NCT00000001", "Aspirin", status, day)
        (place / f"{day}.json").write_text(json.dumps(said), encoding="utf-8")
    search = {"query.titles": "aspirin", "filter.advanced": "AREA[OverallStatus]RECRUITING"}

    with RehearsalServer(Captures(tmp_path)) as running, httpx.Client(base_url=running.base_url) as client:
        answers = []
        for day in (date(2026, 2, 4), date(2026, 2, 5), date(2026, 2, 6), date(2026, 2, 5)):
            running.set_date(day)
            answers.append(found(client.get("/studies", params=search)))

    assert answers == ["", "1", "", "1"]


# --- real captures ----------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Iterator[tuple[Ask, dict[str, Any]]]:
    """A registry of every real capture on the last day, and the records it has on show."""
    folder = captures_folder()
    captures = Captures(folder)
    day = captures.days[-1]
    served = captures.served(day)
    records = {nct_id: json.loads(served.paths[nct_id].read_bytes()) for nct_id in served.listed()}
    with RehearsalServer(captures, date=day) as running, httpx.Client(base_url=running.base_url, timeout=60) as client:
        yield lambda **params: client.get("/studies", params={"pageSize": "1000", **params}), records


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        (
            {"query.term": "AREA[LastUpdatePostDate]RANGE[2025-06-01,MAX]"},
            lambda p: p["statusModule"]["lastUpdatePostDateStruct"]["date"] >= "2025-06-01",
        ),
        (
            {"filter.advanced": "AREA[Phase](PHASE2 OR PHASE3) AND NOT AREA[OverallStatus]COMPLETED"},
            lambda p: (
                {"PHASE2", "PHASE3"} & set(p["designModule"].get("phases", []))
                and p["statusModule"]["overallStatus"] != "COMPLETED"
            ),
        ),
        (
            {"query.spons": 'AREA[LeadSponsorName]COVERAGE[FullMatch]"AstraZeneca"'},
            lambda p: p["sponsorCollaboratorsModule"]["leadSponsor"]["name"] == "AstraZeneca",
        ),
        (
            {"query.locn": 'AREA[LocationCountry]"United States"', "filter.overallStatus": "RECRUITING"},
            lambda p: (
                p["statusModule"]["overallStatus"] == "RECRUITING"
                and "United States"
                in [site.get("country") for site in p.get("contactsLocationsModule", {}).get("locations", [])]
            ),
        ),
        (
            {"filter.advanced": "AREA[EnrollmentCount]RANGE[100,500]"},
            lambda p: 100 <= p["designModule"].get("enrollmentInfo", {}).get("count", 0) <= 500,
        ),
        (
            {"filter.advanced": "AREA[ResultsFirstPostDate]MISSING"},
            lambda p: "resultsFirstPostDateStruct" not in p["statusModule"],
        ),
    ],
)
def test_real_captures_are_found_exactly_where_their_records_say_so(
    real: tuple[Ask, dict[str, Any]], params: dict[str, str], wanted: Callable[[Any], Any]
) -> None:
    ask, records = real

    expected = {nct_id for nct_id, said in records.items() if wanted(said["protocolSection"])}

    assert 0 < len(expected) < len(records)
    assert set(ids_in(ask(**params))) == expected


def test_every_real_study_is_found_by_its_own_words(real: tuple[Ask, dict[str, Any]]) -> None:
    ask, records = real
    for nct_id in list(records)[::10]:
        said = records[nct_id]["protocolSection"]
        title = said["identificationModule"]["briefTitle"].replace("\\", "").replace('"', "")
        condition = said["conditionsModule"]["conditions"][0].replace("\\", "").replace('"', "")

        answer = ask(**{"query.titles": f'"{title}"', "query.cond": f'AREA[Condition]COVERAGE[FullMatch]"{condition}"'})

        assert nct_id in ids_in(answer)
