"""What the reading commands, the page and the exports are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watcher.model import Change, Notice, Plan, Silence, StudyFacts
from watcher.record import Snapshot
from watcher.store.values import Hold, PollState


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """A delivery as the operator sees it.

    `studies` names the first few of `study_count`; `subject` is that of a notice; `next_at` is when a pending one is
    tried next, at the earliest; `batch_id` is the delivery that tells it with others.
    """

    id: int
    form: str
    route: str
    channel: str
    target: str
    status: str
    severity: int
    studies: tuple[str, ...]
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


@dataclass(frozen=True, slots=True)
class Collecting:
    """A digest that is still collected: its window, when that closes, for how many targets and with how many alerts."""

    route: str
    window: str
    closes: datetime
    targets: int
    alerts: int


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert in a delivery, without its changes."""

    id: int
    key: str
    route: str
    nct_id: str
    label: str
    severity: int
    acknowledged_at: str | None


@dataclass(frozen=True, slots=True)
class Study:
    """A study as the reading commands show it."""

    nct_id: str
    state: str
    version: int
    checked_at: str | None
    first_seen_at: str | None
    merged_into: str | None
    facts: StudyFacts | None


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One version of a study, without its body."""

    version: int
    seen_at: str
    data_version: str
    content_digest: str


@dataclass(frozen=True, slots=True)
class StudyVersion:
    """One version with the study it is of, without its body."""

    nct_id: str
    version: int
    seen_at: str
    data_version: str
    content_digest: str


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version with its record, None where that is damaged; `site_ids` are () where they were not worked out."""

    version: int
    seen_at: datetime
    data_version: str
    snapshot: Snapshot | None
    site_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One step in the life of a study, and how many changes it brought."""

    name: str
    observed_at: datetime
    since: int | None
    version: int | None
    changes: int


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A stored change with its occasion; `said` is the object that `Change.as_dict` gave.

    `held` is the mass change that keeps it from its readers, or "".
    """

    observed_at: str
    occasion: str
    since: int | None
    version: int | None
    said: dict[str, Any]
    held: str = ""


@dataclass(frozen=True, slots=True)
class Silencing:
    """A silence, and how many alerts and changes of them it has kept back."""

    silence: Silence
    alerts: int
    changes: int


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """What the operator was told, and is not over."""

    subject: str
    body: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class HeldChange:
    """A change that a mass change holds back; `place` is where a list of them goes on behind it."""

    place: tuple[str, int]
    change: Change


@dataclass(frozen=True, slots=True)
class NoiseCount:
    """How many alerts of a route that told this kind were noise to their reader, of how many."""

    route: str
    kind: str
    noise: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Health:
    """The figures of `watcher status`."""

    studies: dict[str, int]
    versions: int
    changes: dict[str, int]
    alerts: int
    deliveries: dict[str, int]
    oldest_pending: str | None
    failing: tuple[tuple[str, str], ...]
    notices: tuple[Notice, ...]
    malformed: tuple[tuple[str | None, str], ...]
    holds: tuple[Hold, ...]
    poll: PollState
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """A study as boards and lists show it.

    `known`: whether it was ever asked for. `unread`: its record was not read for its plan yet; one that was read and
    has no `plan` cannot be read. `first_completion` is the primary completion date of its first version, "" for none.
    `changed_at` is when it last changed by more than noise, without what is held back. `clocks` are those that stand.
    """

    nct_id: str
    state: str
    version: int = 0
    merged_into: str = ""
    first_seen_at: datetime | None = None
    first_completion: str = ""
    facts: StudyFacts | None = None
    plan: Plan | None = None
    unread: bool = False
    changed_at: datetime | None = None
    clocks: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """How one study stands, for counting: the database's state and version, and the record's status."""

    state: str
    version: int
    status: str
    changed_at: datetime | None
