"""One look at a page: the database is opened for reading, and whatever goes wrong becomes a page that says so."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response

from watcher.config import Config
from watcher.errors import StoreError, StoreNotReady, UsageError
from watcher.store import Store, opened
from watcher.web.render import html
from watcher.web.site import Site

log = logging.getLogger(__name__)

Page = Callable[[Request], Awaitable[Response]]


class BadQuestion(Exception):
    """What was asked for cannot be understood: its text says what is wrong, and what would be right."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One look: what is asked for, and where the answers are."""

    site: Site
    store: Store
    request: Request

    @property
    def config(self) -> Config:
        """The configuration as it is now."""
        return self.site.config()

    @property
    def now(self) -> datetime:
        """The present moment, as the database has it."""
        return self.store.meta.present(self.site.now())

    def text(self, name: str) -> str:
        """A parameter of the address, "" where it is not given."""
        return self.request.query_params.get(name, "").strip()

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])


Show = Callable[[Visit], Response]
Tell = Callable[[int, str, str], Response]
"""What says that something is wrong: the status, a title, a sentence."""


def trouble(status: int, title: str, said: str, back: str = "") -> Response:
    """A page that says what is wrong; `back` is the page that somebody came from, one of ours."""
    return html("trouble.html.j2", {"title": title, "said": said, "back": back}, status=status)


def page(site: Site, workers: CapacityLimiter, show: Show, *, told: Tell = trouble) -> Page:
    """What answers with `show`, in a thread of its own; `told` says what is wrong to those who do not read pages."""

    async def shown(request: Request) -> Response:
        return await anyio.to_thread.run_sync(partial(_shown, site, show, told, request), limiter=workers)

    return shown


def _shown(site: Site, show: Show, told: Tell, request: Request) -> Response:
    try:
        with opened(site.database, read_only=True) as store:
            return show(Visit(site, store, request))
    except BadQuestion as error:
        return told(400, "This cannot be understood", str(error))
    except UsageError as error:
        return told(404, "Not here", str(error))
    except StoreNotReady as error:
        return told(503, "Nothing to show yet", str(error))
    except StoreError as error:
        log.warning("a page cannot be shown: %s", error)
        return told(503, "The database cannot be read", str(error))
    except Exception:
        log.exception("a page cannot be shown")
        return told(500, "This page cannot be shown", "It is a mistake in the program; the log has the details.")
