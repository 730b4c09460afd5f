"""Identifiers for the rows of a study's list of sites, which the registry does not give: they survive renames.

A row keeps the identifier of the row that it is matched to; one that is new gets its own, from its name and place as
they were first filed, with an ordinal among equal rows. History, subscriptions and distances hang on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import count
from typing import Any

from watcher.changes.reading import Version
from watcher.changes.sites.matching import Match, match
from watcher.changes.sites.site import Site
from watcher.changes.status.moves import LOCATIONS
from watcher.record import Snapshot


def sites_of(locations: Any) -> list[Site]:
    """The rows of a list of locations; whatever else stands in it is left out."""
    rows = enumerate(locations) if isinstance(locations, list) else ()
    return [Site(index, row) for index, row in rows if isinstance(row, dict)]


def site_ids_after(previous: Snapshot | None, snapshot: Snapshot, ids: Sequence[str] = ()) -> tuple[str, ...]:
    """The identifiers of the sites of a version, in their order; `ids` are those of the version before, if known."""
    lists = [Version(seen.content).at(LOCATIONS) if seen else None for seen in (previous, snapshot)]
    return site_ids(lists[1], before=lists[0], ids=ids)


def site_ids(locations: Any, *, before: Any = None, ids: Sequence[str] = ()) -> tuple[str, ...]:
    """An identifier for each place of `locations`, "" where no row stands.

    `before` are the locations of the version before, `ids` their identifiers; where those are unknown, they are made.
    """
    old, new = sites_of(before), sites_of(locations)
    known = ids_of(old, before, ids)
    found = ids_after(known, match(old, new).same, new) if old else first_ids(new, ())
    length = len(locations) if isinstance(locations, list) else 0
    return tuple(found.get(index, "") for index in range(length))


def ids_of(sites: Sequence[Site], locations: Any, ids: Sequence[str]) -> Mapping[int, str]:
    """The identifiers of a version's rows by their place: the given ones, or where those do not fit, new ones."""
    length = len(locations) if isinstance(locations, list) else 0
    if len(ids) == length and all(ids[site.index] for site in sites):
        return {site.index: ids[site.index] for site in sites}
    return first_ids(sites, ())


def ids_after(known: Mapping[int, str], same: Iterable[Match], new: Iterable[Site]) -> dict[int, str]:
    """The identifiers of the newer version's rows by their place."""
    kept = {match.new.index: known[match.old.index] for match in same}
    return kept | first_ids([site for site in new if site.index not in kept], kept.values())


def first_ids(sites: Iterable[Site], taken: Iterable[str]) -> dict[int, str]:
    """Identifiers for rows seen for the first time; those that are taken belong to other rows of the version."""
    used, found = set(taken), dict[int, str]()
    alike: defaultdict[Place, list[Site]] = defaultdict(list)
    for site in sites:
        alike[_place(site)].append(site)
    for place, rows in sorted(alike.items()):
        # Only rows of one place need an order, and it must not be that of the list.
        for site in sorted(rows, key=lambda site: site.canonical) if len(rows) > 1 else rows:
            found[site.index] = _free(place, used)
    return found


Place = tuple[str, ...]


def _place(site: Site) -> Place:
    return tuple(site.text(key).casefold() for key in ("country", "state", "city", "zip", "facility"))


def _free(place: Place, used: set[str]) -> str:
    """The next identifier of this place that no row has; it is marked as used."""
    made = next(made for ordinal in count() if (made := _made(place, ordinal)) not in used)
    used.add(made)
    return made


def _made(place: Place, ordinal: int) -> str:
    return blake2b("|".join((*place, str(ordinal))).encode("utf-8", "replace"), digest_size=6).hexdigest()
