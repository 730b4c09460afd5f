"""The points in time that a text names, in days, so that "Week 12" is "12 weeks" and "24 months" is "2 years".

`language.figures` reads numbers with the unit behind them; time frames also name visits ("Week 12"), lists ("weeks 4, 8
and 12") and ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from watcher.changes.language.units import SAME_SPAN
from watcher.record import tidy

_DAYS = {"sec": 1 / 86400, "min": 1 / 1440, "mo": 30.4375, "h": 1 / 24, "d": 1.0, "w": 7.0, "y": 365.25, "m": 30.4375}
_UNIT = r"seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|mths?|mos?|years?|yrs?|y"
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
# Lists are counted, so that a text of nothing but numbers costs no more than its length.
_LIST = rf"{_NUMBER}(?:\s?(?:,\s?and|,|;|/|&|-|and|or|to|through|until|up to)\s?{_NUMBER}){{0,24}}"
_AFTER = re.compile(rf"(?<![\w.])(?<!\d,)(?P<numbers>{_LIST}+)\s?-?\s?(?P<unit>{_UNIT})\b", re.IGNORECASE)
_BEFORE = re.compile(
    rf"\b(?P<unit>hours?|days?|weeks?|wks?|wk|months?|years?|d|w|m|y)\.?\s?(?P<numbers>{_LIST})"
    rf"(?!\d|\.\d|\s?%|\s?-?\s?(?:{_UNIT})\b)",
    re.IGNORECASE,
)
_SPELLED = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "eighteen": "18", "twenty": "20",
    "twenty-four": "24", "thirty": "30", "sixty": "60", "ninety": "90",
}  # fmt: skip
# "Week 16, Day 1", "Cycle 1 Day 8": the day of a week or cycle is a number of its own, and no span of time.
_DAY_OF = re.compile(r"(\b(?:weeks?|cycles?)\s?\d{1,4},?\s)\(?days?\s?(?=\d)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(rf"\b({'|'.join(sorted(_SPELLED, key=len, reverse=True))})\b", re.IGNORECASE)


def moments(*texts: str) -> tuple[float, ...]:
    """Every point or span of time of these texts, in days, in rising order, as often as it is named, without day 0."""
    return tuple(sorted(day for text in texts for day in _read(text)[0]))


def untimed(text: str) -> str:
    """The text without the points in time that it names: what is left of its numbers are amounts."""
    return _read(text)[1]


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[tuple[float, ...], str]:
    plain = _WORD.sub(lambda found: _SPELLED[found[1].casefold()], tidy(text))
    if not _DIGIT.search(plain):
        return (), plain
    days: list[float] = []

    def noted(found: re.Match[str]) -> str:
        length = _days(found["unit"].casefold())
        days.extend(round(float(number) * length, 9) for number in re.findall(_NUMBER, found["numbers"]))
        return " ; "

    rest = _AFTER.sub(noted, _BEFORE.sub(noted, _DAY_OF.sub(r"\1no. ", plain)))
    return tuple(day for day in days if day), rest


def _days(unit: str) -> float:
    return _DAYS[next(key for key in _DAYS if unit.startswith(key))]


def among(day: float, days: Iterable[float]) -> bool:
    """Whether this point in time is one of those, give or take the rounding of its unit."""
    return any(abs(day - other) <= SAME_SPAN * max(day, other) for other in days)


def within(days: Iterable[float], others: Iterable[float]) -> bool:
    """Whether each of these points in time is one of those."""
    held = tuple(others)
    return all(among(day, held) for day in days)


def exchanged(old: Iterable[float], new: Iterable[float]) -> bool:
    """Whether both hold a point in time that the other lacks: one stands where another stood."""
    left = list(new)
    lost = 0
    for day in old:
        match = next((other for other in left if among(day, (other,))), None)
        if match is None:
            lost += 1
        else:
            left.remove(match)
    return bool(lost and left)
