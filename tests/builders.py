"""Records, snapshots and changes for tests: say only what matters, the rest is plausible and the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from watcher.changes import History, changes_between
from watcher.examples.plain import ABSENT, ENROLLMENT, LOCATIONS, NCT, PRIMARY, STATUS, P, record, site
from watcher.model import Change, Severity
from watcher.record import Snapshot, snapshot_of

__all__ = ["ABSENT", "ENROLLMENT", "LOCATIONS", "NCT", "PRIMARY", "STATUS", "P", "record", "site"]

TODAY = date(2026, 6, 1)
SEEN_AT = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)


def snapshot(what: dict[str, Any] | bytes | None = None, **only_what_matters: Any) -> Snapshot:
    """The snapshot of a record, built from what is said unless it is given."""
    return snapshot_of(record(**only_what_matters) if what is None else what, seen_at=SEEN_AT)


def changes(
    old: dict[str, Any] | bytes, new: dict[str, Any] | bytes, today: date = TODAY, history: History | None = None
) -> tuple[Change, ...]:
    """The changes between two records."""
    return changes_between(snapshot(old), snapshot(new), today=today, history=history)


def kinds(found: tuple[Change, ...]) -> list[str]:
    """The kinds of these changes, in their order."""
    return [change.kind for change in found]


def only(found: tuple[Change, ...]) -> Change:
    """The one change there is; an error that names them all where there are more, or none."""
    assert len(found) == 1, [(change.kind, change.subject, change.paths) for change in found]
    return found[0]


def the(kind: str, found: tuple[Change, ...]) -> Change:
    """The one change of this kind; an error that names them all where there are more, or none."""
    return only(tuple(change for change in found if change.kind == kind) or found)


def change(kind: str = "status.suspended", severity: str = "critical", sentence: str = "", **more: Any) -> Change:
    """A change as such, for what comes after reading."""
    said = {"nct_id": NCT, "sentence": sentence or f"{kind} happened.", **more}
    return Change(kind=kind, severity=Severity.of(severity), **said)
