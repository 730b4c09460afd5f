"""What the rest of the project knows about a channel."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from watcher.alerts.pace import Pace
from watcher.errors import DeliveryError
from watcher.model import Message, Target


class Channel(Protocol):
    """One configured destination with one or more recipients; safe to use from several threads."""

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""

    @property
    def pace(self) -> Pace:
        """How much it takes, for all of its targets together, and what is told together."""

    def targets(self) -> tuple[Target, ...]:
        """Every recipient, under a name that is the same after a restart."""

    def send(self, target: Target, message: Message) -> None:
        """Hand the message over for this one recipient, or raise DeliveryError."""


@runtime_checkable
class Knocking(Protocol):
    """A channel that can greet its other end without a message."""

    def knock(self) -> str:
        """Say how far a greeting came, or raise DeliveryError."""


def stranger(target: Target) -> DeliveryError:
    """The answer to a delivery that is still owed to somebody who has left the configuration."""
    return DeliveryError(f"{target.name} is no longer a recipient of channel {target.channel!r}", permanent=True)
