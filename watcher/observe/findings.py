"""What is gathered from one batch of answers before it becomes an observation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher import changes
from watcher.alerts.routes import Step
from watcher.changes.mass import Compared
from watcher.model import Notice, StudyFacts
from watcher.record import Snapshot
from watcher.store.values import Malformed, NewVersion, Standing


@dataclass(slots=True)
class Findings:
    """What is gathered from one batch before it becomes an Observation."""

    standings: list[Standing] = field(default_factory=list)
    refreshed: list[Snapshot] = field(default_factory=list)
    versions: list[NewVersion] = field(default_factory=list)
    events: list[Step] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    sampled: int = 0
    quiet: bool = False


def happening(
    kind: str, occasion: str, facts: StudyFacts, at: datetime, words: Mapping[str, str] | None = None
) -> Step:
    """A step in the life of a record, without a new version."""
    return Step(facts.nct_id, occasion, at, (changes.event(kind, facts.nct_id, words=words),), facts)
