"""The plan in dates and numbers: start, primary completion, completion, enrolment."""

from __future__ import annotations

from watcher.changes.plan.dates import Dates
from watcher.changes.plan.enrollment import Enrollment
from watcher.changes.reading import Row
from watcher.changes.rules import days, people, percent, rule
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_STATUS_MODULE = "protocolSection.statusModule"

ROWS: tuple[Row, ...] = (
    Row(
        name="date.primary_completion",
        label="Primary completion date",
        paths=(f"{_STATUS_MODULE}.primaryCompletionDateStruct",),
        compare=Dates(),
        rules={
            "slipped": rule(MINOR, major=days(90), critical=days(365)),
            "pulled_in": rule(MINOR, major=days(90)),
            "actualized": rule(MINOR, major=days(90)),
            "corrected": rule(MINOR, major=days(31)),
            "type_reverted": rule(MAJOR),
            "refined": rule(NOISE),
            "added": rule(MINOR),
            "removed": rule(MAJOR),
        },
    ),
    Row(
        name="date.completion",
        label="Study completion date",
        paths=(f"{_STATUS_MODULE}.completionDateStruct",),
        compare=Dates(),
        rules={
            "slipped": rule(MINOR, major=days(365)),
            "pulled_in": rule(MINOR),
            "actualized": rule(MINOR),
            "corrected": rule(MINOR),
            "type_reverted": rule(MAJOR),
            "refined": rule(NOISE),
            "added": rule(MINOR),
            "removed": rule(MINOR),
        },
    ),
    Row(
        name="date.start",
        label="Study start date",
        paths=(f"{_STATUS_MODULE}.startDateStruct",),
        compare=Dates(),
        rules={
            "slipped": rule(MINOR, major=days(90)),
            "pulled_in": rule(MINOR, major=days(90)),
            "actualized": rule(MINOR, major=days(90)),
            "corrected": rule(MINOR),
            "type_reverted": rule(MAJOR),
            "refined": rule(NOISE),
            "added": rule(MINOR),
            "removed": rule(MINOR),
        },
    ),
    Row(
        name="enrollment",
        label="Enrolment",
        paths=("protocolSection.designModule.enrollmentInfo",),
        compare=Enrollment(),
        rules={
            "target_increased": rule(MINOR, major=percent(25) + people(500)),
            "target_decreased": rule(MINOR, major=percent(25)),
            "actualized": rule(MINOR, major=percent(25)),
            "actual_corrected": rule(MINOR, major=percent(25)),
            "zeroed": rule(CRITICAL),
            "type_reverted": rule(MAJOR),
            "added": rule(MINOR),
            "removed": rule(MINOR),
        },
    ),
)
