"""Edits of a text that otherwise stands: numbers, times, opposites and qualifiers put in the place of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel, Levenshtein

from watcher.changes.language.units import AMOUNTS
from watcher.changes.outcomes.moments import exchanged, moments, untimed
from watcher.changes.outcomes.vocabulary import OPPOSITES, PARTICLES, QUALIFIERS
from watcher.changes.outcomes.wording import tokens

# The share of words in the same order from which a text is an edit of the other.
_AN_EDIT = 0.75
_LONGEST = 4000
_A_LIST = 3
_BRACKETED = re.compile(r"\([^()]*\)")
_PARTED = re.compile(r"[,;]|\band/or\b|\bor\b|\band\b", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\b[A-Z]{2}[A-Z0-9]*(?:-[A-Z0-9]+)*\b")
_DIGITS = re.compile(r"\d+")
_CHANGE = re.compile(r"\b(?:change|reduction|decrease|increase|improvement|decline|loss)s?\b", re.IGNORECASE)
_PERCENT = re.compile(r"\bper ?cent(?:age)?\b|%", re.IGNORECASE)
_IN_PERCENT = re.compile(rf"(?:{_PERCENT.pattern})\s+(?:of\s+)?(?:\w+\s+)?{_CHANGE.pattern}", re.IGNORECASE)
_SIDES = tuple(frozenset(side) for pair in OPPOSITES for side in (pair[0], pair[1]))

Chunk = tuple[Sequence[str], Sequence[str]]


def altered(old: str, new: str) -> bool:
    """Whether `new` is an edit of `old` that puts another amount, time or opposite in the place of one, or a limit."""
    before, after = tokens(untimed(old)), tokens(untimed(new))
    if _other_instrument(old, new) or _listed_more(old, new) or _listed_more(new, old):
        return True
    if not before or not after or not _edited(_words(before), _words(after)):
        return False
    if exchanged(moments(old), moments(new)) or _rescaled(old, new):
        return True
    return any(map(_tells, _chunks(before[:_LONGEST], after[:_LONGEST])))


def _listed_more(old: str, new: str) -> bool:
    """Whether a list of events or components has all its members and others beside: another composite."""
    if old.count(". ") or new.count(". "):
        return False
    texts = (_BRACKETED.sub(" ", text[:_LONGEST]) for text in (old, new))
    before, after = (frozenset(filter(None, map(tokens, _PARTED.split(text)))) for text in texts)
    return len(before) >= _A_LIST and before < after


def _other_instrument(old: str, new: str) -> bool:
    """Whether one abbreviation stands where another stood: "(HAM-D)", "(MADRS)"; "AEs" and "TEAEs" are too near."""
    lost, gained = (set(_ABBREVIATED.findall(text)) for text in (old, new))
    lost, gained = lost - gained, gained - lost
    if len(lost) != 1 or len(gained) != 1 or old.isupper() or new.isupper():
        return False
    before, after = lost.pop(), gained.pop()
    apart = before not in after and after not in before
    return apart and _edited(_without(old, before), _without(new, after))


def _without(text: str, word: str) -> list[str]:
    return _words(tokens(untimed(text).replace(word, " ")))


def _rescaled(old: str, new: str) -> bool:
    """Whether a change is told in per cent on one side alone."""
    if bool(_PERCENT.search(old)) == bool(_PERCENT.search(new)):
        return False
    return all(map(_CHANGE.search, (old, new))) and any(map(_IN_PERCENT.search, (old, new)))


def _edited(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether most words stand, or all but one."""
    one_for_another = Indel.distance(before, after) <= 2 < len(before) + len(after)
    return one_for_another or Indel.normalized_similarity(before, after) >= _AN_EDIT


def _words(side: Sequence[str]) -> list[str]:
    return [word for word in side if not word[0].isdigit() and word not in PARTICLES and word not in AMOUNTS]


def _chunks(before: Sequence[str], after: Sequence[str]) -> Iterator[Chunk]:
    """The runs of words that differ, as they stand on both sides."""
    for step in Levenshtein.opcodes(before, after):
        if step.tag != "equal":
            yield before[step.src_start : step.src_end], after[step.dest_start : step.dest_end]


def _tells(chunk: Chunk) -> bool:
    lost, gained = (frozenset(side) for side in chunk)
    numbers = [{word for word in side if word[0].isdigit()} for side in (lost - gained, gained - lost)]
    if all(numbers) or (lost ^ gained) & QUALIFIERS:
        return True
    return _opposite(lost, gained) or _other_unit(lost, gained) or _renumbered(lost - gained, gained - lost)


def _renumbered(lost: frozenset[str], gained: frozenset[str]) -> bool:
    """Whether a name got another number: ACR20 is not ACR50, FEV1 is not FEV6."""
    before, after = ({_DIGITS.sub("#", word) for word in side} for side in (lost, gained))
    return any("#" in word and len(word) > 1 for word in before & after)


def _other_unit(lost: frozenset[str], gained: frozenset[str]) -> bool:
    before, after = ({AMOUNTS[word] for word in side if word in AMOUNTS} for side in (lost, gained))
    return bool(before and after) and before.isdisjoint(after)


def _opposite(lost: frozenset[str], gained: frozenset[str]) -> bool:
    sides = zip(_SIDES[::2], _SIDES[1::2], strict=True)
    return any((lost & one and gained & other) or (lost & other and gained & one) for one, other in sides)
