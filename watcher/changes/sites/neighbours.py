"""Which leftovers are worth comparing: rows of one country that share a city, postcode, name, or stretch of land."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import floor

from watcher.changes.sites.site import Site
from watcher.changes.sites.vocabulary import COMMON

Anchor = tuple[object, ...]

# Half a degree is at least 25 km where people live.
_CELL = 0.5
# What more rows than these have in common says nothing: then a rarer thing must be shared.
_CROWD = 20


def neighbours(old: Sequence[Site], new: Sequence[Site]) -> list[tuple[int, int]]:
    """Places of rows to compare, each pair once."""
    left, right = _anchored(old, reach=1), _anchored(new, reach=0)
    found: set[tuple[int, int]] = set()
    for anchor in left.keys() & right.keys():
        if max(len(left[anchor]), len(right[anchor])) <= _CROWD:
            found.update((i, j) for i in left[anchor] for j in right[anchor])
    return sorted(found)


def _anchored(sites: Sequence[Site], reach: int) -> dict[Anchor, list[int]]:
    places: defaultdict[Anchor, list[int]] = defaultdict(list)
    for place, site in enumerate(sites):
        for anchor in _anchors(site, reach):
            places[anchor].append(place)
    return places


def _anchors(site: Site, reach: int) -> Iterator[Anchor]:
    yield "city", site.country, site.city
    if site.zip:
        yield "zip", site.country, site.zip
        yield "street", site.country, site.zip, site.name
    for said in site.contacts:
        yield "contact", site.country, said
    yield "name", site.country, site.label.joined
    if not site.label.generic:
        yield from (("word", site.country, site.city, word) for word in site.label.bag - COMMON)
    if site.point is not None:
        row, column = floor(site.point[0] / _CELL), floor(site.point[1] / _CELL)
        for up in range(-reach, reach + 1):
            for across in range(-reach, reach + 1):
                yield "land", site.country, row + up, column + across
