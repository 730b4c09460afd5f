"""Examples: study type, phase and design."""

from __future__ import annotations

from typing import Any

from watcher.examples.shape import NOT_YET, Example

_TRIAL = {
    "allocation": "RANDOMIZED",
    "interventionModel": "PARALLEL",
    "primaryPurpose": "TREATMENT",
    "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
}
_UNSTARTED: dict[str, Any] = {"status": NOT_YET, "start": "2026-09"}


def _designed(kind: str, change: dict[str, Any], severity: str, sentence: str, **both: Any) -> Example:
    return Example(kind, {"design": _TRIAL, **both}, {"design": {**_TRIAL, **change}, **both}, severity, sentence)


EXAMPLES: tuple[Example, ...] = (
    Example(
        "study_type.changed",
        {"study_type": "INTERVENTIONAL"},
        {"study_type": "OBSERVATIONAL"},
        "critical",
        "Study type changed: Interventional -> Observational.",
    ),
    Example(
        "phase.changed",
        {"phases": ["PHASE1"]},
        {"phases": ["PHASE2", "PHASE1"]},
        "major",
        "Phase changed: Phase 1 -> Phase 1/Phase 2.",
    ),
    _designed(
        "design.allocation_changed",
        {"allocation": "NON_RANDOMIZED"},
        "major",
        "Allocation changed: Randomized -> Non-randomized.",
    ),
    _designed(
        "design.allocation_changed",
        {"allocation": "NON_RANDOMIZED"},
        "minor",
        "Allocation changed: Randomized -> Non-randomized.",
        **_UNSTARTED,
    ),
    _designed(
        "design.model_changed",
        {"interventionModel": "CROSSOVER"},
        "major",
        "Intervention model changed: Parallel assignment -> Crossover assignment.",
    ),
    _designed(
        "design.model_changed",
        {"interventionModelDescription": "Two periods of 12 weeks each"},
        "minor",
        'Intervention model description changed: none -> "Two periods of 12 weeks each".',
    ),
    _designed(
        "design.masking_changed",
        {"maskingInfo": {"masking": "NONE"}},
        "critical",
        "Masking changed: Double -> None (open label). Who is masked changed: Investigator, Participant -> not stated.",
    ),
    _designed(
        "design.masking_changed",
        {"maskingInfo": {"masking": "SINGLE", "whoMasked": ["PARTICIPANT"]}},
        "major",
        "Masking changed: Double -> Single. Who is masked changed: Investigator, Participant -> Participant.",
    ),
    _designed(
        "design.masking_changed",
        {"maskingInfo": {"masking": "NONE"}},
        "minor",
        "Masking changed: Double -> None (open label). Who is masked changed: Investigator, Participant -> not stated.",
        **_UNSTARTED,
    ),
    _designed(
        "design.purpose_changed",
        {"primaryPurpose": "PREVENTION"},
        "major",
        "Primary purpose changed: Treatment -> Prevention.",
    ),
    _designed(
        "design.purpose_changed",
        {"primaryPurpose": "PREVENTION"},
        "minor",
        "Primary purpose changed: Treatment -> Prevention.",
        **_UNSTARTED,
    ),
    Example(
        "design.other_changed",
        {"target_duration": "12 Months"},
        {"target_duration": "24 Months"},
        "minor",
        'Target follow-up duration changed: "12 Months" -> "24 Months".',
    ),
)
