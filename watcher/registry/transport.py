"""One polite connection to the registry: paced, bounded in time and size, retried with back-off. Alone imports httpx.

The registry's edge compares the User-Agent with the way the client speaks TLS: a browser's name, or none of httpx's
own, is answered with 403. The token `python-httpx/<version>` must stay in it.
"""

from __future__ import annotations

import random
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import stamina

from watcher import __version__
from watcher.deadline import Deadline
from watcher.errors import RegistryBlocked, RegistryFault, RegistryUnreachable
from watcher.http import httpx

T = TypeVar("T")

ATTEMPTS = 4
# A longer Retry-After is not slept through here: the poll is put off instead.
LONGEST_WAIT = timedelta(seconds=60)
LONGEST_PAUSE = 7 * 86400
MAX_ANSWER_BYTES = 256 * 1024 * 1024
JITTER = 0.25

_BLOCKED = (
    "the registry's edge refused us (403). This is a verdict on the network or the User-Agent, so it is not retried "
    'quickly: check that [registry] contact holds no browser\'s name, try tls_max = "1.2", and if this machine is in '
    "a data centre, another network"
)
_FIRST_CHARACTER = re.compile(rb"\S")
_DRIPPED = "the registry's answer dripped for too long"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with its body read whole, which nobody changes any more."""

    status: int
    headers: Mapping[str, str]
    body: bytes | bytearray

    @property
    def text(self) -> str:
        """The body as text, for messages and for the registry's plain-text errors."""
        return self.body.decode("utf-8", "replace").strip()


class Transport:
    """GET and nothing else, one request at a time, never following a redirect."""

    def __init__(
        self,
        base_url: str,
        *,
        min_interval: timedelta = timedelta(seconds=1),
        timeout: timedelta = timedelta(seconds=30),
        contact: str = "",
        tls_max: str | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._pace = min_interval.total_seconds()
        # The client's own limits hold for one read, and an answer that drips, head or body, has thousands of them.
        self._deadline = timeout.total_seconds() * 4
        self._connected: socket.socket | None = None
        self._sleep = sleep
        self._next_at = 0.0
        self.requests = 0
        self._client = httpx.Client(
            headers={"User-Agent": user_agent(contact), "Accept": "application/json, text/plain"},
            timeout=httpx.Timeout(timeout.total_seconds()),
            follow_redirects=False,
            verify=_tls(tls_max),
            limits=httpx.Limits(max_connections=1),
        )

    def fetch(self, path: str, params: Mapping[str, str], read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer to GET `path`: a 200 (always JSON), 301, 304, 400 or 404.

        `read` may raise RegistryFault for an answer of another shape; transient faults are asked again. Raises
        RegistryBlocked on 403, RegistryUnreachable on time-outs, broken connections, 429 and 5xx that outlast
        the retries.
        """
        for attempt in stamina.retry_context(on=_worth_retrying, attempts=ATTEMPTS, wait_initial=1.0, wait_max=60.0):
            with attempt:
                return read(_judged(self._ask(path, params), path))
        raise AssertionError("stamina ends by returning or raising")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _ask(self, path: str, params: Mapping[str, str]) -> Answer:
        self._wait_for_turn()
        self.requests += 1
        with Deadline(self._deadline, self._connected) as deadline:
            try:
                answer = self._answered(path, params, deadline)
            except httpx.HTTPError as error:
                reason = _DRIPPED if deadline.passed else "the registry cannot be reached"
                raise RegistryUnreachable(reason) from error
            except (httpx.InvalidURL, ValueError) as error:
                # The client reads where a redirect leads although it does not follow it; a bad host is a ValueError.
                raise RegistryFault("the registry redirects to an address that is none", transient=False) from error
            finally:
                self._connected = deadline.connected
                # The edge sets cookies; carrying them along would tie our requests to one of its replicas.
                self._client.cookies.clear()
        # An answer that ends with its connection looks whole where we have cut that.
        if deadline.passed:
            raise RegistryUnreachable(_DRIPPED)
        return answer

    def _answered(self, path: str, params: Mapping[str, str], deadline: Deadline) -> Answer:
        watched = {"trace": deadline.watch}
        with self._client.stream("GET", self._base_url + path, params=params, extensions=watched) as response:
            return Answer(response.status_code, response.headers, _read(response))

    def _wait_for_turn(self) -> None:
        wait = self._next_at - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        self._next_at = time.monotonic() + self._pace * (1 + random.uniform(0, JITTER))  # noqa: S311 - not a secret


def user_agent(contact: str = "") -> str:
    """The User-Agent: httpx's own token first, then who we are."""
    about = f"nct-watcher/{__version__}" + (f"; {contact}" if contact else "")
    return f"python-httpx/{httpx.__version__} ({about})"


def _read(response: httpx.Response) -> bytearray:
    """The body, unless it grows without end; never copied, because a page of 1,000 records has 20 MB."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise RegistryFault(f"the registry's answer is larger than {MAX_ANSWER_BYTES} bytes", transient=False)
    return body


def _judged(answer: Answer, path: str) -> Answer:
    """The answer, where it is one the registry gives on purpose."""
    if answer.status == 200:
        return _require_json(answer, path)
    if answer.status in {301, 304, 400, 404}:
        return answer
    if answer.status == 403:
        raise RegistryBlocked(_BLOCKED)
    if answer.status == 429 or answer.status >= 500:
        wait = retry_after(answer.headers.get("retry-after"), answer.headers.get("date"))
        raise RegistryUnreachable(f"the registry answered {answer.status} to {path}", retry_after=wait)
    raise RegistryFault(f"the registry answered {answer.status} to {path}", transient=False)


def _require_json(answer: Answer, path: str) -> Answer:
    begins = _FIRST_CHARACTER.search(answer.body)
    if begins is None:
        raise RegistryFault(f"the registry answered {path} with nothing")
    if "json" not in answer.headers.get("content-type", "") or begins[0] not in (b"{", b"["):
        raise RegistryFault(f"the registry answered {path} with something that is not JSON")
    return answer


def _worth_retrying(error: Exception) -> bool | float:
    if isinstance(error, RegistryUnreachable):
        wait = error.retry_after
        if wait is None:
            return True
        return wait <= LONGEST_WAIT and max(wait.total_seconds(), 0.001)
    return isinstance(error, RegistryFault) and error.transient


def retry_after(header: str | None, date: str | None) -> timedelta | None:
    """What a Retry-After header asks for, in seconds or as an HTTP date (held against the answer's own Date)."""
    if not header:
        return None
    if re.fullmatch("[0-9]+", header.strip()):
        # More than nine digits are more than any pause of ours, and int() refuses thousands of them.
        return timedelta(seconds=min(int(header.strip()[:9]), LONGEST_PAUSE))
    try:
        wait = parsedate_to_datetime(header) - parsedate_to_datetime(date or "")
    except (OverflowError, TypeError, ValueError):
        return None
    return min(max(wait, timedelta()), timedelta(seconds=LONGEST_PAUSE))


def handshake_settings(tls_max: str | None) -> ssl.SSLContext:
    """What the client offers and trusts when it greets the registry, for a look at the handshake alone."""
    settings = _tls(tls_max)
    return settings if isinstance(settings, ssl.SSLContext) else httpx.create_ssl_context()


def _tls(tls_max: str | None) -> ssl.SSLContext | bool:
    if tls_max is None:
        return True
    context = ssl.create_default_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context
