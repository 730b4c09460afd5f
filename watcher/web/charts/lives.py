"""The charts of the page of a study."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from watcher.views.plan_over_time import DateLife, EnrolmentLife, signed
from watcher.views.sites_over_time import SitesLife
from watcher.web.charts.bands import Band, bands
from watcher.web.charts.scale import counts_scale, days_scale
from watcher.web.charts.steps import BOTTOM, TOP, Point, Texts, steps


def date_chart(life: DateLife, today: date) -> Markup | None:
    """The primary completion date, version by version; None where there is nothing to compare."""
    if not life.moved:
        return None
    days = [date.fromordinal(int(point.value)) for point in _date_points(life) if point.value is not None]
    texts = Texts("slips", "Primary completion date by version", f"{life.told} A month counts as its last day.")
    return steps(texts, list(_date_points(life)), days_scale(days, BOTTOM, TOP), today)


def enrolment_chart(life: EnrolmentLife, today: date) -> Markup | None:
    """Enrolment, version by version; None where there is nothing to compare."""
    if not life.moved:
        return None
    points = [
        Point(seen.day, number.count if number else None, f"Version {seen.version}, {seen.day}: {number}", _is(number))
        for seen, number in life.steps
    ]
    scale = counts_scale((number.count for _, number in life.steps if number), BOTTOM, TOP)
    return steps(Texts("enrolment", "Enrolment by version", life.told), points, scale, today)


def sites_chart(life: SitesLife, today: date) -> Markup | None:
    """How many sites had each status, version by version; None where there is nothing to compare."""
    if not life.moved:
        return None
    shown = [Band(status.label, status.numbers) for status in life.statuses]
    told = f"{life.told} By status: {'; '.join(f'{band.name} {band.told}' for band in shown)}."
    texts = Texts("sites", "Sites by status and version", told)
    return bands(texts, [seen.day for seen in life.versions], shown, today)


def _date_points(life: DateLife) -> Iterator[Point]:
    for step in life.steps:
        day = step.dated.day if step.dated else None
        moved = f", {signed(step.slip)}" if step.slip else ""
        told = f"Version {step.seen.version}, {step.seen.day}: {step.dated or 'no date'}{moved}"
        yield Point(
            step.seen.day, day.last.toordinal() if day else None, told, step.dated is not None and step.dated.actual
        )


def _is(number: object) -> bool:
    return bool(getattr(number, "actual", False))
