"""Messages and small helpers that the channel tests share."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from watcher.channels import Channel
from watcher.errors import DeliveryError
from watcher.model import Message, Severity, Target

MESSAGE = Message(
    id="20261124.7f3a",
    subject="NCT01234567: recruitment stopped",
    text="Site 12 — withdrawn (n ≥ 40)\nSecond line\n",
    html="<p>Site 12 — <b>withdrawn</b> (n ≥ 40)</p>",
    severity=Severity.MAJOR,
)


def message(**changes: Any) -> Message:
    return replace(MESSAGE, **changes)


def target_of(channel: Channel) -> Target:
    (target,) = channel.targets()
    return target


def names(channel: Channel) -> list[str]:
    return [target.name for target in channel.targets()]


def refusal(channel: Channel, target: Target | None = None, sent: Message = MESSAGE) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(target or target_of(channel), sent)
    return caught.value


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """What a program would find in its log at the level DEBUG; pytest's own caplog also sees what is held back."""
    lines: list[str] = []

    class Remembering(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name}: {record.getMessage()}")

    root, handler = logging.getLogger(), Remembering()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
