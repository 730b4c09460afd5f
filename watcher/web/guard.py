"""Who may ask, and what every answer carries: around all pages, whatever they are."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterator, Set
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watcher.config.values import WebSettings, is_loopback_host

# These answer also those who show no token, and say less to them.
OPEN = frozenset({"/healthz"})
TRUSTED = "trusted"
"""The key in a request's state: whether the asker may see everything."""

# Nothing of anybody else's, and nothing that stands in a page itself: registry text that got into one could do nothing.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not "no-referrer": a browser would send the forms of our own pages without their origin.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)

_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<host>[^:\[\]\s]+))(?::[0-9]{1,5})?", re.IGNORECASE)


class Guard:
    """Lets in who may ask, and gives every answer its headers.

    On a loopback address, only requests that name this machine as their host, or the address that the configuration
    has for readers: a page of somebody else's, whose name was turned to 127.0.0.1, names its own. The token stands in
    the Authorization header and nowhere else, by itself or as anybody's password: addresses, with their query, end up
    in histories and logs.
    """

    def __init__(self, app: ASGIApp, settings: WebSettings, *, open_paths: Set[str] = OPEN) -> None:
        self._app = app
        self._token = settings.token.reveal().encode() if settings.token else None
        self._only_this_machine = settings.address.is_loopback
        self._named = urlsplit(settings.url).netloc.lower().encode()
        self._open = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in SECURITY if pair[0] not in own)]
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, sending)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """The answer to who may not ask; None for who may. Notes whether the asker is trusted."""
        if self._only_this_machine and not (names_this_machine(scope) or self._names_us(scope)):
            return PlainTextResponse("This page answers only to requests for this machine, such as 127.0.0.1.\n", 400)
        trusted = self._token is None or self._is_shown(self._token, scope)
        scope.setdefault("state", {})[TRUSTED] = trusted
        if trusted or scope["path"] in self._open:
            return None
        # A browser asks its user, a calendar or a feed reader has fields for it: any name, and the token as password.
        headers = {"WWW-Authenticate": 'Basic realm="nct-watcher: any name, the token as password", charset="UTF-8"'}
        return PlainTextResponse("A token is needed: as a password, or as Authorization: Bearer ...\n", 401, headers)

    def _names_us(self, scope: Scope) -> bool:
        given = [value.lower() for value in _values(scope, b"host")]
        return bool(self._named) and given == [self._named]

    def _is_shown(self, token: bytes, scope: Scope) -> bool:
        given = list(_values(scope, b"authorization"))
        shown = _shown(given[0]) if len(given) == 1 else b""
        # How long this takes tells nothing of the token.
        return hmac.compare_digest(shown, token)


def _shown(header: bytes) -> bytes:
    """The token that an Authorization header shows: by itself, or as the password of anybody."""
    scheme, _, rest = header.partition(b" ")
    match scheme.lower():
        case b"bearer":
            return rest.strip()
        case b"basic":
            return _password(rest.strip())
    return b""


def _password(encoded: bytes) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True).partition(b":")[2]
    except ValueError:
        return b""


def names_this_machine(scope: Scope) -> bool:
    """Whether a request is meant for this machine by name, on any port: a tunnel has its own at the other end."""
    given = list(_values(scope, b"host"))
    found = _HOST.fullmatch(given[0].decode("latin-1")) if len(given) == 1 else None
    return found is not None and is_loopback_host(found["six"] or found["host"])


def _values(scope: Scope, name: bytes) -> Iterator[bytes]:
    return (value for key, value in scope["headers"] if key == name)
