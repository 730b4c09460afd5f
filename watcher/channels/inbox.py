"""The inbox: the page that this watcher serves itself.

The page reads alerts where they are recorded, so there is nothing to keep here: what is handed over has arrived.
"""

from __future__ import annotations

from watcher.channels.manner import USUAL, Manner
from watcher.model import Message, Target

SCHEME = "inbox"
TARGET = "inbox"


class Inbox:
    """One target, whoever looks at the page."""

    def __init__(self, name: str, manner: Manner = USUAL) -> None:
        self.name = name
        self.pace = manner.pace

    def targets(self) -> tuple[Target, ...]:
        """The page."""
        return (Target(self.name, TARGET),)

    def send(self, target: Target, message: Message) -> None:
        """Nothing: it is there already."""
