"""Outcome texts as sets of content words: abbreviations written out, one word for what means the same.

Looser than `language.spoken`, which keeps order and signs: an outcome is told in other words far more often than it
changes. Weights and thresholds were fitted with these words on rated pairs, so they change together or not at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from watcher.changes.outcomes import vocabulary
from watcher.record import tidy

_JOINED = re.compile(r"\b(re|mid|post|pre|non|anti|sub|un|intra|inter|peri|micro|co|multi)-(?=[a-z])", re.IGNORECASE)
_VERSION = re.compile(r"\b(?:version|vers?\.?|v\.?) ?(?=\d)", re.IGNORECASE)
_SHORT = re.compile(r"\b[A-Z]{2,8}s?\b|\b[A-Z][A-Za-z]{0,6}[A-Z][A-Za-z]{0,6}\b")
_TOKEN = re.compile(r"\d+(?:\.\d+)?[abc]?\b|\d+(?:\.\d+)?|[^\W\d_]+\d*[^\W_]*")
_SUFFIX = re.compile(
    r"(?<=\w{5})(?:ations?|ative|ing|ions?|ive|ed|ally|al|ically|ic|ly|ment|ness|ities|ity|e)$",
)
_BRITISH = (("haem", "hem"), ("oea", "ea"), ("isation", "ization"), ("yse", "yze"), ("aes", "es"), ("oed", "ed"))
_ACCENTS = re.compile("[\u0300-\u036f]")
_MOST_TYPOS = 60
_MOST_SHORT = 400


def abbreviations(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What the abbreviations of these texts stand for, where the texts spell them out, by initials."""
    every = [tidy(text) for text in texts]
    short = {found.group().rstrip("s").casefold() for text in every for found in _SHORT.finditer(text)}
    spelled: dict[str, tuple[str, ...]] = {}
    if not short or len(short) > _MOST_SHORT:
        return spelled
    for text in sorted(set(every)):
        every_word = _TOKEN.findall(text.replace("-", " ").casefold())
        for kept in (every_word, [token for token in every_word if token not in vocabulary.PARTICLES]):
            initials = "".join(token[0] for token in kept)
            for name in short - spelled.keys():
                place = initials.find(name)
                if place >= 0:
                    spelled[name] = tuple(kept[place : place + len(name)])
    return spelled


class Lexicon:
    """The words of one study's texts in normal form; each text is read once."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._short = abbreviations(texts)
        self._read: dict[str, frozenset[str]] = {}

    def content(self, *texts: str) -> frozenset[str]:
        """The content words of these texts in normal form, numbers and stock phrases among them."""
        return frozenset().union(*(self._read.get(text) or self._content(text) for text in texts))

    def _content(self, text: str) -> frozenset[str]:
        words: set[str] = set()
        for token in tokens(text):
            meant = self._short.get(token) or self._short.get(token.removesuffix("s"))
            words.update(map(stem, meant) if meant else _written_out(token))
        read = self._read[text] = frozenset(words - vocabulary.PARTICLES)
        return read


@lru_cache(maxsize=16384)
def _written_out(token: str) -> tuple[str, ...]:
    for name in (token, token.removesuffix("s")):
        if name in vocabulary.SPELLED:
            return tuple(map(stem, vocabulary.SPELLED[name].split()))
    return (stem(token),)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in their order, without case, accents and punctuation."""
    plain = _VERSION.sub("", _JOINED.sub(r"\1", tidy(text))).casefold()
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    return tuple(_TOKEN.findall(plain))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A light stem: without plural, British spelling and common endings; one word for words that mean the same."""
    for british, american in _BRITISH:
        word = word.replace(british, american)
    if word.endswith(("ise", "ised")):
        word = word.replace("ise", "ize")
    if word.endswith("our") and len(word) > 5:
        word = word[:-3] + "or"
    if word.endswith("ies") and len(word) > 5:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    return _SUFFIX.sub("", vocabulary.ALIKE.get(word, word))


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of a list of the vocabulary."""
    return frozenset(map(stem, words))


STOCK = stems(vocabulary.STOCK)
UNTELLING = STOCK | stems(vocabulary.UNTELLING)


def telling(words: Iterable[str]) -> frozenset[str]:
    """The words that say what is measured: no number, no stock phrase."""
    return frozenset(word for word in words if len(word) > 1 and not word[0].isdigit() and word not in UNTELLING)


def numbers(words: Iterable[str]) -> frozenset[str]:
    """The numbers among the words."""
    return frozenset(word for word in words if word[0].isdigit())


def unmatched(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The words that the other side lacks, typing errors apart."""
    left, candidates = words - others, others - words
    if len(left) > _MOST_TYPOS or len(candidates) > _MOST_TYPOS:
        return left
    begun = defaultdict(list)
    for other in candidates:
        begun[other[:2]].append(other)
    return frozenset(word for word in left if not any(mistyped(word, other) for other in begun[word[:2]]))


def mistyped(word: str, other: str) -> bool:
    """Whether one is the other with a slip: their digits and beginnings must agree, so that hypo- is never hyper-."""
    shorter = min(len(word), len(other))
    if shorter < 4 or word[:2] != other[:2] or word[0].isdigit() or _digits(word) != _digits(other):
        return False
    allowed = 2 if shorter >= 9 and word[:4] == other[:4] else 1
    return OSA.distance(word, other, score_cutoff=allowed) <= allowed


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))


def same_but_slips(old: str, new: str) -> bool:
    """Whether two texts differ in case, punctuation, blanks between words and typing errors at most."""
    before, after = tokens(old), tokens(new)
    if "".join(before) == "".join(after):
        return True
    return len(before) == len(after) and all(a == b or mistyped(a, b) for a, b in zip(before, after, strict=True))
