"""Normal forms of registry text: what is compared is never what is stored or shown."""

from __future__ import annotations

import re
import unicodedata

_STRAIGHT = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "≥": ">=",
        "≤": "<=",
        "\u00ad": None,
        "\u200b": None,
        "\ufeff": None,
    }
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|^&])")
_BLANKS = re.compile(r"\s+")
_UNSPOKEN = re.compile(r"[^0-9a-z]+")
_ACCENTS = re.compile("[\u0300-\u036f]")


def tidy(text: str) -> str:
    """One line of compatible characters: NFKC, straight quotes and dashes, no markdown escapes, single blanks."""
    straight = unicodedata.normalize("NFKC", text).translate(_STRAIGHT)
    return _BLANKS.sub(" ", _ESCAPED.sub(r"\1", straight)).strip()


def folded(text: str) -> str:
    """The words alone, for identity: `tidy`, casefolded, without accents or punctuation.

    Text in scripts that have no Latin letters keeps its own characters and marks, so that two such names stay apart.
    """
    plain = unicodedata.normalize("NFKD", tidy(text).casefold())
    bare = _ACCENTS.sub("", plain)
    words = _UNSPOKEN.sub(" ", bare).strip()
    return words if words and bare.isascii() else _BLANKS.sub(" ", _letters(bare)).strip()


def _letters(text: str) -> str:
    return "".join(character if unicodedata.category(character)[0] in "LMN" else " " for character in text)
