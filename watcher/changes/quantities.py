"""Numbers with their units, as registry texts write them, in a form in which equal quantities are equal.

"24 months" is "2 years", "1,000 mg" is "1000mg", ">= 18" is "≥18". Months and years are told apart from weeks by more
than their rounding: two spans of time are the same where they differ by less than two parts in a hundred
(52 weeks is a year, 12 weeks is not three months).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.record import tidy

# In days; a month is a twelfth of a year.
_TIME = {
    "second": 1 / 86400,
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.4375,
    "year": 365.25,
}
_TIME_WORDS = {
    "s": "second", "sec": "second", "secs": "second", "second": "second", "seconds": "second",
    "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour",
    "d": "day", "day": "day", "days": "day", "wk": "week", "wks": "week", "week": "week", "weeks": "week",
    "mo": "month", "mos": "month", "month": "month", "months": "month",
    "yr": "year", "yrs": "year", "y": "year", "year": "year", "years": "year",
}  # fmt: skip
_UNITS = {"percent": "%", "mcg": "ug", "μg": "ug", "µg": "ug", "microgram": "ug", "micrograms": "ug", "milligram": "mg",
          "milligrams": "mg", "gram": "g", "grams": "g", "kilogram": "kg", "milliliter": "ml", "milliliters": "ml",
          "millilitre": "ml", "liter": "l", "litre": "l", "gy": "gy", "gray": "gy", "cgy": "cgy"}  # fmt: skip
_UP_TO_SIXTEEN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen",
)  # fmt: skip
_SPELLED = {word: number for number, word in enumerate(_UP_TO_SIXTEEN)} | {
    "eighteen": 18, "twenty": 20, "twenty-four": 24, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_QUANTITY = re.compile(
    rf"(?P<sign>>=|<=|>|<|=)?\s*(?<![\w.])(?P<number>{_NUMBER})\s*-?(?P<unit>\s?%|\s?[a-zµμ]+(?:\s?/\s?[a-zµμ]*\d*)*)?"
)
_WORD = re.compile(rf"\b({'|'.join(sorted(_SPELLED, key=len, reverse=True))})\b(?=[\s-]+(?:{'|'.join(_TIME_WORDS)})\b)")

SAME_SPAN = 0.02


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A number in a unit, with the comparison sign before it; spans of time are in days (`unit` "time")."""

    value: float
    unit: str = ""
    sign: str = ""

    def equals(self, other: Quantity) -> bool:
        """Whether both are the same amount, spans of time give or take their rounding."""
        if self.unit != other.unit or self.sign != other.sign:
            return False
        leeway = SAME_SPAN * max(self.value, other.value) if self.unit == "time" else 1e-9
        return abs(self.value - other.value) <= leeway


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of a text with its unit, in the order of the text; number words count before units of time."""
    plain = _WORD.sub(lambda found: str(_SPELLED[found[1]]), tidy(text).casefold())
    return tuple(_quantity(found) for found in _QUANTITY.finditer(plain))


def spans(text: str) -> tuple[Quantity, ...]:
    """The spans of time of a text alone."""
    return tuple(quantity for quantity in quantities(text) if quantity.unit == "time")


def same_quantities(old: Iterable[Quantity], new: Iterable[Quantity]) -> bool:
    """Whether both hold the same amounts, in any order."""
    left = list(new)
    for quantity in old:
        match = next((other for other in left if quantity.equals(other)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _quantity(found: re.Match[str]) -> Quantity:
    value = float(found["number"].replace(",", ""))
    unit = re.sub(r"\s", "", found["unit"] or "")
    if unit in _TIME_WORDS:
        return Quantity(value * _TIME[_TIME_WORDS[unit]], "time", found["sign"] or "")
    return Quantity(value, _UNITS.get(unit, unit), found["sign"] or "")
