"""Outcome measures: primary, secondary and other."""

from __future__ import annotations

from watcher.changes.outcomes import Outcomes
from watcher.changes.outcomes.measures import Type
from watcher.changes.reading import Row
from watcher.changes.rules import When, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_SWITCHED = rule(MAJOR, critical=where(When.PRIMARY_COMPLETED), minor=where(When.BEFORE_START))
_LATE = rule(MINOR, major=where(When.PRIMARY_COMPLETED))

ROWS: tuple[Row, ...] = (
    Row(
        name="outcome",
        label="Outcome measures",
        paths=tuple(f"{type_.path}[].{field}" for type_ in Type for field in ("measure", "description", "timeFrame")),
        compare=Outcomes(),
        rules={
            "primary_added": _SWITCHED,
            "primary_removed": _SWITCHED,
            "promoted": _SWITCHED,
            "demoted": _SWITCHED,
            "primary_timeframe_changed": _SWITCHED,
            "primary_measurement_changed": _SWITCHED,
            "primary_detail_added": rule(MINOR),
            "primary_detail_removed": _LATE,
            "primary_reworded": rule(NOISE),
            "secondary_added": _LATE,
            "secondary_removed": _LATE,
            "secondary_changed": _LATE,
            "secondary_reworded": rule(NOISE),
            "other_changed": rule(MINOR, noise=where(When.ONLY_WORDS)),
        },
    ),
)
