"""UTF-8 that somebody read in another encoding on its way to the registry ("HÃ´pital"), and undoing that."""

from __future__ import annotations

import re
from collections.abc import Sequence

# The encodings in which UTF-8 is most often misread: Western European, and Central European.
WESTERN = ("cp1252", "latin-1")
_ALL = (*WESTERN, "cp1250")
# What a broken encoding leaves behind: a letter with tilde, breve or circumflex before a sign, or a replacement mark.
# (A Romanian word may end in a breve, but no sign of another alphabet follows it.)
_BROKEN = re.compile(
    "[\u00c2\u00c3\u0139\u00c5\u00e2](?=[^\\w\\s]|[\u0080-\u00bf]|\\w?$)"
    '|[\u0102\u0103](?=["<\u00b4\u00ab\u00a9\u00a8\u02c7\u00b6\u00a7\u00b1\u00ad\u0142\u013d])'
    "|\ufffd|\\w\\?+\\w"
)


def repaired(text: str) -> str:
    """The text with a wrong decoding undone: without loss where that is possible, else as far as it goes."""
    if text.isascii():
        return text
    whole = decoded_again(text, _ALL)
    return _pieced_together(text) if whole is None and _BROKEN.search(text) else whole or text


def decoded_again(text: str, encodings: Sequence[str]) -> str | None:
    """The text as UTF-8, where one of these encodings gives back its bytes; None where it was not misread."""
    for encoding in encodings:
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
    return bool(_BROKEN.search(text)) and (text.isascii() or decoded_again(text, _ALL) is None)
