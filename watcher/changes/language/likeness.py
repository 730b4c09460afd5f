"""How alike two texts are, from 0 to 1, over their words in normal form."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel

from watcher.changes.language.spoken import is_number, tokens
from watcher.changes.language.units import word_set
from watcher.record import folded


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a text as `folded`: for a share of words signs do not matter, and long texts must be read fast."""
    return tuple(folded(text).split())


def in_order(a: str, b: str) -> float:
    """The share of words, from 0 to 1, that both have in the same order (2 M / T, as difflib counts it)."""
    return Indel.normalized_similarity(words(a), words(b))


def same_but_for_spelling(a: str, b: str) -> bool:
    """Whether two texts say the same words and numbers, and differ in case, punctuation, spelling or typing slips.

    Signs and numbers count: "> 3" and "< 3", "1.5" and "15" are not the same.
    """
    left, right = tokens(a), tokens(b)
    return left == right or tokens_but_for_spelling(left, right)


def tokens_but_for_spelling(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether two runs of words are the same but for typing slips and the blanks between words."""
    if [word for word in left if is_number(word)] != [word for word in right if is_number(word)]:
        return False
    if "".join(map(american, left)) == "".join(map(american, right)):
        return True
    if len(left) != len(right):
        return False
    return all(a == b or slip(a, b) for a, b in zip(left, right, strict=True))


@lru_cache(maxsize=4096)
def slip(a: str, b: str) -> bool:
    """Whether one word is the other with a typing slip or in the other English spelling.

    One letter too many, too few, wrong or swapped with its neighbour, never the first (typical, atypical), never in
    short words, and never between words that are both words of the trade (ileum, ilium).
    Outcomes (sets of stems) and facilities (proper names) have looser ones: `outcomes.wording`, `sites.likeness`.
    """
    if a == b or american(a) == american(b):
        return True
    if not (a.isalpha() and b.isalpha()) or a[0] != b[0] or frozenset((a, b)) in _BOTH_ARE_WORDS:
        return False
    shorter = min(len(a), len(b))
    if len(a) == len(b) and sorted(a) == sorted(b):
        return shorter >= 3 and OSA.distance(a, b) == 1
    return shorter >= 5 and OSA.distance(a, b) == 1


@lru_cache(maxsize=4096)
def american(word: str) -> str:
    """A word in American spelling, as far as rules carry: tumor, anemia, estrogen, randomized, center."""
    for pattern, put in _AMERICAN:
        word = pattern.sub(put, word)
    return word


_AMERICAN = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"ae(?=[a-z])", "e"),
        (r"oe(?=[dms])", "e"),
        (r"(?<=[a-z]{2})our", "or"),
        (r"(?<=[a-z]{3})is(?=e$|ed$|es$|ing$|ation)", "iz"),
        (r"(?<=[a-z]{3})ys(?=e$|ed$|es$|ing$)", "yz"),
        (r"(?<=[a-z]{2})tre(?=s?$)", "ter"),
        (r"amme(?=s?$)", "am"),
        (r"ll(?=ed$|ing$)", "l"),
    )
)
_BOTH_ARE_WORDS = frozenset(
    frozenset(pair.split("/"))
    for pair in word_set(
        "ileum/ilium fetal/fatal insulin/inulin viral/vital form/from casual/causal dairy/diary mucosa/mucosal "
        "perineal/peroneal absorption/adsorption white/while whole/while there/three later/latter abduction/adduction "
        "dysphagia/dysphasia creatine/creatinine infusion/effusion direct/divert"
    )
)
