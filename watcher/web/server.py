"""The server of the page: uvicorn in a thread, on a socket that is bound before anybody is told we are ready."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from watcher.config.values import Address, WebSettings
from watcher.errors import ConfigError, WatcherError
from watcher.web.deadlines import MOST_CONNECTIONS, Punctual

log = logging.getLogger(__name__)

MOST_HEADER_BYTES = 16 * 1024
IDLE_SECONDS = 5
# What is being answered at the stop has so long to end.
GRACE_SECONDS = 1
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Served:
    """Where the page is served; the port is the real one, also where any was asked for."""

    address: Address

    @property
    def url(self) -> str:
        """The address of the page, without a slash at its end."""
        return f"http://{self.address}"


@contextmanager
def serve(settings: WebSettings, app: ASGIApp) -> Iterator[Served]:
    """Serve while the block lasts; ConfigError where the address cannot be listened on."""
    with closing(bound(settings.address)) as listener:
        address = Address(settings.address.host, listener.getsockname()[1])
        server = uvicorn.Server(_config(app))
        thread = threading.Thread(target=_run, args=(server, listener), name="web", daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            log.info("the page is served at http://%s", address)
            yield Served(address)
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


def bound(address: Address) -> socket.socket:
    """A socket that listens; ConfigError with a remedy where it cannot be had."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, where = found[0]
        both = family == socket.AF_INET6 and address.host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(where[:2], family=family, backlog=MOST_CONNECTIONS, dualstack_ipv6=both)
    except OSError as error:
        said = f'[web] listen = "{address}": cannot be listened on: {error.strerror or error}'
        raise ConfigError((f"{said}; choose another port, or stop what uses this one",)) from None


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Punctual,
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        # Logging is ours; what strangers send is not worth a line each, and addresses may hold what they should not.
        log_config=None,
        log_level="error",
        access_log=False,
        # Whoever connects is who connects: nothing here rests on a client's address.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
    )


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        server.run(sockets=[listener])
    except Exception:
        log.exception("the page is no longer served")


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    while not server.started:
        if not thread.is_alive():
            raise WatcherError("the page cannot be served; the log says why")
        thread.join(0.01)
