"""Edits of a text that otherwise stands: numbers, times, opposites and qualifiers put in the place of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel, Levenshtein

from watcher.changes.outcomes.moments import exchanged, moments, untimed
from watcher.changes.outcomes.vocabulary import OPPOSITES, PARTICLES, QUALIFIERS
from watcher.changes.outcomes.wording import tokens

# The share of words in the same order from which a text is an edit of the other.
_AN_EDIT = 0.75
_LONGEST = 4000
_SIDES = tuple(frozenset(side) for pair in OPPOSITES for side in (pair[0], pair[1]))

Chunk = tuple[Sequence[str], Sequence[str]]


def altered(old: str, new: str) -> bool:
    """Whether `new` is an edit of `old` that puts another amount, time or opposite in the place of one, or a limit."""
    before, after = tokens(untimed(old)), tokens(untimed(new))
    if not before or not after or not _edited(_words(before), _words(after)):
        return False
    return exchanged(moments(old), moments(new)) or any(map(_tells, _chunks(before[:_LONGEST], after[:_LONGEST])))


def _edited(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether most words stand, or all but one."""
    one_for_another = Indel.distance(before, after) <= 2 < len(before) + len(after)
    return one_for_another or Indel.normalized_similarity(before, after) >= _AN_EDIT


def _words(side: Sequence[str]) -> list[str]:
    return [word for word in side if not word[0].isdigit() and word not in PARTICLES]


def _chunks(before: Sequence[str], after: Sequence[str]) -> Iterator[Chunk]:
    """The runs of words that differ, as they stand on both sides."""
    for step in Levenshtein.opcodes(before, after):
        if step.tag != "equal":
            yield before[step.src_start : step.src_end], after[step.dest_start : step.dest_end]


def _tells(chunk: Chunk) -> bool:
    lost, gained = (frozenset(side) for side in chunk)
    numbers = [{word for word in side if word[0].isdigit()} for side in (lost - gained, gained - lost)]
    return all(numbers) or bool((lost ^ gained) & QUALIFIERS) or _opposite(lost, gained)


def _opposite(lost: frozenset[str], gained: frozenset[str]) -> bool:
    sides = zip(_SIDES[::2], _SIDES[1::2], strict=True)
    return any((lost & one and gained & other) or (lost & other and gained & one) for one, other in sides)
