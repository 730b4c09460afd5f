"""An end to every conversation: the time limits of an HTTP client hold for one read, and a slow drip has many."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

_CONNECTED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Deadline:
    """Cuts the connection that it is shown (as httpx's `trace`) after so many seconds; `passed` says that it did.

    A connection that is open already, from an earlier request, is handed over: nothing of it will be shown.
    """

    def __init__(self, seconds: float, connected: socket.socket | None = None) -> None:
        self.passed = False
        self._socket = connected
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    @property
    def connected(self) -> socket.socket | None:
        """The connection, for the deadline of the next request on it."""
        return self._socket

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the socket as soon as there is one; TLS puts another in its place."""
        if event in _CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")
            if self.passed:
                self._cut()

    def _pass(self) -> None:
        self.passed = True
        self._cut()

    def _cut(self) -> None:
        """Wake whoever waits for this socket. TLS's own `shutdown` is passed over: it takes the session apart."""
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
