"""What may come of one input: read, refused in our own words, or one of three things that must not be."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator


class Silent(AssertionError):
    """Something was taken that should have been refused, told or escaped."""


class Hang(BaseException):
    """An input took longer than any may; no handler of ours may catch it."""


def demand(holds: bool, otherwise: str) -> None:
    """Silent, in these words, unless it holds."""
    if not holds:
        raise Silent(otherwise)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """End an input that takes longer."""

    def ended(number: int, frame: object) -> None:
        raise Hang(f"took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ended)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
