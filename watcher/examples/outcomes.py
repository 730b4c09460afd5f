"""Examples: outcome measures: primary, secondary and other."""

from __future__ import annotations

from typing import Any

from watcher.examples.shape import Example

BEFORE_START = {"start": "2026-09-01", "status": "NOT_YET_RECRUITING"}
COMPLETED = {"primary_completion": "2026-03-31 actual"}
Rows = list[dict[str, str]]


def outcome(measure: str, time_frame: str = "", description: str = "") -> dict[str, str]:
    """One row of a list of outcomes; what is empty is left out."""
    row = {"measure": measure, "timeFrame": time_frame, "description": description}
    return {key: value for key, value in row.items() if value}


def _lists(primary: Rows, secondary: Rows, other: Rows) -> dict[str, Any]:
    named = {"primary_outcomes": primary, "secondary_outcomes": secondary, "other_outcomes": other}
    return {name: rows for name, rows in named.items() if rows}


def _listed(
    verb: str,
    old: tuple[Rows, Rows],
    new: tuple[Rows, Rows],
    severity: str,
    sentence: str,
    stage: dict[str, Any] | None = None,
) -> Example:
    """Lists of primary and secondary outcomes, before and after, at a stage of the study (else: recruiting)."""
    sides = ({**_lists(*lists, []), **(stage or {})} for lists in (old, new))
    return Example(f"outcome.{verb}", next(sides), next(sides), severity, sentence)


OS = outcome("Overall survival", "2 years")
PFS = outcome("Progression-free survival", "12 months")
ORR = outcome(
    "Objective response rate",
    "24 weeks",
    "Proportion of participants with complete or partial response per RECIST 1.1, determined by the investigator",
)
LABS = outcome("Serum ferritin", "12 weeks")
NO_ROWS: Rows = []


def _switches(verb: str, old: tuple[Rows, Rows], new: tuple[Rows, Rows], sentence: str) -> tuple[Example, ...]:
    """The same switch while the study recruits, before it starts, and after primary completion."""
    stages = (("major", None), ("minor", BEFORE_START), ("critical", COMPLETED))
    return tuple(_listed(verb, old, new, severity, sentence, stage) for severity, stage in stages)


def _lately(verb: str, old: tuple[Rows, Rows], new: tuple[Rows, Rows], sentence: str) -> tuple[Example, ...]:
    """The same change while the study recruits, and after primary completion."""
    stages = (("minor", None), ("major", COMPLETED))
    return tuple(_listed(verb, old, new, severity, sentence, stage) for severity, stage in stages)


def _other(old: Rows, new: Rows, severity: str, sentence: str) -> Example:
    return Example("outcome.other_changed", _lists([OS], [], old), _lists([OS], [], new), severity, sentence)


EXAMPLES: tuple[Example, ...] = (
    *_switches(
        "primary_added",
        ([OS], NO_ROWS),
        ([OS, LABS], NO_ROWS),
        "Primary outcome added: Serum ferritin [time frame: 12 weeks].",
    ),
    *_switches(
        "primary_removed",
        ([OS, PFS], NO_ROWS),
        ([OS], NO_ROWS),
        "Primary outcome removed: Progression-free survival [time frame: 12 months].",
    ),
    *_switches(
        "promoted",
        ([OS], [PFS]),
        ([OS, PFS], NO_ROWS),
        "Now a primary outcome (was secondary): Progression-free survival.",
    ),
    *_switches(
        "demoted",
        ([OS, PFS], NO_ROWS),
        ([PFS], [outcome("Overall survival", "5 years")]),
        "No longer a primary outcome (now secondary): Overall survival; time frame 2 years -> 5 years.",
    ),
    *_switches(
        "primary_timeframe_changed",
        ([OS], NO_ROWS),
        ([outcome("Overall survival", "36 months")], NO_ROWS),
        'Time frame of primary outcome Overall survival changed: "2 years" -> "36 months".',
    ),
    *_switches(
        "primary_measurement_changed",
        ([ORR], NO_ROWS),
        ([{**ORR, "description": ORR["description"].replace("the investigator", "blinded central review")}], NO_ROWS),
        'Primary outcome Objective response rate changed: "Proportion of participants with complete or partial '
        'response per RECIST 1.1, determined by the investigator" -> "Proportion of participants with complete or '
        'partial response per RECIST 1.1, determined by blinded central review".',
    ),
    _listed(
        "primary_detail_added",
        ([outcome("Overall survival")], NO_ROWS),
        ([OS], NO_ROWS),
        "minor",
        'Primary outcome Overall survival specified: none -> "2 years".',
    ),
    *_lately(
        "primary_detail_removed",
        ([OS], NO_ROWS),
        ([outcome("Overall survival")], NO_ROWS),
        'Specification of primary outcome Overall survival taken away: "2 years" -> none.',
    ),
    _listed(
        "primary_reworded",
        ([OS], NO_ROWS),
        ([outcome("Overall Survival (OS)", "24 months")], NO_ROWS),
        "noise",
        'Primary outcome Overall Survival (OS) reworded: "Overall survival; 2 years" -> '
        '"Overall Survival (OS); 24 months".',
    ),
    *_lately(
        "secondary_added",
        ([OS], NO_ROWS),
        ([OS], [LABS]),
        "Secondary outcome added: Serum ferritin [time frame: 12 weeks].",
    ),
    *_lately(
        "secondary_removed",
        ([OS], [LABS]),
        ([OS], NO_ROWS),
        "Secondary outcome removed: Serum ferritin [time frame: 12 weeks].",
    ),
    *_lately(
        "secondary_changed",
        ([OS], [LABS]),
        ([OS], [outcome("Serum ferritin", "24 weeks")]),
        'Secondary outcome Serum ferritin changed: "12 weeks" -> "24 weeks".',
    ),
    _listed(
        "secondary_reworded",
        ([OS], [LABS]),
        ([OS], [outcome("Serum ferritin", "Week 12")]),
        "noise",
        'Secondary outcome Serum ferritin reworded: "12 weeks" -> "Week 12".',
    ),
    _other([], [LABS], "minor", "Other outcome added: Serum ferritin."),
    _other(
        [LABS],
        [outcome("Serum ferritin", "24 weeks")],
        "minor",
        'Other outcome changed: "12 weeks" -> "24 weeks": Serum ferritin.',
    ),
    _other(
        [LABS],
        [outcome("serum ferritin", "12 weeks")],
        "noise",
        'Other outcome reworded: "Serum ferritin" -> "serum ferritin": serum ferritin.',
    ),
)
