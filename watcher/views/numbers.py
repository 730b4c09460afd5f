"""The numbers by which people name what is in the database: alerts, deliveries, silences."""

from __future__ import annotations

# A database has no larger ones, and Python makes no number of thousands of digits.
MOST_DIGITS = 18


def row_number(text: str) -> int | None:
    """The number that is written so; None for what none of them could be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
