"""What happened and what is told of it: severities, changes, alerts, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
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
