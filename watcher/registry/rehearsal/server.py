"""The rehearsal registry on loopback: HTTP around `answers.answer`, and the day that can be moved."""

from __future__ import annotations

import datetime
import gzip
import logging
import secrets
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson

from watcher.errors import UsageError
from watcher.registry.rehearsal.answers import BASE, Answer, answer, json, text
from watcher.registry.rehearsal.captures import Captures

LOOPBACK = "127.0.0.1"
DATE_PATH = "/rehearsal/date"
REMEDY = 'Send {"date": "YYYY-MM-DD"}, for example {"date": "2022-09-27"}'
LARGEST_BODY = 64 * 1024

logger = logging.getLogger(__name__)


class RehearsalServer:
    """A registry served from captures. It listens from its making on, and answers inside `with` or `serve_forever`."""

    def __init__(self, captures: Captures, port: int = 0, date: datetime.date | None = None) -> None:
        self.captures = captures
        self._date = date or captures.first_day
        self._http = _listening(port, self.answer)
        # The registry's tag names its build and its data, whatever the address; a new server is a new build.
        self._build = secrets.token_hex(4)

    @property
    def url(self) -> str:
        """Where the server listens, without a path."""
        return f"http://{LOOPBACK}:{self._http.server_port}"

    @property
    def base_url(self) -> str:
        """What `[registry] base_url` is set to."""
        return self.url + BASE

    @property
    def date(self) -> datetime.date:
        """The day being rehearsed."""
        return self._date

    def set_date(self, date: datetime.date) -> None:
        """Move to another day, forwards or back: the registry has been refreshed."""
        self._date = date

    def answer(self, method: str, target: str, body: bytes, known_tag: str) -> Answer:
        """The answer to one request; `known_tag` is the client's If-None-Match."""
        if target.partition("?")[0] == DATE_PATH:
            return self._date_answer(method, body)
        if method != "GET":
            return _method_not_allowed("GET")
        day = self._date
        tag = f'"rehearsal/{self._build}/{day.isoformat()}"'
        return _tagged(answer(self.captures, day, target), tag, known_tag)

    def serve_forever(self) -> None:
        """Answer in this thread until `stop` is called from another one, or an exception such as Ctrl-C."""
        try:
            self._http.serve_forever(poll_interval=0.02)
        finally:
            self._http.server_close()

    def stop(self) -> None:
        """Stop answering and drop every connection."""
        self._http.shutdown()

    def __enter__(self) -> RehearsalServer:
        self._thread = threading.Thread(target=self.serve_forever, name="rehearsal", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join()

    def _date_answer(self, method: str, body: bytes) -> Answer:
        if method not in ("GET", "POST"):
            return _method_not_allowed("GET, POST")
        if method == "POST":
            asked = _date_in(body)
            if asked is None:
                return text(400, REMEDY)
            self.set_date(asked)
        return json(orjson.dumps({"date": self._date}))


def serve(
    folder: Path,
    port: int = 0,
    date: datetime.date | None = None,
    ready: Callable[[RehearsalServer], None] = lambda server: None,
) -> None:
    """Serve `folder` until interrupted; `ready` is called once the server listens."""
    server = RehearsalServer(Captures(folder), port, date)
    ready(server)
    server.serve_forever()


def _tagged(said: Answer, tag: str, known_tag: str) -> Answer:
    if said.status != 200:
        return said
    if known_tag == tag:
        return Answer(304, headers=(("ETag", tag),))
    return Answer(said.status, said.body, said.content_type, (*said.headers, ("ETag", tag)))


def _method_not_allowed(allowed: str) -> Answer:
    return text(405, "Method Not Allowed", ("Allow", allowed))


def _date_in(body: bytes) -> datetime.date | None:
    try:
        said = orjson.loads(body)["date"]
        day = datetime.date.fromisoformat(said)
    except (ValueError, TypeError, KeyError):
        return None
    # fromisoformat also reads 20220927 and 2022-W39-2, which no capture is named by.
    return day if day.isoformat() == said else None


class _Server(ThreadingHTTPServer):
    """Threads per connection, none of which outlives the server."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, answer_to: Callable[[str, str, bytes, str], Answer]) -> None:
        self.answer_to = answer_to
        self._open: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), _Handler)

    def server_bind(self) -> None:
        """Bind without HTTPServer's reverse look-up of the address, which can hang where there is no network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection: one kept alive would go on answering after the server is closed."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening and hang up on everybody."""
        super().server_close()
        for connection in tuple(self._open):
            _hang_up(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong with a connection; a client that left is nothing wrong."""
        if not isinstance(sys.exc_info()[1], OSError):
            logger.exception("rehearsal registry: request from %s failed", client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, writes one answer."""

    protocol_version = "HTTP/1.1"
    server_version = "rehearsal"
    sys_version = ""
    disable_nagle_algorithm = True  # head and body are two writes: otherwise each answer waits for an ACK
    server: _Server

    def reply(self) -> None:
        """Answer the request just read."""
        body, known_tag = self._request_body(), self.headers.get("If-None-Match", "")
        self._send(self.server.answer_to(self.command, self.path, body, known_tag))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = reply  # noqa: N815 - http.server's names

    def end_headers(self) -> None:
        """Say on every answer, also on the ones to unreadable requests, that this is a rehearsal."""
        self.send_header("X-Rehearsal", "1")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Tell the log instead of stderr."""
        logger.debug(format, *args)

    def _request_body(self) -> bytes:
        said = self.headers.get("Content-Length", "0")
        if said.isascii() and said.isdigit() and int(said) <= LARGEST_BODY and "Transfer-Encoding" not in self.headers:
            return self.rfile.read(int(said))
        # What is left unread would be taken for the next request.
        self.close_connection = True
        return b""

    def _send(self, said: Answer) -> None:
        packed = bool(said.body) and _accepts_gzip(self.headers.get("Accept-Encoding", ""))
        body = gzip.compress(said.body, compresslevel=1, mtime=0) if packed else said.body
        self.send_response(said.status)
        for name, value in _head(said, packed, len(body)):
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _head(said: Answer, packed: bool, length: int) -> list[tuple[str, str]]:
    head = [*said.headers]
    if said.content_type:
        head.append(("Content-Type", said.content_type))
    if packed:
        head.append(("Content-Encoding", "gzip"))
    if said.status != 304:
        head.append(("Content-Length", str(length)))
    return head


def _accepts_gzip(said: str) -> bool:
    offers = (offer.replace(" ", "").lower().partition(";q=") for offer in said.split(","))
    return any(coding == "gzip" and (weight or "1").strip("0.") != "" for coding, _, weight in offers)


def _listening(port: int, answer_to: Callable[[str, str, bytes, str], Answer]) -> _Server:
    try:
        return _Server(port, answer_to)
    except (OSError, OverflowError) as reason:
        raise UsageError(f"Cannot listen on port {port} of {LOOPBACK}: choose another one") from reason


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # its client was faster
