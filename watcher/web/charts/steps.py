"""A step chart: a value that holds from one version to the next, hollow while it is estimated, filled once actual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from watcher.web.charts.scale import Scale
from watcher.web.charts.svg import hint, label, picture, tag
from watcher.web.charts.time import Times

SIZE = (440, 260)
BOTTOM, TOP = 218.0, 26.0
_LEFT, _RIGHT = 64.0, 424.0


@dataclass(frozen=True, slots=True)
class Point:
    """What one version shows: seen on `day`; `value` None where it shows nothing; `told` is said to a pointer."""

    day: date
    value: float | None
    told: str
    filled: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said of a chart: its name, and what it shows in a sentence or two."""

    key: str
    title: str
    told: str


def steps(texts: Texts, points: Sequence[Point], scale: Scale, today: date) -> Markup:
    """The chart of points in the order of time: there is one at least."""
    last = axis_end(points[0].day, max(today, points[-1].day))
    times = Times(points[0].day, last, _LEFT, _RIGHT)
    shapes = [
        *scale.drawn(_LEFT, _RIGHT),
        *times.drawn(TOP, BOTTOM),
        *_today(times, today),
        *_lines(points, times, scale, last),
        *_marks(points, times, scale),
    ]
    return picture(texts.key, texts.title, texts.told, SIZE, shapes)


def axis_end(first: date, last: date) -> date:
    """A little after the last day: what is seen today should be seen in the chart, too."""
    room = max((last - first).days // 16, 1)
    return date.fromordinal(min(last.toordinal() + room, date.max.toordinal()))


def _today(times: Times, today: date) -> Iterator[Markup]:
    at = times.x(today)
    yield tag("line", x1=at, x2=at, y1=TOP - 6, y2=BOTTOM, class_="today")
    yield label("today", at, TOP - 10, text_anchor="middle", class_="strong")


def _lines(points: Sequence[Point], times: Times, scale: Scale, last: date) -> Iterator[Markup]:
    """Level from each point to the day of the next, then up or down; a gap where a version shows nothing."""
    ends = [point.day for point in points[1:]] + [last]
    for place, (point, end) in enumerate(zip(points, ends, strict=True)):
        if point.value is None:
            continue
        y, until = scale.y(point.value), times.x(end)
        path = f"M{times.x(point.day):.1f} {y:.1f}H{until:.1f}"
        after = points[place + 1].value if place + 1 < len(points) else None
        if after is not None and after != point.value:
            path += f"V{scale.y(after):.1f}"
        yield tag("path", d=path, class_="line")


def _marks(points: Sequence[Point], times: Times, scale: Scale) -> Iterator[Markup]:
    for point in points:
        if point.value is not None:
            kind = "mark" if point.filled else "hollow"
            at = {"cx": times.x(point.day), "cy": scale.y(point.value), "r": 4.5}
            yield tag("circle", hint(point.told), class_=kind, **at)
