"""The API: what the commands print, errors that help, and a description of exactly what there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.steered import configured, polled, said, watcher
from tests.test_poll import A, Days
from tests.web.conftest import CONFIG, TOKEN
from tests.web.serving import Reader, serving_database
from watcher.changes.table import KINDS
from watcher.config import Secret, WebSettings, load
from watcher.config.values import Address
from watcher.store import opened
from watcher.web.api.openapi import description
from watcher.web.api.parameters import Day, Flag, Number, StudyNumber, Text, Word
from watcher.web.api.table import ENDPOINTS


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    days = Days(tmp_path_factory.mktemp("captures"), tmp_path_factory.mktemp("store") / "watcher.db")
    days.put(0)
    days.put(1, status="SUSPENDED", why_stopped="Supply", primary_completion="2028-01-31")
    days.put(2, enrollment=140)
    polled(days, configured(days), [0, 1, 2])
    return days


@pytest.fixture(scope="module")
def config(days: Days) -> Path:
    return configured(days)


@pytest.fixture(scope="module")
def reader(days: Days, config: Path) -> Iterator[Reader]:
    with serving_database(days.database, load(config, environ={}), now=days.clock.now) as reader:
        yield reader


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("status", ["status"]),
        ("studies", ["studies"]),
        (f"studies/{A}/history", ["history", A]),
        ("changes", ["changes"]),
        ("changes?min_severity=noise&limit=3", ["changes", "--min-severity", "noise", "--limit", 3]),
        ("changes?since=2026-06-02", ["changes", "--since", "2026-06-02"]),
        ("alerts", ["alerts"]),
        (f"alerts?study={A}&min_severity=critical&unacknowledged=true", ["alerts", "--min-severity", "critical"]),
        ("deliveries?status=all", ["deliveries", "list", "--status", "all"]),
        ("silences?all=true", ["silence", "list", "--all"]),
        ("mass?all=true", ["mass", "list", "--all"]),
        ("kinds", None),
    ],
)
def test_an_endpoint_answers_with_the_object_that_the_command_prints(
    reader: Reader, config: Path, path: str, command: list[object] | None
) -> None:
    answered = reader.get(f"/api/{path}")
    assert answered.status_code == 200
    assert answered.headers["content-type"] == "application/json"
    if command is None:
        assert [kind["kind"] for kind in answered.json()] == list(KINDS)
        return
    assert answered.json() == said(config, *command)


def test_a_study_is_one_of_the_list_and_a_version_is_its_record(reader: Reader, config: Path) -> None:
    (study,) = reader.get("/api/studies").json()
    assert reader.get(f"/api/studies/{A.lower()}").json() == study
    for version in (1, 2, 3):
        assert reader.get(f"/api/studies/{A}/versions/{version}").json() == json.loads(
            watcher(config, "show", A, "--version", version)
        )


def test_an_alert_has_its_changes(reader: Reader) -> None:
    (newest, *_) = reader.get("/api/alerts?min_severity=critical").json()
    whole = reader.get(f"/api/alerts/{newest['alert']}").json()
    assert {name: whole[name] for name in newest} == newest
    assert len(whole["told"]) == newest["changes"]
    assert "status.resumed" in [change["kind"] for change in whole["told"]]


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("changes?limit=0", 400, "limit: expected a whole number from 1 to 1000"),
        ("changes?limit=1e3", 400, "limit: expected a whole number"),
        ("changes?limit=", 400, "limit: expected a whole number"),
        ("changes?since=2026-02-30", 400, "since: expected a day, such as 2026-02-05"),
        ("changes?since=20260205", 400, "since: expected a day"),
        ("changes?min_severity=grave", 400, "min_severity: expected one of noise, minor, major, critical"),
        ("changes?sinse=2026-02-05", 400, "there is no parameter 'sinse': use limit, min_severity, since, study"),
        ("changes?limit=1&limit=2", 400, "a parameter is there twice"),
        ("status?all=true", 400, "there is no parameter 'all': there is nothing to choose here"),
        ("silences?all=yes", 400, "all: expected true or false"),
        ("studies/NCT1", 400, "nct: expected an NCT number, such as NCT04150497"),
        ("studies/NCT99999999", 404, "NCT99999999 is not in the database"),
        ("studies/NCT99999999/history", 404, "NCT99999999 is not in the database"),
        (f"studies/{A}/versions/4", 404, f"there is no version 4 of {A}: the newest is 3"),
        (f"studies/{A}/versions/0", 400, "version: expected a whole number from 1"),
        ("alerts/999", 404, "there is no alert 999"),
        ("mass/none", 404, "there is no mass change none"),
        ("nothing", 404, "there is no such endpoint: /api/openapi.json lists them all"),
        ("", 404, "there is no such endpoint"),
    ],
)
def test_an_error_names_what_is_wrong_and_what_would_be_right(
    reader: Reader, path: str, status: int, error: str
) -> None:
    answer = reader.get(f"/api/{path}", Accept="text/html")
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert error in answer.json()["error"]


def test_a_database_that_cannot_be_read_is_503_as_json(tmp_path: Path) -> None:
    database = tmp_path / "watcher.db"
    with serving_database(database, CONFIG) as reader:
        assert reader.get("/api/status").status_code == 503
        assert "error" in reader.get("/api/studies").json()
        with opened(database):
            pass
        assert reader.get("/api/studies").json() == []
        database.write_bytes(b"damaged" * 1000)
        assert (reader.get("/api/studies").status_code, list(reader.get("/api/studies").json())) == (503, ["error"])


def test_the_api_is_as_closed_as_the_pages(days: Days, config: Path) -> None:
    settings = WebSettings(Address("127.0.0.1", 0), Secret(TOKEN))
    with serving_database(days.database, load(config, environ={}), settings=settings) as reader:
        for path in ("/api/status", "/api/openapi.json", "/api", "/feeds", "/feeds/dates.ics"):
            assert reader.get(path).status_code == 401
            assert reader.get(path, Authorization=f"Bearer {TOKEN}").status_code == 200


def test_nothing_but_reading_is_understood(reader: Reader) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert reader.ask(method, "/api/status").status_code == 405


# --- the description ----------------------------------------------------------------


def test_the_description_is_served_and_complete(reader: Reader) -> None:
    served = reader.get("/api/openapi.json").json()
    assert served == json.loads(json.dumps(description()))
    assert served["openapi"] == "3.1.0"
    assert list(served["paths"]) == [endpoint.path for endpoint in ENDPOINTS]
    names = [operation["get"]["operationId"] for operation in served["paths"].values()]
    assert len(set(names)) == len(names)


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    told = description()
    for schema in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
        assert schema["description"], schema
    for reference in references(told):
        assert reference.removeprefix("#/components/schemas/") in told["components"]["schemas"]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else ())
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(part)


def test_every_example_is_one_that_its_parameter_takes() -> None:
    for endpoint in ENDPOINTS:
        for parameter in endpoint.parameters:
            parameter.shape.read(str(parameter.example))


def test_what_the_path_names_is_described_and_nothing_else_is_required() -> None:
    for path, operations in description()["paths"].items():
        required = {said["name"] for said in operations["get"]["parameters"] if said.get("required")}
        assert required == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


@pytest.mark.parametrize(
    ("shape", "right", "wrong"),
    [
        (Number(1, 10), {"1": 1, "10": 10}, ["", "0", "11", "-1", "1.0", "٣", "1" * 30]),
        (Word(("a", "b")), {"a": "a"}, ["", "A", "c"]),
        (Flag(), {"true": True, "false": False}, ["", "1", "True"]),
        (Text(most=3), {"abc": "abc"}, ["", "abcd"]),
        (StudyNumber(), {"nct00000001": "NCT00000001"}, ["", "NCT1", "NCT000000011", "NCT0000000١"]),
        (Day(), {}, ["", "2026-1-1", "2026-02-30", "20260101", "2026-W01-1"]),
    ],
)
def test_a_parameter_takes_what_it_says_and_nothing_else(
    shape: Any, right: dict[str, object], wrong: list[str]
) -> None:
    for text, value in right.items():
        assert shape.read(text) == value
    for text in wrong:
        with pytest.raises(ValueError, match=r"\w"):
            shape.read(text)


def test_an_object_has_all_that_is_described_and_nothing_else_but_for_what_may_be_missing() -> None:
    schemas = description()["components"]["schemas"]
    assert all(schema["additionalProperties"] is False for schema in schemas.values())
    partly = {name: set(schema["properties"]) - set(schema["required"]) for name, schema in schemas.items()}
    assert {name: missing for name, missing in partly.items() if missing} == {
        "RecordedObject": {"held_back"},
        "ToldObject": {"held_back"},
    }
    assert schemas["AlertObject"]["properties"]["observed_at"] == {"type": "string", "format": "date-time"}


# --- the page -----------------------------------------------------------------------


def test_the_page_lists_every_endpoint_and_every_parameter(reader: Reader) -> None:
    page = reader.get("/api").text
    for endpoint in ENDPOINTS:
        assert endpoint.path in page
        assert endpoint.summary in page
        for parameter in endpoint.parameters:
            assert f"<code>{parameter.name}</code>" in page
