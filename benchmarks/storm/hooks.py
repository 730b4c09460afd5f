"""Webhook servers that fail: real HTTP on loopback, each connection met by what chance decides."""

from __future__ import annotations

import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from benchmarks.storm.faults import Chance, Fault
from benchmarks.storm.sinks import Arrival, Attempt, Sink

# In seconds of a target's own clock, which the daemon's may outrun.
RETRY_AFTER = 120
_NOW_RESET = struct.pack("ii", 1, 0)

_STATUSES = {
    Fault.NONE: 200,
    Fault.TOO_MANY: 429,
    Fault.TOO_MANY_UNTIL: 429,
    Fault.ERROR: 500,
    Fault.BUSY: 503,
    Fault.ERROR_TAKEN: 500,
}


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

    def answered(self, id: str, began: float) -> None:
        """An answer went out; on a busy machine perhaps later than anybody waited, as if it had hung."""
        taken = next(each for each in reversed(self.arrivals) if each.id == id)
        if time.monotonic() - began > self.hang / 3:
            self.attempts.append(Attempt(taken.at, Fault.HANG_TAKEN, id))


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
    began = 0.0

    @property
    def sink(self) -> Hook:
        """The hook it is for."""
        assert isinstance(self.server, _Http)
        return self.server.sink

    def handle(self) -> None:
        """Decide what happens, before anything is read."""
        self.began = time.monotonic()
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
        if self.fault is Fault.NONE:
            self.sink.answered(id_in(headers), self.began)

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
