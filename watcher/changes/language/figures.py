"""The numbers of a text with their units and comparison signs, and which of them moved between two texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.changes.language.spoken import spoken
from watcher.changes.language.units import AMOUNTS, DOSES, SAME_SPAN, TIME

_FIGURE = re.compile(
    r"(?P<sign>[<>]=?)?\s*(?<![\w.])(?<![a-z]-)(?P<number>\d+(?:\.\d+)?)(?:\s*(?P<unit>%|[a-zµμ]+(?:\s?/\s?[a-z0-9^]+)*))?"
)
# Days from one dose to the next.
_HOW_OFTEN: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), days)
    for pattern, days in (
        (
            r"\b(?:twice|2 times|2x)[ -](?:daily|a day|per day|each day|every day)\b|\bbid\b|\bb\.i\.d\b",
            1 / 2,
        ),
        (r"\b(?:thrice|3 times|3x)[ -](?:daily|a day|per day|each day)\b|\btid\b|\bt\.i\.d\b", 1 / 3),
        (r"\b(?:4 times|4x)[ -](?:daily|a day|per day|each day)\b|\bqid\b|\bq\.i\.d\b", 1 / 4),
        (r"\b(?:twice|2 times)[ -](?:weekly|a week|per week|each week)\b", 7 / 2),
        (r"\b(?:thrice|3 times)[ -](?:weekly|a week|per week|each week)\b", 7 / 3),
        (r"\bevery other day\b|\bqod\b|\balternate days?\b", 2.0),
        (r"\bevery other week\b|\bbi-?weekly\b", 14.0),
        (r"\bdaily\b|\b(?:a|per|each|every) day\b|\bqd\b|\bq\.d\b", 1.0),
        (r"\bweekly\b|\b(?:once a|once per|each|every) week\b|\bqw\b", 7.0),
        (r"\bmonthly\b|\b(?:once a|once per|each|every) month\b", 30.4375),
    )
)
_EVERY = re.compile(r"\b(?:every|q|each)\s?(?P<number>\d+)\s?-?(?P<unit>hours?|h|days?|d|weeks?|w|wk|months?|m|mo)\b")
_EVERY_UNIT = {"h": 1 / 24, "d": 1.0, "w": 7.0, "m": 30.4375}
# Beyond this many differing numbers nobody asks which of them are the same span in another unit.
_COMPARED = 60
# Amounts that differ by less differ in the arithmetic alone.
_EXACT = 1e-9
# A percentage is a dose where it is the strength of a preparation, and not a share of something.
_STRENGTH = re.compile(
    r"%\s*(?:\w+\s+){0,2}(?:cream|ointment|gel|lotion|solution|saline|drops?|spray|foam|dextrose|glucose|shampoo"
    r"|emulsion|topical|w/[wv])"
)
_DOSE_UNITS = frozenset(AMOUNTS[word] for word in DOSES)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in its unit with the sign before it, spans of time in days; `shown` is how the text puts it."""

    value: float
    unit: str
    sign: str
    shown: str

    @property
    def amount(self) -> tuple[float, str]:
        """The number and its unit, without the sign."""
        return self.value, self.unit

    def equals(self, other: Figure) -> bool:
        """Whether both say the same amount; a sign that only one of them has does not part them."""
        if self.unit != other.unit or (self.sign and other.sign and self.sign != other.sign):
            return False
        # "52 weeks" is "1 year"; between "30 days" and "31 days" the unit leaves no doubt.
        other_unit = self.unit == "time" and self.shown.split()[-1] != other.shown.split()[-1]
        leeway = SAME_SPAN * max(self.value, other.value) if other_unit else _EXACT
        return abs(self.value - other.value) <= leeway


def figures(text: str) -> tuple[Figure, ...]:
    """Every number of a text that is not part of a name ("CD20", "COVID-19"), in order."""
    return tuple(_figure(found) for found in _FIGURE.finditer(spoken(text)))


def apart(old: Iterable[Figure], new: Iterable[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The figures that only the old and only the new text has."""
    left, right = Counter(map(_amount, before := list(old))), Counter(map(_amount, after := list(new)))
    gone, come = _without(before, left & right), _without(after, left & right)
    for figure in gone[:_COMPARED]:
        match = next((other for other in come[:_COMPARED] if figure.equals(other)), None)
        if match is not None:
            gone.remove(figure)
            come.remove(match)
    return gone, come


def in_pairs(gone: Sequence[Figure], come: Sequence[Figure]) -> list[dict[str, str]]:
    """Which figure became which, as both texts put them, where as many came as went; else nothing is certain."""
    if len(gone) != len(come):
        return []
    return [{"from": old.shown, "to": new.shown} for old, new in zip(gone, come, strict=True)]


def _amount(figure: Figure) -> tuple[float, str, str]:
    return figure.value, figure.unit, figure.sign


def _without(found: list[Figure], shared: Counter[tuple[float, str, str]]) -> list[Figure]:
    rest, left = shared.copy(), []
    for figure in found:
        if rest[_amount(figure)] > 0:
            rest[_amount(figure)] -= 1
        else:
            left.append(figure)
    return left


def doses(text: str) -> tuple[Figure, ...]:
    """What is given and how often: the amounts with a dose unit, and the intervals between doses, as often as told."""
    strength = bool(_STRENGTH.search(spoken(text)))
    found = [
        figure
        for figure in figures(text)
        if figure.unit.partition("/")[0] in _DOSE_UNITS and (figure.unit != "%" or (strength and not figure.sign))
    ]
    return (*found, *_intervals(spoken(text)))


def doses_apart(old: str, new: str) -> tuple[list[Figure], list[Figure]]:
    """The doses that only one of two texts has; a text that states no dose at all says nothing about them."""
    left, right = doses(old), doses(new)
    if not left or not right:
        return [], []
    before, after = ({figure.amount: figure for figure in side} for side in (left, right))
    if before.keys() == after.keys():
        return _exchanged(left, right)
    gone = [figure for amount, figure in before.items() if amount not in after]
    come = [figure for amount, figure in after.items() if amount not in before]
    return gone, come


def _exchanged(left: Sequence[Figure], right: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The doses that changed places with one told elsewhere in the text; one only told more often is no other dose."""
    told = {figure.amount: figure for figure in (*left, *right)}
    before, after = (Counter(figure.amount for figure in side) for side in (left, right))
    gone, come = ([told[amount] for amount in rest] for rest in (before - after, after - before))
    return (gone, come) if gone and come else ([], [])


def _intervals(text: str) -> list[Figure]:
    found = [
        Figure(round(int(every["number"]) * _EVERY_UNIT[every["unit"][0]], 4), "interval", "", every[0])
        for every in _EVERY.finditer(text)
    ]
    rest = _EVERY.sub(" ", text)
    for pattern, days in _HOW_OFTEN:
        if match := pattern.search(rest):
            found.append(Figure(round(days, 4), "interval", "", match[0]))
            rest = pattern.sub(" ", rest)
    return found


def _figure(found: re.Match[str]) -> Figure:
    value, sign = float(found["number"]), found["sign"] or ""
    first, slash, per = re.sub(r"\s", "", found["unit"] or "").partition("/")
    number = f"{int(value):,}" if value >= 10_000 and value.is_integer() else found["number"]
    shown = f"{sign} {number}".strip()
    if first in TIME:
        return Figure(value * TIME[first], "time", sign, f"{shown} {first}")
    if first in AMOUNTS:
        joint = "" if first == "%" else " "
        return Figure(value, AMOUNTS[first] + slash + per, sign, f"{shown}{joint}{first}{slash}{per}")
    return Figure(value, "", sign, shown)
