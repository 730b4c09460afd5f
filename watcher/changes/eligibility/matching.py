"""Which criterion of the newer text is which of the older one: the same words first, then the likeliest pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from rapidfuzz.distance import Indel

from watcher.changes.eligibility.criteria import Criterion
from watcher.changes.eligibility.headings import EXCLUSION, INCLUSION, UNSAID
from watcher.changes.eligibility.wording import stressed, turned_round
from watcher.changes.language.spoken import is_number
from watcher.changes.pairing.equal import equal_pairs
from watcher.changes.pairing.leftovers import candidates, paired

# How alike two criteria must be to be one; across the lists more, since each list has criteria much like the other's.
ALIKE, MOVED_ALIKE = 0.6, 0.85
# A criterion that stands between the same neighbours as one that is gone was most likely rewritten in place.
# So much that adds to its likeness, from `_BASE` on; the same parent line adds a little.
_IN_PLACE, _SAME_PARENT, _BASE = 0.2, 0.05, 0.34
# The first letters of a word that stand for it in a likeness: "pregnant", "pregnancy".
_STEM = 6
# So many places for one criterion, and pairs of leftovers, are looked at: texts of a thousand like lines must end soon.
_NEIGHBOURS, _TURNED_UP_TO = 12, 400
# Of so few words, a slip in one is a large part: then letters tell.
_FEW, _SPELT_ALIKE = 3, 0.85


@dataclass(slots=True)
class Matching:
    """Positions in both lists: `same` words, `changed` pairs, `moved` between the lists, and what is left.

    `turned` is moved and denied at once: "no asthma" among the inclusions is "asthma" among the exclusions.
    """

    old: Sequence[Criterion]
    new: Sequence[Criterion]
    same: dict[int, int] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    turned: dict[int, int] = field(default_factory=dict)
    recut: tuple[set[int], set[int]] = field(default_factory=lambda: (set(), set()))

    @property
    def left_old(self) -> list[int]:
        """Positions of the older list that nothing in the newer one answers."""
        taken = self.same.keys() | self.changed.keys() | self.moved.keys() | self.turned.keys()
        taken |= self.recut[0]
        return [place for place in range(len(self.old)) if place not in taken]

    @property
    def left_new(self) -> list[int]:
        """Positions of the newer list that nothing in the older one answers."""
        taken = {*self.same.values(), *self.changed.values(), *self.moved.values(), *self.turned.values()}
        taken |= self.recut[1]
        return [place for place in range(len(self.new)) if place not in taken]


def matching(old: Sequence[Criterion], new: Sequence[Criterion]) -> Matching:
    """The criteria of both texts, paired."""
    found = Matching(old, new)
    for key in (
        lambda item: (item.section, item.under, item.text),
        lambda item: (item.section, item.words, stressed(item.under)),
        lambda item: (item.section, item.words),
    ):
        found.same |= _equal(found, key)
    loose = _equal(found, lambda item: item.words)
    for place, other in loose.items():
        (found.moved if _crosses(old[place], new[other]) else found.same)[place] = other
    _recut(found)
    found.turned = _turned(found)
    found.changed = _alike(found, _same_list, ALIKE)
    found.moved |= _alike(found, _crosses, MOVED_ALIKE)
    return found


def _crosses(a: Criterion, b: Criterion) -> bool:
    return {a.section, b.section} == {INCLUSION, EXCLUSION} and a.heading == b.heading


def _same_list(a: Criterion, b: Criterion) -> bool:
    return (a.section == b.section or UNSAID in (a.section, b.section)) and a.heading == b.heading


def _equal(found: Matching, key: Callable[[Criterion], Hashable]) -> dict[int, int]:
    """What is left on both sides with the same key, paired in order."""
    keys = (lambda place: key(found.old[place])), (lambda place: key(found.new[place]))
    return dict(equal_pairs(found.left_old, found.left_new, keys))


def _turned(found: Matching) -> dict[int, int]:
    """What one list asks for and the other list rules out, in the same words."""
    waiting, pairs = found.left_new[:], dict[int, int]()
    if len(waiting) * len(found.left_old) > _TURNED_UP_TO:
        return pairs
    for place in found.left_old:
        for other in waiting:
            a, b = found.old[place], found.new[other]
            if _crosses(a, b) and turned_round(a.text, b.text):
                pairs[place] = other
                waiting.remove(other)
                break
    return pairs


def _recut(found: Matching) -> None:
    """Take out what is one criterion here and several there, in the same words."""
    gone, come = _whole_runs(found.old, found.left_old, found.new, found.left_new)
    found.recut[0].update(gone)
    found.recut[1].update(come)
    come, gone = _whole_runs(found.new, found.left_new, found.old, found.left_old)
    found.recut[0].update(gone)
    found.recut[1].update(come)


def _whole_runs(
    whole: Sequence[Criterion], wholes: list[int], parts: Sequence[Criterion], places: list[int]
) -> tuple[set[int], set[int]]:
    """Each of `wholes` that is the words of a run of neighbours among `parts`, and those runs."""
    starting: dict[str, list[int]] = defaultdict(list)
    for index, place in enumerate(places):
        starting["".join(parts[place].words[:1])].append(index)
    done: set[int] = set()
    used: set[int] = set()
    for place in wholes:
        for index in starting.get("".join(whole[place].words[:1]), [])[:_NEIGHBOURS]:
            run = _run(whole[place], parts, islice(places, index, None))
            if run and not used & run:
                done.add(place)
                used |= run
                break
    return done, used


def _run(whole: Criterion, parts: Sequence[Criterion], places: Iterable[int]) -> set[int]:
    """The neighbours that together are `whole`; the joint between two of them ("and", "or") may be left out."""
    rest, taken = whole.words, set[int]()
    joint = "or" if whole.section == EXCLUSION else "and"
    for place in places:
        if parts[place].section != whole.section or (taken and place - 1 not in taken):
            break
        words = parts[place].words
        if taken and rest[:1] == (joint,) and words[:1] != (joint,):
            rest = rest[1:]
        if not words or rest[: len(words)] != words:
            break
        taken.add(place)
        rest = rest[len(words) :]
        if not rest:
            return taken if len(taken) > 1 else set()
    return set()


def _alike(found: Matching, allowed: Callable[[Criterion, Criterion], bool], least: float) -> dict[int, int]:
    """The best pairs of what is left, by likeness, place and parent; only likely candidates are looked at."""
    olds, news = found.left_old, found.left_new
    if not olds or not news:
        return {}
    before, after = _anchors(found)
    scores: dict[tuple[int, int], float] = {}
    words = [[_stems(side[place].text) for place in places] for side, places in ((found.old, olds), (found.new, news))]
    near = {(olds[i], news[j]) for i, j in candidates(*words)} | set(_in_place(before, olds, after, news))
    for place, other in sorted(near):
        if allowed(a := found.old[place], b := found.new[other]):
            base, in_place = likeness(a.text, b.text), bool(before[place] & after[other])
            base = max(base, ALIKE) if in_place and _one_holds_the_other(a, b) else base
            extra = _IN_PLACE if least == ALIKE and base >= _BASE and in_place else 0.0
            extra += _SAME_PARENT if a.under and a.under == b.under else 0.0
            if base + extra >= least:
                scores[place, other] = base + extra
    return dict(paired(scores, least))


def _in_place(
    before: dict[int, set[tuple[str, int]]], olds: list[int], after: dict[int, set[tuple[str, int]]], news: list[int]
) -> Iterable[tuple[int, int]]:
    """Pairs that stand between the same neighbours, where these are few."""
    standing: dict[tuple[str, int], list[int]] = defaultdict(list)
    for other in news:
        for anchor in after[other]:
            standing[anchor].append(other)
    for place in olds:
        for anchor in before[place]:
            yield from ((place, other) for other in standing[anchor][:_NEIGHBOURS])


def _one_holds_the_other(a: Criterion, b: Criterion) -> bool:
    """Whether one criterion is the other with words before or behind it."""
    shorter, longer = sorted((_stems(a.text), _stems(b.text)), key=len)
    return bool(shorter) and shorter in (longer[: len(shorter)], longer[-len(shorter) :])


def likeness(a: str, b: str) -> float:
    """How alike two criteria are: the share of words, by their stems, in the same order; numbers may have moved."""
    left, right = _stems(a), _stems(b)
    longest = max(len(left), len(right))
    spelt = Indel.normalized_similarity(a.casefold(), b.casefold()) if longest <= _FEW else 0.0
    plain = Indel.normalized_similarity(left, right)
    if any(is_number(word) for word in left):
        plain = max(plain, 0.95 * Indel.normalized_similarity(_unnumbered(left), _unnumbered(right)))
    return max(plain, 0.9 * spelt if spelt >= _SPELT_ALIKE else 0.0)


@lru_cache(maxsize=8192)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(word[:_STEM] for word in stressed(text))


def _unnumbered(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("#" if is_number(word) else word for word in words)


def _anchors(found: Matching) -> tuple[dict[int, set[tuple[str, int]]], dict[int, set[tuple[str, int]]]]:
    """For what is left on either side: between which matched neighbours it stands, named by their newer place."""
    kept = dict(sorted({**found.same, **found.changed}.items()))
    before = _between(len(found.old), kept)
    after = _between(len(found.new), {place: place for place in kept.values()})
    return before, after


def _between(length: int, kept: dict[int, int]) -> dict[int, set[tuple[str, int]]]:
    places: dict[int, set[tuple[str, int]]] = {}
    last = -1
    for place in range(length):
        last = kept.get(place, last)
        places[place] = {("after", last)}
    following = -1
    for place in reversed(range(length)):
        following = kept.get(place, following)
        places[place].add(("before", following))
    return places
