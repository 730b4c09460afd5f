"""What was told, to whom, and what became of it: the facts that the explaining commands put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watcher.alerts.routes import Step
from watcher.alerts.schedule import DeliveryStatus
from watcher.model import Alert, Change, Form, Severity


@dataclass(frozen=True, slots=True)
class Handover:
    """One delivery of an alert to one target; `without` are the ids of its changes another route tells this target.

    `batch` is the delivery that tells it together with others, where there is one.
    """

    id: int
    form: Form
    route: str
    window: str
    target: str
    status: DeliveryStatus
    due_at: datetime
    attempts: int
    message_id: str
    error: str = ""
    settled_at: datetime | None = None
    without: tuple[int, ...] = ()
    batch: Handover | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An alert with all that is known of it: `kept` are the changes that a silence keeps from its readers."""

    alert: Alert
    kept: tuple[Change, ...] = ()
    acknowledged_at: datetime | None = None
    noise_at: datetime | None = None
    deliveries: tuple[Handover, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which alerts are asked for."""

    nct_id: str = ""
    route: str = ""
    since: datetime | None = None
    min_severity: Severity = Severity.NOISE
    unacknowledged: bool = False
    limit: int = 50


class State(StrEnum):
    """What a reader answered, as an inbox is asked for it; what is silenced is in none but the last."""

    ANY = "all"
    UNREAD = "unread"
    READ = "acknowledged"
    NOISE = "noise"
    SILENCED = "silenced"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which part of an inbox is asked for.

    `studies` are the numbers of a list, None where any will do; `search` is a watch whose search has found the study.
    `kinds` are kinds of change by their names. An alert counts that was made at `since` or later, and before `until`.
    `before` and `after` are numbers of alerts: only older ones, or only newer ones and of those the oldest.
    """

    studies: tuple[str, ...] | None = None
    search: str = ""
    route: str = ""
    kinds: tuple[str, ...] = ()
    min_severity: Severity = Severity.NOISE
    since: datetime | None = None
    until: datetime | None = None
    state: State = State.ANY
    before: int | None = None
    after: int | None = None
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Found:
    """A page of an inbox, newest first: each entry is one step of one study, with the alert of every route.

    `older` is from where on to look for what is older, None where there is nothing; `is_newest`: nothing is newer.
    `looked_to` is when the oldest alert was made that was looked at, where looking ended before the page was full.
    """

    entries: tuple[tuple[Account, ...], ...]
    older: int | None = None
    is_newest: bool = True
    looked_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """That an alert of a route holds a change, told or kept back by a silence (0: by none)."""

    route: str
    alert: int
    silence: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded step: for each of its changes, by id, the alerts that hold it, and the hold that keeps it back.

    `holds` maps the ids of changes that were held back to the mass change and what was decided of it.
    """

    step: Step
    told: dict[int, tuple[Told, ...]]
    holds: dict[int, tuple[str, str]]
