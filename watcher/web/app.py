"""The pages: /healthz for probes, /metrics for Prometheus. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from watcher.config.values import WebSettings
from watcher.metrics.exposition import CONTENT_TYPE
from watcher.web.guard import TRUSTED, Guard
from watcher.web.health import Status, Verdict

# So many pages are made at once, each in a thread; who comes later waits.
WORKERS = 4

Page = Callable[[Request], Awaitable[Response]]


def application(settings: WebSettings, health: Callable[[], Verdict], figures: Callable[[], bytes]) -> ASGIApp:
    """All pages behind their guard. Each is read with GET or HEAD; anything else is answered with 405."""
    workers = CapacityLimiter(WORKERS)
    routes = [
        Route("/healthz", _healthz(health, workers), methods=["GET"]),
        Route("/metrics", _metrics(figures, workers), methods=["GET"]),
    ]
    pages = Starlette(routes=routes)
    # Its redirect would name whatever host the request named.
    pages.router.redirect_slashes = False
    return Guard(pages, settings)


def _healthz(health: Callable[[], Verdict], workers: CapacityLimiter) -> Page:
    async def healthz(request: Request) -> Response:
        verdict = await anyio.to_thread.run_sync(health, limiter=workers)
        said: dict[str, object] = {"status": verdict.status.value}
        if getattr(request.state, TRUSTED):
            said["reasons"] = list(verdict.reasons)
        return JSONResponse(said, 503 if verdict.status is Status.FAILING else 200)

    return healthz


def _metrics(figures: Callable[[], bytes], workers: CapacityLimiter) -> Page:
    async def metrics(_request: Request) -> Response:
        body = await anyio.to_thread.run_sync(figures, limiter=workers)
        # Set as a header: given as a media type, starlette would name the character set a second time.
        return Response(body, headers={"Content-Type": CONTENT_TYPE})

    return metrics
