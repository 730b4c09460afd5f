"""Eligibility: who may take part."""

from __future__ import annotations

from watcher.changes.eligibility import MODULE, AgeLimits, Criteria, HealthyVolunteers, Population, Sex
from watcher.changes.reading import Row
from watcher.changes.rules import When, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_WEIGHTY = (
    where(When.AN_EXCLUSION)
    + where(When.HAS_THRESHOLD)
    + where(When.ON_PRIOR_THERAPY)
    + where(When.ON_PERFORMANCE)
    + where(When.ON_ORGAN_FUNCTION)
    + where(When.ON_PREGNANCY)
)
_CLEARLY_OTHER = where(When.NUMBER_MOVED) + where(When.SENSE_REVERSED) + where(When.ALTERNATIVE_MOVED)

ROWS: tuple[Row, ...] = (
    Row(
        name="eligibility",
        label="Age limits",
        paths=(f"{MODULE}.minimumAge", f"{MODULE}.maximumAge"),
        compare=AgeLimits(),
        rules={"age_changed": rule(MAJOR, noise=where(When.SPELLING_ONLY))},
    ),
    Row(
        name="eligibility",
        label="Sexes eligible for study",
        paths=(f"{MODULE}.sex", f"{MODULE}.genderBased", f"{MODULE}.genderDescription"),
        compare=Sex(),
        rules={"sex_changed": rule(MAJOR, noise=where(When.SPELLING_ONLY))},
    ),
    Row(
        name="eligibility",
        label="Healthy volunteers",
        paths=(f"{MODULE}.healthyVolunteers",),
        compare=HealthyVolunteers(),
        rules={"healthy_volunteers_changed": rule(MAJOR)},
    ),
    Row(
        name="eligibility",
        label="Eligibility criteria",
        paths=(f"{MODULE}.eligibilityCriteria",),
        compare=Criteria(),
        rules={
            "criterion_added": rule(MINOR, major=_WEIGHTY),
            "criterion_removed": rule(MINOR, major=_WEIGHTY),
            "criterion_changed": rule(MINOR, major=_CLEARLY_OTHER),
            "criterion_reworded": rule(NOISE),
            "criterion_moved": rule(MAJOR),
            "reformatted": rule(NOISE),
        },
    ),
    Row(
        name="eligibility",
        label="Study population",
        paths=(f"{MODULE}.studyPopulation", f"{MODULE}.samplingMethod"),
        compare=Population(),
        rules={"population_changed": rule(MINOR, noise=where(When.SPELLING_ONLY))},
    ),
)
