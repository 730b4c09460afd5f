"""Who wants to hear what: watches, routes with their rules and scopes, silences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from watcher.model.searching import Search
from watcher.model.telling import Severity


@dataclass(frozen=True, slots=True)
class WatchedStudy:
    """One study of a watch; `label` is the user's own word for it (asset, protocol number), shown in every message."""

    nct_id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A named list of studies, or a saved search, watched through the day `until` (None: without end).

    `members` are studies that a search has found, as far as somebody has asked the store for them.
    """

    name: str
    studies: tuple[WatchedStudy, ...] = ()
    until: date | None = None
    search: Search | None = None
    members: frozenset[str] = frozenset()

    def label_of(self, nct_id: str) -> str | None:
        """The user's label of a study of this watch ("" where it has none); None where it is not in the watch."""
        if nct_id in self.members:
            return ""
        return next((study.label for study in self.studies if study.nct_id == nct_id), None)

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and today > self.until


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

    def holds_at(self, moment: datetime) -> bool:
        """Whether it was, is or will be in effect."""
        return self.created_at <= moment < min(self.until, self.ended_at or self.until)
