"""Real servers on loopback: a mail relay and a webhook sink whose verdicts can be set."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class ReceivedMail:
    """One accepted message and its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes

    def part(self, subtype: str) -> str:
        """The text of the text/<subtype> part, with plain line feeds."""
        body = self.message.get_body((subtype,))
        assert body is not None, f"no {subtype} part"
        return str(body.get_content()).replace("\r\n", "\n")


class MailServer:
    """A relay that accepts everything until told otherwise; addresses are compared in lower case."""

    def __init__(self, *, login: tuple[str, str] | None = None) -> None:
        self.port = free_port()
        self.received: list[ReceivedMail] = []
        self.asked: list[str] = []
        self._verdicts: dict[str, str] = {}
        self._hangs: dict[str, float] = {}
        self._after_data = ""
        self._login = login
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._auth_settings())

    def url(self, *to: str, **parameters: str) -> str:
        """The mailto URL of this relay for these recipients."""
        asked = {"from": "watcher@example.org", "to": ",".join(to), **parameters}
        return f"mailto://127.0.0.1:{self.port}?{urlencode({k: v for k, v in asked.items() if v})}"

    def refuse(self, address: str, reply: str = "550 5.1.1 no such user") -> None:
        """Answer RCPT TO for this address so from now on."""
        self._verdicts[address.lower()] = reply

    def drop(self, address: str) -> None:
        """Cut the connection as soon as this address is named."""
        self._verdicts[address.lower()] = ""

    def hang(self, address: str, seconds: float) -> None:
        """Think about this address for so long."""
        self._hangs[address.lower()] = seconds

    def accept(self, address: str) -> None:
        """Take back whatever was set for this address."""
        self._verdicts.pop(address.lower(), None)
        self._hangs.pop(address.lower(), None)

    def refuse_content(self, reply: str) -> None:
        """Answer so after the message itself."""
        self._after_data = reply

    def mails_to(self, address: str) -> list[ReceivedMail]:
        """What this address got."""
        return [mail for mail in self.received if address.lower() in mail.recipients]

    # --- what aiosmtpd calls; the names are its own -----------------------------

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        self.asked.append(address.lower())
        await asyncio.sleep(self._hangs.get(address.lower(), 0))
        verdict = self._verdicts.get(address.lower(), "250 OK")
        if not verdict:
            server.transport.abort()
        if verdict.startswith("250"):
            envelope.rcpt_tos.append(address)
        return verdict or "421 gone"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self._after_data:
            return self._after_data
        message = message_from_bytes(envelope.content, policy=policy.default)
        recipients = tuple(address.lower() for address in envelope.rcpt_tos)
        self.received.append(ReceivedMail(envelope.mail_from, recipients, message, envelope.content))
        return "250 accepted"

    def _auth_settings(self) -> dict[str, Any]:
        """Logins are offered without TLS, on loopback, if there is one to check."""
        if self._login is None:
            return {}
        return {"authenticator": self._authenticate, "auth_require_tls": False}

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)

    def start(self) -> Self:
        """Begin to listen."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


@dataclass(frozen=True)
class ReceivedRequest:
    """One HTTP request; header names are compared in any case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The value of this header."""
        return {key.lower(): value for key, value in self.headers.items()}.get(name.lower())


@dataclass
class _Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    delay: float = 0.0
    drip: float = 0.0
    drip_from: bytes = b""
    dropped: bool = False


# A key and a certificate for 127.0.0.1 and localhost, signed by itself; both are the tests' own.
CERTIFICATE = Path(__file__).parent / "loopback.pem"


class WebhookServer:
    """A sink that answers `200 ok` until told otherwise and remembers what it was sent."""

    def __init__(self, *, tls: bool = False) -> None:
        self.requests: list[ReceivedRequest] = []
        self._answer = _Answer()
        self.cut_off = threading.Event()
        """Whether somebody went away before an answer was written."""
        self._closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def host(self) -> str:
        """Host and port, for URLs of any scheme."""
        return f"127.0.0.1:{self.port}"

    def answer(self, status: int, *, body: bytes = b"ok", delay: float = 0.0, **headers: str) -> None:
        """Answer so from now on; underscores in header names become hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._answer = _Answer(status, named, body, delay)

    def drop(self) -> None:
        """Take the request and cut the connection instead of answering."""
        self._answer = _Answer(dropped=True)

    def drip(self, pause: float, *, status: int = 200, after: bytes = b"", body: bytes = b"o" * 1000) -> None:
        """Answer byte by byte with pauses, from the first byte on or from behind the first `after` on."""
        self._answer = _Answer(status, {}, body, drip=pause, drip_from=after)

    def write(self, answer: _Answer, whole: bytes, connection: socket.socket) -> None:
        """Send the answer as fast, or as slowly, as was asked for."""
        if not answer.drip:
            connection.sendall(whole)
            return
        quick = whole.index(answer.drip_from) + len(answer.drip_from)
        connection.sendall(whole[:quick])
        for place in range(quick, len(whole)):
            if self._closing.wait(answer.drip):
                return
            connection.sendall(whole[place : place + 1])

    def take(self, request: ReceivedRequest) -> _Answer:
        """Remember the request and decide on the answer."""
        self.requests.append(request)
        answer = self._answer
        self._closing.wait(answer.delay)
        return answer

    def start(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening; whoever still waits for an answer gets it now."""
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _handler_for(sink: WebhookServer) -> type[BaseHTTPRequestHandler]:
    """A request handler class bound to one sink, which is how http.server wants it."""

    class Handler(BaseHTTPRequestHandler):
        def answer_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            request = ReceivedRequest(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
            answer = sink.take(request)
            if answer.dropped:
                self.close_connection = True
                return
            headers = {"Content-Length": str(len(answer.body)), **answer.headers}
            lines = [f"HTTP/1.0 {answer.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
            whole = "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body
            try:
                sink.write(answer, whole, self.connection)
            except OSError:  # whoever asked has gone away
                sink.cut_off.set()

        do_GET = do_POST = do_PUT = answer_any  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the requests are remembered."""

    return Handler
