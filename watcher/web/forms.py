"""What changes something: forms of our own pages, sent from there, carried out by whoever holds the database."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from watcher.errors import StoreError, UsageError
from watcher.requests import Request as Wish
from watcher.web.frame import DONE
from watcher.web.site import Site
from watcher.web.visit import BadQuestion, trouble

MOST_BYTES = 64 * 1024
MOST_FIELDS = 1_000


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form said: each field may be there several times."""

    said: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """A field's first value; "" where it is not there."""
        return self.said.get(name, [""])[0].strip()

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self.said.get(name, [])

    def numbers(self, name: str) -> list[int]:
        """Every value of a field that holds numbers; BadQuestion where one is none, or where there is none."""
        given = self.all(name)
        if not given or not all(text.isascii() and text.isdigit() and len(text) < 19 for text in given):
            raise BadQuestion(f"{name}: expected the number of at least one, as the page lists them.")
        return [int(text) for text in given]


Wished = Callable[[Site, Fields], Wish]


def action(site: Site, workers: CapacityLimiter, wished: Wished) -> Callable[[Request], Awaitable[Response]]:
    """What takes a form, has its wish carried out, and leads back to the page that it came from."""

    async def acted(request: Request) -> Response:
        if not is_own(request):
            return trouble(403, "Not from this page", "Only forms of this page itself can change anything.")
        try:
            fields = await _fields(request)
        except (BadQuestion, ClientDisconnect) as error:
            return trouble(400, "This cannot be understood", str(error))
        if not hmac.compare_digest(fields.one("token").encode(), site.token.encode()):
            said = "The watcher has been started again since this page was loaded: go back, load it again, and repeat."
            return trouble(403, "This page is too old", said)
        return await anyio.to_thread.run_sync(partial(_carried_out, site, wished, fields), limiter=workers)

    return acted


def is_own(request: Request) -> bool:
    """Whether a page of ours sent this, as the browser tells: another site can fake neither header."""
    fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetched is not None and fetched != "same-origin":
        return False
    # Behind a proxy that speaks TLS the schemes differ, so the hosts are compared.
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host", "")


async def _fields(request: Request) -> Fields:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise BadQuestion("The form is too large.")
    try:
        said = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadQuestion("This is not a form of this page.") from None
    return Fields(said)


def _carried_out(site: Site, wished: Wished, fields: Fields) -> Response:
    try:
        wish = wished(site, fields)
        site.ask(wish)
    except BadQuestion as error:
        return trouble(400, "This cannot be done", str(error))
    except UsageError as error:
        return trouble(409, "This cannot be done", str(error))
    except StoreError as error:
        return trouble(503, "This cannot be done now", str(error))
    return RedirectResponse(_back(fields.one("back"), wish.id), 303)


def _back(path: str, request_id: str) -> str:
    """The page to go back to, one of ours, where what came of the request is told."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(("//", "/\\")):
        path = "/"
    return f"{path}{'&' if '?' in path else '?'}{DONE}={request_id}"
