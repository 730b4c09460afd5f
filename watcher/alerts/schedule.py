"""Arithmetic of time: digest windows, back-off, and how a delivery is settled. `now` is always an argument."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from zoneinfo import ZoneInfo

from watcher.errors import DeliveryError
from watcher.model import Quiet

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)
# A message that waited while we were off for a long weekend still gets a day's worth of attempts.
FEWEST_ATTEMPTS = 12

_WHEN = re.compile(rf"now|(?:daily|weekly (?P<weekday>{'|'.join(WEEKDAYS)})) (?P<hour>\d\d?):(?P<minute>\d\d)")


@dataclass(frozen=True, slots=True)
class When:
    """A digest time: every day, or every `weekday` (0 is Monday), at `at` local time."""

    at: time
    weekday: int | None


def parse_when(text: str) -> When | None:
    """The digest time that `text` names; None for "now". Raises ValueError for anything else."""
    shape = _WHEN.fullmatch(text.strip().lower())
    if shape is None:
        raise ValueError('expected "now", "daily HH:MM" or "weekly mon HH:MM"')
    if shape["hour"] is None:
        return None
    weekday = WEEKDAYS.index(shape["weekday"]) if shape["weekday"] else None
    return When(time(int(shape["hour"]), int(shape["minute"])), weekday)


@dataclass(frozen=True, slots=True)
class Window:
    """A digest's window: its key (unique per route and window) and when it closes, in UTC."""

    key: str
    closes: datetime


def window_after(now: datetime, when: str, timezone: str) -> Window | None:
    """The window that is open at `now` and closes after it; None where alerts go at once.

    Windows are counted in local days, so each closes once on every day, whatever the clocks do.
    """
    digest = parse_when(when)
    if digest is None:
        return None
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date()
    for _ in range(9):
        closes = datetime.combine(day, digest.at, zone).astimezone(UTC)
        if closes > now and digest.weekday in {None, day.weekday()}:
            return Window(day.isoformat(), closes)
        day += timedelta(days=1)
    raise AssertionError("a week has no such day")


def quiet_window(now: datetime, quiet: Quiet, timezone: str) -> Window | None:
    """The quiet hours in which `now` falls, from wall clock to wall clock; None where it falls in none."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    overnight = quiet.end <= quiet.start
    clock = local.time().replace(tzinfo=None)
    before_end, after_start = clock < quiet.end, clock >= quiet.start
    if not (before_end or after_start if overnight else before_end and after_start):
        return None
    day = local.date() + timedelta(days=int(overnight and not before_end))
    closes = datetime.combine(day, quiet.end, zone).astimezone(UTC)
    return Window(f"quiet {day.isoformat()}", max(closes, now))


class DeliveryStatus(StrEnum):
    """Where a delivery stands: pending -> claimed -> delivered | dead; claimed -> pending on a transient error.

    Dropped: nobody is to get it any more. Batched: another delivery tells it, with others that were due at once.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"
    BATCHED = "batched"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery after an attempt; `due_at` is the next attempt of a pending one."""

    status: DeliveryStatus
    due_at: datetime | None = None
    error: str = ""


def settled(key: str, attempts: int, first_due: datetime, error: DeliveryError | None, now: datetime) -> Settlement:
    """Decide after attempt number `attempts` (from 1): delivered, tried again later, or dead.

    Transient errors are retried from 1 minute to 6 hours apart for three days, and at least `FEWEST_ATTEMPTS`
    times; permanent ones are dead at once.
    """
    if error is None:
        return Settlement(DeliveryStatus.DELIVERED)
    if error.permanent:
        return Settlement(DeliveryStatus.DEAD, error=str(error))
    if now - first_due >= GIVE_UP_AFTER and attempts >= FEWEST_ATTEMPTS:
        return Settlement(DeliveryStatus.DEAD, error=f"given up after {GIVE_UP_AFTER.days} days: {error}")
    wait = max(back_off(attempts, FIRST_RETRY, LONGEST_RETRY, seed=key), error.retry_after or timedelta())
    return Settlement(DeliveryStatus.PENDING, due_at=now + wait, error=str(error))


def back_off(failures: int, first: timedelta, longest: timedelta, *, seed: str) -> timedelta:
    """The wait after so many failures: doubling from `first` to `longest`, spread by up to a fifth by `seed`."""
    doubled = first * min(1 << min(max(failures - 1, 0), 32), longest // first + 1)
    spread = int.from_bytes(blake2b(f"{seed}|{failures}".encode(), digest_size=4).digest()) / 2**32
    return min(doubled, longest) * (1 + spread / 5)
