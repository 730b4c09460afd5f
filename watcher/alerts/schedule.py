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

# How the key of a window begins that is the quiet hours before a day's end of them, and no digest's.
QUIET = "quiet "

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
# A target that fails is asked again sooner than a message that fails alone: everything waits for it.
LONGEST_OUTAGE_RETRY = timedelta(minutes=30)
# What a channel may ask for with Retry-After; a slip of its clock must not silence it for a year.
LONGEST_ASKED = timedelta(days=1)
GIVE_UP_AFTER = timedelta(days=3)
# A message that waited while we were off for a long weekend still gets a day's worth of attempts: of its own, or of
# others at its target, which are half an hour apart.
FEWEST_ATTEMPTS = 12
FEWEST_FAILURES = 40
# One failure may be the message's own; two in a row are the target's.
FAILURES_OF_AN_OUTAGE = 2
# A message that fails alone holds up later ones of its study for so long and so many attempts (we may have been off for
# most of that time), and then they overtake it.
HOLDS_UP_FOR = timedelta(hours=6)
HOLDS_UP_ATTEMPTS = 6

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
    return Window(f"{QUIET}{day.isoformat()}", max(closes, now))


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
class Outage:
    """A target that failed last time, so often in a row; what is due there waits until `retry_at`."""

    failures: int
    since: datetime
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """Attempt `number` (from 1) at a delivery: how its target stood before, and whether it alone fails there.

    `since` is when it was first due, or when the operator had it sent again.
    """

    key: str
    target: str
    number: int
    since: datetime
    outage: Outage | None = None
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery after an attempt; `due_at` is the next attempt of a pending one.

    `outage` is how its target stands now, where it failed; `buries`: what waits there since this moment or longer is
    given up, too.
    """

    status: DeliveryStatus
    due_at: datetime | None = None
    error: str = ""
    outage: Outage | None = None
    buries: datetime | None = None


def settled(attempt: Attempt, error: DeliveryError | None, now: datetime) -> Settlement:
    """Decide after an attempt: delivered, tried again later, or dead.

    Transient errors are retried for three days, and so often at least that being off does not count: from 1 minute to 6
    hours apart where this message alone fails, up to 30 minutes where its target does. Permanent ones are dead at once
    and say nothing about what else goes to that target.
    """
    if error is None:
        return Settlement(DeliveryStatus.DELIVERED)
    if error.permanent:
        return Settlement(DeliveryStatus.DEAD, error=str(error))
    asked = min(error.retry_after or timedelta(), LONGEST_ASKED)
    outage = _outage_after(attempt, asked, now)
    if _is_given_up(attempt, outage, now):
        told = f"given up after {GIVE_UP_AFTER.days} days: {error}"
        all_of_it = outage is not None and outage.failures >= FEWEST_FAILURES
        return Settlement(DeliveryStatus.DEAD, None, told, outage, now - GIVE_UP_AFTER if all_of_it else None)
    if outage is not None and outage.failures >= FAILURES_OF_AN_OUTAGE:
        # It waits for its target, with all the rest, and not for itself.
        return Settlement(DeliveryStatus.PENDING, now, str(error), outage)
    due_at = now + max(back_off(attempt.number, FIRST_RETRY, LONGEST_RETRY, seed=attempt.key), asked)
    return Settlement(DeliveryStatus.PENDING, due_at, str(error), outage)


def _outage_after(attempt: Attempt, asked: timedelta, now: datetime) -> Outage | None:
    """How the target stands after a failure; None where it is the message's own."""
    if attempt.stuck and attempt.outage is None and not asked:
        return None
    failures = attempt.outage.failures + 1 if attempt.outage else 1
    wait = timedelta()
    if failures >= FAILURES_OF_AN_OUTAGE:
        beyond = failures - FAILURES_OF_AN_OUTAGE + 1
        wait = back_off(beyond, FIRST_RETRY, LONGEST_OUTAGE_RETRY, seed=attempt.target)
    return Outage(failures, attempt.outage.since if attempt.outage else now, now + max(wait, asked))


def _is_given_up(attempt: Attempt, outage: Outage | None, now: datetime) -> bool:
    tried = attempt.number >= FEWEST_ATTEMPTS or (outage is not None and outage.failures >= FEWEST_FAILURES)
    return tried and now - attempt.since >= GIVE_UP_AFTER


def back_off(failures: int, first: timedelta, longest: timedelta, *, seed: str) -> timedelta:
    """The wait after so many failures: doubling from `first` to `longest`, spread by up to a fifth by `seed`."""
    doubled = first * min(1 << min(max(failures - 1, 0), 32), longest // first + 1)
    spread = int.from_bytes(blake2b(f"{seed}|{failures}".encode(), digest_size=4).digest()) / 2**32
    return min(doubled, longest) * (1 + spread / 5)
