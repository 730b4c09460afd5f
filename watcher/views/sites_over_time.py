"""The sites of a study over its versions: how many stood in which status, and each one's own history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from watcher.changes.language.words import clipped, counted, status_label
from watcher.views.life import Glimpse, SiteRow

# Those that take participants first, those that are over last.
_ORDER = (
    "RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE", "NOT_YET_RECRUITING", "TEMPORARILY_NOT_AVAILABLE",
    "ACTIVE_NOT_RECRUITING", "SUSPENDED", "COMPLETED", "TERMINATED", "WITHDRAWN", "NO_LONGER_AVAILABLE",
)  # fmt: skip
_PLACE = {status: place for place, status in enumerate(_ORDER)}
OPEN = frozenset(("RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"))
"""The statuses in which a site takes participants."""
# Statuses that get a line of their own; a record that invents more has the rest in one.
_MOST_STATUSES = 10
_REST = "other statuses"
_LONGEST = 200
# Of what a site was before, so much is told.
_MOST_STAYS = 8


@dataclass(frozen=True, slots=True)
class Stay:
    """A status that a site had: from which version and day on, and for how many days (None: it has it still).

    With `listed` False, the time between two stays in which the list did not have it.
    """

    status: str
    version: int
    since: date
    days: int | None
    listed: bool = True

    @property
    def label(self) -> str:
        """The registry's word for it."""
        return clipped(status_label(self.status), _LONGEST) if self.listed else "not listed"


@dataclass(frozen=True, slots=True)
class SiteLife:
    """A site with what it was: its stays, oldest first. `gone` is the day since which it is not listed any more.

    `from_start`: it stands in the first version, so that nobody knows since when its first status stands.
    """

    id: str
    row: SiteRow
    stays: tuple[Stay, ...]
    from_start: bool
    gone: date | None = None

    @property
    def now(self) -> Stay:
        """The status that it has, or had last."""
        return self.stays[-1]

    @property
    def since(self) -> str:
        """Since when it has its status, as far as is known."""
        seen_first = self.from_start and len(self.stays) == 1
        return f"first seen {self.now.since}" if seen_first else str(self.now.since)

    @property
    def before(self) -> str:
        """What it was before, newest first, with the days of each."""
        told = [f"{stay.label} {stay.days} d" for stay in self.stays[:-1]]
        if told and self.from_start:
            told[0] = f"{self.stays[0].label} at least {self.stays[0].days} d"
        return "; ".join(told[: -_MOST_STAYS - 1 : -1])

    @property
    def place(self) -> str:
        """City and state."""
        return ", ".join(clipped(part, 80) for part in (self.row.city, self.row.state) if part)

    @property
    def name(self) -> str:
        """The facility."""
        return clipped(self.row.facility, 160) or "Unnamed"

    @property
    def open(self) -> bool:
        """Whether it takes participants."""
        return self.gone is None and self.now.status in OPEN


@dataclass(frozen=True, slots=True)
class CountryLife:
    """The sites of a country, open ones first."""

    name: str
    sites: tuple[SiteLife, ...]

    @property
    def told(self) -> str:
        """How many there are, as in: 12 sites, 5 open, 2 no longer listed."""
        listed = [site.now.status for site in self.sites if site.gone is None]
        parts = [counted(len(listed), "site"), _open_told(listed)] if listed else ["none now"]
        gone = len(self.sites) - len(listed)
        return ", ".join([*parts, f"{gone} no longer listed"] if gone else parts)


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """How many sites had a status, version by version."""

    label: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SitesLife:
    """The sites over all versions, oldest first."""

    versions: tuple[Glimpse, ...]
    statuses: tuple[StatusCounts, ...]
    countries: tuple[CountryLife, ...]
    told: str

    @property
    def listed(self) -> int:
        """How many sites the newest version lists."""
        return len(self.versions[-1].sites) if self.versions else 0

    @property
    def moved(self) -> bool:
        """Whether there is anything to draw."""
        return len(self.versions) > 1 and bool(self.statuses)


def sites_life(versions: Sequence[Glimpse]) -> SitesLife:
    """The sites of these versions, oldest first."""
    statuses = _statuses(versions)
    return SitesLife(tuple(versions), statuses, _countries(_sites(versions)), _told(versions))


def _statuses(versions: Sequence[Glimpse]) -> tuple[StatusCounts, ...]:
    counts = [Counter([row.status for row in seen.sites.values()]) for seen in versions]
    found = sorted(set().union(*counts), key=_rank)
    shown, rest = found[:_MOST_STATUSES], found[_MOST_STATUSES:]
    rows = [StatusCounts(clipped(status_label(name), 40), tuple(count[name] for count in counts)) for name in shown]
    if rest:
        rows.append(StatusCounts(_REST, tuple(sum(count[name] for name in rest) for count in counts)))
    return tuple(rows)


def _rank(status: str) -> tuple[int, str]:
    """The place of a status; what the registry's list does not have comes after it, and none at all last."""
    return _PLACE.get(status, len(_PLACE) + (not status)), status


class _Growing:
    """A site while the versions are read; `status` is that of the version before, None where it was not listed."""

    __slots__ = ("first", "row", "status", "stays")

    def __init__(self, seen: Glimpse, row: SiteRow) -> None:
        self.first = seen.version
        self.stays = list[tuple[str | None, Glimpse]]()
        self.enter(seen, row)

    def enter(self, seen: Glimpse, row: SiteRow) -> None:
        """It is listed with a status that it had not before, or again."""
        self.status: str | None = row.status
        self.row = row
        self.stays.append((row.status, seen))

    def leave(self, seen: Glimpse) -> None:
        """It is listed no longer."""
        self.status = None
        self.stays.append((None, seen))


def _sites(versions: Sequence[Glimpse]) -> list[SiteLife]:
    growing: dict[str, _Growing] = {}
    listed: Iterable[str] = ()
    for seen in versions:
        for number, row in seen.sites.items():
            site = growing.get(number)
            if site is None:
                growing[number] = _Growing(seen, row)
            elif site.status == row.status:
                site.row = row
            else:
                site.enter(seen, row)
        for number in listed:
            if number not in seen.sites:
                growing[number].leave(seen)
        listed = seen.sites.keys()
    first = versions[0].version if versions else 0
    return [_life(number, site, first) for number, site in growing.items()]


def _life(number: str, site: _Growing, first: int) -> SiteLife:
    gone = site.stays[-1][1].day if site.status is None else None
    told = site.stays if gone is None else site.stays[:-1]
    ends = [seen.day for _, seen in told[1:]] + [gone]
    stays = tuple(
        Stay(status or "", seen.version, seen.day, (end - seen.day).days if end else None, status is not None)
        for (status, seen), end in zip(told, ends, strict=True)
    )
    return SiteLife(number, site.row, stays, site.first == first, gone)


def _countries(sites: Iterable[SiteLife]) -> tuple[CountryLife, ...]:
    """Countries by name, in each the open sites first and those that are gone last."""
    ranked = sorted(
        sites, key=lambda site: (site.row.country, site.gone is not None, _rank(site.now.status), _at(site))
    )
    return tuple(
        CountryLife(clipped(name, _LONGEST) or "No country given", tuple(alike))
        for name, alike in groupby(ranked, key=lambda site: site.row.country)
    )


def _at(site: SiteLife) -> tuple[str, str]:
    return site.row.city, site.row.facility


def _told(versions: Sequence[Glimpse]) -> str:
    if not any(seen.sites for seen in versions):
        return "No version lists a site."
    now = versions[-1].sites.values()
    said = f"{counted(len(now), 'site')} in {counted(len({row.country for row in now}), 'country', 'countries')}"
    return f"{said}, {_open_told([row.status for row in now])}{_at_first(versions)}."


def _at_first(versions: Sequence[Glimpse]) -> str:
    if len(versions) == 1:
        return ""
    first = versions[0].sites.values()
    return f"; {counted(len(first), 'site')}, {_open_told([row.status for row in first])}, when first seen"


def _open_told(statuses: Sequence[str]) -> str:
    """How many of these are open; a record whose study recruits no longer may give no site a status."""
    if statuses and not any(statuses):
        return "no site status given"
    return f"{sum(status in OPEN for status in statuses)} open"
