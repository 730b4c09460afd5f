"""What can go wrong on the way from the registry, by name: each makes of an honest answer what arrives instead."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace

from tests.faults.wire import Tamper, Wire, whole
from watcher.registry.rehearsal.answers import Answer, json, text

HTML = b"<html><body>We will be back soon.</body></html>"
BOMB = gzip.compress(b" " * 30_000_000)
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x28"


def _cut(share: float, ends: str) -> Tamper:
    """The beginning of the whole answer, head and all, and then the end of the connection."""
    return lambda _, said: Wire(whole(said)[: int(len(whole(said)) * share)], ends=ends)


def _body(body: bytes, kind: str = "application/json", *headers: tuple[str, str]) -> Tamper:
    return lambda _, _said: Answer(200, body, kind, headers)


def _status(status: int, **headers: str) -> Tamper:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return lambda _, _said: text(status, "not now", *named)


QUICK: dict[str, Tamper] = {
    "HTML with 200": _body(HTML, "text/html"),
    "HTML that claims to be JSON": _body(HTML),
    "JSON that claims to be text": lambda _, said: replace(said, status=200, body=b"{}", content_type="text/plain"),
    "an empty body": _body(b""),
    "JSON cut short": lambda _, said: json((said.body or b"{}")[: max(len(said.body) // 2, 1)]),
    "JSON of another shape": _body(b'{"studies": {"a": 1}, "dataTimestamp": [1]}'),
    "a list": _body(b"[]"),
    "compression that is none": _body(b"\x1f\x8bnonsense", "application/json", ("Content-Encoding", "gzip")),
    "a compressed bomb": _body(BOMB, "application/json", ("Content-Encoding", "gzip")),
    "a connection that closes at once": lambda _, _said: Wire(),
    "a connection that is reset at once": lambda _, _said: Wire(ends="reset"),
    "a reset within the first line": lambda _, _said: Wire(b"HTTP/1.", ends="reset"),
    "a reset within the head": _cut(0.1, "reset"),
    "a reset within the body": _cut(0.9, "reset"),
    "a close within the head": _cut(0.1, "close"),
    "a close within the body": _cut(0.9, "close"),
    "a TLS alert": lambda _, _said: Wire(TLS_ALERT),
    "noise": lambda _, _said: Wire(os.urandom(500)),
    "403": _status(403),
    "429": _status(429),
    "429 with seconds": _status(429, Retry_After="7200"),
    "429 with a date": _status(429, Date="Mon, 01 Jun 2026 12:00:00 GMT", Retry_After="Mon, 01 Jun 2026 15:00:00 GMT"),
    "429 for ever": _status(429, Retry_After="9" * 400),
    "429 until the past": _status(
        429, Date="Mon, 01 Jun 2026 12:00:00 GMT", Retry_After="Thu, 01 Jan 1970 00:00:00 GMT"
    ),
    "500": _status(500),
    "503 with nonsense": _status(503, Retry_After="soon"),
    "a redirect to another host": _status(302, Location="http://192.0.2.1/"),
    "not modified": _status(304),
    "a page that is not there": lambda _, _said: Answer(404, HTML, "text/html"),
    "a teapot": _status(418),
}
"""These end at once."""

SLOW: dict[str, Tamper] = {
    "a server that never answers": lambda _, _said: Wire(ends="hang"),
    "a server that stops within the head": lambda _, said: Wire(whole(said)[:20], ends="hang"),
    "a server that stops within the body": lambda _, said: Wire(whole(said)[:-1], ends="hang"),
    "a head that drips": lambda _, said: Wire(whole(said), pause=0.05, drips_from=0),
    "a body that drips": lambda _, said: Wire(
        whole(replace(said, status=200, body=b" " * 200, content_type="application/json")),
        pause=0.05,
        drips_from=100,
    ),
}
"""These take as long as they are given."""
