"""Which outcome of the older version is which of the newer one, and what was split, merged or moved between lists.

The best pairing over primary, secondary and other outcomes of both versions at once, so that an outcome that moved
from one list to the other is found where it went. A pair of one type is preferred; a pair across types must be alike
in all that is said, since a secondary outcome often names the primary one in its description.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from watcher.changes.outcomes import vocabulary
from watcher.changes.outcomes.measures import Outcome, Type
from watcher.changes.outcomes.moments import moments, within
from watcher.changes.outcomes.wording import STOCK, Lexicon, numbers, stems
from watcher.changes.pairing.assignment import best_pairs
from watcher.changes.pairing.equal import equal_pairs

Couple = tuple[Outcome, Outcome]


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of matching, chosen on rated pairs (benchmarks/semantics/outcome_pairs.py sweeps them)."""

    same_type: float = 0.2
    across_types: float = 0.45
    part: float = 0.75
    moved_part: float = 0.9


_PREFERENCE = 0.3  # for a pair of one type
_CONTAINED = 0.8  # what it counts that a measure stands in the other's text
_TOO_MANY = 10_000  # pairs, beyond which only what the measures name is compared
_SLIP = 0.8
_SAFETY = stems(vocabulary.SAFETY)
_SAFETY_TOPIC = "safety*"
_JUDGING = stems(vocabulary.JUDGING)


@dataclass(frozen=True, slots=True)
class Matching:
    """The pairs, what is left on each side, and of the leftovers: parts of another outcome, by what they belong to."""

    pairs: tuple[Couple, ...]
    gone: tuple[Outcome, ...]
    new: tuple[Outcome, ...]
    merged: tuple[Couple, ...] = ()
    split: tuple[Couple, ...] = ()
    joined: tuple[Couple, ...] = ()
    parted: tuple[Couple, ...] = ()


def match(old: Sequence[Outcome], new: Sequence[Outcome], lexicon: Lexicon, limits: Limits) -> Matching:
    """The best pairing of two versions' outcomes, the same for every order of the lists."""
    same: list[Couple] = []
    for key in (_whole, _plain, _measure):
        found, old, new = _equal(old, new, key)
        same += found
    profiles = _Profiles((*old, *new, *(outcome for couple in same for outcome in couple)), lexicon)
    alike = best_pairs(old, new, profiles.likeness(limits, quick=len(old) * len(new) > _TOO_MANY), limits.same_type)
    return _parts([*same, *((a, b) for a, b, _ in alike)], old, new, profiles, limits)


def _whole(outcome: Outcome) -> Hashable:
    return outcome.type, outcome.whole


def _plain(outcome: Outcome) -> Hashable:
    return outcome.type, outcome.plain


def _measure(outcome: Outcome) -> Hashable:
    return outcome.type, outcome.plain[0], outcome.plain[2]


def _equal(
    old: Sequence[Outcome], new: Sequence[Outcome], key: Callable[[Outcome], Hashable]
) -> tuple[list[Couple], list[Outcome], list[Outcome]]:
    """The pairs that agree in `key`, and what is left of both sides."""
    pairs = equal_pairs(old, new, (key, key))
    used = {id(outcome) for couple in pairs for outcome in couple}
    left_old, left_new = ([outcome for outcome in side if id(outcome) not in used] for side in (old, new))
    return pairs, left_old, left_new


@dataclass(frozen=True, slots=True)
class _Profile:
    """The words of an outcome as sets of bits: of the measure, and of the measure with its description."""

    measure: int
    both: int
    named: int


class _Profiles:
    """The words of every outcome of a study, weighed: 300 outcomes a side are 90,000 comparisons."""

    def __init__(self, every: Iterable[Outcome], lexicon: Lexicon) -> None:
        self._bits: dict[str, int] = {}
        self._stock = self._numbers = self._safety = self._judging = 0
        self._of = {id(outcome): self._profile(outcome, lexicon) for outcome in every}

    def _profile(self, outcome: Outcome, lexicon: Lexicon) -> _Profile:
        words = lexicon.content(outcome.measure)
        measure = self._bitset(words)
        both = measure | self._bitset(lexicon.content(outcome.description))
        return _Profile(measure, both, self._bitset(words - STOCK - numbers(words)))

    def _bitset(self, words: frozenset[str]) -> int:
        bits = 0
        for word in (*words, _SAFETY_TOPIC) if words & _SAFETY else words:
            bits |= self._bits.get(word) or self._learn(word)
        return bits

    def _learn(self, word: str) -> int:
        bit = self._bits[word] = 1 << len(self._bits)
        if word in STOCK:
            self._stock |= bit
        elif word[0].isdigit():
            self._numbers |= bit
        elif word == _SAFETY_TOPIC:
            self._safety |= bit
        elif word in _JUDGING:
            self._judging |= bit
        return bit

    def weight(self, bits: int) -> float:
        """How much these words tell: stock phrases a fifth, numbers two fifths, the topic of safety double."""
        known = (bits & self._stock).bit_count(), (bits & self._numbers).bit_count(), (bits & self._safety).bit_count()
        return bits.bit_count() - 0.8 * known[0] - 0.6 * known[1] + known[2]

    def _shared(self, a: int, b: int) -> float:
        common = a & b
        return self.weight(common) / max(self.weight(a | b), 0.01) if common else 0.0

    def _inside(self, part: int, whole: int) -> float:
        return self.weight(part & whole) / max(self.weight(part), 0.01)

    def likeness(self, limits: Limits, *, quick: bool) -> Callable[[Outcome, Outcome], float]:
        """The score of a pair of outcomes, 0 where it is too low for their types."""

        def score(before: Outcome, after: Outcome) -> float:
            a, b = self._of[id(before)], self._of[id(after)]
            if quick:
                common = (a.named & b.named).bit_count()
                return _accepted(common / (a.named | b.named).bit_count(), before, after, limits) if common else 0.0
            if not a.both & b.both:
                return _accepted(_misspelled(before, after), before, after, limits)
            alike = max(self._shared(a.measure, b.measure), self._shared(a.both, b.both))
            if before.type is after.type:
                held = max(self._inside(a.measure, b.both), self._inside(b.measure, a.both))
                alike = max(alike, _CONTAINED * held)
            return _accepted(alike, before, after, limits)

        return score

    def part_of(self, part: Outcome, whole: Outcome) -> float:
        """The share of a measure that another outcome says, too; none where it has another judge or other numbers."""
        a, b = self._of[id(part)].measure, self._of[id(whole)].both
        return 0.0 if a & ~b & (self._judging | self._numbers) else self._inside(a, b)

    def named_in(self, part: Outcome, measures: Iterable[Outcome]) -> float:
        """The largest share of what a measure names that one of these measures names, too."""
        named = self._of[id(part)].named
        return (
            max((self._inside(named, self._of[id(whole)].measure) for whole in measures), default=0.0) if named else 0
        )


def _misspelled(before: Outcome, after: Outcome) -> float:
    """The likeness of two measures by their letters, for one that a typing error hides."""
    return Indel.normalized_similarity(before.measure.casefold(), after.measure.casefold(), score_cutoff=_SLIP)


def _accepted(alike: float, before: Outcome, after: Outcome, limits: Limits) -> float:
    if before.type is after.type:
        return alike + _PREFERENCE if alike >= limits.same_type else 0.0
    return alike if alike >= limits.across_types else 0.0


def _parts(
    pairs: list[Couple], old: Sequence[Outcome], new: Sequence[Outcome], profiles: _Profiles, limits: Limits
) -> Matching:
    """Tell apart what is left over: a primary outcome that another one now says was merged, not dropped."""
    edited = [(a, b) for a, b in pairs if a.type is b.type is Type.PRIMARY and a.plain != b.plain]
    befores, afters = [a for a, _ in edited], [b for _, b in edited]
    kept = [couple for couple in pairs if not _torn(couple, edited, profiles, limits.moved_part)]
    held = {id(outcome) for couple in kept for outcome in couple}
    gone = [a for a in _all(pairs, old, 0) if id(a) not in held]
    come = [b for b in _all(pairs, new, 1) if id(b) not in held]
    merged = _twins(gone, (b for _, b in kept))
    split = _twins(come, (a for a, _ in kept))
    twins = {id(part) for part, _ in (*merged, *split)}
    merged += _belonging(gone, [(b, a) for a, b in edited], profiles, limits.part, twins)
    split += [couple for couple in _belonging(come, edited, profiles, limits.part, twins) if _timely(*couple)]
    joined = _moved(gone, afters, _primary(old, pairs, 0), profiles, limits.moved_part, twins)
    parted = _moved(come, befores, _primary(new, pairs, 1), profiles, limits.moved_part, twins)
    told = {id(part) for couples in (merged, split, joined, parted) for part, _ in couples}
    return Matching(
        tuple(kept),
        tuple(outcome for outcome in gone if id(outcome) not in told),
        tuple(outcome for outcome in come if id(outcome) not in told),
        tuple(merged),
        tuple(split),
        tuple(joined),
        tuple(parted),
    )


def _primary(left: Iterable[Outcome], pairs: Iterable[Couple], side: int) -> list[Outcome]:
    return [outcome for outcome in _all(pairs, left, side) if outcome.type is Type.PRIMARY]


def _timely(part: Outcome, whole: Outcome) -> bool:
    """Whether a part names no time that the whole did not: at another time it is an outcome of its own."""
    return within(moments(part.measure, part.time_frame), moments(*whole.texts)) or not moments(*whole.texts)


def _all(pairs: Iterable[Couple], left: Iterable[Outcome], side: int) -> list[Outcome]:
    every = {id(outcome): outcome for outcome in (*left, *(couple[side] for couple in pairs))}
    return sorted(every.values(), key=lambda outcome: (outcome.type, outcome.whole, outcome.place))


def _torn(couple: Couple, edited: Sequence[Couple], profiles: _Profiles, least: float) -> bool:
    """Whether a pair across types only looks like a move: its primary outcome is a part of another primary one."""
    old, new = couple
    if old.type is new.type or old.plain[0] == new.plain[0]:
        return False
    if old.type is Type.PRIMARY:
        return bool(_whole_of(old, [(b, a) for a, b in edited], profiles, least))
    return new.type is Type.PRIMARY and bool(_whole_of(new, edited, profiles, least))


def _twins(left: Iterable[Outcome], kept: Iterable[Outcome]) -> list[Couple]:
    """The leftovers that stood, or stand, in their list more than once, with the row that stays."""
    stays = {(outcome.type, outcome.plain): outcome for outcome in kept}
    return [(twin, stays[twin.type, twin.plain]) for twin in left if (twin.type, twin.plain) in stays]


def _belonging(
    left: Iterable[Outcome], edited: Sequence[Couple], profiles: _Profiles, least: float, twins: set[int]
) -> list[Couple]:
    """The primary leftovers that an edited primary outcome of the other side says, with that outcome."""
    primary = [part for part in left if part.type is Type.PRIMARY and id(part) not in twins]
    return [(part, whole) for part in primary if (whole := _whole_of(part, edited, profiles, least))]


def _whole_of(part: Outcome, edited: Sequence[Couple], profiles: _Profiles, least: float) -> Outcome | None:
    """The outcome of the other side that a part was merged into or split off, if any.

    `edited` are the outcomes of the other side, each with its version on this side. Where that said the part, too,
    nothing was merged or split: the part came or went. Only one measure told for several visits may be told as one.
    """
    wholes = [
        whole for whole, beside in edited if profiles.part_of(part, beside) < least or _other_visit(part, whole, beside)
    ]
    whole = max(wholes, key=lambda whole: profiles.part_of(part, whole), default=None)
    return whole if whole and profiles.part_of(part, whole) >= least else None


def _other_visit(part: Outcome, whole: Outcome, beside: Outcome) -> bool:
    """Whether the part is the same measure at another time, and the time of the whole has changed."""
    return part.plain[0] == beside.plain[0] and whole.plain[2] != beside.plain[2]


def _moved(
    left: Iterable[Outcome],
    wholes: Sequence[Outcome],
    before: Sequence[Outcome],
    profiles: _Profiles,
    least: float,
    twins: set[int],
) -> list[Couple]:
    """The other leftovers that a primary measure of the other side names and none of this side did."""
    found = []
    for part in left:
        if part.type is Type.PRIMARY or not wholes or id(part) in twins or profiles.named_in(part, before) >= least:
            continue
        whole = max(wholes, key=lambda whole: profiles.named_in(part, [whole]))
        if profiles.named_in(part, [whole]) >= least:
            found.append((part, whole))
    return found
