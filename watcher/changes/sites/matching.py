"""Which row of the newer list of sites is which row of the older one. The registry gives sites no identifier.

Rows are paired in stages, from the surest to the least sure, each on what the stages before left over. Every stage
looks at rows in the order of their content, so the order of a list never decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from watcher.changes.pairing.assignment import EXACT_UP_TO
from watcher.changes.pairing.leftovers import paired
from watcher.changes.sites.judging import Towns, identified, possibly_replaced, recounted, renamed
from watcher.changes.sites.likeness import Surroundings, apart, near
from watcher.changes.sites.neighbours import neighbours
from watcher.changes.sites.site import Site


@dataclass(frozen=True, slots=True)
class Match:
    """Two rows that are the same site, as surely as `confidence` says (1: nothing that names it differs)."""

    old: Site
    new: Site
    confidence: float


@dataclass(frozen=True, slots=True)
class Matching:
    """The outcome: rows that are the same site, rows that may be, and rows of either side that have no partner."""

    same: tuple[Match, ...]
    possible: tuple[Match, ...]
    gone: tuple[Site, ...]
    new: tuple[Site, ...]


Key = Callable[[Site], object]
Judge = Callable[[Site, Site, Surroundings, Towns], float]

# What must be equal, from the surest to the least sure, and how sure that makes it. None: such a row takes no part.
_EXACT: tuple[tuple[Key, float], ...] = (
    (lambda site: site.canonical, 1.0),
    (lambda site: (*_address(site), site.label.words, site.text("status"), site.contacts), 1.0),
    (lambda site: (*_address(site), site.label.words, site.contacts), 1.0),
    (lambda site: (*_address(site), site.label.words, site.text("status")), 1.0),
    (lambda site: (*_address(site), site.text("status")), 0.98),
    (lambda site: _address(site), 0.98),
    (lambda site: (site.country, site.code, site.name, site.city) if site.code else None, 0.97),
    (lambda site: (site.country, site.code, site.name) if site.code else None, 0.95),
    (lambda site: (site.country, site.code) if site.code else None, 0.9),
    (lambda site: (site.country, site.name, site.city, site.zip), 0.95),
)


def _address(site: Site) -> tuple[object, ...]:
    return site.country, site.code, site.name, site.city, site.zip, site.state


class _Rest:
    """The rows that have no partner yet, and the pairs found so far."""

    def __init__(self, old: Iterable[Site], new: Iterable[Site]) -> None:
        self.old, self.new = list(old), list(new)
        self.pairs: list[Match] = []

    def sort(self) -> None:
        """Put the rows in the order of their content."""
        self.old.sort(key=lambda site: site.canonical)
        self.new.sort(key=lambda site: site.canonical)

    def take(self, pairs: Iterable[Match]) -> None:
        """Note pairs and take their rows out."""
        found = list(pairs)
        self.pairs += found
        old, new = {match.old.index for match in found}, {match.new.index for match in found}
        self.old = [site for site in self.old if site.index not in old]
        self.new = [site for site in self.new if site.index not in new]


def match(old: Iterable[Site], new: Iterable[Site]) -> Matching:
    """Pair the rows of two versions; the result does not depend on the order of either list."""
    before, after = list(old), list(new)
    rest = _Rest(before, after)
    # Rows equal to the letter are interchangeable, so they need no order: most rows of most pairs end here.
    rest.take(_equal(rest, lambda site: site.written, 1.0, None))
    rest.take(_only_ones(rest, lambda site: site.standing))
    rest.sort()
    if not rest.old or not rest.new:
        return Matching(tuple(rest.pairs), (), tuple(rest.old), tuple(rest.new))
    around = Surroundings.of(before, after)
    for key, confidence in _EXACT:
        rest.take(_equal(rest, key, confidence, around))
    for judge in (renamed, identified, recounted):
        rest.take(_judged(rest, around, judge))
    rest.take(_equal(rest, _anywhere, 0.8, None))
    same, rest.pairs = tuple(rest.pairs), []
    rest.take(_judged(rest, around, possibly_replaced))
    return Matching(same, tuple(rest.pairs), tuple(rest.old), tuple(rest.new))


def _only_ones(rest: _Rest, key: Key) -> Iterator[Match]:
    """Pairs of rows that alone on their side have this key: no other row could be meant."""
    old, new = ({key(site): site for site in side} for side in (rest.old, rest.new))
    counts = [Counter(map(key, side)) for side in (rest.old, rest.new)]
    alone = (place for place in old if place in new and all(count[place] == 1 for count in counts))
    return (Match(old[place], new[place], 1.0) for place in alone)


def _anywhere(site: Site) -> object:
    """The row whatever its country: a country may be filed wrongly like any part of an address."""
    spot = site.zip or site.point
    return (site.code, site.name, site.city, spot) if site.city and spot else None


def _equal(rest: _Rest, key: Key, confidence: float, around: Surroundings | None) -> Iterator[Match]:
    waiting: defaultdict[object, list[Site]] = defaultdict(list)
    for site in rest.old:
        waiting[key(site)].append(site)
    waiting.pop(None, None)
    for site in rest.new:
        partners = waiting.get(key(site), [])
        place = next((i for i, other in enumerate(partners) if around is None or not apart(other, site, around)), None)
        if place is not None:
            yield Match(partners.pop(place), site, confidence)


def _judged(rest: _Rest, around: Surroundings, judge: Judge) -> Iterator[Match]:
    """The best pairing of the rows that are left, among the pairs that `judge` gives a score above 0."""
    old, new = rest.old, rest.new
    scores = _scores(rest, around, judge)
    # Ties fall by the content of the rows, not by which list is the older one: else what comes one way would not always
    # be what goes the other way.
    turned = [site.canonical for site in old] > [site.canonical for site in new]
    if turned:
        scores = {(j, i): score for (i, j), score in scores.items()}
    # Towns with a hundred leftovers are one group, and still worth the exact pairing.
    for pair in paired(scores, 0.01, exact_up_to=EXACT_UP_TO):
        i, j = reversed(pair) if turned else pair
        yield Match(old[i], new[j], round(scores[pair], 2))


def _scores(rest: _Rest, around: Surroundings, judge: Judge) -> dict[tuple[int, int], float]:
    """What the judge says of the pairs that are worth comparing, by their places; those it refuses are left out."""
    old, new = rest.old, rest.new
    towns = Towns(old, new)
    scores: dict[tuple[int, int], float] = {}
    for i, j in neighbours(old, new):
        if near(old[i], new[j]) and not apart(old[i], new[j], around):
            score = judge(old[i], new[j], around, towns)
            if score > 0:
                scores[i, j] = score
    return scores
