"""Signed webhooks: the event as JSON, posted to one address. The one channel with an HTTP client of its own.

Nothing of the environment is asked for proxies or passwords: what is signed goes to the address that was configured,
or nowhere. The address may hold tokens in its path and query, so only its host is ever told.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import orjson

from watcher import __version__
from watcher.channels.address import Address, address_of
from watcher.channels.answers import judged, retry_after
from watcher.channels.contract import stranger
from watcher.channels.manner import USUAL, Manner
from watcher.channels.masking import masked
from watcher.channels.signing import UNSIGNED, signatures, spellings_of
from watcher.channels.wording import one_line
from watcher.deadline import Deadline
from watcher.errors import ConfigError, DeliveryError
from watcher.http import httpx
from watcher.model import Message, Target

# Both write every address they ask into the log, with its path and query.
for chatty in ("httpx", "httpcore"):
    logging.getLogger(chatty).setLevel(logging.ERROR)

# More of an answer is not read.
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seconds a connection, and all of an attempt, may take."""

    connect: float = 10.0
    whole: float = 30.0


LIMITS = Limits()


def _wall_clock() -> datetime:
    """The real time, also in a rehearsal: receivers refuse a signature that is minutes old."""
    return datetime.now(UTC)


class Webhook:
    """One address that is sent signed events."""

    def __init__(
        self,
        name: str,
        url: str,
        keys: tuple[bytes, ...],
        manner: Manner = USUAL,
        *,
        now: Callable[[], datetime] = _wall_clock,
        limits: Limits = LIMITS,
    ) -> None:
        if not keys:
            raise ConfigError((f"channel {name!r}: {UNSIGNED}",))
        self.name = name
        self.pace = manner.pace
        self._address = _understood(name, address_of(name, url))
        self._keys = keys
        self._now = now
        self._limits = limits

    def targets(self) -> tuple[Target, ...]:
        """The host: a name without any token, so that renewing one does not orphan what is still owed."""
        return (Target(self.name, f"webhook:{self._address.host}"),)

    def send(self, target: Target, message: Message) -> None:
        """Post the event, signed for this attempt."""
        if target not in self.targets():
            raise stranger(target)
        body = _body_of(message)
        with Deadline(self._limits.whole) as deadline:
            try:
                error = self._post(message.id, body, deadline)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as trouble:
                error = DeliveryError(f"{target.name}: {self._told(trouble, deadline)}")
        # Raised here, without its cause: the client's own error may repeat the address.
        if error is not None:
            raise error

    def knock(self) -> str:
        """Greet the other end: its port, and its certificate where it is asked for one. Nothing is posted."""
        url = httpx.URL(self._address.url)
        encrypted = url.scheme == "https"
        end = (url.host, url.port or (443 if encrypted else 80))
        try:
            with socket.create_connection(end, timeout=self._limits.connect) as connection:
                if encrypted:
                    with _tls().wrap_socket(connection, server_hostname=url.host):
                        pass
        except OSError as error:
            said = getattr(error, "verify_message", "") or error.strerror or str(error) or type(error).__name__
            raise DeliveryError(f"webhook:{self._address.host}: {self._shown(said)}") from None
        return f"{self._address.host} answers" + (" with a certificate that is accepted" if encrypted else "")

    def _post(self, id: str, body: bytes, deadline: Deadline) -> DeliveryError | None:
        headers = self._headers(id, body)
        who = f"webhook:{self._address.host}"
        with (
            self._client() as client,
            client.stream(
                "POST", self._address.url, content=body, headers=headers, extensions={"trace": deadline.watch}
            ) as response,
        ):
            said = self._shown(_beginning(response))
            wait = retry_after(response.headers.get("retry-after"), self._now())
            return judged(who, response.status_code, said, wait)

    def _client(self) -> httpx.Client:
        """A client of its own for each attempt: no connection that went stale, no cookie, no shared state."""
        return httpx.Client(
            verify=_tls(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._limits.whole, connect=self._limits.connect),
        )

    def _headers(self, id: str, body: bytes) -> dict[str, str]:
        timestamp = int(self._now().timestamp())
        return {
            "User-Agent": f"nct-watcher/{__version__}",
            "Content-Type": "application/json",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Idempotency-Key": id,
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(self._keys, id, timestamp, body),
        }

    def _shown(self, text: str) -> str:
        """What was answered, on one line, without anything secret that it may repeat."""
        keys = (spelling for key in self._keys for spelling in spellings_of(key))
        return one_line(masked(text, {*self._address.secrets, *keys}))

    def _told(self, trouble: Exception, deadline: Deadline) -> str:
        """Why there is no answer."""
        if isinstance(trouble, httpx.ConnectTimeout):
            return f"no connection within {self._limits.connect:g} s"
        if deadline.passed or isinstance(trouble, httpx.TimeoutException):
            return f"no answer within {self._limits.whole:g} s; the message may still have arrived"
        for cause in _causes(trouble):
            if isinstance(cause, ssl.SSLCertVerificationError):
                return f"its certificate is not accepted: {self._shown(cause.verify_message)}"
        return self._shown(f"{type(trouble).__name__}: {trouble}")


def _understood(name: str, address: Address) -> Address:
    """The address, if the client will take it: a mistake is better found now than at the first message."""
    try:
        _ = httpx.URL(address.url).host
    except (httpx.InvalidURL, ValueError):
        raise ConfigError((f"channel {name!r}: the address has a host that is none",)) from None
    return address


@cache
def _tls() -> ssl.SSLContext:
    """The authorities that the registry's client trusts, too: SSL_CERT_FILE and SSL_CERT_DIR name others."""
    return httpx.create_ssl_context()


def _body_of(message: Message) -> bytes:
    """The event with sorted keys: every attempt sends the same bytes."""
    event = dict(message.event) or {
        "type": "notice",
        "id": message.id,
        "subject": message.subject,
        "text": message.text,
    }
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)


def _beginning(response: httpx.Response) -> str:
    """As much of the answer's text as we bear; the verdict is in its first line, so a torn body changes nothing."""
    read = bytearray()
    try:
        for piece in response.iter_raw():
            read += piece
            if len(read) >= MOST_BYTES:
                break
    except httpx.HTTPError:
        pass
    return "" if "content-encoding" in response.headers else read[:MOST_BYTES].decode("utf-8", "replace")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
