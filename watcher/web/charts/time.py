"""The axis of time: days to places, and the days that are worth a mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from watcher.web.charts.svg import label, tag

# Half the width of the text of a day, less what is free to the right of the axis.
_HALF_A_DAY = 20
# Months between two marks, the smallest first that leaves them room.
_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600)


@dataclass(frozen=True, slots=True)
class Times:
    """Days from `first` to `last`, drawn from `left` to `right`."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """The place of a day; one outside stands at the edge."""
        span = max((self.last - self.first).days, 1)
        share = (day - self.first).days / span
        return self.left + (self.right - self.left) * min(max(share, 0.0), 1.0)

    def marks(self, room: float = 70) -> Iterator[date]:
        """First days of months, years or decades, `room` apart at least."""
        months = max((self.last - self.first).days / 30.4, 1)
        most = max((self.right - self.left) / room, 1)
        step = next((step for step in _STEPS if months / step <= most), _STEPS[-1])
        number = -(-(self.first.year * 12 + self.first.month - 1) // step) * step
        while (day := _first_of(number)) is not None and day <= self.last:
            if day >= self.first:
                yield day
            number += step

    def drawn(self, top: float, bottom: float) -> Iterator[Markup]:
        """A rule and its day for each mark."""
        for day in self.marks():
            at = self.x(day)
            yield tag("line", x1=at, x2=at, y1=top, y2=bottom, class_="rule")
        yield from self.named(bottom + 16)

    def named(self, y: float) -> Iterator[Markup]:
        """The days of the marks: whole, since a date that names the month before counts as its last day, next to it."""
        for day in self.marks():
            # The whole text stays within the picture.
            at = min(self.x(day), self.right - _HALF_A_DAY)
            yield label(f"{day:%Y}" if day.month == 1 else f"{day}", at, y, text_anchor="middle")


def _first_of(month: int) -> date | None:
    """The first day of a month, counted from the year 0; None outside the calendar."""
    year = month // 12
    return date(year, month % 12 + 1, 1) if 1 <= year <= 9999 else None
