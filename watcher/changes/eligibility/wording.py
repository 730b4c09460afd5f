"""Whether two wordings of a criterion say the same: words reduced to what tells one meaning from another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz.distance import Indel

from watcher.changes.language.likeness import american, tokens_but_for_spelling
from watcher.changes.language.spoken import is_number, split, spoken, tokens
from watcher.changes.language.units import TIME, word_set
from watcher.record import tidy

# Words without a meaning of their own in a criterion: taking one out changes nothing.
_UNSTRESSED = word_set(
    "a an the of is are be been being has have having had must should shall will that which who whose their his "
    "her its this these those in with for at by old age aged person known there eg ie"
)
_SAME: dict[str, str] = {
    **dict.fromkeys(
        word_set(
            "subject subjects patient patients participant participants individual individuals volunteer volunteers "
            "persons people"
        ),
        "person",
    ),
    **dict.fromkeys(word_set("yr yrs y year years"), "year"),
    **dict.fromkeys(word_set("mo mos month months"), "month"),
    **dict.fromkeys(word_set("wk wks week weeks"), "week"),
    **dict.fromkeys(["day", "days", "d"], "day"),
    **dict.fromkeys(word_set("hr hrs h hour hours"), "hour"),
    **dict.fromkeys(["prior", "previous", "previously"], "prior"),
    **dict.fromkeys(word_set("woman women female females"), "female"),
    **dict.fromkeys(word_set("man men male males"), "male"),
    **dict.fromkeys(word_set("mcg microgram micrograms ug"), "ug"),
    **dict.fromkeys(["milligram", "milligrams", "mg"], "mg"),
    **dict.fromkeys(["cannot"], "not"),
    **dict.fromkeys(["ms", "msec", "msecs", "millisecond", "milliseconds"], "ms"),
    **dict.fromkeys(["able", "ability"], "able"),
    **dict.fromkeys(["give", "giving", "provide", "providing"], "give"),
    **dict.fromkeys(["allergy", "allergies", "hypersensitivity", "hypersensitivities"], "allergy"),
    **dict.fromkeys(["lactating", "breastfeeding", "nursing"], "breastfeeding"),
}
_ABBREVIATIONS = tuple(
    (re.compile(rf"\b{spelled}\b"), short)
    for spelled, short in (
        ("upper limits? of (?:the )?(?:laboratory )?normal(?: range)?", "uln"),
        ("lower limits? of (?:the )?normal(?: range)?", "lln"),
        ("absolute neutrophil count", "anc"),
        ("performance status(?: scores?)?", "ps"),
        ("body mass index", "bmi"),
        ("eastern cooperative oncology group", "ecog"),
        ("left ventricular ejection fraction", "lvef"),
        ("human immunodeficiency virus", "hiv"),
        ("hepatitis b virus", "hbv"),
        ("hepatitis c virus", "hcv"),
        ("electrocardiogram", "ecg"),
        ("central nervous system", "cns"),
        ("alanine (?:amino)?transferase|alanine transaminase", "alt"),
        ("aspartate (?:amino)?transferase|aspartate transaminase", "ast"),
        ("non-?small[ -]cell lung cancer", "nsclc"),
        ("informed consent form", "icf"),
        ("electronic case report form", "ecrf"),
        ("mg per dl|mg/100 ?ml", "mg/dl"),
        ("(?:expected|anticipated|estimated) (?:survival(?: (?:time|period))?|life expectancy)", "life expectancy"),
    )
)
# The first letters of them all: trying each on every criterion would cost more than all the rest.
_MAY_ABBREVIATE = re.compile(
    r"limits? of|absolute neut|performance st|body mass|eastern coop|left vent|deficiency v|hepatitis [bc] v"
    r"|electrocard|central nerv|alanine|aspartate|small[ -]cell|informed consent f|ed survival|ed life exp"
    r"|electronic case|per dl|/100"
)
_BRACKETED = re.compile(r"\(([a-z]{2,8})\)")
_DEFINED = re.compile(r"((?:[A-Za-z]{1,20}[ -]){2,7})\(([A-Z][A-Za-z]{1,6})\)")
NEGATIONS = word_set(
    "no not without never non neither nor cannot unable except unless excluded excluding free lack lacking "
    "absence absent ineligible fail failed fails negative"
)
_RANGE = re.compile(r"(?<![\w.])(\d{1,3}) ?(to|-|or) ?(\d{1,3})(?![\w.])")
_OR, _EXCEPT = word_set("or"), word_set("unless except excluding")


@lru_cache(maxsize=4096)
def stressed(text: str) -> tuple[str, ...]:
    """The words that carry the meaning, in one spelling, number and abbreviation."""
    plain = spoken(text)
    if _MAY_ABBREVIATE.search(plain):
        for pattern, short in _ABBREVIATIONS:
            plain = pattern.sub(short, plain)
    plain = _RANGE.sub(_as_range, plain)
    plain = _BRACKETED.sub(lambda found: " " if _spoken_before(found) else found[0], plain)
    reduced = (_reduced(word) for word in _timed(split(plain)))
    return tuple(word for word in reduced if word not in _UNSTRESSED)


def _as_range(found: re.Match[str]) -> str:
    """One form for "0-1", "0 to 1" and "0 or 1"; "0 or 2" is no range."""
    low, joint, high = found[1], found[2], found[3]
    return f"{low} to {high}" if joint != "or" or int(high) - int(low) == 1 else found[0]


def _timed(words: tuple[str, ...]) -> Iterator[str]:
    """The words with spans of time in days: "24 months" and "2 years" are one."""
    number = ""
    for word in words:
        if number and word in TIME:
            yield f"{float(number) * TIME[word]:.4g}"
            yield "days"
        else:
            yield from (part for part in (number, "" if is_number(word) else word) if part)
        number = word if is_number(word) else ""
    yield from filter(None, [number])


def same_meaning(old: str, new: str) -> bool:
    """Whether two wordings differ in spelling, unstressed words, abbreviations or the order of words alone."""
    if tokens_but_for_spelling(tokens(old), tokens(new)):
        return True
    old, new = _with_abbreviations(old, new), _with_abbreviations(new, old)
    left, right = stressed(old), stressed(new)
    return left == right or tokens_but_for_spelling(left, right) or _reordered(left, right)


def negated(text: str) -> int:
    """How many words of a text deny something."""
    return sum(word in NEGATIONS or word.startswith("non") for word in tokens(text))


def reversed_sense(old: str, new: str) -> bool:
    """Whether a negation came or went and the rest stayed: "must have" became "must not have"."""
    left, right = ([word for word in stressed(text) if word not in NEGATIONS] for text in (old, new))
    return negated(old) != negated(new) and Indel.normalized_similarity(left, right) >= 0.85


def turned_round(old: str, new: str) -> bool:
    """Whether one text denies what the other says, in the same words: "no prior chemotherapy", "prior chemotherapy"."""
    left, right = (Counter(word for word in stressed(text) if word not in NEGATIONS) for text in (old, new))
    return left == right and bool(left) and abs(negated(old) - negated(new)) == 1


def alternative_moved(old: str, new: str) -> bool:
    """Whether one wording is the other with one "or ..." or "except ..." more: wider or narrower."""
    shorter, longer = sorted((stressed(old), stressed(new)), key=len)
    blocks = [op for op in Indel.opcodes(shorter, longer) if op.tag != "equal"]
    if len(blocks) != 1 or blocks[0].tag != "insert" or not shorter:
        return False
    return longer[blocks[0].dest_start] in _OR | _EXCEPT


@lru_cache(maxsize=4096)
def _reduced(word: str) -> str:
    """A word in American spelling and the singular, one word for words that mean the same in any criterion."""
    same = _SAME.get(word)
    if same is not None or is_number(word):
        return same or word
    plain = american(word)
    if len(plain) > 4 and plain.endswith("ies"):
        return plain[:-3] + "y"
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")) else plain


def _spoken_before(found: re.Match[str]) -> bool:
    """Whether a bracket only gives the abbreviation of the word right before it."""
    return found.string[: found.start()].rstrip().endswith(found[1])


def _with_abbreviations(text: str, other: str) -> str:
    """The text with what either text abbreviates in brackets abbreviated: "central venous pressure (CVP)" is "CVP"."""
    plain = tidy(text)
    if "(" not in text + other:
        return plain
    for spelled, short in dict.fromkeys((*_DEFINED.findall(plain), *_DEFINED.findall(tidy(other)))):
        if spelled not in plain and spelled not in other:
            continue
        words = re.split(r"[ -]", spelled.strip())[-len(short) :]
        if "".join(word[0] for word in words).casefold() == short.casefold():
            pattern = "[ -]".join(map(re.escape, words))
            plain = re.sub(rf"{pattern}(?: \({re.escape(short)}\))?", short, plain, flags=re.I)
    return plain


def _reordered(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """The same words in another order, where the order says nothing: no negation, numbers as they stood."""
    if Counter(left) != Counter(right) or any(word in NEGATIONS or word in ("<", ">", "<=", ">=") for word in left):
        return False
    if [word for word in left if is_number(word)] != [word for word in right if is_number(word)]:
        return False
    return not {"before", "after", "than", "from", "to", "until", "if", "then", "but"} & set(left)
