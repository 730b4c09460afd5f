"""Registry dates as intervals: "2026-03" is the whole of March, "2026-03-14" one day of it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

_SHAPE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as the registry writes it, from `first` to `last` day inclusive; `text` is its own spelling."""

    text: str
    first: date
    last: date

    @classmethod
    def parse(cls, text: object) -> PartialDate | None:
        """The interval that `text` ("YYYY", "YYYY-MM", "YYYY-MM-DD") stands for; None for anything else."""
        shape = _SHAPE.fullmatch(text.strip()) if isinstance(text, str) else None
        if shape is None:
            return None
        year, month, day = (int(part) if part else None for part in shape.groups())
        try:
            return cls(shape[0], date(year or 0, month or 1, day or 1), _last_day(year or 0, month, day))
        except ValueError:
            return None

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last

    def overlaps(self, other: PartialDate) -> bool:
        """Whether both may mean the same day: then only the precision differs."""
        return self.first <= other.last and other.first <= self.last

    def days_until(self, other: PartialDate) -> int:
        """Days from this date to `other`, a month counted as its last day (TrialsTracker's convention)."""
        return (other.last - self.last).days

    def moved_to(self, other: PartialDate) -> int:
        """Days by which a date that became `other` moved; 0 where both may mean the same day."""
        return 0 if self.overlaps(other) else self.days_until(other)

    def months_until(self, other: PartialDate) -> int:
        """Calendar months from this date to `other`, by month and year alone."""
        return (other.last.year - self.last.year) * 12 + other.last.month - self.last.month

    def span_until(self, other: PartialDate) -> str:
        """The distance to `other` in words that claim no more precision than both dates have."""
        days, months = abs(self.days_until(other)), abs(self.months_until(other))
        if not (self.exact and other.exact):
            return _counted(months, "month")
        if months and _same_day_of_month(self.last, other.last):
            return _counted(months, "month")
        about = f", about {_counted(round(days / 30.4375), 'month')}" if days >= 60 else ""
        return f"{_counted(days, 'day')}{about}"


def _last_day(year: int, month: int | None, day: int | None) -> date:
    if month is None:
        return date(year, 12, 31)
    return date(year, month, day or monthrange(year, month)[1])


def _same_day_of_month(a: date, b: date) -> bool:
    """Whether whole months lie between: the same day, or the last day of both months."""
    return a.day == b.day or (_ends_month(a) and _ends_month(b))


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def primary_completion(record: Mapping[str, Any]) -> str | None:
    """The primary completion date as a record says it; None where it says none, or no text."""
    found: Any = record
    for name in ("protocolSection", "statusModule", "primaryCompletionDateStruct", "date"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None
