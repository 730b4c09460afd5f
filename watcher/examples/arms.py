"""Examples: arms and interventions."""

from __future__ import annotations

from typing import Any

from watcher.examples.shape import Example

_LOW = {
    "label": "Low dose",
    "type": "EXPERIMENTAL",
    "description": "Examplinib 10 mg twice daily for 12 weeks",
    "interventionNames": ["Drug: Examplinib"],
}
_CONTROL = {
    "label": "Control",
    "type": "PLACEBO_COMPARATOR",
    "description": "Matching tablets",
    "interventionNames": ["Drug: Placebo"],
}
_EXAMPLINIB = {
    "type": "DRUG",
    "name": "Examplinib",
    "description": "Film-coated tablets of 10 mg, taken with water",
    "otherNames": ["EX-001"],
    "armGroupLabels": ["Low dose"],
}


def _arm(kind: str, severity: str, sentence: str, before: dict[str, Any], after: dict[str, Any]) -> Example:
    """Something that happens to one of two arms."""
    return Example(
        f"arm.{kind}",
        {"arms": [{**_LOW, **before}, _CONTROL]},
        {"arms": [{**_LOW, **after}, _CONTROL]},
        severity,
        sentence,
    )


def _drug(kind: str, severity: str, sentence: str, before: dict[str, Any], after: dict[str, Any]) -> Example:
    """Something that happens to the one intervention."""
    old, new = {**_EXAMPLINIB, **before}, {**_EXAMPLINIB, **after}
    return Example(f"intervention.{kind}", {"interventions": [old]}, {"interventions": [new]}, severity, sentence)


EXAMPLES: tuple[Example, ...] = (
    Example(
        "arm.added",
        {"arms": [_LOW]},
        {"arms": [_LOW, _CONTROL]},
        "major",
        "New arm: Control (Placebo comparator); 2 arms now.",
    ),
    Example(
        "arm.removed",
        {"arms": [_LOW, _CONTROL]},
        {"arms": [_LOW]},
        "major",
        "Arm no longer listed: Control (Placebo comparator); 1 arm now.",
    ),
    _arm(
        "type_changed",
        "major",
        "Type of arm Low dose changed: Experimental -> Active comparator.",
        {},
        {"type": "ACTIVE_COMPARATOR"},
    ),
    _arm(
        "renamed", "noise", 'Arm relabelled: "Low dose" -> "Low dose (cohort 1)".', {}, {"label": "Low dose (cohort 1)"}
    ),
    _arm(
        "renamed",
        "minor",
        'Arm relabelled: "Examplinib 10 mg" -> "Examplinib 20 mg".',
        {"label": "Examplinib 10 mg"},
        {"label": "Examplinib 20 mg"},
    ),
    _arm(
        "dose_changed",
        "major",
        'Dose changed in arm Low dose: 10 mg -> 20 mg; "Examplinib 10 mg twice daily for 12 weeks" -> '
        '"Examplinib 20 mg twice daily for 12 weeks".',
        {},
        {"description": "Examplinib 20 mg twice daily for 12 weeks"},
    ),
    _arm(
        "description_changed",
        "minor",
        'Description of arm Low dose changed: "Examplinib 10 mg twice daily for 12 weeks" -> '
        '"For 12 weeks, participants take 10 mg of examplinib twice daily".',
        {},
        {"description": "For 12 weeks, participants take 10 mg of examplinib twice daily"},
    ),
    _arm(
        "description_changed",
        "noise",
        'Description of arm Low dose changed (spelling): "Examplinib 10 mg twice daily for 12 weeks" -> '
        '"Examplinib, 10mg twice daily, for 12 weeks."',
        {},
        {"description": "Examplinib, 10mg twice daily, for 12 weeks."},
    ),
    Example(
        "intervention.added",
        {"interventions": [_EXAMPLINIB]},
        {"interventions": [_EXAMPLINIB, {"type": "BIOLOGICAL", "name": "EXA52", "otherNames": ["Exampletuzumab"]}]},
        "major",
        "New intervention: Biological: EXA52 (other name: Exampletuzumab).",
    ),
    Example(
        "intervention.removed",
        {"interventions": [_EXAMPLINIB, {"type": "PROCEDURE", "name": "Biopsy"}]},
        {"interventions": [_EXAMPLINIB]},
        "major",
        "Intervention no longer listed: Procedure: Biopsy.",
    ),
    _drug("renamed", "noise", "Intervention renamed: EX-001 -> Examplinib.", {"name": "EX-001", "otherNames": []}, {}),
    _drug(
        "type_changed",
        "minor",
        "Type of intervention Examplinib changed: Drug -> Biological.",
        {},
        {"type": "BIOLOGICAL"},
    ),
    _drug(
        "description_changed",
        "minor",
        'Description of Examplinib changed: "Film-coated tablets of 10 mg, taken with water" -> '
        '"Film-coated tablets of 20 mg, taken with water" (10 mg -> 20 mg).',
        {},
        {"description": "Film-coated tablets of 20 mg, taken with water"},
    ),
    _drug(
        "description_changed",
        "noise",
        'Description of Examplinib changed (spelling): "Film-coated tablets of 10 mg, taken with water" -> '
        '"Film coated tablets of 10 mg taken with water".',
        {},
        {"description": "Film coated tablets of 10 mg taken with water"},
    ),
)
