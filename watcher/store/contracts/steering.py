"""What readers and operators steer: silences, answers, requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from watcher.model import Silence
from watcher.store.shown import NoiseCount, Silencing
from watcher.store.values import Outcome


class SilencesVerbs(Protocol):
    """What nobody is to hear for a while, and what each silence has kept back."""

    def active(self, now: datetime) -> tuple[Silence, ...]:
        """What is silenced at `now`, oldest first; a silence expires by itself."""

    def all(self) -> tuple[Silencing, ...]:
        """Every silence, newest first, with how many alerts and changes it has kept back."""

    def add(self, key: str, silence: Silence) -> Silence:
        """Add a silence under its number, in effect also for what is owed and untried; the same key adds nothing.

        One of a single route leaves alone what is owed: another route may have left a change to that one.
        """

    def end(self, silence_id: int, now: datetime) -> Silence:
        """End a silence before its time, once; what it kept back stays untold. UsageError where there is none."""


class AnswersVerbs(Protocol):
    """Each alert is answered once: the first time counts."""

    def acknowledge(self, alert_ids: Sequence[int], now: datetime) -> None:
        """Somebody has seen these alerts, and those that tell the same; UsageError, and none, for an unknown one."""

    def mark_as_noise(self, alert_ids: Sequence[int], now: datetime) -> None:
        """These alerts were noise to their reader; UsageError, and none, for an unknown one."""

    def noise(self) -> tuple[NoiseCount, ...]:
        """How many alerts were noise, by route and kind, of how many; worst first."""

    def unacknowledged(self, since: datetime) -> int:
        """How many critical alerts, made from `since` on, nobody has acknowledged."""


class RequestsVerbs(Protocol):
    """What commands asked of the process that holds the store, and what came of it."""

    def outcome(self, request_id: str) -> Outcome | None:
        """What came of a request; None while it is not carried out."""

    def settle(self, request_id: str, verb: str, outcome: Outcome, now: datetime) -> None:
        """Record what came of a request; the first time counts. Old ones may be forgotten."""
