"""Values to rows and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    return json_of(facts)


def facts_from(text: str | None) -> StudyFacts | None:
    """The inverse of `facts_json`; None for none."""
    if not text:
        return None
    said = orjson.loads(text)
    return StudyFacts(**{**said, "conditions": tuple(said["conditions"])})


def site_ids_from(text: str | None) -> tuple[str, ...]:
    """Identifiers of sites from JSON text; () for none."""
    return tuple(orjson.loads(text)) if text else ()


def alert_from(row: Row, changes: Iterable[Row]) -> Alert:
    """The alert of a row and the rows of its changes: those that it tells, and those that a silence keeps back.

    It is as severe as what it tells: the worst of it may be silenced by now, or told by another route.
    """
    rows = list(changes)
    told = tuple(change_from(change) for change in rows if change["silence_id"] is None)
    return Alert(
        key=row["key"],
        route=row["route"],
        nct_id=row["nct_id"],
        occasion=row["occasion"],
        observed_at=moment(row["observed_at"]),
        severity=max((change.severity for change in told), default=Severity(row["severity"])),
        changes=told,
        study=facts_from(row["facts"]) or StudyFacts(row["nct_id"]),
        reason=row["reason"],
        label=row["label"],
        since=row["since"],
        version=row["version"],
        id=row["id"],
        silenced={change["number"]: change["silence_id"] for change in rows if change["silence_id"] is not None},
    )


def change_from(row: Row) -> Change:
    """The change of a row."""
    return Change.from_dict(orjson.loads(row["body"]))
