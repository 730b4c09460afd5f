"""What a receiver's answer over HTTP means for the message: arrived, later, or never."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watcher.errors import DeliveryError

# Trying again cannot help: the address, the secret or the message is wrong.
PERMANENT = frozenset({400, 401, 403, 404, 405, 410, 413, 422})
LONGEST_WAIT = timedelta(days=1)

_REDIRECT = "answers with a redirect, which is not followed: put the new address into the configuration"


def judged(who: str, status: int, said: str, wait: timedelta | None) -> DeliveryError | None:
    """Nothing where the message has arrived; `said` is what the receiver wrote, fit to be shown."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return DeliveryError(f"{who} {_REDIRECT}", permanent=True)
    told = f"{who} answers {status}" + (f": {said}" if said else "")
    permanent = status in PERMANENT
    return DeliveryError(told, permanent=permanent, retry_after=None if permanent else wait)


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, in seconds or as an HTTP date; never more than a day."""
    if not header:
        return None
    if re.fullmatch("[0-9]+", header.strip()):
        # More than nine digits are more than any wait of ours, and int() refuses thousands of them.
        return min(timedelta(seconds=int(header.strip()[:9])), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(header)
    except (OverflowError, ValueError):
        return None
    # A date that says -0000 is UTC without saying so.
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta()), LONGEST_WAIT)
