"""What changes something: forms of our own pages, sent from there, carried out by whoever holds the database."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from watcher.errors import ConfigError, StoreError, UsageError
from watcher.requests import Request as Wish
from watcher.views.numbers import row_number
from watcher.web.frame import DONE
from watcher.web.site import Site
from watcher.web.visit import BadQuestion, trouble

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
MOST_FIELDS = 1_000
FORM = "application/x-www-form-urlencoded"
# Which form it is that is sent: another one at each look at a page. It tells a second click from a second wish.
SHEET = "sheet"


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
        return whole_numbers(name, self.all(name))


def whole_numbers(name: str, given: list[str]) -> list[int]:
    """These texts as numbers of things in the database, each once; BadQuestion where one is none, or none is given."""
    said = [number for text in given if (number := row_number(text)) is not None]
    if not given or len(said) < len(given):
        raise BadQuestion(f"{name}: expected the number of at least one, as the page lists them.")
    return list(dict.fromkeys(said))


Wished = Callable[[Site, Fields], Wish]


def action(site: Site, workers: CapacityLimiter, wished: Wished) -> Callable[[Request], Awaitable[Response]]:
    """What takes a form, has its wish carried out, and leads back to the page that it came from."""

    async def acted(request: Request) -> Response:
        if not is_own(request.headers):
            return trouble(403, "Not from this page", "Only forms of this page itself can change anything.")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return trouble(415, "This cannot be understood", "This is not a form of this page.")
        try:
            fields = await _fields(request)
        except (BadQuestion, ClientDisconnect) as error:
            return trouble(400, "This cannot be understood", str(error))
        if not hmac.compare_digest(fields.one("token").encode(), site.token.encode()):
            said = "The watcher has been started again since this page was loaded: go back, load it again, and repeat."
            return trouble(403, "This page is too old", said)
        path = request.url.path
        return await anyio.to_thread.run_sync(partial(_carried_out, site, wished, fields, path), limiter=workers)

    return acted


def is_own(headers: Headers) -> bool:
    """Whether a page of ours sent this, as the browser tells: another site can fake neither header.

    Sec-Fetch-Site is the browser's own comparison, also where a proxy has changed the host; a browser that is older, or
    speaks plain HTTP to another machine, leaves it out, and its origin is compared here. "null" is nobody's origin.
    """
    fetched, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
    if fetched:
        return fetched == ["same-origin"]
    return len(origins) == 1 and _host_of(origins[0]) == headers.get("host", "").lower()


def _host_of(origin: str) -> str | None:
    """The host and port of an origin; None where it names none. Behind a proxy that speaks TLS the schemes differ."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in {"http", "https"} and parts.netloc else None


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


def _carried_out(site: Site, wished: Wished, fields: Fields, path: str) -> Response:
    back = "?".join(filter(None, _of_ours(fields.one("back"))))
    try:
        wish = wished(site, fields)
        if fields.one(SHEET):
            wish = replace(wish, id=_wish_id(path, fields))
        site.ask(wish)
    except BadQuestion as error:
        return trouble(400, "This cannot be done", str(error), back)
    except UsageError as error:
        return trouble(409, "This cannot be done", _sentence(error), back)
    except (ConfigError, StoreError) as error:
        return trouble(503, "This cannot be done now", _sentence(error), back)
    except Exception:
        log.exception("what a form asks for cannot be done")
        return trouble(500, "This cannot be done", "It is a mistake in the program; the log has the details.", back)
    return RedirectResponse(back_with(fields.one("back"), wish.id), 303)


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."


def _wish_id(path: str, fields: Fields) -> str:
    """The name of the wish that a form is: the same form, sent again as it was, wishes for nothing new."""
    said = urlencode([(name, value) for name in sorted(fields.said) if name != "token" for value in fields.all(name)])
    return blake2b(f"{path}?{said}".encode(), digest_size=8).hexdigest()


def back_with(given: str, request_id: str) -> str:
    """The page to go back to, one of ours, where what came of the request is told."""
    path, query = _of_ours(given)
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != DONE]
    return f"{path}?{urlencode([*kept, (DONE, request_id)])}"


def _of_ours(given: str) -> tuple[str, str]:
    """Path and query of an address that leads nowhere but to us; those of the first page for any other."""
    try:
        parts = urlsplit(given)
    except ValueError:
        return "/", ""
    elsewhere = parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//")
    # A browser takes a stroke to the left for one to the right.
    return ("/", "") if elsewhere or "\\" in parts.path else (parts.path, parts.query)
