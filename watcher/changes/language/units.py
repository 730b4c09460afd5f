"""Words for numbers and units, as registry texts write them, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping

# Two spans of time are the same where they differ by less: 52 weeks are a year, 12 weeks are not three months.
SAME_SPAN = 0.02

# "One" is left out: it is a pronoun as often as a number ("one of the following").
SPELLED: Mapping[str, int] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20,
    "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip

# In days; a month is a twelfth of a year.
TIME: Mapping[str, float] = {
    **dict.fromkeys(("second", "seconds", "sec", "secs"), 1 / 86400),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), 1 / 1440),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), 1 / 24),
    **dict.fromkeys(("day", "days", "d"), 1.0),
    **dict.fromkeys(("week", "weeks", "wk", "wks"), 7.0),
    **dict.fromkeys(("month", "months", "mo", "mos"), 30.4375),
    **dict.fromkeys(("year", "years", "yr", "yrs"), 365.25),
}
# One spelling for each unit of amount; those of DOSES say how much of something is given.
_MASS_AND_VOLUME: Mapping[str, str] = {
    **dict.fromkeys(("mg", "milligram", "milligrams", "mgs"), "mg"),
    **dict.fromkeys(("g", "gram", "grams", "gm"), "g"),
    **dict.fromkeys(("ug", "mcg", "µg", "μg", "microgram", "micrograms"), "ug"),
    **dict.fromkeys(("ng", "nanogram", "nanograms"), "ng"),
    **dict.fromkeys(("ml", "milliliter", "milliliters", "millilitre", "millilitres", "cc"), "ml"),
    **dict.fromkeys(("ul", "µl", "μl", "microliter", "microliters"), "ul"),
}
DOSES: Mapping[str, str] = {
    **_MASS_AND_VOLUME,
    **dict.fromkeys(("iu", "unit", "units", "u", "ui", "ie"), "iu"),
    **dict.fromkeys(("gy", "gray", "grays"), "gy"),
    **dict.fromkeys(("cell", "cells"), "cells"),
    **dict.fromkeys(("mmol", "umol", "nmol", "mol", "meq", "cgy", "mci", "mbq", "gbq", "vg", "pfu", "cfu", "ppm"), ""),
    **dict.fromkeys(("tablet", "tablets"), "tablet"),
    **dict.fromkeys(("capsule", "capsules"), "capsule"),
    **dict.fromkeys(("drop", "drops"), "drop"),
    **dict.fromkeys(("puff", "puffs"), "puff"),
    "%": "%",
}
_OTHER: Mapping[str, str] = {
    **dict.fromkeys(("l", "liter", "liters", "litre", "litres"), "l"),
    **dict.fromkeys(("ms", "msec", "msecs", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("kg", "kilogram", "kilograms", "kgs"), "kg"),
    **dict.fromkeys(("mmhg", "cm", "mm", "m", "dl", "pg", "ku", "kua", "kpa", "bpm", "hz", "kcal"), ""),
}
AMOUNTS: Mapping[str, str] = {word: unit or word for word, unit in {**DOSES, **_OTHER}.items()}
UNIT_WORDS = frozenset(word for word in (*TIME, *AMOUNTS) if word not in {"%", "m", "u", "d", "h", "l"})


def word_set(words: str) -> frozenset[str]:
    """The words of a list written as one line."""
    return frozenset(words.split())
