"""Every address of the page, in one table. What reads answers GET and HEAD; what changes something, POST alone."""

from __future__ import annotations

from collections.abc import Sequence

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from watcher.config.values import WebSettings
from watcher.metrics.exposition import CONTENT_TYPE
from watcher.web.api.routes import api_routes
from watcher.web.forms import Wished, action
from watcher.web.guard import TRUSTED, Guard
from watcher.web.health import Status
from watcher.web.pages import ACTIONS, PAGES
from watcher.web.render import prepare
from watcher.web.site import Site
from watcher.web.static import icon, static
from watcher.web.visit import Page, Show, page, trouble

# So many pages are made at once, each in a thread; who comes later waits.
WORKERS = 4


def application(settings: WebSettings, site: Site) -> ASGIApp:
    """All pages behind their guard, their templates compiled: the first reader waits no longer than the next."""
    prepare()
    pages = Starlette(routes=_routes(site), exception_handlers={404: _not_here})
    # Its redirect would name whatever host the request named.
    pages.router.redirect_slashes = False
    return Guard(pages, settings)


def _routes(site: Site) -> Sequence[BaseRoute]:
    # Who sends a form may wait seconds for what comes of it; who only reads does not wait for that.
    workers, clerks = CapacityLimiter(WORKERS), CapacityLimiter(WORKERS)
    # A probe gives up after seconds, and has the process started again, however many read the pages.
    probes = CapacityLimiter(2)
    return [
        Route("/healthz", _healthz(site, probes), methods=["GET"]),
        Route("/metrics", _metrics(site, probes), methods=["GET"]),
        Route("/static/{name}", static, methods=["GET"]),
        Route("/favicon.ico", icon, methods=["GET"]),
        *(_reading(path, show, site, workers) for path, show in PAGES.items()),
        *api_routes(site, workers),
        *(_changing(path, wished, site, clerks) for path, wished in ACTIONS.items()),
    ]


def _reading(path: str, show: Show, site: Site, workers: CapacityLimiter) -> Route:
    return Route(path, page(site, workers, show), methods=["GET"])


def _changing(path: str, wished: Wished, site: Site, workers: CapacityLimiter) -> Route:
    return Route(path, action(site, workers, wished), methods=["POST"])


async def _not_here(request: Request, error: Exception) -> Response:
    """A page for who reads pages, a word for a program."""
    if "text/html" in request.headers.get("accept", ""):
        return trouble(404, "Not here", "There is no such page.")
    return PlainTextResponse("Not Found", 404)


def _healthz(site: Site, workers: CapacityLimiter) -> Page:
    async def healthz(request: Request) -> Response:
        verdict = await anyio.to_thread.run_sync(site.health, limiter=workers)
        said: dict[str, object] = {"status": verdict.status.value}
        if getattr(request.state, TRUSTED):
            said["reasons"] = list(verdict.reasons)
        return JSONResponse(said, 503 if verdict.status is Status.FAILING else 200)

    return healthz


def _metrics(site: Site, workers: CapacityLimiter) -> Page:
    async def metrics(_request: Request) -> Response:
        body = await anyio.to_thread.run_sync(site.figures, limiter=workers)
        # Set as a header: given as a media type, starlette would name the character set a second time.
        return Response(body, headers={"Content-Type": CONTENT_TYPE})

    return metrics
