"""Studies side by side in time: a lane each from start to completion, and how far primary completion has slipped.

What is reached is filled and drawn through, what is estimated is hollow and broken, so that no colour is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from watcher.changes.language.words import clipped, counted
from watcher.model import Milestone
from watcher.record import PartialDate
from watcher.views.board import Line, day_of
from watcher.web.charts.svg import hint, label, picture, tag
from watcher.web.charts.time import Times

WIDTH, LEFT, RIGHT = 960, 250, 936
TOP, LANE, BOTTOM = 72, 26, 26
# Dates farther away than anybody plans would leave no room for the others: they stand at the edge.
_REACH = timedelta(days=15 * 365)
_LONGEST_LABEL = 34

_Shape = Callable[[float, float, str, Markup], Markup]


def lanes(lines: Sequence[Line], today: date) -> Markup | None:
    """The lanes of those of these studies that have a date; None where none has."""
    dated = [line for line in lines if _days(line)]
    if not dated:
        return None
    times = Times(*_ends(dated, today), LEFT, RIGHT)
    bottom = TOP + LANE * len(dated)
    shapes = [
        *_legend(),
        *times.drawn(TOP, bottom),
        # Once more above the lanes, which may be many.
        *times.named(TOP - 6),
        *(shape for number, line in enumerate(dated) for shape in _lane(line, times, TOP + LANE * number)),
        *_today(times, today, bottom),
    ]
    return picture("lanes", "Start to completion of each study", _told(dated, times), (WIDTH, bottom + BOTTOM), shapes)


def _told(dated: Sequence[Line], times: Times) -> str:
    late = sum(1 for line in dated if (line.slip or 0) > 0)
    return (
        f"{counted(len(dated), 'study', 'studies')} between {times.first:%Y-%m} and {times.last:%Y-%m}; the primary "
        f"completion of {late} is later than when first seen. The table on this page has every date and slip in it."
    )


def _ends(dated: Sequence[Line], today: date) -> tuple[date, date]:
    """The first and the last day drawn, today among them."""
    days = [day.last for line in dated for day in _days(line)] + [today]
    first, last = max(min(days), today - _REACH), min(max(days), today + _REACH)
    return (first, last) if last - first > timedelta(days=60) else (first - timedelta(30), last + timedelta(30))


def _days(line: Line) -> list[PartialDate]:
    plan = line.plan
    said = (plan.start.date, plan.primary_completion.date, plan.completion.date)
    return [day for text in said if (day := day_of(text))]


def _lane(line: Line, times: Times, top: float) -> Iterator[Markup]:
    middle = top + 10.0
    yield tag("line", x1=0, x2=WIDTH, y1=top + LANE, y2=top + LANE, class_="rule")
    name = f"{line.nct_id} {line.name}" if line.name else line.nct_id
    yield label(clipped(name, _LONGEST_LABEL), 10, middle + 7, class_="lane")
    yield from _span(line, times, middle)
    yield from _slip(line, times, middle + 10)
    plan = line.plan
    yield from _mark("Start", plan.start, times, middle, _triangle)
    yield from _mark("Completion", plan.completion, times, middle, _square)
    yield from _mark("Primary completion", plan.primary_completion, times, middle, _circle)


def _span(line: Line, times: Times, y: float) -> Iterator[Markup]:
    """From start to completion, or to what there is of them; broken while the end is an estimate."""
    days = [day.last for day in _days(line)]
    reached = line.plan.completion.type == "ACTUAL"
    kind = "span" if reached else "span planned"
    # The mark at the beginning stands before the line.
    yield tag("line", x1=times.x(min(days)) + 6, x2=times.x(max(days)), y1=y, y2=y, class_=kind)


def _slip(line: Line, times: Times, y: float) -> Iterator[Markup]:
    """From the primary completion first seen to the present one, with a foot where it began and a head where it is."""
    first, now = day_of(line.first_completion), day_of(line.plan.primary_completion.date)
    if not line.slip or first is None or now is None:
        return
    x1, x2 = times.x(first.last), times.x(now.last)
    toward = 5 if line.slip > 0 else -5
    shape = f"M{x1:.1f} {y - 3:.1f}v6m0 -3H{x2:.1f}m{-toward} -3l{toward} 3l{-toward} 3"
    way = "later" if line.slip > 0 else "earlier"
    said = f"Primary completion {counted(abs(line.slip), 'day')} {way} than first seen: {first.text} -> {now.text}"
    yield tag("path", hint(said), d=shape, class_="late" if line.slip > 0 else "early")


def _mark(name: str, milestone: Milestone, times: Times, y: float, shape: _Shape) -> Iterator[Markup]:
    day = day_of(milestone.date)
    if day is None:
        return
    kind = milestone.type.lower() or "type not stated"
    reached = milestone.type == "ACTUAL"
    yield shape(times.x(day.last), y, "mark" if reached else "hollow", hint(f"{name}: {day.text} ({kind})"))


def _triangle(x: float, y: float, kind: str, said: Markup) -> Markup:
    return tag("path", said, d=f"M{x - 4:.1f} {y - 5:.1f}l9 5l-9 5z", class_=kind)


def _circle(x: float, y: float, kind: str, said: Markup) -> Markup:
    return tag("circle", said, cx=x, cy=y, r=5, class_=kind)


def _square(x: float, y: float, kind: str, said: Markup) -> Markup:
    return tag("rect", said, x=x - 4.5, y=y - 4.5, width=9, height=9, class_=kind)


def _today(times: Times, today: date, bottom: float) -> Iterator[Markup]:
    at = times.x(today)
    yield tag("line", x1=at, x2=at, y1=TOP - 22, y2=bottom, class_="today")
    yield label("today", at, TOP - 26, text_anchor="middle", class_="strong")


def _legend() -> Iterator[Markup]:
    """What the marks mean, in the marks themselves."""
    none, y = Markup(""), 16.0
    yield _triangle(16, y, "mark", none)
    yield label("start", 27, y + 4)
    yield _circle(80, y, "mark", none)
    yield label("primary completion", 91, y + 4)
    yield _square(222, y, "mark", none)
    yield label("completion", 233, y + 4)
    yield _circle(326, y, "mark", none)
    yield label("filled: actual", 337, y + 4)
    yield _circle(436, y, "hollow", none)
    yield label("hollow: estimated", 447, y + 4)
    yield tag("path", d=f"M570 {y - 3}v6m0 -3H600m-5 -3l5 3l-5 3", class_="late")
    yield label("slip since first seen, below its lane", 608, y + 4)
