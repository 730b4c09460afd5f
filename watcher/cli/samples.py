"""Alerts to look at without a database: the demo's study, each step of its story as an alert."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from watcher.alerts.facts import facts_of
from watcher.alerts.render import Parcel
from watcher.changes import changes_between
from watcher.demo import FOLDER, story
from watcher.model import Alert, Form, Severity
from watcher.record import Snapshot, snapshot_of

ROUTE = "everything"


def sample_alerts() -> tuple[Alert, ...]:
    """What the demo tells, step by step; partly invented, so its messages say REHEARSAL."""
    (study,) = FOLDER.glob("NCT*")
    days = [step.date for step in story()]
    snapshots = [_snapshot(study, day) for day in days]
    steps = zip(snapshots, snapshots[1:], days[1:], strict=False)
    alerts = (_alert(number, old, new, day) for number, (old, new, day) in enumerate(steps, start=2))
    return tuple(alert for alert in alerts if alert.changes)


def sample(form: Form) -> Parcel:
    """The demo's suspension as an alert or an escalation, its whole story as a digest."""
    alerts = sample_alerts()
    if form in {Form.DIGEST, Form.BATCH}:
        window = (alerts[-1].observed_at + timedelta(days=7)).date().isoformat()
        return Parcel("sample", alerts, form, "Monday digest", window, rehearsal=True)
    worst = max(alerts, key=lambda alert: (alert.severity, -alert.observed_at.timestamp()))
    return Parcel("sample", (worst,), form, ROUTE, rehearsal=True)


def _snapshot(study: Path, day: date) -> Snapshot:
    seen_at = datetime.combine(day, time(9), UTC)
    return snapshot_of((study / f"{day}.json").read_bytes(), seen_at=seen_at)


def _alert(number: int, old: Snapshot, new: Snapshot, day: date) -> Alert:
    found = changes_between(old, new, today=day)
    told = tuple(change for change in found if change.severity > Severity.NOISE)
    return Alert(
        key=f"{ROUTE}|{new.nct_id}|version:{number}",
        route=ROUTE,
        nct_id=new.nct_id,
        occasion=f"version:{number}",
        observed_at=datetime.combine(day, time(9), UTC),
        severity=max((change.severity for change in told), default=Severity.NOISE),
        changes=told,
        study=facts_of(new.nct_id, new.record),
        reason=f'route "{ROUTE}" (minor or worse; every kind), watch "pipeline"',
        label="BALLI-01",
        since=number - 1,
        version=number,
        id=number - 1,
    )
