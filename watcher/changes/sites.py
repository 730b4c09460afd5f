"""Sites: rows that come and go, and what happens to a row that stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from watcher.changes.reading import Finding, Pair, Row, Verb, Version
from watcher.changes.rules import When
from watcher.changes.site_identity import Matching, Site, match
from watcher.changes.status import LOCATIONS, OPEN, OVERALL
from watcher.changes.words import counted, status_label
from watcher.record import canonical, folded

_ENDED_ROWS = frozenset({"WITHDRAWN", "TERMINATED", "COMPLETED"})
_TO = {"WITHDRAWN": "withdrawn", "SUSPENDED": "suspended", "TERMINATED": "terminated", "COMPLETED": "completed"}
_ADDRESS = ("city", "state", "zip", "country")


class Sites:
    """Everything that can be said of the list of sites."""

    verbs: Mapping[str, Verb] = {
        "added": Verb(
            "a site that no earlier site matches, whatever status it arrives with",
            "New site: {subject}{status}; {count} now.",
        ),
        "removed": Verb("a site gone from the list", "Site no longer listed: {subject}{status}; {count} now."),
        "opened": Verb(
            "not yet (or absent) -> recruiting or by invitation, the overall status unchanged",
            "Site opened: {subject}{move}.",
        ),
        "closed": Verb("recruiting -> active, not recruiting", "Site closed to enrolment: {subject}{move}."),
        "completed": Verb("-> completed", "Site completed: {subject}{move}."),
        "withdrawn": Verb("-> withdrawn", "Site withdrawn: {subject}{move}."),
        "suspended": Verb("-> suspended", "Site suspended: {subject}{move}."),
        "terminated": Verb("-> terminated", "Site terminated: {subject}{move}."),
        "reopened": Verb(
            "closed, completed, suspended, terminated or withdrawn -> recruiting or by invitation",
            "Site reopened: {subject}{move}.",
        ),
        "stepped_back": Verb("any other move of a site's status", "Site status moved: {subject}{move}."),
        "status_shown": Verb(
            "a status appeared because the overall status moved", "Site status shown: {subject}{move}."
        ),
        "status_cleared": Verb("a site's status is no longer shown", "Site status no longer shown: {subject}{move}."),
        "renamed": Verb("the same site under another spelling or name", "Site renamed: {old} -> {new}."),
        "address_corrected": Verb(
            "the same site, corrected address", "Site address corrected: {subject}: {old} -> {new}."
        ),
        "duplicate_collapsed": Verb(
            "one of several rows of the same site appeared or disappeared", "Duplicate row of a site: {subject}."
        ),
        "contact_changed": Verb("names, phones, e-mails of a site", "Site contact changed: {subject}."),
        "geo_changed": Verb("re-geocoded by the registry", "Site coordinates changed: {subject}."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding per site and thing that happened to it, whatever the order of the lists."""
        lists = pair.old.at(LOCATIONS), pair.new.at(LOCATIONS)
        if lists[0] == lists[1] or not all(isinstance(value, list | None) for value in lists):
            return
        old, new = _sites(pair.old), _sites(pair.new)
        matching = match(old, new)
        names = _Names(old, new)
        for before, after in matching.same:
            yield from _same_site(before, after, names, pair)
        yield from _came_and_went(matching, names, pair)


class _Names:
    """Subjects that tell the sites of this study apart: with the postcode where a name stands twice."""

    def __init__(self, old: list[Site], new: list[Site]) -> None:
        shared = (name for sites in (old, new) for name, rows in Counter(s.name for s in sites).items() if rows > 1)
        self._ambiguous = frozenset(shared)

    def of(self, site: Site) -> str:
        return site.full_name if site.name in self._ambiguous else site.name


def _sites(side: Version) -> list[Site]:
    value = side.at(LOCATIONS)
    rows = enumerate(value) if isinstance(value, list) else ()
    return [Site(index, row) for index, row in rows if isinstance(row, dict)]


def _path(site: Site, field: str = "") -> str:
    return f"{LOCATIONS}[{site.index}]{field and '.'}{field}"


def _came_and_went(matching: Matching, names: _Names, pair: Pair) -> Iterator[Finding]:
    kept_old = {_door(before) for before, _ in matching.same}
    kept_new = {_door(after) for _, after in matching.same}
    count = counted(len(_sites(pair.new)), "site")
    for site in matching.gone:
        yield _duplicate(site, names) if _door(site) in kept_old else _removed(site, names, count, pair)
    for site in matching.new:
        yield _duplicate(site, names) if _door(site) in kept_new else _added(site, names, count)


def _door(site: Site) -> tuple[str, ...]:
    """What copies of a row share. Sponsors call many sites alike, so another postcode is another site."""
    return (*site.place, folded(site.text("zip")))


def _duplicate(site: Site, names: _Names) -> Finding:
    return Finding("duplicate_collapsed", (_path(site),), names.of(site), site.name, site.name)


def _added(site: Site, names: _Names, count: str) -> Finding:
    status = site.text("status")
    words = {"status": f", {status_label(status)}" if status else "", "count": count}
    return Finding("added", (_path(site),), names.of(site), "not listed", status or "listed", words)


def _removed(site: Site, names: _Names, count: str, pair: Pair) -> Finding:
    status = site.text("status")
    told = f" (entry deleted; it was {status_label(status)})" if status in _ENDED_ROWS else ""
    told = told or (f" (was {status_label(status)})" if status else "")
    loses = status in OPEN and pair.new.text(OVERALL) in OPEN
    return Finding(
        "removed",
        (_path(site),),
        names.of(site),
        status or "listed",
        "not listed",
        {"status": told, "count": count},
        {When.LOSES_OPEN_SITE: float(loses)},
    )


def _same_site(old: Site, new: Site, names: _Names, pair: Pair) -> Iterator[Finding]:
    if old.canonical == new.canonical:
        return
    yield from _status_moved(old, new, names, pair)
    yield from _relabelled(old, new, names)
    before, after = old.row.get("contacts"), new.row.get("contacts")
    if canonical(before) != canonical(after):
        detail = {"shown_before": bool(before), "shown_now": bool(after)}
        yield Finding("contact_changed", (_path(new, "contacts"),), names.of(new), detail=detail)
    if _regeocoded(old, new):
        yield Finding("geo_changed", (_path(new, "geoPoint"),), names.of(new), _geo(old), _geo(new))


def _status_moved(old: Site, new: Site, names: _Names, pair: Pair) -> Iterator[Finding]:
    before, after = old.text("status"), new.text("status")
    if before == after:
        return
    overall_moved = pair.old.text(OVERALL) != pair.new.text(OVERALL)
    move = f" ({status_label(before)} -> {status_label(after)})"
    yield Finding(
        status_verb(before, after, overall_moved=overall_moved),
        (_path(new, "status") if after else _path(new),),
        names.of(new),
        before or None,
        after or None,
        {"move": move},
    )


def status_verb(old: str, new: str, *, overall_moved: bool) -> str:
    """The verb for a site whose status went from `old` to `new` ("" where none is shown)."""
    if not new:
        return "status_cleared"
    if not old and overall_moved:
        return "status_shown"
    if new in _TO:
        return _TO[new]
    if new in OPEN:
        return _opening_verb(old)
    if not old:
        return "status_shown"
    return "closed" if new == "ACTIVE_NOT_RECRUITING" and old in OPEN else "stepped_back"


def _opening_verb(old: str) -> str:
    if old in {"", "NOT_YET_RECRUITING"}:
        return "opened"
    return "stepped_back" if old in OPEN else "reopened"


def _relabelled(old: Site, new: Site, names: _Names) -> Iterator[Finding]:
    if old.text("facility") != new.text("facility"):
        yield Finding(
            "renamed",
            (_path(new, "facility"),),
            names.of(new),
            old.text("facility") or None,
            new.text("facility") or None,
        )
    moved = [key for key in _ADDRESS if old.text(key) != new.text(key)]
    if moved:
        yield Finding(
            "address_corrected",
            tuple(_path(new, key) for key in moved),
            names.of(new),
            ", ".join(f"{key} {old.text(key) or 'absent'}" for key in moved),
            ", ".join(f"{key} {new.text(key) or 'absent'}" for key in moved),
        )


def _regeocoded(old: Site, new: Site) -> bool:
    """Whether the registry moved the point; where the address moved too, the point is part of that correction."""
    moved = any(canonical(old.row.get(key)) != canonical(new.row.get(key)) for key in ("geoPoint", "countryCode"))
    return moved and all(old.text(key) == new.text(key) for key in _ADDRESS)


def _geo(site: Site) -> str | None:
    point = site.row.get("geoPoint")
    if not isinstance(point, dict):
        return None
    return f"{point.get('lat')}, {point.get('lon')}"
