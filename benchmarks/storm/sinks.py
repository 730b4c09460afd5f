"""Targets that fail: what a relay and a webhook server have in common, and what they remember."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from benchmarks.storm.faults import Chance, Fault
from tests.servers import free_port


@dataclass(frozen=True, slots=True)
class Attempt:
    """One connection of the daemon to a target; `id` is empty where the message was not heard."""

    at: float
    fault: Fault
    id: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as a target took it, repeats included."""

    target: str
    at: float
    id: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def mail(self) -> EmailMessage:
        """The body as a letter."""
        return message_from_bytes(self.body, policy=policy.default)


class Sink:
    """What every target does: it draws a fault for each attempt and remembers what it took."""

    def __init__(self, name: str, chance: Chance, hang: float) -> None:
        self.name = name
        self.chance = chance
        self.hang = hang
        self.port = free_port()
        self.attempts: list[Attempt] = []
        self.arrivals: list[Arrival] = []
        self.closing = threading.Event()

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def note(self, fault: Fault, id: str = "") -> None:
        """Remember an attempt."""
        self.attempts.append(Attempt(time.monotonic(), fault, id))

    def start(self) -> Self:
        """Begin to listen."""
        self.up()
        return self

    def up(self) -> None:
        """Listen."""
        raise NotImplementedError

    def down(self) -> None:
        """Listen no longer: connections are refused."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop for good; whoever still waits is let go."""
        self.closing.set()
        self.down()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
