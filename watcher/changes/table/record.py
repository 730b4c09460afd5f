"""The record itself: what is learned of it as a whole."""

from __future__ import annotations

from watcher.changes.events import LifeCycle, SearchEvents
from watcher.changes.reading import Row
from watcher.changes.rules import rule
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

ROWS: tuple[Row, ...] = (
    Row(
        name="record",
        label="The record itself",
        paths=(),
        compare=LifeCycle(),
        rules={
            "discovered": rule(NOISE),
            "touched": rule(NOISE),
            "changed": rule(NOISE),
            "merged": rule(MAJOR),
            "not_found": rule(CRITICAL),
            "restored": rule(MAJOR),
        },
    ),
    Row(
        name="search",
        label="Saved searches",
        paths=(),
        compare=SearchEvents(),
        rules={"entered": rule(MAJOR), "left": rule(MINOR)},
    ),
)
