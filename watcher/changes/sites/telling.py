"""Sites: rows that come and go, and what happens to a row that stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from watcher.changes.language.words import clipped, counted, status_label
from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.changes.rules import When
from watcher.changes.sites.countries import same_country
from watcher.changes.sites.identity import ids_after, ids_of, sites_of
from watcher.changes.sites.likeness import spelt_alike
from watcher.changes.sites.matching import Match, Matching, match
from watcher.changes.sites.moves import ENDED, MOVES, status_verb
from watcher.changes.sites.site import Site
from watcher.changes.status.moves import LOCATIONS, OPEN, OVERALL
from watcher.record import canonical

_ADDRESS = ("city", "state", "zip", "country")
_SHAPED = ("facility", "status", *_ADDRESS)


class Sites:
    """Everything that can be said of the list of sites."""

    verbs: Mapping[str, Verb] = {
        "added": Verb(
            "a site that no earlier site matches, whatever status it arrives with",
            "New site: {subject}{status}; {count} now.",
        ),
        "removed": Verb("a site gone from the list", "Site no longer listed: {subject}{status}; {count} now."),
        "possibly_replaced": Verb(
            "one gone, one new in the same town; a rename cannot be excluded",
            "Site no longer listed: {old}; listed now in the same town: {new}. A rename cannot be excluded.",
        ),
        **MOVES,
        "identified": Verb("a label that names nobody -> a named facility", "Site now listed by name: {old} -> {new}."),
        "anonymised": Verb(
            "a named facility -> a label that names nobody", "Site no longer listed by name: {old} -> {new}."
        ),
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
        told = False
        for finding in _Telling(pair).findings():
            told = True
            yield finding
        if not told and _well_shaped(*lists):
            # What is left is order, blanks around a text, and the registry's names of countries.
            yield Finding("", row.paths)


def _well_shaped(*lists: Any) -> bool:
    rows = [row for rows in lists for row in rows or ()]
    return all(isinstance(row, dict) and all(isinstance(row.get(key, ""), str) for key in _SHAPED) for row in rows)


@dataclass(frozen=True)
class _Telling:
    """Two lists of sites, matched, and everything that a sentence about one of their rows needs."""

    pair: Pair

    @cached_property
    def old(self) -> list[Site]:
        return sites_of(self.pair.old.at(LOCATIONS))

    @cached_property
    def new(self) -> list[Site]:
        return sites_of(self.pair.new.at(LOCATIONS))

    @cached_property
    def _ambiguous(self) -> frozenset[tuple[str, ...]]:
        """Names that stand twice, or left with one site and came with another: those are told apart by postcode."""
        twice = {name for sites in (self.old, self.new) for name, n in Counter(s.named for s in sites).items() if n > 1}
        gone, come = ({site.named for site in sites} for sites in (self.found.gone, self.found.new))
        return frozenset(twice | gone & come)

    @cached_property
    def found(self) -> Matching:
        return match(self.old, self.new)

    @cached_property
    def _old_ids(self) -> Mapping[int, str]:
        return ids_of(self.old, self.pair.old.at(LOCATIONS), self.pair.history.site_ids)

    def findings(self) -> Iterator[Finding]:
        """Every difference between the two lists."""
        found = self.found
        moved = [pair for pair in found.same if _differ(pair.old, pair.new)]
        if not (moved or found.possible or found.gone or found.new):
            return
        ids = ids_after(self._old_ids, found.same, self.new)
        for pair in moved:
            yield from self._same(pair, ids[pair.new.index])
        for pair in found.possible:
            yield self._replaced(pair, ids[pair.new.index])
            yield from self._moved(pair, ids[pair.new.index])
        yield from self._came_and_went(found, ids)

    def _came_and_went(self, found: Matching, ids: Mapping[int, str]) -> Iterator[Finding]:
        kept_old = {_door(pair.old) for pair in found.same} - {None} if found.gone else set()
        kept_new = {_door(pair.new) for pair in found.same} - {None} if found.new else set()
        count = counted(len(self.new), "site")
        for site in found.gone:
            place = self._detail(site, self._old_ids[site.index])
            yield self._duplicate(site, place) if _door(site) in kept_old else self._removed(site, place, count)
        for site in found.new:
            place = self._detail(site, ids[site.index])
            yield self._duplicate(site, place) if _door(site) in kept_new else self._added(site, place, count)

    def _subject(self, site: Site) -> str:
        return site.full_title if site.named in self._ambiguous else site.title

    def _detail(self, site: Site, site_id: str, confidence: float = 1.0) -> dict[str, Any]:
        """What routes and histories ask of a site: its identifier, and where it is."""
        said: dict[str, Any] = {"site_id": site_id, "country": site.country_name}
        said |= {key: clipped(site.text(key)) for key in ("city", "state", "zip") if site.text(key)}
        if site.point is not None:
            said["point"] = list(site.point)
        return said if confidence == 1.0 else {**said, "confidence": confidence}

    def _added(self, site: Site, place: dict[str, Any], count: str) -> Finding:
        status = site.text("status")
        words = {"status": f", {status_label(status)}" if status else "", "count": count}
        detail = {**place, "from": None, "to": status or None}
        subject = self._subject(site)
        return Finding("added", (_path(site),), subject, "not listed", status or "listed", words, detail=detail)

    def _removed(self, site: Site, place: dict[str, Any], count: str) -> Finding:
        status = site.text("status")
        told = f" (entry deleted; it was {status_label(status)})" if status in ENDED else ""
        told = told or (f" (was {status_label(status)})" if status else "")
        loses = status in OPEN and self.pair.new.text(OVERALL) in OPEN
        return Finding(
            "removed",
            (_path(site),),
            self._subject(site),
            status or "listed",
            "not listed",
            {"status": told, "count": count},
            {When.LOSES_OPEN_SITE: float(loses)},
            {**place, "from": status or None, "to": None},
        )

    def _duplicate(self, site: Site, place: dict[str, Any]) -> Finding:
        return Finding("duplicate_collapsed", (_path(site),), self._subject(site), site.title, site.title, detail=place)

    def _replaced(self, pair: Match, site_id: str) -> Finding:
        old, new = pair.old, pair.new
        detail = self._detail(new, site_id, pair.confidence) | {"replaces": self._old_ids[old.index]}
        subject = self._subject(new)
        return Finding("possibly_replaced", (_path(new),), subject, self._subject(old), subject, detail=detail)

    def _same(self, pair: Match, site_id: str) -> Iterator[Finding]:
        yield from self._moved(pair, site_id)
        detail = self._detail(pair.new, site_id, pair.confidence)
        subject = self._subject(pair.new)
        yield from _relabelled(pair.old, pair.new, subject, detail)
        yield from _contact_changed(pair.old, pair.new, subject, detail)
        if _regeocoded(pair.old, pair.new):
            paths = (_path(pair.new, "geoPoint"),)
            yield Finding("geo_changed", paths, subject, _geo(pair.old), _geo(pair.new), detail=detail)

    def _moved(self, pair: Match, site_id: str) -> Iterator[Finding]:
        before, after = pair.old.text("status"), pair.new.text("status")
        if before == after:
            return
        overall_moved = self.pair.old.text(OVERALL) != self.pair.new.text(OVERALL)
        yield Finding(
            status_verb(before, after, overall_moved=overall_moved),
            (_path(pair.new, "status") if after else _path(pair.new),),
            self._subject(pair.new),
            before or None,
            after or None,
            {"move": f" ({status_label(before)} -> {status_label(after)})"},
            detail=self._detail(pair.new, site_id, pair.confidence) | {"from": before or None, "to": after or None},
        )


def _differ(old: Site, new: Site) -> bool:
    return old.row != new.row and old.canonical != new.canonical


def _path(site: Site, field: str = "") -> str:
    return f"{LOCATIONS}[{site.index}]{field and '.'}{field}"


def _door(site: Site) -> tuple[str, ...] | None:
    """What copies of a row share; a label that names nobody has none: each row of it is a site of its own."""
    if site.label.generic and not site.code:
        return None
    return site.country, site.city, site.zip, site.label.joined, site.code


def _relabelled(old: Site, new: Site, subject: str, detail: dict[str, Any]) -> Iterator[Finding]:
    names = [site.text("facility") for site in (old, new)]
    if names[0] != names[1] and all(isinstance(site.row.get("facility", ""), str) for site in (old, new)):
        verb = "renamed"
        if old.label.generic != new.label.generic and not spelt_alike(old, new):
            verb = "identified" if old.label.generic else "anonymised"
        before, after = (clipped(name) or "unnamed" for name in names)
        yield Finding(verb, (_path(new, "facility"),), subject, before, after, detail=detail)
    moved = [key for key in _ADDRESS if _differs(key, old.text(key), new.text(key))]
    if moved:
        yield Finding(
            "address_corrected",
            tuple(_path(new, key) for key in moved),
            subject,
            ", ".join(f"{key} {clipped(old.text(key)) or 'absent'}" for key in moved),
            ", ".join(f"{key} {clipped(new.text(key)) or 'absent'}" for key in moved),
            detail=detail,
        )


def _differs(key: str, old: str, new: str) -> bool:
    """Whether a part of the address moved; the registry's vocabulary of countries is no address."""
    return not same_country(old, new) if key == "country" else old != new


def _contact_changed(old: Site, new: Site, subject: str, detail: dict[str, Any]) -> Iterator[Finding]:
    before, after = old.row.get("contacts"), new.row.get("contacts")
    if canonical(before) == canonical(after):
        return
    said = [_people(contacts) for contacts in (before, after)]
    shown = {"shown_before": bool(before), "shown_now": bool(after)}
    gone, came = (", ".join(value for value in said[i] if value not in said[1 - i]) for i in (0, 1))
    paths = (_path(new, "contacts"),)
    yield Finding(
        "contact_changed", paths, subject, clipped(gone) or None, clipped(came) or None, detail=detail | shown
    )


def _people(contacts: Any) -> list[str]:
    """Everything that is said about the contacts of a site, in an order of its own."""
    rows = [row for row in contacts if isinstance(row, dict)] if isinstance(contacts, list) else []
    keys = ("name", "role", "phone", "phoneExt", "email")
    said = (", ".join(str(row[key]) for key in keys if isinstance(row.get(key), str)) for row in rows)
    return sorted(part for text in said for part in text.split(", ") if part)


def _regeocoded(old: Site, new: Site) -> bool:
    """Whether the registry moved the point; where the address moved too, the point is part of that correction."""
    moved = any(canonical(old.row.get(key)) != canonical(new.row.get(key)) for key in ("geoPoint", "countryCode"))
    return moved and not any(_differs(key, old.text(key), new.text(key)) for key in _ADDRESS)


def _geo(site: Site) -> str | None:
    point = site.row.get("geoPoint")
    if not isinstance(point, dict):
        return None
    return clipped(f"{point.get('lat')}, {point.get('lon')}")
