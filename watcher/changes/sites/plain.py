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
# What a broken encoding leaves behind: a letter with tilde, breve or circumflex before a sign, or a replacement mark.
# (A Romanian word may end in a breve, but no sign of another alphabet follows it.)
_BROKEN = re.compile(
    "[\u00c2\u00c3\u0139\u00c5\u00e2](?=[^\\w\\s]|[\u0080-\u00bf]|\\w?$)"
    '|[\u0102\u0103](?=["<\u00b4\u00ab\u00a9\u00a8\u02c7\u00b6\u00a7\u00b1\u00ad\u0142\u013d])'
    "|\ufffd|\\w\\?+\\w"
)


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


def repaired(text: str) -> str:
    """The text with a wrong decoding undone: without loss where that is possible, else as far as it goes."""
    if text.isascii():
        return text
    whole = _decoded_again(text)
    return _pieced_together(text) if whole is None and _BROKEN.search(text) else whole or text


def _decoded_again(text: str) -> str | None:
    for encoding in _MISREAD_AS:
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return None


def _pieced_together(text: str) -> str:
    """Central European misreadings that were set in title case and in plain quotes afterwards ('Hă"Pital')."""
    marked = text.replace("\u0103", "\u0102").replace('\u0102"', "\u0102´").replace("\u0102<", "\u0102«")
    pieced = marked.encode("cp1250", "ignore").decode("utf-8", "ignore")
    return pieced if "\u0102" in marked and pieced.strip() else text


def broken(text: str) -> bool:
    """Whether a text shows the marks of a wrong decoding that cannot be undone without loss."""
    return bool(_BROKEN.search(text)) and (text.isascii() or _decoded_again(text) is None)


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """The ASCII letters and digits alone: what a broken encoding leaves untouched."""
    return _BEYOND_ASCII.sub("", html.unescape(text).casefold())
