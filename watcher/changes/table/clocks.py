"""Clocks: what becomes true because days pass, without a new version."""

from __future__ import annotations

from watcher.changes.clocks.timetable import Clocks
from watcher.changes.reading import Row
from watcher.changes.rules import When, days, months, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

ROWS: tuple[Row, ...] = (
    Row(
        name="clock",
        label="Clocks",
        paths=(),
        compare=Clocks(),
        rules={
            "start_overdue": rule(MINOR, major=days(180)),
            "primary_completion_near": rule(MINOR, major=where(When.WITHIN_30_DAYS)),
            "primary_completion_passed": rule(MAJOR),
            "completion_passed": rule(MAJOR),
            "stale": rule(MINOR, major=months(12)),
            "results_due": rule(MAJOR),
            "results_overdue": rule(CRITICAL),
            "cleared": rule(MINOR),
        },
    ),
)
