"""Edits of sites and countries."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

from benchmarks.semantics.edits.shape import CLM, SM, Doing, Edit, Record, at, edit, edits_in, put, rows, without

LOCATIONS = f"{CLM}.locations"
_GENERIC = re.compile(r"\bsite\b|local institution|investigat|research facility", re.IGNORECASE)
_OPEN = ("RECRUITING", "ENROLLING_BY_INVITATION")


def _named(record: Record) -> list[Record]:
    """Rows with a name of their own that stands once in the list."""
    found = rows(record, LOCATIONS)
    names = Counter(_key(site) for site in found)
    return [
        site
        for site in found
        if site.get("facility") and names[_key(site)] == 1 and not _GENERIC.search(site["facility"])
    ]


def _key(site: Record) -> tuple[str, ...]:
    return tuple(str(site.get(field, "")).casefold() for field in ("facility", "city"))


def _chosen(record: Record, chance: Random) -> Record | None:
    named = _named(record)
    return chance.choice(named) if named else None


def _with_fellows(record: Record, chance: Random) -> Record | None:
    """A named site, alone in its town, in a country that has other sites."""
    countries = Counter(site.get("country") for site in rows(record, LOCATIONS))
    towns = Counter(site.get("city") for site in rows(record, LOCATIONS))
    found = [site for site in _named(record) if countries[site.get("country")] > 1 and towns[site.get("city")] == 1]
    return chance.choice(found) if found else None


# --- rows that come and go ---------------------------------------------------------------


def _removal_weight(record: Record) -> str:
    return "" if at(record, f"{SM}.overallStatus") in _OPEN else "minor"


def _take_one(record: Record, chance: Random) -> bool:
    site = _with_fellows(record, chance)
    return site is not None and without(record, LOCATIONS, site)


GONE = (
    Edit("a site removed", ("site.removed",), _take_one, _removal_weight),
    Edit("a site added", ("site.added",), _take_one, "minor", (), True),
)


@edit("a new site in a known country", "site.added", "minor")
def new_site(record: Record, chance: Random) -> bool:
    """A hospital in a town that the study had none in."""
    found = rows(record, LOCATIONS)
    if not found:
        return False
    site = {"facility": "Saint Example Memorial Hospital", "city": "Exampleton", "country": found[0]["country"]}
    return put(record, LOCATIONS, [*found, site | ({"status": found[0]["status"]} if "status" in found[0] else {})])


def _country_gone(record: Record, chance: Random) -> bool:
    found = rows(record, LOCATIONS)
    countries = sorted({site["country"] for site in found})
    if len(countries) < 2:
        return False
    gone = chance.choice(countries)
    return put(record, LOCATIONS, [site for site in found if site["country"] != gone])


COUNTRIES = (
    Edit("a country removed", ("country.removed",), _country_gone, "major", ("site.removed",)),
    Edit("a country added", ("country.added",), _country_gone, "major", ("site.added",), True),
)


@edit("a country removed, as the registry lists it", "country.removed", "major", beside="site.removed")
def country_gone_and_listed(record: Record, chance: Random) -> bool:
    """The last site of a country goes, and the registry lists the country as removed."""
    before = {site["country"] for site in rows(record, LOCATIONS)}
    if not _country_gone(record, chance):
        return False
    (gone,) = before - {site["country"] for site in rows(record, LOCATIONS)}
    path = "derivedSection.miscInfoModule.removedCountries"
    return put(record, path, [*(at(record, path) or []), gone])


@edit("a row listed twice", "site.duplicate_collapsed", "noise")
def doubled(record: Record, chance: Random) -> bool:
    """A row appears a second time."""
    site = _chosen(record, chance)
    return site is not None and put(record, LOCATIONS, [*rows(record, LOCATIONS), dict(site)])


# --- a row's status ------------------------------------------------------------------------


def _moved(kind: str, old: str, new: str, severity: str) -> Edit:
    """A named row moves; where no row stands so, one that recruits stood so before."""

    def given(record: Record, chance: Random) -> bool:
        found = [site for site in _named(record) if site.get("status") in (old, "RECRUITING")]
        return bool(found) and put(chance.choice(found), "status", old)

    def do(record: Record, chance: Random) -> bool:
        found = [site for site in _named(record) if site.get("status") == old]
        site = chance.choice(found) if found else None
        return site is not None and put(site, "status", new)

    return Edit(f"a site {old} -> {new}", (kind,), do, severity, given=given)


STATUSES = (
    _moved("site.opened", "NOT_YET_RECRUITING", "RECRUITING", "minor"),
    _moved("site.closed", "RECRUITING", "ACTIVE_NOT_RECRUITING", "minor"),
    _moved("site.completed", "RECRUITING", "COMPLETED", "minor"),
    _moved("site.completed", "ACTIVE_NOT_RECRUITING", "COMPLETED", "minor"),
    _moved("site.withdrawn", "RECRUITING", "WITHDRAWN", "major"),
    _moved("site.withdrawn", "NOT_YET_RECRUITING", "WITHDRAWN", "major"),
    _moved("site.suspended", "RECRUITING", "SUSPENDED", "major"),
    _moved("site.terminated", "RECRUITING", "TERMINATED", "major"),
    _moved("site.reopened", "COMPLETED", "RECRUITING", "major"),
    _moved("site.reopened", "WITHDRAWN", "RECRUITING", "major"),
    _moved("site.reopened", "ACTIVE_NOT_RECRUITING", "RECRUITING", "major"),
    _moved("site.stepped_back", "RECRUITING", "NOT_YET_RECRUITING", "minor"),
)


# --- names and addresses --------------------------------------------------------------------


def _written(kind: str, name: str, change: dict[str, str], severity: str) -> Edit:
    """One field of a row written otherwise; `{}` stands for what it was."""

    def do(record: Record, chance: Random) -> bool:
        site = _chosen(record, chance)
        if site is None or any(not site.get(field) for field in change):
            return False
        site.update({field: text.format(site[field]) for field, text in change.items()})
        return True

    return Edit(name, tuple(kind.split()), do, severity)


NAMES = (
    _written("site.renamed", "a code behind the name", {"facility": "{} ( Site 0417)"}, "noise"),
    _written("site.renamed", "a department behind the name", {"facility": "{}, Department of Oncology"}, "noise"),
    _written("site.renamed", "a legal form behind the name", {"facility": "{}, Inc."}, "noise"),
    _written("site.renamed", "an article before the name", {"facility": "The {}"}, "noise"),
    _written("site.address_corrected", "another postcode", {"zip": "{}1"}, "noise"),
    _written("site.address_corrected", "another state", {"state": "{} Province"}, "noise"),
    _written("site.anonymised", "a generic name", {"facility": "Research Site"}, "minor"),
)


@edit("a named site", "site.identified", "minor", backwards=True)
def identified(record: Record, chance: Random) -> bool:
    """A row that had a generic name shows whose it is."""
    site = _with_fellows(record, chance)
    return site is not None and put(site, "facility", "Research Site")


@edit("another hospital of the same town", "site.possibly_replaced site.removed", beside="site.added")
def replaced(record: Record, chance: Random) -> bool:
    """A hospital goes, another of a half like name comes to the same town: told so, or as one gone and one new."""
    site = _with_fellows(record, chance)
    if site is None or len(site["facility"].split()) < 3:
        return False
    words = site["facility"].split()
    kept = " ".join(words[: (len(words) + 1) // 2])
    site.pop("zip", None), site.pop("geoPoint", None), site.pop("contacts", None)
    return put(site, "facility", f"{kept} Riverside Oncology Partners")


def _contact(field: str, value: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        found = [site for site in rows(record, LOCATIONS) if site.get("contacts")]
        return bool(found) and put(chance.choice(found)["contacts"][0], field, value)

    return do


CONTACTS = (
    Edit("a contact's telephone", ("site.contact_changed",), _contact("phone", "+1 555 0100"), "noise"),
    Edit("a contact's name", ("site.contact_changed",), _contact("name", "Pat Example, RN"), "noise"),
)

EDITS = edits_in(globals())
