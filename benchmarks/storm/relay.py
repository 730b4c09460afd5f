"""A mail relay that fails: real SMTP on loopback, each letter met by what chance decides."""

from __future__ import annotations

import asyncio
import threading
import time
import weakref
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any, Self

from aiosmtpd.smtp import SMTP

from benchmarks.storm.faults import Chance, Fault
from benchmarks.storm.sinks import Arrival, Sink

_REPLIES = {
    Fault.LEAVE_SENDER: "421 4.3.2 leaving for maintenance",
    Fault.LEAVE_RECIPIENT: "450 4.2.1 mailbox busy",
    Fault.FULL_RECIPIENT: "452 4.2.2 mailbox full",
    Fault.LATER_CONTENT: "451 4.3.0 try again later",
    Fault.LEAVE_CONTENT: "421 4.3.2 leaving for maintenance",
}


class Relay(Sink):
    """A mail relay; what it takes is known by its Message-ID, and the target is the address."""

    def __init__(self, chance: Chance, hang: float) -> None:
        super().__init__("relay", chance, hang)
        self.turned_away: set[str] = set()
        """Addresses that are refused for the time being, whatever chance says."""
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._talks: weakref.WeakSet[SMTP] = weakref.WeakSet()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> Self:
        """Begin to listen, in a thread of its own."""
        self._thread.start()
        return super().start()

    def up(self) -> None:
        """Listen."""
        self._in_loop(self._up)

    def down(self) -> None:
        """Listen no longer; conversations go on."""
        self._in_loop(self._down)

    def stop(self) -> None:
        """Stop for good; conversations end where they are."""
        super().stop()
        self._in_loop(self._hang_up)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _in_loop(self, what: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(what(), self._loop).result(10)

    async def _up(self) -> None:
        if self._server is None:
            self._server = await self._loop.create_server(self._conversation, "127.0.0.1", self.port)

    async def _down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _hang_up(self) -> None:
        for talk in self._talks:
            if talk.transport is not None:
                talk.transport.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _conversation(self) -> SMTP:
        talk = SMTP(_Talk(self), hostname="relay.example.org", loop=self._loop)
        self._talks.add(talk)
        return talk


class _Talk:
    """One conversation; the names of its methods are aiosmtpd's own. A letter is one conversation here."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._fault = Fault.NONE

    async def handle_MAIL(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self._fault = self._relay.chance.draw()
        if self._fault is Fault.CUT:
            self._relay.note(self._fault)
            server.transport.abort()
        if self._fault is Fault.LEAVE_SENDER:
            return self._refused()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address.lower() in self._relay.turned_away:
            self._fault = Fault.LEAVE_RECIPIENT
        if self._fault is Fault.HANG:
            self._relay.note(self._fault)
            await asyncio.sleep(self._relay.hang)
            server.transport.abort()
        if self._fault in {Fault.LEAVE_RECIPIENT, Fault.FULL_RECIPIENT}:
            return self._refused()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self._fault in _REPLIES:
            return self._refused()
        self._take(envelope)
        if self._fault is Fault.HANG_TAKEN:
            await asyncio.sleep(self._relay.hang)
        if self._fault in {Fault.HANG_TAKEN, Fault.CUT_TAKEN}:
            server.transport.abort()
        return "250 accepted"

    def _refused(self) -> str:
        self._relay.note(self._fault)
        return _REPLIES[self._fault]

    def _take(self, envelope: Any) -> None:
        said = message_from_bytes(envelope.content, policy=policy.default)
        number = str(said["Message-ID"])
        self._relay.note(self._fault, number)
        self._relay.arrivals += (
            Arrival(address.lower(), time.monotonic(), number, envelope.content) for address in envelope.rcpt_tos
        )
