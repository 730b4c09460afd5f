"""The rehearsal registry against the registry's own OpenAPI description, which is not part of the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from watcher import demo
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.registry.rehearsal.query import UNSERVED

DESCRIPTION = Path(__file__).parents[3] / "shared" / "registry" / "ctg-oas-v2.yaml"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = ["/version", "/studies", "/studies/{nctId}"]
IDS = ["NCT04150497", "nct4150497", "NCT00000001", "NCT00000008", "nct9", "NCT99999999"]
# The examples that the description itself gives.
DESCRIBED_FILTERS = [
    "AREA[StartDate]2022",
    "AREA[MinimumAge]RANGE[MIN, 16 years] AND AREA[MaximumAge]RANGE[16 years, MAX]",
]

pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason="the registry's OpenAPI description is not here")

# Generating from so large a description is slow to start with, which says nothing about the registry.
examples = settings(
    max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def description() -> Any:
    return schemathesis.openapi.from_path(DESCRIPTION)


@pytest.fixture(scope="module", params=["all parameters", "served parameters"])
def generated(request: pytest.FixtureRequest, description: Any) -> Any:
    """The whole description; then without what captures cannot answer, which hardly lets a search through."""
    if request.param == "all parameters":
        return description
    raw = deepcopy(description.raw_schema)
    for methods in raw["paths"].values():
        methods["get"]["parameters"] = [said for said in methods["get"]["parameters"] if said["name"] not in UNSERVED]
    return schemathesis.openapi.from_dict(raw)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """The shipped study, and two more made of its records, which once had other numbers."""
    folder = tmp_path_factory.mktemp("captures")
    shipped = demo.FOLDER / "NCT04150497"
    (folder / shipped.name).symlink_to(shipped)
    for number, source in enumerate(("2022-09-27.json", "2024-02-12.json"), start=1):
        record = json.loads((shipped / source).read_bytes())
        identity = {"nctId": f"NCT0000000{number}", "nctIdAliases": [f"NCT0000000{number + 7}"]}
        record["protocolSection"]["identificationModule"].update(identity)
        write(folder, identity["nctId"], source, record)
    captures = Captures(folder)
    with RehearsalServer(captures, date=captures.days[-1]) as running:
        yield running


def write(folder: Path, nct_id: Any, name: str, record: Any) -> None:
    (folder / nct_id).mkdir()
    (folder / nct_id / name).write_text(json.dumps(record), encoding="utf-8")


def piped(values: list[str], most: int = 6) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most).map("|".join)


def answerable_searches() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {"format": st.just("json")},
        optional={
            "filter.ids": piped(IDS),
            "filter.overallStatus": piped(["RECRUITING", "SUSPENDED", "WITHHELD"]),
            "query.cond": st.sampled_from(["lung cancer", "(head OR neck) AND pain", "carcinoma"]),
            "query.term": st.sampled_from(["AREA[LastUpdatePostDate]RANGE[2023-01-15,MAX]", "NCT00000001"]),
            "filter.advanced": st.sampled_from(DESCRIBED_FILTERS),
            "sort": piped(["LastUpdatePostDate:desc", "StudyFirstPostDate", "EnrollmentCount:asc"], most=2),
            "countTotal": st.sampled_from(["true", "false"]),
            "pageSize": st.sampled_from(["0", "1", "2", "5000"]),
        },
    )


def statuses_met(cases: st.SearchStrategy[Case[Any]], base_url: str) -> set[int]:
    """Send every case, check every answer, and say which statuses came."""
    met: set[int] = set()

    @examples
    @given(cases)
    def check(case: Case[Any]) -> None:
        answer = case.call(base_url=base_url, allow_redirects=False)
        case.validate_response(answer, checks=CHECKS)
        met.add(answer.status_code)

    check()
    return met


@pytest.mark.parametrize("path", OPERATIONS)
def test_whatever_the_description_allows_is_answered_as_it_declares(
    generated: Any, registry: RehearsalServer, path: str
) -> None:
    query = {} if path == "/version" else {"format": "json"}

    assert statuses_met(generated[path]["GET"].as_strategy(query=query), registry.base_url) <= {200, 301, 400, 404}


@pytest.mark.parametrize("path", ["/studies", "/studies/{nctId}"])
def test_whatever_the_description_forbids_is_answered_as_it_declares(
    generated: Any, registry: RehearsalServer, path: str
) -> None:
    cases = generated[path]["GET"].as_strategy(GenerationMode.NEGATIVE, query={"format": "json"})

    assert 400 in statuses_met(cases, registry.base_url)


def test_searches_that_captures_can_answer_give_pages_of_the_declared_shape(
    description: Any, registry: RehearsalServer
) -> None:
    search = description["/studies"]["GET"]

    assert statuses_met(answerable_searches().map(lambda query: search.Case(query=query)), registry.base_url) == {200}


def test_known_studies_aliases_and_unknown_numbers_give_the_declared_answers(
    description: Any, registry: RehearsalServer
) -> None:
    study = description["/studies/{nctId}"]["GET"]
    cases = st.sampled_from([*IDS, "NCT0"]).map(
        lambda nct_id: study.Case(path_parameters={"nctId": nct_id}, query={"format": "json"})
    )

    assert statuses_met(cases, registry.base_url) == {200, 301, 400, 404}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"hasResults": "no"}, id="a text for a boolean"),
        pytest.param({"protocolSection": {"statusModule": {"overallStatus": "OPEN"}}}, id="a status nobody declared"),
        pytest.param({"protocolSection": {"identificationModule": {"nctId": 4150497}}}, id="a number for a text"),
        pytest.param(["not a record"], id="a server error"),
    ],
)
def test_an_answer_of_a_wrong_shape_is_caught(description: Any, tmp_path: Path, wrong: Any) -> None:
    write(tmp_path, "NCT00000001", "2026-02-05.json", wrong)

    with RehearsalServer(Captures(tmp_path)) as running:
        for path in ("/studies", "/studies/{nctId}"):
            case = description[path]["GET"].Case(path_parameters={"nctId": "NCT00000001"}, query={"format": "json"})
            with pytest.raises(FailureGroup):
                case.call_and_validate(running.base_url, checks=CHECKS)
