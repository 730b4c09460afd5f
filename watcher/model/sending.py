"""What leaves the house: messages, what they are, and whom they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from watcher.model.telling import Severity


class Form(StrEnum):
    """What a delivery is: one alert, a digest, many alerts that were due at once, a repeated alert, or a notice."""

    ALERT = "alert"
    DIGEST = "digest"
    BATCH = "batch"
    ESCALATION = "escalation"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message where the channel can carry one."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready for any channel. `id` is stable over retries (Message-ID, Idempotency-Key).

    `text` and `html` are for mail, `slack` is in Slack's mrkdwn with registry text escaped, `chat` is plain text for
    other chats, without the evidence, `short` is for phones;
    `event` is what a signed webhook posts. `route` names the route it was sent for ("" for notices and batches).
    """

    id: str
    subject: str
    text: str
    html: str
    severity: Severity
    thread: str = ""
    slack: str = ""
    chat: str = ""
    short: str = ""
    route: str = ""
    event: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """One recipient of one channel: the unit a delivery is owed to. `name` holds no secret."""

    channel: str
    name: str

    @property
    def key(self) -> str:
        """`channel/name`, as the outbox stores it."""
        return f"{self.channel}/{self.name}"
