"""Pages of a poll, as values: what goes into a store, said without any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import NCT, SEEN_AT, change, record
from watcher.alerts.owing import Owed
from watcher.alerts.routes import Step
from watcher.model import Alert, Notice, Severity, StudyFacts, Target
from watcher.record import Snapshot, snapshot_of
from watcher.store.values import LISTED, NewVersion, Observation, Standing

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LEASE = timedelta(minutes=10)
DATA = "2026-06-01T09:00:00"
INBOX = Target("team", "a@example.org")
OTHER = Target("team", "b@example.org")
TROUBLE = Notice("registry", "The registry is silent", "No answer.")
OVER = Notice("registry.over", "It answers again", "All is well.")


def seen(nct_id: str = NCT, title: str = "Examplinib") -> Snapshot:
    """The record of a study, as it was seen just now."""
    told = record({"protocolSection.identificationModule.nctId": nct_id}, title=title)
    return snapshot_of(told, seen_at=SEEN_AT)


def version(number: int = 1, snapshot: Snapshot | None = None, *found: Any) -> NewVersion:
    """A version with its step; without changes, one that says `status.suspended`."""
    snapshot = snapshot or seen()
    step = Step(
        nct_id=snapshot.nct_id,
        occasion=f"version:{number}",
        observed_at=NOW,
        changes=found or (change(nct_id=snapshot.nct_id),),
        study=StudyFacts(snapshot.nct_id, title="Examplinib"),
        since=number - 1 or None,
        version=number,
    )
    return NewVersion(snapshot, step)


def alert(number: int, severity: Severity = Severity.CRITICAL, route: str = "everything", nct_id: str = NCT) -> Alert:
    """The alert that a route draws from a version."""
    occasion = f"version:{number}"
    return Alert(
        key=f"{route}|{nct_id}|{occasion}",
        route=route,
        nct_id=nct_id,
        occasion=occasion,
        observed_at=NOW,
        severity=severity,
        changes=(change(nct_id=nct_id),),
        study=StudyFacts(nct_id, title="Examplinib"),
        reason="because",
        label="EX-1",
        since=number - 1 or None,
        version=number,
    )


def page(
    number: int = 1, *, key: str = "", targets: tuple[Target, ...] = (INBOX,), nct_id: str = NCT, **more: Any
) -> Observation:
    """A page with one new version and one alert, owed in the digest `key` (or by itself)."""
    told = alert(number, nct_id=nct_id)
    return Observation(
        at=NOW,
        data_timestamp=DATA,
        standings=(Standing(nct_id, LISTED),),
        versions=(version(number, more.pop("seen", None) or seen(nct_id)),),
        alerts=(told,),
        owed=tuple(Owed(f"{key or told.key}>{to.key}", to, NOW, told.key) for to in targets),
        **more,
    )
