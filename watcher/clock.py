"""The clock, read by service and cli alone: everything else is handed `now`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from watcher.errors import UsageError

SPEED = "WATCHER_REHEARSAL_SPEED"
FASTEST = 86_400.0


class Clock(Protocol):
    """A source of `now` that a rehearsal can take over."""

    def now(self) -> datetime:
        """The present moment, in UTC."""

    def follow(self, timestamp: datetime) -> None:
        """From now on, go from `timestamp` (a rehearsal's day) instead of the wall clock."""


class WallClock:
    """The wall clock; in a rehearsal the registry's dataTimestamp plus the time that has passed since it was heard.

    `speed`: how many seconds of a rehearsal pass in one; without a rehearsal it means nothing.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        *,
        speed: float = 1.0,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._speed = speed
        self._timestamp: datetime | None = None
        self._heard_at = 0.0

    def now(self) -> datetime:
        """The present moment, in UTC."""
        if self._timestamp is None:
            return self._wall()
        return self._timestamp + timedelta(seconds=(self._monotonic() - self._heard_at) * self._speed)

    def follow(self, timestamp: datetime) -> None:
        """Go from `timestamp`; a rehearsal's clock never goes back."""
        if self._timestamp is None or timestamp > self.now():
            self._timestamp, self._heard_at = timestamp, self._monotonic()


def rehearsal_speed(environ: Mapping[str, str]) -> float:
    """How much faster than the wall clock a rehearsal's goes, as the environment says; 1 where it says nothing."""
    said = environ.get(SPEED, "").strip() or "1"
    try:
        speed = float(said)
    except ValueError:
        speed = 0.0
    if not 1 <= speed <= FASTEST:
        raise UsageError(f"{SPEED} is {said!r}: expected a number from 1 to {FASTEST:.0f}")
    return speed
