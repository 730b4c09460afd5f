"""Text as it would be read aloud: signs, numbers and units in one form, so that only words and amounts are compared.

"at least two weeks" is ">= 2 weeks", "1x10^6" is "1000000", "18 years or older" is ">= 18 years", "Stage III" is
"stage 3". Unlike `folded`, comparison signs and the decimals of a number stay: "> 3" is not "< 3", "1.5" not "15".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

from watcher.changes.language.units import SPELLED, UNIT_WORDS
from watcher.record import tidy

_STRAIGHT = {ord(mark): f"^{digit}" for digit, mark in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹") if digit not in (2, 3)} | {
    ord(sign): plain for sign, plain in {"⩾": ">=", "⩽": "<=", "≧": ">=", "≦": "<="}.items()
}
_ACCENTS = re.compile("[\u0300-\u036f]")
_AMOUNT = r"(?<!\d)\d{1,15}(?:\.\d{1,15})?(?:\s*(?:%|[a-zµμ]+(?:/[a-z0-9]+)?))?(?:\s+(?:of age|old))?"
_AGE = r"(?<![\d.])\d{1,3}(?![\d])"
_OR_MORE = r"\s*(?:\(inclusive\)\s*)?,?\s*(?:or|and)"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_ROMANS = rf"(?:{'|'.join(sorted(_ROMAN, key=len, reverse=True))})(?=[abc]?\b)"
_STAGED = re.compile(
    rf"\b(?:stages?|class(?:es)?|grades?|phases?|types?|nyha|asa|figo)\s+{_ROMANS}(?:[abc]?(?:\s*[,/-]\s*|\s+(?:or|and|to)\s+){_ROMANS})*"
)
_SPELLED_NUMBER = re.compile(rf"\b({'|'.join(sorted(SPELLED, key=len, reverse=True))})\b")
# What to look for before trying a pattern, the pattern, and what is put in its place; "" for any text with a digit.
_REWRITTEN = tuple(
    (needle, re.compile(pattern), put)
    for needle, pattern, put in (
        ("&gt;", r"&gt;", ">"),
        ("&lt;", r"&lt;", "<"),
        ("&", r"&amp;|&", " and "),
        (".", r"(?<![\w.])\.(?=\d)", "0."),
        ("e ", r"\b(?:one|a single) (?=(?:day|week|month|year|hour)\b)", "1 "),
        (",", r"(?<=\d),(?=\d{3}(?!\d))", ""),
        (",", r"(?<=\d),(?=\d)", "."),
        ("*", r"(?<=\d)\s*\*\s*(?=10\s*\^)", " x "),
        ("=", r"=\s?>|>\s=", ">="),
        ("=", r"=\s?<|<\s=", "<="),
        ("equal", r"\b(?:greater|more|higher|older) than or equal (?:to|than)\b", " >= "),
        ("equal", r"\bequal to or (?:greater|more|higher) than\b", " >= "),
        ("equal", r"\b(?:less|fewer|lower|younger) than or equal (?:to|than)\b", " <= "),
        ("equal", r"\bequal to or (?:less|lower) than\b", " <= "),
        (" than", r"\b(?:no|not) (?:less|fewer|lower|younger) than\b", " >= "),
        (" than", r"\b(?:no|not) (?:more|greater|higher|older) than\b", " <= "),
        ("at least", r"\bat least\b", " >= "),
        ("at most", r"\bat most\b", " <= "),
        ("minimum", r"\b(?:a )?minimum(?: of)? (?=\d)", " >= "),
        ("maximum", r"\b(?:a )?maximum(?: of)? (?=\d)", " <= "),
        (" than", r"\b(?:greater|more|higher|older|longer) than\b", " > "),
        (" than", r"\b(?:less|fewer|lower|younger|shorter) than\b", " < "),
        ("", rf"({_AMOUNT}){_OR_MORE} (?:older|above|more|greater|higher|over)\b", r" >= \1 "),
        ("", rf"({_AMOUNT}){_OR_MORE} (?:younger|below|less|lower|under)\b", r" <= \1 "),
        (
            "age",
            rf"(\bage[ds]?(?: of| between)?\s*(?:[<>]=?)?\s*{_AGE}(?:\s*(?:to|-|and)\s*{_AGE})?)"
            r"(?=\s*(?:[;,()]|\.(?!\d)|$))",
            r"\1 years",
        ),
        ("micro", r"\bmicro[ -](?=(?:gram|lit(?:er|re)|mol)s?\b)", "micro"),
        ("cent", r"\bper ?cent\b", "%"),
        ("-", r"(?<=\d)-(?=[a-z])", " "),
        ("+", r"(?<=\b[a-z][a-z0-9]\d)\+(?!\w)|(?<=\b[a-z]\d)\+(?!\w)|(?<=\b[ehp]r)\+(?!\w)", " positive "),
        ("-", r"(?<=\b[a-z][a-z0-9]\d)-(?![\w-])|(?<=\b[a-z]\d)-(?![\w-])", " negative "),
        ("", rf"(?<=\d)(?=(?:{'|'.join(sorted(UNIT_WORDS, key=len, reverse=True))})\b)", " "),
    )
)
_POWER = re.compile(
    r"(?<!\d)(\d{1,9}(?:\.\d{1,9})?)\s?[x×]\s?10\s?(?:\^|\*\*|e)\s?(\d{1,2})(?!\d)|(?<![\d.])10\s?\^\s?(\d{1,2})(?!\d)"
)
_ENDLESS = re.compile(r"\d{16,}")
_DIGIT = re.compile(r"\d")
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[<>]=?|%|[^\W\d_]\w*")


def one_line(text: str) -> str:
    """The text as `tidy` has it, with powers kept readable: 10⁶ is "10^6", not "106"."""
    return tidy(text.translate(_STRAIGHT))


@lru_cache(maxsize=4096)
def spoken(text: str) -> str:
    """The text in lower case with its signs, number words, powers and units in one form."""
    plain = one_line(text).casefold()
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    plain = _SPELLED_NUMBER.sub(lambda found: str(SPELLED[found[1]]), plain)
    plain = _STAGED.sub(lambda found: re.sub(_ROMANS, lambda roman: str(_ROMAN[roman[0]]), found[0]), plain)
    plain = _ENDLESS.sub(_as_name, plain)
    digits = _DIGIT.search(plain) is not None
    for needle, pattern, put in _REWRITTEN:
        if needle in plain if needle else digits:
            plain = pattern.sub(put, plain)
    return _POWER.sub(_as_number, plain) if "10" in plain else plain


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """Words, whole numbers and comparison signs, in order; brackets, bullets and other punctuation are left out."""
    return split(spoken(text))


def split(plain: str) -> tuple[str, ...]:
    """The tokens of a text that is in its spoken form already."""
    return tuple(_TOKEN.findall(plain))


def is_number(token: str) -> bool:
    """Whether a token is a number."""
    return token[0].isdigit()


def _as_number(found: re.Match[str]) -> str:
    base, power = float(found[1] or 1), int(found[2] or found[3])
    return f" {base * 10.0**power:.10g} ".replace("e+", "e") if power < 10 else f" {base * 10.0**power:.0f} "


def _as_name(found: re.Match[str]) -> str:
    """A run of digits that no amount has: a name, the same for the same digits."""
    return "n" + blake2b(found[0].encode(), digest_size=8).hexdigest().translate(_LETTERS)
