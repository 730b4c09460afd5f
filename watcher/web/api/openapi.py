"""The OpenAPI description of `/api`, made from its table."""

from __future__ import annotations

from functools import cache
from typing import Any, TypedDict

from msgspec.json import schema_components

from watcher import __version__
from watcher.web.api.parameters import Parameter
from watcher.web.api.table import ENDPOINTS, Endpoint

Schema = dict[str, Any]


class ErrorObject(TypedDict):
    """What is wrong, and what would be right, in a sentence."""

    error: str


@cache
def description() -> Schema:
    """The description as an object, OpenAPI 3.1."""
    types = [ErrorObject, *(endpoint.gives for endpoint in ENDPOINTS)]
    (error, *given), named = schema_components(types, ref_template="#/components/schemas/{name}")
    operations = zip(ENDPOINTS, given, strict=True)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "nct-watcher",
            "version": __version__,
            "description": "What the watcher knows, for reading: the objects that the commands print with --json. "
            "Moments are in UTC. Where [web] has a token, show it as a bearer or as the password of any name.",
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"bearer": []}, {"password": []}],
        "paths": {endpoint.path: {"get": _operation(endpoint, schema, error)} for endpoint, schema in operations},
        "components": {
            "schemas": {name: _exact(schema) for name, schema in sorted(named.items())},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _exact(schema: Schema) -> Schema:
    """The schema of an object that has nothing else, and everything: what may be left out inside is there outside."""
    parts = schema["properties"]
    always = [name for name, part in parts.items() if name in schema["required"] or "default" in part]
    shown = {name: {key: said for key, said in part.items() if key != "default"} for name, part in parts.items()}
    return {**schema, "properties": shown, "required": always, "additionalProperties": False}


def _operation(endpoint: Endpoint, given: Schema, error: Schema) -> Schema:
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [_parameter(endpoint, parameter) for parameter in endpoint.parameters],
        "responses": {
            "200": _json("What was asked for.", given),
            "400": _json("A parameter cannot be understood; the error says which, and why.", error),
            "401": {"description": "A token is needed.", "content": {"text/plain": {"schema": {"type": "string"}}}},
            "404": _json("There is no such thing.", error),
            "503": _json("The database cannot be read now.", error),
        },
    }


def _parameter(endpoint: Endpoint, parameter: Parameter) -> Schema:
    in_path = endpoint.is_in_path(parameter)
    said: dict[str, Any] = {
        "name": parameter.name,
        "in": "path" if in_path else "query",
        "description": parameter.meaning,
        "schema": dict(parameter.shape.schema),
        "example": parameter.shape.read(str(parameter.example)) if _is_exact(parameter) else parameter.example,
    }
    return {**said, "required": True} if in_path else said


def _is_exact(parameter: Parameter) -> bool:
    """Whether the example is written as JSON has it, and not as the address does."""
    return parameter.shape.schema["type"] == "boolean"


def _json(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
