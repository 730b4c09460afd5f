"""Arms and interventions."""

from __future__ import annotations

from watcher.changes.arms.groups import Arms
from watcher.changes.arms.interventions import MODULE, Interventions
from watcher.changes.reading import Row
from watcher.changes.rules import When, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

ROWS: tuple[Row, ...] = (
    Row(
        name="arm",
        label="Arms",
        paths=tuple(f"{MODULE}.armGroups[].{field}" for field in ("label", "type", "description", "interventionNames")),
        compare=Arms(),
        rules={
            "added": rule(MAJOR),
            "removed": rule(MAJOR),
            "type_changed": rule(MAJOR),
            "renamed": rule(NOISE, minor=where(When.OTHER_TREATMENT)),
            "dose_changed": rule(MAJOR),
            "description_changed": rule(MINOR, noise=where(When.SPELLING_ONLY)),
        },
    ),
    Row(
        name="intervention",
        label="Interventions",
        paths=tuple(f"{MODULE}.interventions[].{field}" for field in ("type", "name", "description", "otherNames")),
        compare=Interventions(),
        rules={
            "added": rule(MAJOR),
            "removed": rule(MAJOR),
            "renamed": rule(NOISE),
            "type_changed": rule(MINOR),
            "description_changed": rule(MINOR, noise=where(When.SPELLING_ONLY)),
        },
    ),
)
