"""Countries of a study: the first site in one, the last site of one gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from watcher.changes.language.words import counted
from watcher.changes.reading import Finding, Pair, Row, Verb, Version
from watcher.changes.sites.countries import country_key
from watcher.changes.sites.identity import sites_of
from watcher.changes.status.moves import LOCATIONS

REMOVED = "derivedSection.miscInfoModule.removedCountries"


class Countries:
    """Countries that a study comes to or leaves; its sites there are told under them."""

    verbs: Mapping[str, Verb] = {
        "added": Verb(
            "first site in a country; not for the first list of sites that a study shows",
            "Country added: {subject}, {sites}.",
        ),
        "removed": Verb("last site of a country gone", "Country removed: {subject}, {sites} before, none now."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding per country; a second signal, the registry's list of removed countries, is part of it."""
        lists = pair.old.at(LOCATIONS), pair.new.at(LOCATIONS)
        readable = lists[0] != lists[1] and all(isinstance(value, list | None) for value in lists)
        moved = readable and _spellings(pair.old) != _spellings(pair.new)
        old, new = (_countries(side) if moved else {} for side in (pair.old, pair.new))
        came = {key: name for key, (name, _) in new.items() if key not in old and old}
        went = {key: name for key, (name, _) in old.items() if key not in new}
        listed = _listed(pair.old), _listed(pair.new)
        explained = listed[0] - listed[1] <= set(came) and listed[1] - listed[0] <= set(went)
        claims = (REMOVED,) if explained and _shaped(pair) else ()
        for key, name in sorted(came.items()):
            yield _finding("added", name, new[key][1], claims, key in listed[0] - listed[1])
        for key, name in sorted(went.items()):
            yield _finding("removed", name, old[key][1], claims, key in listed[1] - listed[0])
        if claims and not came and not went and pair.old.at(REMOVED) != pair.new.at(REMOVED):
            # The registry's names of countries, or their order.
            yield Finding("", (REMOVED,))


def _finding(verb: str, name: str, places: tuple[int, ...], claims: tuple[str, ...], listed: bool) -> Finding:
    said = {"added": " (no longer listed as removed)", "removed": " (now listed as removed)"}[verb] if listed else ""
    there, none = counted(len(places), "site"), "0 sites"
    old, new = (none, there) if verb == "added" else (there, none)
    return Finding(
        verb,
        (*(f"{LOCATIONS}[{place}].country" for place in places), *claims * listed),
        name,
        old,
        new + said,
        {"sites": there},
        detail={"country": name, "sites": len(places)},
        claims=claims,
    )


def _spellings(side: Version) -> set[str]:
    """The countries as the rows spell them: where these are the same, no country came or went."""
    return {country for row in side.rows(LOCATIONS) if isinstance(country := row.get("country"), str)}


def _countries(side: Version) -> dict[str, tuple[str, tuple[int, ...]]]:
    """The countries with sites: the name of today, and where their rows stand."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    names: dict[str, str] = {}
    for site in sites_of(side.at(LOCATIONS)):
        if site.country:
            places[site.country].append(site.index)
            names[site.country] = min(site.country_name, names.get(site.country, site.country_name))
    return {key: (names[key], tuple(rows)) for key, rows in places.items()}


def _shaped(pair: Pair) -> bool:
    values = (side.at(REMOVED) for side in (pair.old, pair.new))
    return all(
        value is None or (isinstance(value, list) and all(isinstance(name, str) for name in value)) for value in values
    )


def _listed(side: Version) -> set[str]:
    """The countries that the registry lists as removed."""
    value = side.at(REMOVED)
    return {country_key(name) for name in value if isinstance(name, str)} if isinstance(value, list) else set()
