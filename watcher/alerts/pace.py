"""The pace of a channel: how much it takes in a minute, and from how many alerts on they go together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# What a channel delivered within this time counts against its limit.
MINUTE = timedelta(minutes=1)
# A mail names so many studies one by one, and a chat so many in a line each; with more in it, a batch would hide what a
# single alert tells.
MOST_IN_A_MAIL = 40
MOST_IN_A_CHAT = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """What a channel takes: messages in a minute (None: any number), and when alerts go together.

    `batch_from`: from so many alerts due at once for one target on they go together, `batch_most` in one message at
    most; 0: never.
    """

    per_minute: int | None = None
    batch_from: int = 0
    batch_most: int = MOST_IN_A_MAIL

    def left(self, sent: int) -> int | None:
        """How many more may go now, after so many in the last minute; None for any number."""
        return None if self.per_minute is None else max(self.per_minute - sent, 0)

    def folds(self, due: int) -> bool:
        """Whether so many alerts that are due at one target go together."""
        return 0 < self.batch_from <= due


@dataclass(frozen=True, slots=True)
class Lane:
    """Channels that are served by themselves, so that one that hangs holds up no other: these, or all but these."""

    channels: frozenset[str]
    others: bool = False

    def __contains__(self, channel: str) -> bool:
        return (channel in self.channels) != self.others


EVERY_CHANNEL = Lane(frozenset(), others=True)
