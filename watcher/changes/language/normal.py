"""Whether two names or short texts say the same, signs that carry meaning included."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from watcher.changes.language.encoding import WESTERN, decoded_again
from watcher.record import folded, tidy

# Signs that carry meaning, which a comparison of words alone would lose: "HER2+" and "HER2-", "> 5" and "< 5".
_POSITIVE = re.compile(r"(?<=\w)\+(?!\w)")
_NEGATIVE = re.compile(r"\b([A-Za-z]{1,3}|[A-Za-z]{1,4}\d{1,3})-(?!\w)")
_COMPARED = re.compile(r"[<>]=?")
_NAMES = {">": " morethan ", "<": " lessthan ", ">=": " atleast ", "<=": " atmost "}
_MISREAD = re.compile("[\u00c2-\u00f4][^A-Za-z ]")
# Registries capitalise titles, and what they take for a word: "Head &Amp; Neck".
_ENTITY = re.compile("&(amp|lt|gt|quot|apos);", re.IGNORECASE)
# Letters that are no letter with an accent, and yet are written without their stroke.
_LATIN = str.maketrans({"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "œ": "oe"})
_SHORT = re.compile(r"\s*\(([A-Z]{2,8})\)\s*$")


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """The text without case, accents, punctuation and layout, but with the signs that carry meaning, spelt out.

    For names and titles. Decimal points become blanks: where amounts count, compare `spoken.tokens`.
    """
    plain = tidy(unescape(_ENTITY.sub(_in_small_letters, _repaired(text)))).translate(_LATIN)
    signed = _NEGATIVE.sub(r"\1 negative ", _POSITIVE.sub(" positive ", plain))
    return folded(_COMPARED.sub(lambda sign: _NAMES[sign[0]], signed))


def _in_small_letters(found: re.Match[str]) -> str:
    return found[0].lower()


def _repaired(text: str) -> str:
    """The text without the marks of a wrong decoding, where it has any."""
    return (decoded_again(text, WESTERN) or text) if _MISREAD.search(text) else text


def alike(a: str, b: str) -> bool:
    """Whether two texts differ in layout, case and punctuation at most."""
    return a == b or normal(a) == normal(b)


def unabbreviated(text: str) -> str:
    """The text without an abbreviation of it in brackets at its end: "Non-small Cell Lung Cancer (NSCLC)"."""
    found = _SHORT.search(text)
    if found is None:
        return text
    letters = iter(word[0] for word in normal(text[: found.start()]).split())
    return text[: found.start()] if all(letter in letters for letter in found[1].casefold()) else text


def singular(text: str) -> str:
    """`normal`, with plurals as singulars: "Solid Tumors" is "Solid Tumor". For the names of conditions."""
    return " ".join(
        word[:-1] if len(word) > 4 and word[-1] == "s" and word[-2] not in "sui" else word
        for word in normal(text).split()
    )
