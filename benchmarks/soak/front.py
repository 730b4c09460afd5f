"""The registry as the daemon meets it: builds of the rehearsal registry's data behind a server that fails."""

from __future__ import annotations

import datetime
import gzip
import random
import re
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from benchmarks.soak.plan import Build
from benchmarks.soak.spoil import spoiled
from benchmarks.soak.weather import STATUSES, Weather, Wind
from benchmarks.stage import CountingRegistry
from tests.servers import free_port
from watcher.registry.rehearsal import Captures
from watcher.registry.rehearsal.answers import BASE, TEXT, Answer, text

VERSION, PAGE = f"{BASE}/version", f"{BASE}/studies"
DRIP_SECONDS, HANG_SECONDS = 1.0, 3.0
RETRY_AFTER = "1"
NOBODY = "NCT99999998"
_NOW_RESET = struct.pack("ii", 1, 0)
_STAMP = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}")


class Builds(CountingRegistry):
    """The rehearsal registry with more than one build a day; asked directly, not over its own port."""

    def __init__(self, captures: Captures, first: Build) -> None:
        super().__init__(captures, first.content)
        self._build = first
        self._stale = first
        began = datetime.datetime.fromisoformat(f"{first.timestamp}+00:00")
        self.moved: list[tuple[float, datetime.datetime]] = [(time.monotonic(), began)]
        """When each build was first shown, and its dataTimestamp."""
        self._turning = threading.Lock()
        self.turned = 0

    def show(self, build: Build) -> None:
        """The data have been refreshed; a lagging replica has what was before."""
        with self._turning:
            if build == self._build:
                return
            self.moved.append((time.monotonic(), datetime.datetime.fromisoformat(f"{build.timestamp}+00:00")))
            self._stale, self._build = self._build, build
            self.set_date(build.content)

    def answer(self, method: str, target: str, body: bytes, known_tag: str) -> Answer:
        """The answer of the build that is shown."""
        path = target.partition("?")[0]
        if path == VERSION:
            return self._of(self._build, super().answer(method, target, body, known_tag))
        with self._turning:
            build = self._build
        number = path.rpartition("/")[2]
        if number in build.vanished:
            return text(404, f"NCT number {number} not found")
        said = super().answer(method, without(target, build.vanished), body, known_tag)
        if build.turns_into is not None and path == PAGE:
            self.turned += 1
            self.show(build.turns_into)
        return said

    def stale_version(self) -> Answer:
        """What a replica says that lags behind: nothing is to be asked of it."""
        return self._of(self._stale, super().answer("GET", VERSION, b"", ""))

    def unknown(self) -> frozenset[str]:
        """Studies that the build before this one did not have: nobody would miss them in a batch."""
        with self._turning:
            before, now = self.captures.served(self._stale.content), self.captures.served(self._build.content)
            return frozenset(now.paths) - frozenset(before.paths)

    def stop_listening(self) -> None:
        """Give back the port that nobody asks at."""
        self._http.server_close()

    def _of(self, build: Build, said: Answer) -> Answer:
        return Answer(said.status, _STAMP.sub(build.timestamp.encode(), said.body), said.content_type, said.headers)


def without(target: str, numbers: frozenset[str]) -> str:
    """The same request, asking for a number that there is not instead of these."""
    path, _, query = target.partition("?")
    if not numbers:
        return target
    said = [(name, _without(value, numbers) if name == "filter.ids" else value) for name, value in parse_qsl(query)]
    return f"{path}?{urlencode(said)}" if said else path


def _without(value: str, numbers: frozenset[str]) -> str:
    return "|".join(NOBODY if number in numbers else number for number in value.split("|"))


class Front:
    """The server in front of it: what the daemon is told to ask."""

    def __init__(self, builds: Builds, weather: Weather, seed: int) -> None:
        self.builds, self.weather = builds, weather
        self.chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.port = free_port()
        self.asked = 0
        self.closing = threading.Event()
        self._http: _Http | None = None

    @property
    def base_url(self) -> str:
        """What `[registry] base_url` is set to."""
        return f"http://127.0.0.1:{self.port}{BASE}"

    def up(self) -> None:
        """Listen."""
        if self._http is None:
            self._http = _Http(self)
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        """Listen no longer, and hang up on everybody."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http.hang_up()
            self._http = None

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.down()


class _Http(ThreadingHTTPServer):
    """The listener of a front."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, front: Front) -> None:
        self.front = front
        self._open: set[socket.socket] = set()
        self.to_reset: set[socket.socket] = set()
        super().__init__(("127.0.0.1", front.port), _Answering)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection: one that is kept alive outlives the listener."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection; one that is to be reset is not ended in good order before."""
        self._open.discard(request)
        if request in self.to_reset:
            self.to_reset.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def hang_up(self) -> None:
        """Cut every connection."""
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # its client was faster

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients that are killed are what this is about."""


class _Answering(BaseHTTPRequestHandler):
    """One connection of the daemon to the registry."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "registry", ""
    disable_nagle_algorithm = True
    server: _Http

    def do_GET(self) -> None:
        """One request, met by what the weather brings."""
        front = self.server.front
        path = self.path.partition("?")[0]
        wind = front.weather.draw(page=path == PAGE, version=path == VERSION)
        if wind is Wind.RESET:
            self._reset()
        elif wind is Wind.HANG:
            front.closing.wait(HANG_SECONDS)
            self.close_connection = True
        elif wind in STATUSES:
            self._send(text(STATUSES[wind], "later, please"), wind)
        else:
            self._send(self._answer(front, wind), wind)
        front.asked += 1

    def end_headers(self) -> None:
        """Say on every answer that this is a rehearsal."""
        self.send_header("X-Rehearsal", "1")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _answer(self, front: Front, wind: Wind) -> Answer:
        if wind is Wind.STALE:
            return front.builds.stale_version()
        said = front.builds.answer("GET", self.path, b"", "")
        return spoiled(said, wind, front.chance, front.builds.unknown()) if said.status == 200 else said

    def _send(self, said: Answer, wind: Wind) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and wind is not Wind.DRIP_ON
        body = gzip.compress(said.body, 1) if packed else said.body
        self.send_response(said.status)
        self.send_header("Content-Type", said.content_type or TEXT)
        for name, value in said.headers:
            self.send_header(name, value)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if wind is Wind.TOO_MANY_UNTIL:
            self.send_header("Retry-After", RETRY_AFTER)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(body, wind)

    def _write(self, body: bytes, wind: Wind) -> None:
        if wind is Wind.RESET_IN_BODY:
            self.wfile.write(body[: len(body) // 2])
            self._reset()
        elif wind is Wind.DRIP:
            self._drip(body, max(len(body) // 20, 1), DRIP_SECONDS / 20)
        elif wind is Wind.DRIP_ON:
            self._drip(body, 1, 0.2)
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes, size: int, pause: float) -> None:
        try:
            for start in range(0, len(body), size):
                self.wfile.write(body[start : start + size])
                if self.server.front.closing.wait(pause):
                    return
        except OSError:
            self.close_connection = True  # whoever asked has given up

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW_RESET)
        self.server.to_reset.add(self.connection)
        self.close_connection = True
