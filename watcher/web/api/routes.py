"""The addresses under `/api`: each reads what is asked, has it answered, and says as JSON what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from watcher.web.api.openapi import description
from watcher.web.api.parameters import read
from watcher.web.api.table import ENDPOINTS, Endpoint
from watcher.web.site import Site
from watcher.web.visit import Show, Visit, page


def api_routes(site: Site, workers: CapacityLimiter) -> Iterator[BaseRoute]:
    """Every endpoint, the description of them all, and an answer to what is none."""
    for endpoint in ENDPOINTS:
        yield Route(endpoint.path, page(site, workers, _answering(endpoint), told=_error), methods=["GET"])
    yield Route("/api/openapi.json", _described, methods=["GET"])
    yield Route("/api/{rest:path}", _unknown, methods=["GET"])


def json_response(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(orjson.dumps(value), status, headers={"Content-Type": "application/json"})


def _answering(endpoint: Endpoint) -> Show:
    def answered(visit: Visit) -> Response:
        request = visit.request
        asked = read(endpoint.parameters, request.path_params, request.query_params.multi_items())
        return json_response(endpoint.answer(visit, asked))

    return answered


def _error(status: int, _title: str, said: str) -> Response:
    return json_response({"error": said}, status)


async def _described(_request: Request) -> Response:
    return json_response(description())


async def _unknown(_request: Request) -> Response:
    return _error(404, "", "there is no such endpoint: /api/openapi.json lists them all")
