"""Clients that are too slow, or too many, are cut off: uvicorn by itself waits for them for ever."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

MOST_CONNECTIONS = 64
REQUEST_SECONDS = 10.0
ANSWER_SECONDS = 60.0


class Punctual(H11Protocol):
    """A connection whose request, and then whose answer, must be through within their time.

    The time of a request begins with the connection, or with the answer before it, and not with its first byte: whoever
    sends nothing, or a byte now and then, is cut off as well. So is who does not read what is answered.
    """

    request_seconds = REQUEST_SECONDS
    answer_seconds = ANSWER_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin the time of the first request, unless there are too many connections already."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            # More of them would take the file descriptors that polls and deliveries need.
            transport.abort()
        self._allow(self.request_seconds)

    def data_received(self, data: bytes) -> None:
        """Take what came; where a request began with it, begin the time of its answer."""
        super().data_received(data)
        self._allow_answer()

    def on_response_complete(self) -> None:
        """Begin the time of the next request, or of its answer where it is there already."""
        # What is not read yet waits in the transport, and belongs to the answer's time.
        unread = self.transport.get_write_buffer_size()
        self._allow(self.answer_seconds if unread else self.request_seconds)
        super().on_response_complete()
        self._allow_answer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._forget()
        super().connection_lost(exc)

    def _allow_answer(self) -> None:
        if self.cycle is not None and self.cycle is not self._answered:
            self._answered = self.cycle
            self._allow(self.answer_seconds)

    def _allow(self, seconds: float) -> None:
        self._forget()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
