"""What the page of a study reads of each of its versions: status, dates, enrolment, and where its sites stand.

A record is large and little of it is needed: the rest is passed over, unread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from watcher.changes.plan.enrollment import UNKNOWN_COUNT
from watcher.changes.reading import Version
from watcher.errors import MalformedRecord
from watcher.record import PartialDate, Snapshot
from watcher.store.shown import StoredVersion

_P = "protocolSection"
_LOCATIONS = f"{_P}.contactsLocationsModule.locations"
# More participants than there are people: nothing a chart could show.
_MOST = 10**10


class SiteRow(msgspec.Struct, frozen=True):
    """One row of a version's list of sites, "" for what it does not say."""

    facility: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    status: str = ""


class _Date(msgspec.Struct):
    date: str = ""
    type: str = ""


class _Status(msgspec.Struct, rename="camel"):
    overall_status: str = ""
    start_date_struct: _Date = msgspec.field(default_factory=_Date)
    primary_completion_date_struct: _Date = msgspec.field(default_factory=_Date)
    completion_date_struct: _Date = msgspec.field(default_factory=_Date)


class _Enrolment(msgspec.Struct):
    count: Any = None
    type: str = ""


class _Design(msgspec.Struct, rename="camel"):
    enrollment_info: _Enrolment = msgspec.field(default_factory=_Enrolment)


class _Contacts(msgspec.Struct):
    locations: Sequence[SiteRow | None] = ()


class _Protocol(msgspec.Struct, rename="camel"):
    status_module: _Status = msgspec.field(default_factory=_Status)
    design_module: _Design = msgspec.field(default_factory=_Design)
    contacts_locations_module: _Contacts = msgspec.field(default_factory=_Contacts)


class _Record(msgspec.Struct, rename="camel"):
    protocol_section: _Protocol = msgspec.field(default_factory=_Protocol)


_plainly = msgspec.json.Decoder(_Record)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of the plan as a version has it: `day` is None where the text is no date; `type` ACTUAL or ESTIMATED."""

    text: str
    day: PartialDate | None
    type: str

    @property
    def actual(self) -> bool:
        """Whether the day has come, as the record says."""
        return self.type == "ACTUAL"

    def __str__(self) -> str:
        return f"{self.text} ({self.type.lower()})" if self.type else self.text


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How many participants: a target, or once `type` is ACTUAL those that took part."""

    count: int
    type: str

    @property
    def actual(self) -> bool:
        """Whether these took part, as the record says."""
        return self.type == "ACTUAL"

    def __str__(self) -> str:
        return f"{self.count} ({self.type.lower()})" if self.type else str(self.count)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One version at a glance; `sites` are its rows by the identifiers of the sites, in the order of its list."""

    version: int
    seen_at: datetime
    status: str
    start: Dated | None
    primary_completion: Dated | None
    completion: Dated | None
    enrolment: Enrolment | None
    sites: Mapping[str, SiteRow]

    @property
    def day(self) -> date:
        """The day on which it was seen."""
        return self.seen_at.date()


@dataclass(frozen=True, slots=True)
class Seen:
    """That a version was seen, and whether its record can be read still."""

    version: int
    seen_at: datetime
    data_version: str
    readable: bool


@dataclass(frozen=True, slots=True)
class Life:
    """The versions of a study: all of them newest first, those that can be read at a glance, oldest first.

    `newest` is the newest record that can be read; None where none can.
    """

    seen: tuple[Seen, ...]
    glimpses: tuple[Glimpse, ...]
    newest: Snapshot | None


def life_of(stored: Iterable[StoredVersion]) -> Life:
    """A life, read version by version, newest first."""
    seen, glimpses = list[Seen](), list[Glimpse]()
    newest: Snapshot | None = None
    alike: dict[Any, Any] = {}
    for one in stored:
        glimpse = _glimpse_in(one, alike)
        seen.append(Seen(one.version, one.seen_at, one.data_version, glimpse is not None))
        if glimpse is not None:
            glimpses.append(glimpse)
            newest = newest or one.snapshot
    return Life(tuple(seen), tuple(reversed(glimpses)), newest)


def _glimpse_in(stored: StoredVersion, alike: dict[Any, Any]) -> Glimpse | None:
    try:
        return glimpse_of(stored.version, stored.snapshot, stored.site_ids, alike) if stored.snapshot else None
    except MalformedRecord:
        return None


def glimpse_of(
    version: int, snapshot: Snapshot, site_ids: Sequence[str] = (), alike: dict[Any, Any] | None = None
) -> Glimpse:
    """A version at a glance; MalformedRecord where nothing can be read of it.

    `site_ids` are the identifiers of its sites in the order of its list; those that do not fit are made anew. Sites
    that are in `alike` already are taken from there: hundreds of versions have the same thousands.
    """
    alike = {} if alike is None else alike
    protocol = _read(snapshot)
    status, rows = protocol.status_module, protocol.contacts_locations_module.locations
    ids = site_ids if len(site_ids) == len(rows) else known_site_ids(snapshot, ())
    return Glimpse(
        version=version,
        seen_at=snapshot.seen_at,
        status=status.overall_status.strip(),
        start=_dated(status.start_date_struct),
        primary_completion=_dated(status.primary_completion_date_struct),
        completion=_dated(status.completion_date_struct),
        enrolment=_enrolment(protocol.design_module.enrollment_info),
        sites={
            alike.setdefault(site, site): alike.setdefault(row, row)
            for site, row in zip(ids, rows, strict=False)
            if site and row
        },
    )


def known_site_ids(snapshot: Snapshot, stored: Sequence[str]) -> Sequence[str]:
    """The identifiers of a version's sites: those that were stored, else made from its record as at first sight."""
    if stored:
        return stored
    # Loaded for versions whose sites were never compared, as the first one.
    from watcher.changes.sites.identity import site_ids

    return site_ids(Version(snapshot.record).at(_LOCATIONS))


def _read(snapshot: Snapshot) -> _Protocol:
    try:
        return _plainly.decode(snapshot.raw).protocol_section
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _read_forgivingly(Version(snapshot.record))


def _read_forgivingly(side: Version) -> _Protocol:
    """The same of a record of which a part has another shape: that part counts as absent."""
    status, info = f"{_P}.statusModule", f"{_P}.designModule.enrollmentInfo"
    dates = {
        name: _Date(side.text(f"{status}.{key}.date"), side.text(f"{status}.{key}.type"))
        for name, key in (
            ("start_date_struct", "startDateStruct"),
            ("primary_completion_date_struct", "primaryCompletionDateStruct"),
            ("completion_date_struct", "completionDateStruct"),
        )
    }
    rows = side.at(_LOCATIONS)
    sites = [_row(row) if isinstance(row, dict) else None for row in rows] if isinstance(rows, list) else ()
    return _Protocol(
        _Status(side.text(f"{status}.overallStatus"), **dates),
        _Design(_Enrolment(side.at(f"{info}.count"), side.text(f"{info}.type"))),
        _Contacts(sites),
    )


def _row(row: Mapping[str, Any]) -> SiteRow:
    texts = ((name, row.get(name)) for name in SiteRow.__struct_fields__)
    return SiteRow(**{name: text for name, text in texts if isinstance(text, str)})


def _dated(said: _Date) -> Dated | None:
    text = said.date.strip()
    return Dated(text, PartialDate.parse(text), said.type.strip()) if text else None


def _enrolment(said: _Enrolment) -> Enrolment | None:
    count = said.count
    if not isinstance(count, int) or isinstance(count, bool) or count == UNKNOWN_COUNT or not 0 <= count < _MOST:
        return None
    return Enrolment(count, said.type.strip())
