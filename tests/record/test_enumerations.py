"""Coded values: the closed lists, and what is not on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import record, site
from tests.realdata import shared
from watcher.record.enumerations import VALUES, unknown_values

STATUS = "protocolSection.statusModule.overallStatus"
SITES = "protocolSection.contactsLocationsModule.locations[].status"


def test_a_plain_record_has_no_unknown_value():
    assert unknown_values(record()) == ()


def test_an_unknown_value_is_found_wherever_it_stands_and_told_once():
    said = record(
        status="PAUSED_BY_MOON",
        phases=["PHASE2", "PHASE5"],
        sites=[site(status="DREAMING"), site("Beta", status="DREAMING"), site("Gamma")],
    )
    assert set(unknown_values(said)) == {
        (STATUS, "PAUSED_BY_MOON"),
        ("protocolSection.designModule.phases[]", "PHASE5"),
        (SITES, "DREAMING"),
    }


def test_blanks_around_a_known_value_make_it_no_other():
    assert unknown_values(record(status="TERMINATED ")) == ()


def test_a_lower_case_value_is_another_one():
    assert unknown_values(record(status="Recruiting")) == ((STATUS, "Recruiting"),)


@pytest.mark.parametrize("odd", [None, 7, True, [], {}, "", "  ", [[["X"]]], {"a": "X"}])
@pytest.mark.parametrize("path", [STATUS, "protocolSection.designModule", "protocolSection.designModule.phases"])
def test_what_is_no_text_is_no_code(path, odd):
    assert unknown_values(record(put={path: odd})) == ()


def test_the_lists_are_those_of_the_published_schema():
    yaml = pytest.importorskip("yaml")
    schemas = yaml.safe_load(shared("registry/ctg-oas-v2.yaml").read_text(encoding="utf-8"))["components"]["schemas"]
    published = dict(_coded({"$ref": "#/components/schemas/Study"}, "", schemas, ()))
    for path, values in VALUES.items():
        assert values == published[path], path


def _coded(
    node: dict[str, Any], path: str, schemas: dict[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Every coded field of a schema with its values."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name not in above:
            yield from _coded(schemas[name], path, schemas, (*above, name))
    elif "enum" in node:
        yield path, frozenset(node["enum"])
    elif node.get("type") == "array":
        yield from _coded(node["items"], f"{path}[]", schemas, above)
    for name, child in node.get("properties", {}).items():
        yield from _coded(child, f"{path}.{name}".lstrip("."), schemas, above)
