"""Answers of the registry: read from memory by the hundred, and over a real connection."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import httpx

from benchmarks.fuzz.mutate import chance, mutated_bytes, mutated_json, odd_text
from benchmarks.fuzz.records import corpus, some_record
from benchmarks.fuzz.verdict import demand
from watcher.errors import RegistryError
from watcher.registry import client, transport
from watcher.registry.client import Found, Moved, NotFound
from watcher.registry.transport import LONGEST_PAUSE, Answer, Transport

NCT = "NCT04150497"
_ODD_HEADERS = (
    "content-encoding: gzip", "transfer-encoding: chunked", "content-encoding: zstd, br", "set-cookie: a=b",
)  # fmt: skip
NOT_FOUND = f"NCT number {NCT} not found".encode()
STATUSES = (*[200] * 14, 301, 304, 400, 403, 404, 404, 429, 500, 503, 204, 206, 302, 308, 418, 999)
TYPES = (
    "application/json", "application/json;charset=utf-8", "text/plain", "text/html", "", "APPLICATION/JSON", "\xff",
)  # fmt: skip
DATES = (
    "Tue, 24 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 -0000", "Tue, 24 Nov 99999 10:00:00 GMT", "0", "-1",
    "120", "1e3", "9" * 400, "Tue, 24 Nov 2026 10:00:00 +9999", "Tue, 24 Nov 2026 99:00:00 GMT", "٣",
    "Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59 -2359", "1 1 1", "Tue,",
    "Tue, 24 Nov 2026 10:00:00 GMT" * 50, " 7 ", "", f"Tue, 24 Nov {'9' * 30} 10:00:00 GMT",
    f"Tue, 24 Nov 2026 10:00:00 +{'9' * 30}",
)  # fmt: skip
LOCATIONS = (
    "http:x", "https://xn--zz/", "https://xn--/NCT00000002", "https://[::1", "https://x:99999999/", "http://\u0661/",
    f"/api/v2/studies/{NCT}", "https://evil.example/NCT00000001", "NCT", "NCT1234567", "NCT123456789", "",
    "//NCT04150497?x", "NCT٠٤١٥٠٤٩٧", f"/study/{NCT}/NCT00000002",
)  # fmt: skip


def bodies(rng: Random) -> bytes:
    """A body as the registry sends one, damaged or not."""
    page: dict[str, Any] = {"studies": [some_record(rng) for _ in range(rng.choice((0, 1, 1, 2, 3)))]}
    if chance(rng, 0.3):
        page["nextPageToken"] = rng.choice(("abc", "", None, 7, odd_text(rng)))
    version = {"apiVersion": "2.0.5", "dataTimestamp": rng.choice(("2026-06-01T09:00:05", "", None, 5, odd_text(rng)))}
    said: Any = rng.choice((page, page, version, version, some_record(rng)))
    if chance(rng, 0.3):
        said = mutated_json(rng, said, corpus()[:3])
    other = rng.choice((b"<html>blocked</html>", NOT_FOUND, NOT_FOUND, b"", b"  \n"))
    sound = json.dumps(said).encode() if chance(rng, 0.7) else other
    return mutated_bytes(rng, sound, rng.choice((1, 3))) if chance(rng, 0.4) else sound


def headers(rng: Random) -> list[tuple[str, str]]:
    """Headers that matter, with values that nobody expects."""
    sent = [("content-type", rng.choice(TYPES) if chance(rng, 0.3) else "application/json")]
    if chance(rng, 0.5):
        sent.append(("retry-after", rng.choice(DATES) if chance(rng, 0.8) else odd_text(rng)))
    if chance(rng, 0.5):
        sent.append(("date", rng.choice(DATES) if chance(rng, 0.8) else odd_text(rng)))
    if chance(rng, 0.5):
        sent.append(("location", rng.choice(LOCATIONS) if chance(rng, 0.8) else odd_text(rng)))
    if chance(rng, 0.1):
        sent.append(("x-rehearsal", rng.choice(("1", "0", "true"))))
    return sent


def answers(rng: Random) -> bool:
    """An answer as the transport hands it on: judged and read, or refused as the registry's fault."""
    sent = [(name.encode(), value.encode("utf-8", "replace")) for name, value in headers(rng)]
    answer = Answer(rng.choice(STATUSES), httpx.Headers(sent), bodies(rng))
    return judged(rng, answer)


def judged(rng: Random, answer: Answer) -> bool:
    """Whether anything may be concluded from this answer; what is concluded stands in it."""
    try:
        sound = transport._judged(answer, "/studies")
        _reader(rng, answer.body)(sound)
    except RegistryError as error:
        _bounded(error)
        return False
    return True


def _reader(rng: Random, body: bytes) -> Callable[[Answer], None]:
    """Whoever asks for such a body, mostly."""
    if chance(rng, 0.2):
        return rng.choice((_version, _page, _study))
    if b'"studies"' in body[:20]:
        return _page
    return _version if b"apiVersion" in body[:30] else _study


def _bounded(error: RegistryError) -> None:
    wait = getattr(error, "retry_after", None)
    demand(wait is None or timedelta() <= wait <= timedelta(seconds=LONGEST_PAUSE), f"a pause of {wait}")
    demand(len(str(error)) < 2_000, "an error as long as an answer")


def _version(answer: Answer) -> None:
    version = client._read_version(answer)
    demand(answer.status == 200, "a version in an answer that is none")
    said = _lenient(answer.body)
    demand(version.timestamp == said.get("dataTimestamp", ""), "another version than the answer says")
    demand(not version.timestamp or bool(datetime.fromisoformat(version.timestamp)), "a build of no moment")


def _lenient(body: bytes) -> Any:
    """The body as any reader of JSON has it: what is not read of a page is not looked at by us, either."""
    return json.loads(body.decode("utf-8", "replace"), parse_int=float)


def _page(answer: Answer) -> None:
    page = client._read_page(answer)
    demand(answer.status == 200, "studies in an answer that has none")
    demand(len(page.studies) == len(_lenient(answer.body)["studies"]), "a study of the page is lost")
    for study in page.studies:
        demand(bytes(study) in answer.body, "a study that is not in the page")


def _study(answer: Answer) -> None:
    match client._read_study(answer, NCT):
        case NotFound():
            demand(answer.status == 404 and answer.body.strip() == NOT_FOUND, "not found, in another one's words")
        case Moved(nct_id):
            demand(answer.status == 301, "moved without a redirect")
            demand(re.fullmatch("NCT[0-9]{8}", nct_id) is not None, f"moved to {nct_id!r}")
        case Found(raw):
            demand(answer.status == 200 and raw == answer.body, "found what was not sent")


# --- over the wire ---------------------------------------------------------------------


class _Peer:
    """Answers each connection with the bytes it was given, and closes it."""

    def __init__(self) -> None:
        self.bytes = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/v2"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(self.bytes)
                    connection.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # it has heard enough


@cache
def _peer() -> tuple[_Peer, Transport]:
    peer = _Peer()
    return peer, Transport(
        peer.base_url, min_interval=timedelta(), timeout=timedelta(seconds=2), sleep=lambda seconds: None
    )


def wire(rng: Random) -> bool:
    """An answer as bytes on a connection, head and all: an Answer, or the registry's fault."""
    peer, asking = _peer()
    body = bodies(rng)[: rng.choice((10**6, 10**6, 500))]
    length = rng.choice((len(body), len(body), len(body), len(body) + 5, max(len(body) - 5, 0), -1, "x", "9" * 30))
    lines = [f"HTTP/1.1 {rng.choice(STATUSES)} OK", f"content-length: {length}", "connection: close"]
    lines += [f"{name}: {value}" for name, value in headers(rng)]
    if chance(rng, 0.2):
        lines.append(rng.choice(_ODD_HEADERS))
    whole = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body
    peer.bytes = mutated_bytes(rng, whole, 2) if chance(rng, 0.4) else whole
    try:
        answer = asking._ask("/studies", {"pageSize": "1"})
    except RegistryError:
        return False
    return judged(rng, answer)
