"""What is asked of the page, and how long it takes from the request to the first byte of the answer."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.page.built import WATCH, Built
from benchmarks.peers.gauges import processor_seconds
from benchmarks.stage import StageError

PATIENCE = 60.0
BOARD = f"/watches/{WATCH}"
_FEED = f"/feeds/watch/{WATCH}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for. `judged`: the issue's goal is about it."""

    name: str
    path: str
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Timed:
    """How long the first byte took, in milliseconds: the first answer of a process, and those after it.

    `processor` is what one of these took of the server's processor, whatever else the machine was doing; `status` is
    that of the answers, `kilobytes` their size.
    """

    asked: Asked
    status: int
    first: float
    median: float
    worst: float
    processor: float
    kilobytes: float


def addresses(made: Built) -> tuple[Asked, ...]:
    """The pages of the whole product that read much."""
    study = f"/studies/{made.large}"
    return (
        Asked("inbox", "/"),
        Asked("watches", "/watches"),
        Asked("board", BOARD, judged=True),
        Asked("board, sorted", f"{BOARD}?sort=slip", judged=True),
        Asked("board, filtered", f"{BOARD}?status=Recruiting&clock=any&q=cancer", judged=True),
        Asked("board, last page", f"{BOARD}?page=10", judged=True),
        Asked("board as CSV", f"{BOARD}/board.csv", judged=True),
        Asked("board of everything", "/watches/registry"),
        Asked("studies", "/studies"),
        Asked("studies, far down", "/studies?page=1500"),
        Asked("studies, by number", "/studies?q=NCT0001"),
        Asked("studies, by title", "/studies?q=lung+cancer"),
        Asked("study", study, judged=True),
        Asked("compare", f"{study}/compare", judged=True),
        Asked("compare, first and last", f"{study}/compare?old=1&new=60", judged=True),
        Asked("feeds", "/feeds"),
        Asked("Atom", f"{_FEED}/atom.xml"),
        Asked("JSON Feed", f"{_FEED}/feed.json"),
        Asked("calendar", f"{_FEED}/dates.ics"),
        Asked("API: changes", "/api/changes"),
        Asked("deliveries", "/deliveries"),
        Asked("health", "/health"),
    )


def timed(made: Built, asked: Asked, times: int) -> Timed:
    """The first answer of a fresh process, and so many after it."""
    with _served(made) as (url, pid):
        status, first, size = _ask(url, asked.path)
        took, before = [first], processor_seconds(pid)
        if status < 400:
            took = sorted(_ask(url, asked.path)[1] for _ in range(times))
        used = (processor_seconds(pid) - before) * 1000 / len(took)
    return Timed(asked, status, first, median(took), took[-1], used, size / 1000)


@contextmanager
def _served(made: Built) -> Iterator[tuple[str, int]]:
    """The address of the page and the number of the process that serves it, until the end of the `with`."""
    command = [sys.executable, "-m", "watcher", "page", "--config", str(made.config), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield _address(said), process.pid
        finally:
            process.terminate()


def _address(said: str) -> str:
    found = next((word for word in said.split() if word.startswith("http://")), None)
    if found is None:
        raise StageError(f"the page was not served: {said.strip() or 'it said nothing'}")
    return found


def _ask(url: str, path: str) -> tuple[int, float, int]:
    """The status, the milliseconds until the first byte came, and the size of the whole answer.

    The connection is a part of it, as for somebody who opens the page.
    """
    parts = urlsplit(url)
    head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    began = time.perf_counter()
    with socket.create_connection((parts.hostname or "", parts.port or 80), PATIENCE) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65536)
        took = (time.perf_counter() - began) * 1000
        whole = [answer]
        while more := connection.recv(65536):
            whole.append(more)
    return int(answer.split(b" ", 2)[1]), took, sum(map(len, whole))


def size_mb(path: Path) -> float:
    """The size of the database in megabytes."""
    return path.stat().st_size / 1e6


def missing(found: Sequence[Timed]) -> list[str]:
    """The pages that are not there."""
    return [each.asked.name for each in found if each.status == 404]
