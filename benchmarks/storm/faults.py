"""What can go wrong at a target, and who decides what does: chance with a seed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self


class Fault(StrEnum):
    """What meets one attempt. Where the message was taken, the sender cannot know it and has to repeat it."""

    NONE = "accepted"
    RESET = "connection reset"
    CUT = "cut before the message"
    HANG = "hung"
    TOO_MANY = "429"
    TOO_MANY_UNTIL = "429 with Retry-After"
    ERROR = "500"
    BUSY = "503"
    LEAVE_SENDER = "421 to the sender"
    LEAVE_RECIPIENT = "450 to the recipient"
    FULL_RECIPIENT = "452 to the recipient"
    LATER_CONTENT = "451 after the content"
    LEAVE_CONTENT = "421 after the content"
    HANG_TAKEN = "taken, then hung"
    CUT_TAKEN = "taken, then cut"
    ERROR_TAKEN = "taken, then 500"

    @property
    def takes(self) -> bool:
        """Whether the message has arrived all the same."""
        return self in {Fault.NONE, Fault.HANG_TAKEN, Fault.CUT_TAKEN, Fault.ERROR_TAKEN}


# In every row about a third of the attempts fails, and one in ten leaves the sender in doubt.
OF_HOOKS: Mapping[Fault, float] = {
    Fault.NONE: 64,
    Fault.RESET: 4,
    Fault.CUT: 4,
    Fault.HANG: 3,
    Fault.TOO_MANY: 4,
    Fault.TOO_MANY_UNTIL: 4,
    Fault.ERROR: 4,
    Fault.BUSY: 3,
    Fault.HANG_TAKEN: 3,
    Fault.CUT_TAKEN: 4,
    Fault.ERROR_TAKEN: 3,
}
OF_MAIL: Mapping[Fault, float] = {
    Fault.NONE: 64,
    Fault.CUT: 5,
    Fault.HANG: 3,
    Fault.LEAVE_SENDER: 5,
    Fault.LEAVE_RECIPIENT: 5,
    Fault.FULL_RECIPIENT: 3,
    Fault.LATER_CONTENT: 4,
    Fault.LEAVE_CONTENT: 4,
    Fault.HANG_TAKEN: 3,
    Fault.CUT_TAKEN: 4,
}


class Chance:
    """Decides what meets the next attempt at one target, and counts it; shared by its threads."""

    def __init__(self, weights: Mapping[Fault, float], seed: int) -> None:
        self._weights = dict(weights)
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._lock = threading.Lock()
        self.met: Counter[Fault] = Counter()

    def draw(self) -> Fault:
        """The fault of the next attempt."""
        with self._lock:
            fault = self._random.choices(list(self._weights), list(self._weights.values()))[0]
            self.met[fault] += 1
        return fault

    def calm(self) -> None:
        """From now on, everything is accepted."""
        with self._lock:
            self._weights = {Fault.NONE: 1.0}


class Listener(Protocol):
    """A server that can stop listening, so that connections to it are refused, and listen again."""

    def down(self) -> None:
        """Refuse connections."""

    def up(self) -> None:
        """Take them again, at the same port."""


class Outages(threading.Thread):
    """Takes listeners down for a while, one at a time, at moments of chance; all are up when it ends."""

    def __init__(self, listeners: Sequence[Listener], seed: int, *, every: float = 4.0, longest: float = 3.0) -> None:
        super().__init__(name="outages", daemon=True)
        self._listeners = listeners
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._every, self._longest = every, longest
        self._over = threading.Event()
        self.number = 0
        self.seconds = 0.0

    def run(self) -> None:
        """One outage after the other until stopped."""
        while not self._over.wait(self._random.uniform(0, 2 * self._every)):
            listener = self._random.choice(self._listeners)
            began = time.monotonic()
            listener.down()
            self._over.wait(self._random.uniform(0.2, self._longest))
            listener.up()
            self.number += 1
            self.seconds += time.monotonic() - began

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self.join()
