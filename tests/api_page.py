"""Makes docs/api.md from the table of endpoints and the schemas that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.commands_page import table
from watcher.web.api.openapi import description
from watcher.web.api.table import ENDPOINTS, Endpoint


def api_page(written_by: str) -> str:
    """Every endpoint, then every object that one answers with."""
    told = description()
    parts = [
        "# API",
        written_by,
        "What `watcher run` (and `watcher page`) answers to programs that read: the objects that the commands print "
        "with `--json`. Everything is GET and JSON, moments are in UTC. The page `/api` lists the same, "
        "`/api/openapi.json` describes it for programs (OpenAPI 3.1). Where `[web]` has a token, send it as "
        "`Authorization: Bearer ...`, or as the password of any name.",
        "    curl http://127.0.0.1:8765/api/changes?min_severity=major",
        'What is wrong comes as `{"error": "..."}`: 400 names the parameter and what would be right, also for one that '
        "does not exist; 404: there is no such thing; 503: the database cannot be read now.",
        table(("endpoint", "what it answers"), ((f"`{one.path}`", one.summary) for one in ENDPOINTS)),
        *(part for endpoint in ENDPOINTS for part in _endpoint(endpoint, told)),
        "## Objects",
        *(part for name, schema in told["components"]["schemas"].items() for part in _object(name, schema)),
        "See also: [feeds.md](feeds.md), [cli.md](cli.md).",
    ]
    return "\n\n".join(parts) + "\n"


def _endpoint(endpoint: Endpoint, told: Mapping[str, Any]) -> Iterator[str]:
    answer = told["paths"][endpoint.path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    yield f"## {endpoint.path}"
    yield f"{endpoint.summary} Answers: {_type(answer)}."
    if endpoint.parameters:
        lines = ((f"`{one.name}`", one.meaning, f"{endpoint.said(one)}.") for one in endpoint.parameters)
        yield table(("parameter", "what it does", "what it may be"), lines)


def _object(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    yield " ".join(str(schema["description"]).split())
    required = set(schema["required"])
    lines = (
        (f"`{field}`", _type(of) + ("" if field in required else ", or not there")) for field, of in _fields(schema)
    )
    yield table(("member", "type"), lines)


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from schema["properties"].items()


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    match schema.get("type"):
        case "array" if "prefixItems" in schema:
            return f"list: {', '.join(_type(one) for one in schema['prefixItems'])}"
        case "array":
            return f"list of {_type(schema['items'])}"
        case "object":
            return f"object of {_type(schema.get('additionalProperties', {}))}"
        case None:
            return "anything"
    return str(schema.get("format", schema["type"]))
