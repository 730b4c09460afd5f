"""How alike two texts are, from 0 to 1, over their words in normal form."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from rapidfuzz.distance import Indel

from watcher.record import folded


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in normal form: case, accents, punctuation and layout do not count."""
    return tuple(folded(text).split())


def same_words(a: str, b: str) -> bool:
    """Whether two texts differ in case, accents, punctuation and layout at most."""
    return words(a) == words(b)


def in_order(a: str, b: str) -> float:
    """The share of words that both have in the same order (2 M / T, as difflib counts it)."""
    return Indel.normalized_similarity(words(a), words(b))


def shared(a: str, b: str) -> float:
    """Words in common over words in all (Jaccard, with multiplicity), whatever their order."""
    left, right = Counter(words(a)), Counter(words(b))
    return (left & right).total() / max((left | right).total(), 1)


def contained(a: str, b: str) -> float:
    """The share of the shorter text's words that the longer one has: alone it mistakes a part for the whole."""
    left, right = Counter(words(a)), Counter(words(b))
    return (left & right).total() / max(min(left.total(), right.total()), 1)
