"""Steps, routes, watches and alerts that the tests of this folder share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.builders import NCT, change
from watcher.alerts.routes import Step
from watcher.model import Alert, Change, Route, Severity, StudyFacts, Watch, WatchedStudy

NOW = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
OTHER = "NCT00000002"

FACTS = StudyFacts(
    nct_id=NCT,
    title="Examplinib in Exemplary Disease",
    acronym="EXAMPLE-1",
    sponsor="Example Pharma",
    phase="Phase 2",
    conditions=("Exemplary Disease",),
    status="SUSPENDED",
    submitted="2026-05-28",
    posted="2026-05-30",
)


def watch(name: str = "pipeline", *studies: str | tuple[str, str]) -> Watch:
    """A watch of these studies, each a number or a number with a label; of the one study if none is said."""
    named = (study if isinstance(study, tuple) else (study, "") for study in studies or (NCT,))
    return Watch(name, tuple(WatchedStudy(*study) for study in named))


def route(name: str = "desk", **more: Any) -> Route:
    """A route to the channel "team"; its severity may be a word."""
    if isinstance(more.get("min_severity"), str):
        more["min_severity"] = Severity.of(more["min_severity"])
    return Route(name, **{"to": ("team",), **more})


def step(*changes: Change, nct_id: str = NCT, version: int | None = 3, **more: Any) -> Step:
    """What happened to the study between version 2 and version 3."""
    occasion = more.pop("occasion", f"version:{version}")
    since = version - 1 if version else None
    return Step(nct_id, occasion, NOW, changes or (change(),), FACTS, since, version, **more)


def alert(*changes: Change, **more: Any) -> Alert:
    """An alert about these changes."""
    told = changes or (change(),)
    said = {
        "key": "desk|NCT00000001|version:3",
        "route": "desk",
        "nct_id": NCT,
        "occasion": "version:3",
        "observed_at": NOW,
        "severity": max(change.severity for change in told),
        "changes": told,
        "study": FACTS,
        "reason": 'route "desk" (minor or worse; every kind), watch "pipeline"',
        "since": 2,
        "version": 3,
    }
    return Alert(**{**said, **more})


def family() -> tuple[Change, ...]:
    """A suspension with what folds under it, and a site that stands by itself."""
    return (
        change("status.suspended", "critical", "Study suspended: Recruiting -> Suspended.", id=0),
        change("site.suspended", "major", "Site suspended: Alpha.", subject="Alpha", id=1, parent=0),
        change("site.withdrawn", "major", "Site withdrawn: Beta.", subject="Beta", id=2),
        change("why_stopped.added", "major", 'Sponsor\'s reason: "Safety"', id=3, parent=0),
        change("site.status_cleared", "noise", "Site status no longer shown: Gamma.", subject="Gamma", id=4, parent=0),
        change("record.changed", "noise", "Other differences: x.", id=5),
    )
