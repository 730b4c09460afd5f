"""Invented alerts for pictures and pages: the examples of the table, told of studies that do not exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from tests.builders import TODAY
from watcher.alerts.render import Parcel
from watcher.changes import changes_between
from watcher.examples import EXAMPLES, Example
from watcher.examples.plain import record
from watcher.model import Alert, Change, Form, Severity, StudyFacts
from watcher.record import snapshot_of

MONDAY = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
SPONSORS = ("Example Pharma", "Sample Biotech", "Exemplary University Hospital", "Model Therapeutics", "Specimen AG")
CONDITIONS = ("Exemplary Disease", "Sample Lymphoma", "Specimen Anaemia", "Model Asthma", "Illustrative Melanoma")
DRUGS = ("examplinib", "samplumab", "specimab", "modelstat", "illustrine")
PHASES = ("Phase 1", "Phase 1/Phase 2", "Phase 2", "Phase 3")
# The kinds a reader meets most, in an order that mixes them.
KINDS = (
    "date.primary_completion.slipped", "site.added", "enrollment.target_decreased", "status.terminated",
    "outcome.primary_timeframe_changed", "status.enrollment_closed", "eligibility.criterion_added", "country.added",
    "results.posted", "title.changed", "arm.added", "site.withdrawn", "sponsor.renamed", "status.suspended",
    "date.completion.slipped", "phase.changed", "identifier.added", "eligibility.age_changed", "document.added",
)  # fmt: skip


def weekly_digest(studies: int = 47) -> Parcel:
    """A Monday digest of so many studies, some with more than one alert."""
    kinds = cycle(KINDS)
    alerts: list[Alert] = []
    for place in range(studies):
        for step in range(2 if place % 7 == 3 else 1):
            alerts.append(_alert(place, step, tuple(islice(kinds, 1 + (place + step) % 3)), len(alerts) + 101))
    return Parcel("weekly", tuple(alerts), Form.DIGEST, "Monday digest", "2026-06-08")


def _alert(place: int, step: int, kinds: tuple[str, ...], number: int) -> Alert:
    nct_id = f"NCT{90_000_001 + 137 * place:08}"
    examples = [next(each for each in EXAMPLES if each.kind == kind) for kind in kinds]
    found = [change for example in examples for change in _found(example)]
    changes = tuple(replace(change, nct_id=nct_id, id=id, parent=None) for id, change in enumerate(found))
    drug, condition = DRUGS[place % 5], CONDITIONS[place % 5]
    return Alert(
        key=f"digest|{nct_id}|version:{step + 2}",
        route="Monday digest",
        nct_id=nct_id,
        occasion=f"version:{step + 2}",
        observed_at=MONDAY + timedelta(days=place % 5 + step, minutes=place),
        severity=max((change.severity for change in changes), default=Severity.MINOR),
        changes=changes,
        study=StudyFacts(
            nct_id=nct_id,
            title=f"{PHASES[place % 4]} Study of {drug.capitalize()} in Adults With {condition}",
            sponsor=SPONSORS[(place * 3) % 5],
            phase=PHASES[place % 4],
            conditions=(condition,),
            status="RECRUITING",
        ),
        reason='route "Monday digest" (minor or worse; every kind), watch "pipeline"',
        label=f"EX-{place + 1:02}" if place % 3 == 0 else "",
        since=step + 1,
        version=step + 2,
        id=number,
    )


def _found(example: Example) -> tuple[Change, ...]:
    old, new = (snapshot_of(record(**side), seen_at=MONDAY) for side in (example.before, example.after))
    return tuple(change for change in changes_between(old, new, today=TODAY) if change.kind == example.kind)
