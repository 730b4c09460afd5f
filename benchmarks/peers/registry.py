"""The registry of the benchmark: a process of its own that serves prepared answers, counts, and takes notifications.

It serves what the watcher asks (`/version`, `/studies?filter.ids=`) and what its peers do (`/studies/NCT...`), all from
the same records. `/bench/build` changes the build; whatever is posted to `/bench/alert` is a notification.
"""

from __future__ import annotations

import gzip
import re
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from benchmarks.peers.material import Build, bases, number_of, shown

BASE = "/api/v2"
NUMBER = re.compile(rb"NCT9\d{7}")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer's body, plain and packed."""

    plain: bytes
    packed: bytes


class Shelf:
    """The records of one build after the other, and what was asked and told."""

    def __init__(self, folder: Path, number: int) -> None:
        self._bases = bases(folder, number)
        self._lock = threading.Lock()
        self.requests = 0
        self.seen_at = 0.0
        self.told: Counter[str] = Counter()

    def show(self, build: Build) -> None:
        """Serve this build from now on."""
        answers = {number_of(place): said(shown(base, place, build), 6) for place, base in enumerate(self._bases)}
        version = said(orjson.dumps({"apiVersion": "2.0.5", "dataTimestamp": build.timestamp}), 1)
        with self._lock:
            self._studies, self._version, self.seen_at = answers, version, 0.0

    def answer(self, target: str) -> Said | None:
        """The registry's answer; None where there is none."""
        with self._lock:
            self.requests += 1
            studies, version = self._studies, self._version
            self.seen_at = self.seen_at or time.monotonic()
        path, asked = urlsplit(target).path.removeprefix(BASE), parse_qs(urlsplit(target).query)
        if path == "/version":
            return version
        if path == "/studies":
            found = [studies[nct_id].plain for nct_id in asked["filter.ids"][0].split("|") if nct_id in studies]
            return said(b'{"studies":[%s]}' % b",".join(found), 1)
        return studies.get(path.removeprefix("/studies/"))

    def take(self, notification: bytes) -> None:
        """Count the studies that a notification tells of."""
        with self._lock:
            self.told.update({nct_id.decode() for nct_id in NUMBER.findall(notification)})

    def counts(self) -> dict[str, Any]:
        """What was asked and told so far, and when this build was asked for first."""
        with self._lock:
            return {"requests": self.requests, "seen_at": self.seen_at, "told": dict(self.told)}


def said(body: bytes, level: int) -> Said:
    """A body and its packed form."""
    return Said(body, gzip.compress(body, level, mtime=0))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """The registry's part, and the counts."""
        if self.path == "/bench/counts":
            self._send(200, orjson.dumps(self.server.shelf.counts()))
            return
        found = self.server.shelf.answer(self.path)
        if found is None:
            self._send(404, b"not found")
            return
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        self._send(200, found.packed if packed else found.plain, packed=packed)

    def do_POST(self) -> None:
        """Another build, or a notification."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/bench/build":
            self.server.shelf.show(_build(orjson.loads(body)))
        else:
            self.server.shelf.take(body)
        self._send(200, b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests are counted."""

    def _send(self, status: int, body: bytes, *, packed: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


def _build(asked: dict[str, Any]) -> Build:
    changed_on = asked["changed_on"] and date.fromisoformat(asked["changed_on"])
    return Build(date.fromisoformat(asked["day"]), changed_on, asked["reordered"])


def main(folder: str, number: str) -> None:
    """Serve until the pipe to whoever started this is closed; the first line told is the port."""
    server = _Server(Shelf(Path(folder), int(number)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
