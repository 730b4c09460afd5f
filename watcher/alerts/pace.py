"""The pace of a channel: how much it takes in a minute, and from how many alerts on they go together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# What a channel delivered within this time counts against its limit.
MINUTE = timedelta(minutes=1)
# So many alerts in one message can still be read, and are within what services take.
MOST_IN_A_BATCH = 50


@dataclass(frozen=True, slots=True)
class Pace:
    """What a channel takes: messages in a minute (None: any number); alerts due at once that still go one by one.

    `batch_from` 0: alerts always go one by one.
    """

    per_minute: int | None = None
    batch_from: int = 0

    def left(self, sent: int) -> int | None:
        """How many more may go now, after so many in the last minute; None for any number."""
        return None if self.per_minute is None else max(self.per_minute - sent, 0)

    def folds(self, due: int) -> bool:
        """Whether so many alerts that are due at one target go together."""
        return 0 < self.batch_from < due
