"""What a line of the log looks like: for people, or as one JSON object.

Both carry the ids that join a delivery to its alerts, their changes and their versions: `delivery`, `alert`, `nct_id`,
`occasion` (a version, or an event in the life of a record) and `version`, as the commands and messages show them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FORMATS = ("plain", "json")


def ids(**said: object) -> Mapping[str, object]:
    """For `extra=` of a logging call: ids by name; what is None, empty or "" is left out."""
    return {"ids": {name: value for name, value in said.items() if value is not None and value not in ("", ())}}


def formatter(name: str) -> logging.Formatter:
    """The formatter "plain" or "json"."""
    return _Json() if name == "json" else _Plain("%(asctime)s %(levelname)s %(name)s: %(message)s")


class _Plain(logging.Formatter):
    """The line, with its ids behind it as name=value; what it quotes cannot begin a line of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        said = "".join(f" {name}={_shown(value)}" for name, value in _ids(record).items())
        line = super().formatMessage(record) + said
        return line.replace("\r", "\\r").replace("\n", "\\n")


class _Json(logging.Formatter):
    """One JSON object a line, in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(record),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, default=str)


def _ids(record: logging.LogRecord) -> Mapping[str, object]:
    found = getattr(record, "ids", None)
    return found if isinstance(found, Mapping) else {}


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
