"""What all pages share: where the database is, what is configured, and how something is asked for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from watcher.config import Config
from watcher.requests import Request as Wish
from watcher.store.values import Outcome
from watcher.web.health import Verdict


def _new_token() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Site:
    """The pages of one watcher. The functions are asked at every look, so that a reload is seen.

    `ask` has a request carried out by whoever holds the database; None where that takes longer than somebody waits.
    `token` stands in every form of this process and in no other page.
    """

    database: Path
    config: Callable[[], Config]
    now: Callable[[], datetime]
    health: Callable[[], Verdict]
    figures: Callable[[], bytes]
    ask: Callable[[Wish], Outcome | None]
    token: str = field(default_factory=_new_token, repr=False)
