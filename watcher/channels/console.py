"""Messages on standard output: for trying things out, and for a daemon whose log is read.

It stands apart from apprise on purpose: it needs no network, no throttle and no second thread, and `watcher poll`
with a console channel should not wait for apprise to be imported.
"""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from watcher.channels.manner import USUAL, Manner
from watcher.channels.wording import plain
from watcher.errors import DeliveryError
from watcher.model import Message, Target


class Console:
    """One target that always is `console:stdout`."""

    def __init__(self, name: str, stream: TextIO | None = None, manner: Manner = USUAL) -> None:
        self.name = name
        self.pace = manner.pace
        self._manner = manner
        self._stream = stream
        self._turn = threading.Lock()

    def targets(self) -> tuple[Target, ...]:
        """The terminal, or whatever standard output is."""
        return (Target(self.name, "console:stdout"),)

    def send(self, target: Target, message: Message) -> None:
        """Print the text and a blank line."""
        # sys.stdout is looked up at each send: tests and supervisors replace it.
        stream = self._stream or sys.stdout
        try:
            with self._turn:
                stream.write(_printable(self._manner.formed(message).text, stream) + "\n\n")
                stream.flush()
        except (OSError, ValueError) as closed:
            raise DeliveryError(f"{target.name} cannot be written to") from closed


def _printable(text: str, stream: TextIO) -> str:
    """The text without terminal commands, with a mark for what this stream's encoding lacks."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return plain(text).rstrip("\n").encode(encoding, "replace").decode(encoding)
