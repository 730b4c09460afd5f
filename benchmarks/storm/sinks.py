"""Targets that fail: a real relay and real webhook servers on loopback, each attempt met by what chance decides."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from benchmarks.storm.faults import Chance, Fault
from tests.servers import free_port

# In seconds of a target's own clock, which the daemon's may outrun.
RETRY_AFTER = 120
_NOW_RESET = struct.pack("ii", 1, 0)

_REPLIES = {
    Fault.LEAVE_SENDER: "421 4.3.2 leaving for maintenance",
    Fault.LEAVE_RECIPIENT: "450 4.2.1 mailbox busy",
    Fault.FULL_RECIPIENT: "452 4.2.2 mailbox full",
    Fault.LATER_CONTENT: "451 4.3.0 try again later",
    Fault.LEAVE_CONTENT: "421 4.3.2 leaving for maintenance",
}
_STATUSES = {
    Fault.NONE: 200,
    Fault.TOO_MANY: 429,
    Fault.TOO_MANY_UNTIL: 429,
    Fault.ERROR: 500,
    Fault.BUSY: 503,
    Fault.ERROR_TAKEN: 500,
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One connection of the daemon to a target; `id` is empty where the message was not heard."""

    at: float
    fault: Fault
    id: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as a target took it, repeats included."""

    target: str
    at: float
    id: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def mail(self) -> EmailMessage:
        """The body as a letter."""
        return message_from_bytes(self.body, policy=policy.default)


class Sink:
    """What every target does: it draws a fault for each attempt and remembers what it took."""

    def __init__(self, name: str, chance: Chance, hang: float) -> None:
        self.name = name
        self.chance = chance
        self.hang = hang
        self.port = free_port()
        self.attempts: list[Attempt] = []
        self.arrivals: list[Arrival] = []
        self.closing = threading.Event()

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def note(self, fault: Fault, id: str = "") -> None:
        """Remember an attempt."""
        self.attempts.append(Attempt(time.monotonic(), fault, id))

    def start(self) -> Self:
        """Begin to listen."""
        self.up()
        return self

    def up(self) -> None:
        """Listen."""
        raise NotImplementedError

    def down(self) -> None:
        """Listen no longer: connections are refused."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop for good; whoever still waits is let go."""
        self.closing.set()
        self.down()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


# --- webhooks -----------------------------------------------------------------------


class Hook(Sink):
    """A webhook; what it takes is known by its `webhook-id` or Idempotency-Key. With a `secret`, it must be signed."""

    _http: _Http | None = None

    def __init__(self, name: str, chance: Chance, hang: float, secret: str = "") -> None:
        super().__init__(name, chance, hang)
        self._signature = Webhook(secret.encode()) if secret else None
        self.unsigned = 0

    def up(self) -> None:
        """Listen, each connection in a thread of its own."""
        if self._http is not None:
            return
        self._http = _Http(self)
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        """Listen no longer; what is being answered is answered."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def take(self, headers: dict[str, str], body: bytes) -> None:
        """Keep a message; one with a wrong signature is counted, too."""
        if self._signature is not None:
            try:
                self._signature.verify(body, headers)
            except WebhookVerificationError:
                self.unsigned += 1
        self.arrivals.append(Arrival(self.name, time.monotonic(), id_in(headers), body, headers))


class _Http(ThreadingHTTPServer):
    """The listener of a hook."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, sink: Hook) -> None:
        super().__init__(("127.0.0.1", sink.port), _Answering)
        self.sink = sink

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients that give up are what this is about."""


def id_in(headers: dict[str, str]) -> str:
    """By what a receiver of webhooks knows a repeated message."""
    said = {name.lower(): value for name, value in headers.items()}
    return said.get("webhook-id") or said.get("idempotency-key") or ""


class _Answering(BaseHTTPRequestHandler):
    """One connection to a hook, which is one attempt."""

    fault = Fault.NONE

    @property
    def sink(self) -> Hook:
        """The hook it is for."""
        assert isinstance(self.server, _Http)
        return self.server.sink

    def handle(self) -> None:
        """Decide what happens, before anything is read."""
        self.fault = self.sink.chance.draw()
        if self.fault is Fault.RESET:
            self.sink.note(self.fault)
            self._reset()
        else:
            super().handle()

    def do_POST(self) -> None:
        """Read, take, answer, as far as it comes to that."""
        headers = dict(self.headers.items())
        self.sink.note(self.fault, id_in(headers))
        if self.fault is Fault.CUT:
            self._reset()
            return
        body = self.rfile.read(int(headers.get("Content-Length") or 0))
        if self.fault.takes:
            self.sink.take(headers, body)
        if self.fault in {Fault.HANG, Fault.HANG_TAKEN}:
            self.sink.closing.wait(self.sink.hang)
        if self.fault in _STATUSES:
            self._answer(_STATUSES[self.fault])

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the attempts are remembered."""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if self.fault is Fault.TOO_MANY_UNTIL:
            self.send_header("Retry-After", str(RETRY_AFTER))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW_RESET)


# --- mail ---------------------------------------------------------------------------


class Relay(Sink):
    """A mail relay; what it takes is known by its Message-ID, and the target is the address."""

    def __init__(self, chance: Chance, hang: float) -> None:
        super().__init__("relay", chance, hang)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._talks: weakref.WeakSet[SMTP] = weakref.WeakSet()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> Self:
        """Begin to listen, in a thread of its own."""
        self._thread.start()
        return super().start()

    def up(self) -> None:
        """Listen."""
        self._in_loop(self._up)

    def down(self) -> None:
        """Listen no longer; conversations go on."""
        self._in_loop(self._down)

    def stop(self) -> None:
        """Stop for good; conversations end where they are."""
        super().stop()
        self._in_loop(self._hang_up)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _in_loop(self, what: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(what(), self._loop).result(10)

    async def _up(self) -> None:
        if self._server is None:
            self._server = await self._loop.create_server(self._conversation, "127.0.0.1", self.port)

    async def _down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _hang_up(self) -> None:
        for talk in self._talks:
            if talk.transport is not None:
                talk.transport.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _conversation(self) -> SMTP:
        talk = SMTP(_Talk(self), hostname="relay.example.org", loop=self._loop)
        self._talks.add(talk)
        return talk


class _Talk:
    """One conversation; the names of its methods are aiosmtpd's own. A letter is one conversation here."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._fault = Fault.NONE

    async def handle_MAIL(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self._fault = self._relay.chance.draw()
        if self._fault is Fault.CUT:
            self._relay.note(self._fault)
            server.transport.abort()
        if self._fault is Fault.LEAVE_SENDER:
            return self._refused()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self._fault is Fault.HANG:
            self._relay.note(self._fault)
            await asyncio.sleep(self._relay.hang)
            server.transport.abort()
        if self._fault in {Fault.LEAVE_RECIPIENT, Fault.FULL_RECIPIENT}:
            return self._refused()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self._fault in _REPLIES:
            return self._refused()
        self._take(envelope)
        if self._fault is Fault.HANG_TAKEN:
            await asyncio.sleep(self._relay.hang)
        if self._fault in {Fault.HANG_TAKEN, Fault.CUT_TAKEN}:
            server.transport.abort()
        return "250 accepted"

    def _refused(self) -> str:
        self._relay.note(self._fault)
        return _REPLIES[self._fault]

    def _take(self, envelope: Any) -> None:
        said = message_from_bytes(envelope.content, policy=policy.default)
        number = str(said["Message-ID"])
        self._relay.note(self._fault, number)
        self._relay.arrivals += (
            Arrival(address.lower(), time.monotonic(), number, envelope.content) for address in envelope.rcpt_tos
        )
