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
# In a larger crowd rows are compared only where a telling word, the postcode or a contact is shared.
_CROWD = 30


def neighbours(old: Sequence[Site], new: Sequence[Site]) -> Iterator[tuple[int, int]]:
    """Places of rows to compare, each pair once."""
    waiting: defaultdict[Anchor, list[int]] = defaultdict(list)
    for j, site in enumerate(new):
        for anchor in _anchors(site, reach=0):
            waiting[anchor].append(j)
    for i, site in enumerate(old):
        found = sorted({j for anchor in _anchors(site, reach=1) for j in waiting.get(anchor, ())})
        for j in found:
            if len(found) <= _CROWD or _share_something(site, new[j]):
                yield i, j


def _anchors(site: Site, reach: int) -> Iterator[Anchor]:
    yield "city", site.country, site.city
    if site.zip:
        yield "zip", site.country, site.zip
    if not site.label.generic:
        yield "name", site.country, site.label.joined
    if site.point is not None:
        row, column = floor(site.point[0] / _CELL), floor(site.point[1] / _CELL)
        for up in range(-reach, reach + 1):
            for across in range(-reach, reach + 1):
                yield "land", site.country, row + up, column + across


def _share_something(a: Site, b: Site) -> bool:
    if (a.zip and a.zip == b.zip) or a.label.joined == b.label.joined or a.contacts & b.contacts:
        return True
    return bool((a.label.bag & b.label.bag) - COMMON - a.local)
