"""Text as it is compared: case, accents, punctuation, HTML entities and broken encodings do not count."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from watcher.record import tidy

# Encodings in which UTF-8 is most often misread on the way to the registry.
_MISREAD_AS = ("cp1252", "latin-1", "cp1250")
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
# What a broken encoding leaves behind: a capital with tilde, breve or circumflex before a sign, or a replacement mark.
_BROKEN = re.compile(
    "[\u00c2\u00c3\u0102\u0103\u0139\u00c5\u00e2](?=[^\\w\\s]|[\u0080-\u00bf]|\\w?$)|[\u0102\u0103](?=[^\\x00-\\x7f])|\ufffd|\\w\\?+\\w",
    re.UNICODE,
)


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """The words of a text in normal form, parted by single blanks; other scripts keep their letters."""
    said = tidy(html.unescape(repaired(text))).casefold()
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", said)))
    bare = _INITIALS.sub(r"\1", bare.translate(_LETTERS))
    bare = _APOSTROPHES.sub("", _ELISIONS.sub("", _POSSESSIVE.sub("", bare)))
    for long, short in _UMLAUTS:
        bare = bare.replace(long, short)
    return _SPELT_OUT.sub(r"\1", _APART.sub(" ", bare).strip())


def repaired(text: str) -> str:
    """The text with a wrong decoding undone, where that is possible without loss."""
    if text.isascii():
        return text
    for encoding in _MISREAD_AS:
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text


def broken(text: str) -> bool:
    """Whether a text shows the marks of a wrong decoding that cannot be undone."""
    return bool(_BROKEN.search(text)) and repaired(text) == text


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """The ASCII letters and digits alone: what a broken encoding leaves untouched."""
    return _BEYOND_ASCII.sub("", html.unescape(text).casefold())
