"""Names and addresses as they are compared: case, accents, punctuation, entities, broken encodings do not count.

Looser than `language.normal`: elisions ("l'Hôpital"), umlauts in two letters ("Muenchen") and initials ("M.D.") are one
spelling here, since facilities are written in every language. Signs carry no meaning in a name.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from watcher.changes.language.encoding import repaired
from watcher.record import tidy

# Letters that no decomposition takes apart, and the two-letter spellings of umlauts.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_ACCENTS = re.compile("[\u0300-\u036f]")
_INITIALS = re.compile(r"\b([^\W\d_])\.\s?(?=[^\W\d_]\b)")
_SPELT_OUT = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]\b)")
_ELISIONS = re.compile(r"\b[dl]['`´](?=\w)")
_POSSESSIVE = re.compile(r"(?<=\w)['`´]s\b")
_APOSTROPHES = re.compile(r"['`´]")
_APART = re.compile(r"[\W_]+")
_BEYOND_ASCII = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """The words of a text in normal form, parted by single blanks; other scripts keep their letters."""
    said = tidy(html.unescape(repaired(text))).casefold()
    bare = without_accents(said)
    bare = _INITIALS.sub(r"\1", bare.translate(_LETTERS))
    bare = _APOSTROPHES.sub("", _ELISIONS.sub("", _POSSESSIVE.sub("", bare)))
    for long, short in _UMLAUTS:
        bare = bare.replace(long, short)
    return _SPELT_OUT.sub(r"\1", _APART.sub(" ", bare).strip())


def without_accents(text: str) -> str:
    """The text with every letter that carries an accent as the letter alone."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """The ASCII letters and digits alone: what a broken encoding leaves untouched."""
    return _BEYOND_ASCII.sub("", html.unescape(text).casefold())
