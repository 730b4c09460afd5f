"""The registry in a process of its own: `python -m benchmarks.scale.registry`; its first line is its address."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from benchmarks.scale.asked import Refused, nct_id_in, page_in
from benchmarks.scale.kept import Day, Kept
from benchmarks.scale.pages import Pages, packed
from benchmarks.scale.templates import condition_for, templates_in

BASE = "/api/v2"
STEERING = "/scale"
LOOPBACK = "127.0.0.1"
# The registry's data are of this hour (UTC).
HOUR = "T09:00:05"
SHARE = 1 / 300
# Seconds for which compressed pages are kept for another run.
KEPT = 86_400
JSON, TEXT = "application/json", "text/plain; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer; `body` is compressed already where it is JSON."""

    status: int
    body: bytes
    content_type: str = JSON


class Served:
    """The registry behind HTTP, and what it counts of itself."""

    def __init__(self, kept: Kept, cache: Path, condition: str) -> None:
        self._kept, self._pages, self._condition = kept, Pages(kept, cache), condition
        self.requests = self.bytes = 0

    def answer(self, target: str) -> Said:
        """The answer to GET."""
        path, _, query = target.removeprefix(BASE).partition("?")
        try:
            said = self._answered(unquote(path), query)
        except Refused as reason:
            said = Said(400, str(reason).encode(), TEXT)
        self.requests += 1
        self.bytes += len(said.body)
        return said

    def steer(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What the benchmark asks: figures, all pages made ahead, or another day."""
        made: dict[str, Any] = {}
        if path == f"{STEERING}/day":
            self._kept.move(Day(date.fromisoformat(asked.pop("date")), **asked))
        elif path == f"{STEERING}/prepare":
            made = {"pages": self._pages.prepare()}
        return made | {
            "requests": self.requests,
            "bytes": self.bytes,
            "date": self._kept.today.isoformat(),
            "condition": self._condition,
        }

    def _answered(self, path: str, query: str) -> Said:
        if path == "/version":
            stamp = self._kept.today.isoformat() + HOUR
            return Said(200, packed(json.dumps({"apiVersion": "2.0.5", "dataTimestamp": stamp}).encode()))
        if path == "/studies":
            return Said(200, self._pages.answer(page_in(query)))
        nct_id = nct_id_in(path.removeprefix("/studies/"))
        index = self._kept.index_of(nct_id)
        if index is None:
            return Said(404, b"NCT number %b not found" % nct_id, TEXT)
        return Said(200, packed(self._kept.written(index)))


class Server(ThreadingHTTPServer):
    """Listens on loopback."""

    daemon_threads = True

    def __init__(self, served: Served, port: int = 0) -> None:
        self.served = served
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell what went wrong; a client that was killed is nothing wrong."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._send(self.server.served.answer(self.path))

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self._send(Said(200, packed(json.dumps(self.server.served.steer(self.path, asked)).encode())))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _send(self, said: Said) -> None:
        self.send_response(said.status)
        self.send_header("Content-Type", said.content_type)
        if said.content_type == JSON:
            self.send_header("Content-Encoding", "gzip")
        # The watcher's clock then follows the day that is served.
        self.send_header("X-Rehearsal", "1")
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)


def forget(cache: Path, before: float) -> None:
    """Remove the pages that were made before this moment: most are of a registry that no code makes any more."""
    for folder in cache.iterdir() if cache.is_dir() else ():
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the process is ended."""
    options = _options(arguments)
    forget(options.cache, time.time() - KEPT)
    templates = templates_in(options.captures, options.records)
    condition = condition_for(templates, SHARE)
    kept = Kept(templates, options.studies, date.fromisoformat(options.date), condition, options.seed)
    server = Server(Served(kept, options.cache, condition), options.port)
    print(server.url, flush=True)
    server.serve_forever()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale.registry", description=__doc__)
    parser.add_argument("--captures", type=Path, required=True, help="folder of captures, NCT########/DATE.json")
    parser.add_argument("--records", type=Path, required=True, help="folder of further records, NCT########.json")
    parser.add_argument("--cache", type=Path, required=True, help="folder for compressed pages")
    parser.add_argument("--studies", type=int, default=600_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--date", default="2026-11-30", help="the first day that is served")
    parser.add_argument("--port", type=int, default=0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
