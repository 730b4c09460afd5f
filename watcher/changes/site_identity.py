"""Which row of the newer list of sites is which row of the older one. The registry gives sites no identifier.

Rows are paired in stages, each on what the stage before left over; no stage looks at the order of a list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from watcher.record import canonical, folded


@dataclass(frozen=True)
class Site:
    """One row of `locations[]`, with its place in the list of its own version."""

    index: int
    row: dict[str, Any]

    def text(self, key: str) -> str:
        """A field of the row, "" where absent."""
        value = self.row.get(key)
        return value.strip() if isinstance(value, str) else ""

    @cached_property
    def place(self) -> tuple[str, str, str]:
        """Facility, city and country in normal form."""
        return folded(self.text("facility")), folded(self.text("city")), folded(self.text("country"))

    @cached_property
    def address(self) -> tuple[str, ...]:
        """The place with its postcode and state."""
        return (*self.place, folded(self.text("zip")), folded(self.text("state")))

    @cached_property
    def canonical(self) -> str:
        """The whole row: equal rows are the same wherever they stand."""
        return canonical(self.row)

    @property
    def name(self) -> str:
        """The row as readers know it: facility, city, country."""
        return ", ".join(filter(None, (self.text("facility"), self.text("city"), self.text("country")))) or "unnamed"

    @property
    def full_name(self) -> str:
        """The name with the postcode, for studies that list the same name more than once."""
        parts = (self.text("facility"), self.text("city"), self.text("zip"), self.text("country"))
        return ", ".join(filter(None, parts)) or "unnamed"


@dataclass(frozen=True, slots=True)
class Matching:
    """The outcome: rows that are the same site, and rows of either side that have no partner."""

    same: tuple[tuple[Site, Site], ...]
    gone: tuple[Site, ...]
    new: tuple[Site, ...]


Key = Callable[[Site], object]
Paired = tuple[list[tuple[Site, Site]], list[Site], list[Site]]

# How alike the names of a renamed site must be, from 0 to 1.
LIKE = 0.5

# From the surest to the least sure.
STAGES: tuple[Key, ...] = (
    lambda site: site.canonical,
    lambda site: (site.address, site.text("status")),
    lambda site: site.address,
    lambda site: (site.place, site.text("status")),
    lambda site: site.place,
)


def match(old: Iterable[Site], new: Iterable[Site]) -> Matching:
    """Pair the rows of two versions; the result does not depend on the order of either list."""
    gone = sorted(old, key=lambda site: site.canonical)
    fresh = sorted(new, key=lambda site: site.canonical)
    same: list[tuple[Site, Site]] = []
    for key in STAGES:
        pairs, gone, fresh = _paired(gone, fresh, key)
        same += pairs
    pairs, gone, fresh = _renamed(gone, fresh)
    return Matching((*same, *pairs), tuple(gone), tuple(fresh))


def _paired(old: list[Site], new: list[Site], key: Key) -> Paired:
    waiting: defaultdict[object, list[Site]] = defaultdict(list)
    for site in old:
        waiting[key(site)].append(site)
    pairs, fresh = [], []
    for site in new:
        partners = waiting[key(site)]
        if partners:
            pairs.append((partners.pop(0), site))
        else:
            fresh.append(site)
    matched = {before.index for before, _ in pairs}
    return pairs, [site for site in old if site.index not in matched], fresh


def _renamed(old: list[Site], new: list[Site]) -> Paired:
    """Pair the one row that left a town with the one that came to it, under the same postcode and a like name."""
    left, came = _alone_in_town(old), _alone_in_town(new)
    pairs = [
        (left[town], came[town])
        for town in sorted(left.keys() & came.keys())
        if _same_postcode(left[town], came[town]) and _alike(left[town], came[town])
    ]
    before, after = {site.index for site, _ in pairs}, {site.index for _, site in pairs}
    return pairs, [site for site in old if site.index not in before], [site for site in new if site.index not in after]


def _alone_in_town(sites: list[Site]) -> dict[tuple[str, str], Site]:
    towns = Counter(site.place[1:] for site in sites)
    return {site.place[1:]: site for site in sites if towns[site.place[1:]] == 1}


def _same_postcode(old: Site, new: Site) -> bool:
    codes = [folded(site.text("zip")) for site in (old, new)]
    return bool(codes[0]) and codes[0] == codes[1]


def _alike(old: Site, new: Site) -> bool:
    """Whether two names share half the words of the shorter one, or half their letters in order (a mended spelling)."""
    before, after = set(old.place[0].split()), set(new.place[0].split())
    if not before or not after:
        return False
    shared = len(before & after) / min(len(before), len(after))
    return shared >= LIKE or SequenceMatcher(None, old.place[0], new.place[0], autojunk=False).ratio() >= LIKE
