"""The words of the project as frozen values: what passes between the layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Any


class Severity(IntEnum):
    """How much a change matters to its readers; noise is recorded and never sent."""

    NOISE = 0
    MINOR = 1
    MAJOR = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """The lower-case name used in config, JSON and the database."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Severity:
        """The severity called `word`; KeyError for any other word."""
        return cls[word.upper()]


@dataclass(frozen=True, slots=True)
class Change:
    """One typed difference of one study, between two versions or in the record's life.

    `id` numbers the changes of one step from 0; `parent` is the id of the cause this one folds under.
    `old`, `new` are for people; `detail` holds the values behind them; `paths` point into the newer record
    (into the older one where the thing is gone). `registry_side`: the registry moved it, nobody filed anything.
    """

    kind: str
    severity: Severity
    nct_id: str
    sentence: str
    subject: str = ""
    old: str | None = None
    new: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    registry_side: bool = False
    id: int = 0
    parent: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The object that `watcher diff --json`, webhooks and the store share."""
        return {
            "id": self.id,
            "kind": self.kind,
            "severity": self.severity.word,
            "nct_id": self.nct_id,
            "subject": self.subject,
            "old": self.old,
            "new": self.new,
            "detail": dict(self.detail),
            "paths": list(self.paths),
            "registry_side": self.registry_side,
            "parent": self.parent,
            "sentence": self.sentence,
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Change:
        """The inverse of `as_dict`."""
        known = {name: said[name] for name in cls.__dataclass_fields__}
        return cls(**{**known, "severity": Severity.of(said["severity"]), "paths": tuple(said["paths"])})


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What a message says about the study itself, as its newest record has it; empty strings where absent."""

    nct_id: str
    title: str = ""
    acronym: str = ""
    sponsor: str = ""
    phase: str = ""
    conditions: tuple[str, ...] = ()
    status: str = ""
    submitted: str = ""
    posted: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """The changes of one study that one route selected, from one occasion (a version, or a life-cycle event).

    `key` is unique: (route, nct_id, occasion). `label` is the user's own word for the study.
    `version` and `since` are the version numbers the changes run between (None for life-cycle events).
    `notes` stand beneath the changes: what a digest left out because it was taken back inside it.
    `id` is the number it is known by once it is recorded; `silenced` maps the ids of changes that a silence keeps from
    readers to that silence's number (`changes` holds only what is told).
    """

    key: str
    route: str
    nct_id: str
    occasion: str
    observed_at: datetime
    severity: Severity
    changes: tuple[Change, ...]
    study: StudyFacts
    reason: str
    label: str = ""
    since: int | None = None
    version: int | None = None
    notes: tuple[str, ...] = ()
    id: int = 0
    silenced: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is: its name and address as one text, its country, and its point (degrees) where it has one."""

    text: str
    country: str
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A clock as it was raised, for the date as the record gave it; `silent`: told to nobody, at first sight."""

    clock: str
    threshold: int
    date: str
    silent: bool = False
    open: bool = True

    @property
    def occasion(self) -> str:
        """The occasion of its alert."""
        return f"clock:{self.clock}:{self.threshold}:{self.date}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the operator should know. `key` names it, so that it is told once.

    A condition is told when it opens and may be told again once it was resolved; an `event` is told once for ever.
    """

    key: str
    subject: str
    body: str
    event: bool = False


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


@dataclass(frozen=True, slots=True)
class WatchedStudy:
    """One study of a watch; `label` is the user's own word for it (asset, protocol number), shown in every message."""

    nct_id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A named list of studies, watched through the day `until` (None: without end)."""

    name: str
    studies: tuple[WatchedStudy, ...]
    until: date | None = None

    def label_of(self, nct_id: str) -> str | None:
        """The user's label of a study of this watch ("" where it has none); None where it is not in the watch."""
        return next((study.label for study in self.studies if study.nct_id == nct_id), None)


class Timing(StrEnum):
    """When a rule has something told: at once, at the route's own time (`when`), or never."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a preset, or of a route's own rules: what it is about (`name`), and how it is told.

    `kinds` are globs over kind names; a rule decides about changes of these kinds from `min_severity` on.
    """

    kinds: tuple[str, ...]
    min_severity: Severity
    timing: Timing
    name: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """A circle on the map: degrees of latitude and longitude (WGS 84), and a radius in kilometres."""

    latitude: float
    longitude: float
    km: float


@dataclass(frozen=True, slots=True)
class Scope:
    """Which studies and sites a route is about. An empty part means all; texts match within words, any case."""

    sponsors: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    near: Near | None = None

    @property
    def is_local(self) -> bool:
        """Whether it asks where the sites are."""
        return bool(self.countries or self.sites or self.near)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours, in the route's time zone, in which nothing below `bypass` is sent; it follows, together, at `end`."""

    start: time
    end: time
    bypass: Severity = Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Escalation:
    """A critical alert that nobody acknowledged within `after` is repeated to these channels."""

    after: timedelta
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Who wants to hear what, and when. Empty `watches` or `kinds` mean all; `kinds` are globs over kind names.

    `when` is "now", "daily HH:MM" or "weekly DAY HH:MM", in `timezone` (an IANA name): the time of everything that no
    rule has told at once. The first of `rules` that is about a change decides; where none is, a route with a `preset`
    does not tell it, and any other route tells it at its time.
    """

    name: str
    to: tuple[str, ...]
    watches: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    min_severity: Severity = Severity.MINOR
    when: str = "now"
    timezone: str = "UTC"
    preset: str = ""
    rules: tuple[Rule, ...] = ()
    scope: Scope = Scope()
    quiet: Quiet | None = None
    escalation: Escalation | None = None
    say_nothing_changed: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Silence:
    """Something nobody is to hear until a moment: empty `nct_id`, `kinds` or `route` mean any."""

    id: int
    reason: str
    created_at: datetime
    until: datetime
    nct_id: str = ""
    kinds: str = ""
    route: str = ""
    ended_at: datetime | None = None
