"""The API against its own OpenAPI description, over HTTP, from a real database in which something happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
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
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.steered import configured, polled
from tests.test_mass import NUMBERS, holds, sweep
from tests.test_poll import A, Days
from tests.web.serving import Reader, serving_database
from watcher.config import load
from watcher.model import Silence
from watcher.store import opened
from watcher.web.api.openapi import description
from watcher.web.api.table import ENDPOINTS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    positive_data_acceptance,
]
PATHS = [endpoint.path for endpoint in ENDPOINTS]

examples = settings(
    max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True)
class Served:
    """The API with something in it: what is known by these names."""

    reader: Reader
    hold: str

    def known(self, path: str) -> dict[str, Any]:
        """Names of what is there, for a path."""
        names = {"nct": NUMBERS[1], "version": 2, "number": 1, "id": self.hold}
        return {name: value for name, value in names.items() if f"{{{name}}}" in path}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two polls of many studies: a mass change is held back, one study brings news, and something is silenced."""
    days = Days(tmp_path_factory.mktemp("captures"), tmp_path_factory.mktemp("store") / "watcher.db")
    sweep(days, NUMBERS, status="SUSPENDED", primary_completion="2027-12")
    everything = '[[watch]]\nname = "found"\nsearch = { condition = "Exemplary Disease" }\nuntil = 2027-01-01\n'
    listed = f'[[watch]]\nname = "pipeline"\nstudies = {NUMBERS[:100]}\n'
    config = configured(days, watches=listed)
    polled(days, config, [1])
    config.write_text(config.read_text() + everything)
    now = days.clock.now()
    with opened(days.database) as store:
        store.silences.add("wish", Silence(0, "audit", now, now + timedelta(days=9), nct_id=A))
    hold = holds(days)[0]
    with serving_database(days.database, load(config, environ={}), now=days.clock.now) as reader:
        yield Served(reader, hold.id)


@pytest.fixture(scope="module")
def api() -> Any:
    return schemathesis.openapi.from_dict(description())


def statuses_met(cases: st.SearchStrategy[Case[Any]], reader: Reader) -> set[int]:
    """Send every case, check every answer, and say which statuses came."""
    met: set[int] = set()

    @examples
    @given(cases)
    def check(case: Case[Any]) -> None:
        answer = case.call(base_url=reader.url, allow_redirects=False)
        case.validate_response(answer, checks=CHECKS)
        met.add(answer.status_code)

    check()
    return met


@pytest.mark.parametrize("path", PATHS)
def test_whatever_the_description_allows_is_answered_as_it_declares(api: Any, served: Served, path: str) -> None:
    met = statuses_met(api[path]["GET"].as_strategy(GenerationMode.POSITIVE), served.reader)
    assert met <= ({200, 404} if "{" in path else {200})


@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
def test_what_is_there_is_answered_with_the_declared_object(api: Any, served: Served, path: str) -> None:
    case = api[path]["GET"].Case(path_parameters=served.known(path))
    answer = case.call(base_url=served.reader.url)
    case.validate_response(answer, checks=CHECKS)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", [endpoint.path for endpoint in ENDPOINTS if endpoint.parameters])
def test_whatever_the_description_forbids_is_refused_with_the_name_of_it(api: Any, served: Served, path: str) -> None:
    met = statuses_met(api[path]["GET"].as_strategy(GenerationMode.NEGATIVE), served.reader)
    assert 400 in met
    assert met <= {400, 404}


def test_there_is_something_of_every_sort_to_be_checked(served: Served) -> None:
    for path in ("changes", "alerts", "deliveries?status=all", "silences", "mass", "kinds", "watches", "studies"):
        assert served.reader.get(f"/api/{path}").json(), path
    assert served.reader.get(f"/api/mass/{served.hold}").json()["held"]
    assert [watch["search"] is None for watch in served.reader.get("/api/watches").json()] == [True, False]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/api/kinds", [{"kind": "a.b", "severity": "major", "rule": "major"}]),
        ("/api/kinds", {"error": "not a list"}),
        ("/api/studies/{nct}", {"nct_id": 7}),
        ("/api/status", {"surprise": True}),
    ],
)
def test_an_answer_of_a_wrong_shape_is_caught(
    api: Any, served: Served, monkeypatch: pytest.MonkeyPatch, path: str, wrong: object
) -> None:
    monkeypatch.setattr("watcher.web.api.routes.orjson.dumps", lambda value: __import__("json").dumps(wrong).encode())
    case = api[path]["GET"].Case(path_parameters=served.known(path))
    with pytest.raises(FailureGroup):
        case.call_and_validate(served.reader.url, checks=CHECKS)
