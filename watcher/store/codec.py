"""Values to rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from watcher.model import Alert, Change, Severity, StudyFacts
from watcher.store.connection import moment

Row = Mapping[str, Any]


def json_of(value: object) -> str:
    """Compact JSON text."""
    return orjson.dumps(value).decode()


def facts_json(facts: StudyFacts) -> str:
    """Study facts as JSON text."""
    return json_of(asdict(facts))


def facts_from(text: str | None) -> StudyFacts | None:
    """The inverse of `facts_json`; None for none."""
    if not text:
        return None
    said = orjson.loads(text)
    return StudyFacts(**{**said, "conditions": tuple(said["conditions"])})


def site_ids_from(text: str | None) -> tuple[str, ...]:
    """Identifiers of sites from JSON text; () for none."""
    return tuple(orjson.loads(text)) if text else ()


def alert_from(row: Row, changes: tuple[Change, ...], silenced: Mapping[int, int] | None = None) -> Alert:
    """The alert of a row, with the changes that it tells and those that a silence keeps back."""
    return Alert(
        key=row["key"],
        route=row["route"],
        nct_id=row["nct_id"],
        occasion=row["occasion"],
        observed_at=moment(row["observed_at"]),
        severity=Severity(row["severity"]),
        changes=changes,
        study=facts_from(row["facts"]) or StudyFacts(row["nct_id"]),
        reason=row["reason"],
        label=row["label"],
        since=row["since"],
        version=row["version"],
        id=row["id"],
        silenced=silenced or {},
    )


def change_from(row: Row) -> Change:
    """The change of a row."""
    return Change.from_dict(orjson.loads(row["body"]))
