"""How many of each kind there were over time: a band for each kind, one below the other, all on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from watcher.web.charts.steps import Texts, axis_end
from watcher.web.charts.svg import hint, label, picture, tag
from watcher.web.charts.time import Times

_WIDTH = 440
_LEFT, _RIGHT = 12.0, 428.0
# A band has its name and number above, and its area below that.
_HEAD, _AREA = 20, 34
_GAP = 8
_BOTTOM = 30


@dataclass(frozen=True, slots=True)
class Band:
    """How many there were from each of the days on."""

    name: str
    numbers: tuple[int, ...]

    @property
    def told(self) -> str:
        """The newest number, and the largest where that is another one."""
        most = max(self.numbers)
        return f"{self.numbers[-1]} now" + (f", at most {most}" if most != self.numbers[-1] else "")


def bands(texts: Texts, days: Sequence[date], shown: Sequence[Band], today: date) -> Markup:
    """The chart of these bands; every one has a number for each of the days, which are in order."""
    height = len(shown) * (_HEAD + _AREA + _GAP) + _BOTTOM
    last = axis_end(days[0], max(today, days[-1]))
    times = Times(days[0], last, _LEFT, _RIGHT)
    most = max(max(band.numbers) for band in shown) or 1
    at = times.x(today)
    shapes = [*times.drawn(4, height - _BOTTOM), tag("line", x1=at, x2=at, y1=4, y2=height - _BOTTOM, class_="today")]
    for place, band in enumerate(shown):
        shapes += _band(band, [*days, last], times, most, place * (_HEAD + _AREA + _GAP))
    return picture(texts.key, texts.title, texts.told, (_WIDTH, height), shapes)


def _band(band: Band, days: Sequence[date], times: Times, most: int, top: float) -> Iterator[Markup]:
    bottom = top + _HEAD + _AREA
    path = f"M{_LEFT} {bottom}"
    for number, until in zip(band.numbers, days[1:], strict=True):
        path += f"V{bottom - _AREA * number / most:.1f}H{times.x(until):.1f}"
    yield tag("path", hint(f"{band.name}: {band.told}"), d=f"{path}V{bottom}Z", class_="area")
    yield tag("line", x1=_LEFT, x2=_RIGHT, y1=bottom, y2=bottom, class_="axis")
    yield label(f"{band.name}: {band.told}", _LEFT, top + 15, class_="strong")
