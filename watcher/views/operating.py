"""How the watcher stands, as objects: status, deliveries, silences, mass changes, watches and their searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypedDict, cast

from watcher.model import Change, Notice, Search, Searched, Severity, Silence, Sweep, Watch, WatchedStudy
from watcher.store.shown import DeliveryInfo, Health, NoiseCount, Silencing, ToldAlert
from watcher.store.values import Hold, PollState
from watcher.views.objects import ChangeObject, Moment, plain_change

RECENT = timedelta(days=30)
"""So far back critical alerts count that nobody has acknowledged."""


@dataclass(frozen=True, slots=True)
class Steered:
    """What readers made of their alerts, and what is kept from them; of the critical ones those of `RECENT` count."""

    silences: tuple[Silence, ...]
    noise: tuple[NoiseCount, ...]
    unacknowledged_critical: int


class StatusObject(TypedDict):
    """The figures of the watcher. `process` is the one that holds the database, null where none does."""

    studies: dict[str, int]
    versions: int
    changes: dict[str, int]
    alerts: int
    deliveries: dict[str, int]
    oldest_pending: str | None
    failing: list[tuple[str, str]]
    notices: list[Notice]
    malformed: list[tuple[str | None, str]]
    holds: list[HoldObject]
    poll: PollState
    rehearsal: bool
    database: str
    process: str | None
    silences: list[Silence]
    noise: list[NoiseCount]
    unacknowledged_critical: int


class DeliveryObject(TypedDict):
    """One message owed to one target. `studies` names the first few of `study_count`."""

    id: int
    form: str
    route: str
    channel: str
    target: str
    status: str
    severity: str
    studies: list[str]
    study_count: int
    subject: str
    window: str
    attempts: int
    first_due_at: str
    next_at: str | None
    settled_at: str | None
    error: str
    batch_id: int | None
    message_id: str


class SilencingObject(TypedDict):
    """What nobody is to hear until a moment, and how much of it was kept back; an empty text means any."""

    id: int
    reason: str
    created_at: Moment
    until: Moment
    nct_id: str
    kinds: str
    route: str
    ended_at: Moment | None
    alerts: int
    changes: int


class HoldObject(TypedDict):
    """A mass change that is held back until the operator decides, or was."""

    id: str
    fingerprint: str
    data_refresh: str
    opened_at: str
    decision: str
    decided_at: str | None
    studies: int
    changes: int


class WholeHoldObject(HoldObject):
    """A mass change with the first of the changes it holds back."""

    held: list[ChangeObject]


class SweepObject(TypedDict):
    """One pass over the pages of a search, as far as it has come; `total` is null where the registry did not say."""

    watch: str
    whole: bool
    asked: dict[str, str]
    data_refresh: str
    token: None
    pages: int
    found: int
    total: int | None


class SearchObject(TypedDict):
    """A saved search: what the registry is asked, how it stands, and the sweep that is under way."""

    watch: str
    parameters: dict[str, str]
    state: Searched | None
    under_way: SweepObject | None


class WatchObject(TypedDict):
    """A watch: its listed studies, or what its search asks."""

    name: str
    until: date | None
    studies: list[WatchedStudy]
    search: SearchObject | None


def status_object(health: Health, database: Path, process: str, steered: Steered) -> StatusObject:
    """The figures of `watcher status`."""
    said = {**asdict(health), "database": str(database), "process": process or None, **asdict(steered)}
    return cast(StatusObject, said)


def delivery_object(delivery: DeliveryInfo) -> DeliveryObject:
    """A delivery, as the operator sees it."""
    return cast(DeliveryObject, {**asdict(delivery), "severity": Severity(delivery.severity).word})


def told_alert_object(alert: ToldAlert) -> dict[str, Any]:
    """An alert inside a delivery."""
    return {**asdict(alert), "severity": Severity(alert.severity).word}


def silence_object(entry: Silencing) -> SilencingObject:
    """A silence, and what it has kept back."""
    return cast(SilencingObject, {**asdict(entry.silence), "alerts": entry.alerts, "changes": entry.changes})


def hold_object(hold: Hold) -> HoldObject:
    """A mass change."""
    return cast(HoldObject, asdict(hold))


def whole_hold_object(hold: Hold, changes: Sequence[Change]) -> WholeHoldObject:
    """A mass change with what it holds back."""
    return {**hold_object(hold), "held": [plain_change(change) for change in changes]}


def search_object(watch: str, search: Search, state: Searched | None, sweep: Sweep | None) -> SearchObject:
    """The search of a watch; the token of a sweep is nobody else's business."""
    said = {
        "watch": watch,
        "parameters": dict(search.parameters),
        "state": asdict(state) if state else None,
        "under_way": {**asdict(sweep), "token": None} if sweep else None,
    }
    return cast(SearchObject, said)


def watch_object(watch: Watch, search: SearchObject | None) -> WatchObject:
    """A watch."""
    return {"name": watch.name, "until": watch.until, "studies": list(watch.studies), "search": search}
