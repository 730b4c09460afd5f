"""What the study calls itself and says of itself: titles."""

from __future__ import annotations

from watcher.changes.reading import Row
from watcher.changes.rules import rule
from watcher.changes.texts import Titles
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

ROWS: tuple[Row, ...] = (
    Row(
        name="title",
        label="Titles",
        paths=tuple(
            f"protocolSection.identificationModule.{field}" for field in ("briefTitle", "officialTitle", "acronym")
        ),
        compare=Titles(),
        rules={"changed": rule(MINOR)},
    ),
)
