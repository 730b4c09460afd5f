"""A mail relay that follows a script: at any step of a session it can refuse, hang, hang up or speak nonsense."""

from __future__ import annotations

import os
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.faults.wire import RESET

CLOSE, RESETS, HANG = "(close)", "(reset)", "(hang)"
USUAL = {
    "greeting": "220 relay.example.org ESMTP",
    "EHLO": "250-relay.example.org\r\n250-SIZE 10000000\r\n250 8BITMIME",
    "HELO": "250 relay.example.org",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 go on",
    "content": "250 2.0.0 accepted",
    "RSET": "250 OK",
    "QUIT": "221 bye",
}


@dataclass
class Relay:
    """A relay; `script` says what it does at a step instead of the usual, `only` for how many sessions."""

    received: list[EmailMessage] = field(default_factory=list)
    sessions: int = 0
    script: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def url(self, *to: str, **parameters: str) -> str:
        """The mailto URL of this relay for these recipients."""
        asked = {"from": "watcher@example.org", "to": ",".join(to), **parameters}
        return f"mailto://127.0.0.1:{self._server.server_address[1]}?{urlencode(asked)}"

    def does(self, **script: str) -> None:
        """From now on, do this at these steps."""
        self.script = script

    def ids(self) -> list[str]:
        """The Message-IDs of what was taken, whether or not that was said."""
        return [str(message["Message-ID"]) for message in self.received]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__(("127.0.0.1", 0), _Session)

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever spoke to us has gone away."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.relay.sessions += 1
        going = self.say("greeting")
        while going and (line := self.rfile.readline()):
            verb = line.split()[0].decode("latin-1").upper() if line.split() else ""
            going = self.say(verb) and verb != "QUIT"
            if going and verb == "DATA" and self.said.startswith("354"):
                self.take()
                going = self.say("content")

    def take(self) -> None:
        """Read a message to its end and keep it: it has arrived, whatever is said next."""
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        if line:
            self.server.relay.received.append(message_from_bytes(b"".join(lines), policy=policy.default))

    def say(self, step: str) -> bool:
        """Answer a step; whether the session goes on."""
        self.said = self.server.relay.script.get(step, USUAL.get(step, "502 5.5.1 what?"))
        if self.said == HANG:
            self.server.relay.closing.wait(60)
        if self.said == RESETS:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            os.close(self.connection.detach())
        if self.said in {HANG, RESETS, CLOSE}:
            return False
        self.connection.sendall(f"{self.said}\r\n".encode())
        return not self.said.startswith("421")
