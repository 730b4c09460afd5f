"""A registry on loopback that answers as the real one would, until a test says what goes wrong on the wire."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from watcher.registry.rehearsal import Captures
from watcher.registry.rehearsal.answers import BASE, Answer, answer

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER so that closing sends a reset."""


@dataclass(frozen=True)
class Wire:
    """Bytes as they go out, in place of a whole answer: all at once, or one by one with pauses; then what happens."""

    data: bytes = b""
    pause: float = 0.0
    drips_from: int = 0
    ends: str = "close"


Tamper = Callable[[str, Answer], Answer | Wire]


def honest(_target: str, said: Answer) -> Answer:
    """What the registry would say."""
    return said


def whole(said: Answer) -> bytes:
    """An answer as it goes over the wire."""
    headers = [("Content-Type", said.content_type), ("Content-Length", str(len(said.body))), *said.headers]
    given = {name.lower(): (name, value) for name, value in headers if value}
    lines = [f"HTTP/1.1 {said.status} Whatever", *(f"{name}: {value}" for name, value in given.values())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + said.body


@dataclass
class Trouble:
    """Which requests go wrong: those whose path fits, from the first to the last of them."""

    tamper: Tamper
    only: Callable[[str], bool] = lambda _target: True
    times: int = 1_000_000


def is_version(target: str) -> bool:
    """Whether a request is for /version."""
    return target.partition("?")[0] == f"{BASE}/version"


def is_batch(target: str) -> bool:
    """Whether a request is for a batch."""
    return target.partition("?")[0] == f"{BASE}/studies"


def is_single(target: str) -> bool:
    """Whether a request is for one study."""
    return target.startswith(f"{BASE}/studies/")


@dataclass
class Registry:
    """Serves a folder of captures as of its `day`; unlike the rehearsal registry it does not say that it is none."""

    folder: Path
    day: date = date(2026, 6, 1)
    timestamp: str = ""
    """The dataTimestamp, where it is not nine o'clock of the day."""
    asked: list[str] = field(default_factory=list)
    trouble: Trouble | None = None
    before: Callable[[str], object] = lambda _target: None
    """Called before each request is answered: the registry changes while it is being asked."""

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def base_url(self) -> str:
        """What `[registry] base_url` is set to."""
        return f"http://127.0.0.1:{self._http.server_port}{BASE}"

    def goes_wrong(self, tamper: Tamper, only: Callable[[str], bool] = lambda _: True, times: int = 1_000_000) -> None:
        """From now on these requests are answered so, so many times."""
        self.trouble = Trouble(tamper, only, times)

    def recovers(self) -> None:
        """Answer as the registry would again."""
        self.trouble = None

    def said(self, target: str) -> Answer | Wire:
        """The answer to one request, true or not."""
        self.asked.append(target)
        self.before(target)
        given = answer(Captures(self.folder), self.day, target)
        if self.timestamp and is_version(target):
            given = replace(given, body=orjson.dumps({"apiVersion": "2.0.5", "dataTimestamp": self.timestamp}))
        trouble = self.trouble
        if trouble is None or trouble.times <= 0 or not trouble.only(target):
            return given
        trouble.times -= 1
        return trouble.tamper(target, given)

    def write(self, wire: Wire, connection: socket.socket) -> None:
        """Put bytes on the wire as fast, or as slowly, as was asked for."""
        quick = wire.drips_from if wire.pause else len(wire.data)
        connection.sendall(wire.data[:quick])
        for place in range(quick, len(wire.data)):
            if self._closing.wait(wire.pause):
                return
            connection.sendall(wire.data[place : place + 1])
        if wire.ends == "hang":
            self._closing.wait(60)
        if wire.ends == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler_for(registry: Registry) -> type[BaseHTTPRequestHandler]:
    """A request handler class bound to one registry, which is how http.server wants it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            given = registry.said(self.path)
            wire = Wire(whole(given), ends="keep") if isinstance(given, Answer) else given
            self.close_connection = wire.ends != "keep"
            try:
                registry.write(wire, self.connection)
                if wire.ends == "reset":
                    # http.server would say goodbye first.
                    os.close(self.connection.detach())
            except OSError:  # whoever asked has gone away
                self.close_connection = True

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the requests are remembered."""

    return Handler
