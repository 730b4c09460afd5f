"""The upright axis of a chart: values to places, and the values that are worth a mark."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from watcher.web.charts.svg import label, tag
from watcher.web.charts.time import Times

# Height between two marks.
_ROOM = 42


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high`, drawn from `bottom` up to `top`; `marks` are values with their texts."""

    low: float
    high: float
    bottom: float
    top: float
    marks: tuple[tuple[float, str], ...]

    def y(self, value: float) -> float:
        """The place of a value; one outside stands at the edge."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.bottom + (self.top - self.bottom) * min(max(share, 0.0), 1.0)

    def drawn(self, left: float, right: float) -> Iterator[Markup]:
        """A rule and its text for each mark."""
        for value, text in self.marks:
            at = self.y(value)
            yield tag("line", x1=left, x2=right, y1=at, y2=at, class_="rule")
            yield label(text, left - 6, at + 4, text_anchor="end")


def days_scale(shown: Iterable[date], bottom: float, top: float) -> Scale:
    """Days as their ordinals, with a month of room on both sides at least."""
    numbers = [day.toordinal() for day in shown]
    room = max((max(numbers) - min(numbers)) // 8, 31)
    low, high = max(min(numbers) - room, 1), min(max(numbers) + room, date.max.toordinal())
    axis = Times(date.fromordinal(low), date.fromordinal(high), bottom, top)
    # A time that runs upward has its marks as one that runs to the right, each at the end of its month: there the dates
    # that name a month stand, too.
    upright = Times(axis.first.replace(day=1), axis.last, 0, bottom - top)
    days_marked = [end for day in upright.marks(_ROOM) if (end := _end_of_month(day)).toordinal() <= high]
    # A date of the year 9999 would have marks for every half a century until then.
    thinned = days_marked[:: len(days_marked) * _ROOM // int(bottom - top) + 1]
    return Scale(low, high, bottom, top, tuple((day.toordinal(), f"{day:%Y-%m}") for day in thinned))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def counts_scale(numbers: Iterable[int], bottom: float, top: float) -> Scale:
    """Numbers from 0 up, in steps of 1, 2 or 5 times a power of ten."""
    most = max(*numbers, 1)
    step = next(step for step in _round_steps() if most / step <= (bottom - top) / _ROOM)
    high = -(-most // step) * step
    return Scale(0, high, bottom, top, tuple((value, f"{value:,}") for value in range(0, high + 1, step)))


def _round_steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
