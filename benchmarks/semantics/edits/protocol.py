"""Edits of design, arms and interventions."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from benchmarks.semantics.edits.shape import (
    AIM,
    DM,
    Doing,
    Edit,
    Record,
    append,
    at,
    by_stage,
    edit,
    edits_in,
    one,
    put,
    rows,
    without,
)

ONCE_STARTED = by_stage("minor", "major", "major")


# --- design ----------------------------------------------------------------------------------


def replaced(path: str, *values: Any) -> Doing:
    """Replace the value at a path, where there is one, by another of these."""

    def do(record: Record, chance: Random) -> bool:
        old = at(record, path)
        others = [value for value in values if value != old]
        return old is not None and put(record, path, chance.choice(others))

    return do


def _opened(record: Record, chance: Random) -> bool:
    blinded = at(record, f"{DM}.designInfo.maskingInfo.masking") in ("DOUBLE", "TRIPLE", "QUADRUPLE", "SINGLE")
    return blinded and put(record, f"{DM}.designInfo.maskingInfo", {"masking": "NONE"})


def _blinded(record: Record, chance: Random) -> bool:
    masking = {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]}
    return at(record, f"{DM}.designInfo.maskingInfo.masking") == "NONE" and put(
        record, f"{DM}.designInfo.maskingInfo", masking
    )


DESIGN = (
    Edit("another phase", ("phase.changed",), replaced(f"{DM}.phases", ["PHASE2"], ["PHASE3"]), "major"),
    Edit(
        "a phase added",
        ("phase.changed",),
        lambda r, _: at(r, f"{DM}.phases") == ["PHASE1"] and put(r, f"{DM}.phases", ["PHASE1", "PHASE2"]),
        "major",
    ),
    Edit(
        "another study type",
        ("study_type.changed",),
        replaced(f"{DM}.studyType", "OBSERVATIONAL", "INTERVENTIONAL"),
        "critical",
    ),
    Edit(
        "another allocation",
        ("design.allocation_changed",),
        replaced(f"{DM}.designInfo.allocation", "RANDOMIZED", "NON_RANDOMIZED"),
        ONCE_STARTED,
    ),
    Edit(
        "another model",
        ("design.model_changed",),
        replaced(f"{DM}.designInfo.interventionModel", "PARALLEL", "CROSSOVER", "SEQUENTIAL"),
        ONCE_STARTED,
    ),
    Edit(
        "another observational model",
        ("design.model_changed",),
        replaced(f"{DM}.designInfo.observationalModel", "COHORT", "CASE_CONTROL"),
        ONCE_STARTED,
    ),
    Edit(
        "another model description",
        ("design.model_changed",),
        replaced(
            f"{DM}.designInfo.interventionModelDescription", "Two cohorts in sequence, with a run-in of one week."
        ),
        "minor",
    ),
    Edit("blinded -> open", ("design.masking_changed",), _opened, by_stage("minor", "critical", "critical")),
    Edit("open -> blinded", ("design.masking_changed",), _blinded, ONCE_STARTED),
    Edit(
        "another purpose",
        ("design.purpose_changed",),
        replaced(f"{DM}.designInfo.primaryPurpose", "TREATMENT", "PREVENTION", "DIAGNOSTIC"),
        ONCE_STARTED,
    ),
    Edit(
        "another time perspective",
        ("design.other_changed",),
        replaced(f"{DM}.designInfo.timePerspective", "PROSPECTIVE", "RETROSPECTIVE"),
        "minor",
    ),
    Edit(
        "another target duration",
        ("design.other_changed",),
        replaced(f"{DM}.targetDuration", "7 Years", "18 Months"),
        "minor",
    ),
    Edit(
        "another specimen retention",
        ("design.other_changed",),
        replaced(f"{DM}.bioSpec.retention", "SAMPLES_WITH_DNA", "SAMPLES_WITHOUT_DNA", "NONE_RETAINED"),
        "minor",
    ),
)


# --- arms ---------------------------------------------------------------------------------------


def _arm_gone(record: Record, chance: Random) -> bool:
    """An arm goes, and with it its mentions in the interventions."""
    arms = rows(record, f"{AIM}.armGroups")
    if len(arms) < 2:
        return False
    arm = chance.choice(arms)
    for intervention in rows(record, f"{AIM}.interventions"):
        labels = [label for label in intervention.get("armGroupLabels", []) if label != arm["label"]]
        if "armGroupLabels" in intervention:
            intervention["armGroupLabels"] = labels
    return without(record, f"{AIM}.armGroups", arm)


def _relabelled(record: Record, old: str, new: str) -> None:
    for intervention in rows(record, f"{AIM}.interventions"):
        labels = intervention.get("armGroupLabels", [])
        intervention.update({"armGroupLabels": [new if label == old else label for label in labels]} if labels else {})


ARMS = (
    Edit("an arm removed", ("arm.removed",), _arm_gone, "major"),
    Edit("an arm added", ("arm.added",), _arm_gone, "major", (), True),
)


@edit("a new arm", "arm.added", "major")
def new_arm(record: Record, chance: Random) -> bool:
    """An arm unlike the others."""
    arm = {
        "label": "Long-term follow-up registry",
        "type": "NO_INTERVENTION",
        "description": "Observed for five years after rollover.",
    }
    return bool(rows(record, f"{AIM}.armGroups")) and append(record, f"{AIM}.armGroups", arm)


@edit("an arm's type", "arm.type_changed", "major")
def arm_type(record: Record, chance: Random) -> bool:
    """An arm of another type."""
    arm = one(record, f"{AIM}.armGroups", chance)
    return bool(arm and arm.get("type")) and put(
        arm, "type", "ACTIVE_COMPARATOR" if arm["type"] != "ACTIVE_COMPARATOR" else "EXPERIMENTAL"
    )


@edit("an arm's label", "arm.renamed")
def arm_label(record: Record, chance: Random) -> bool:
    """The same arm under a longer label."""
    arm = one(record, f"{AIM}.armGroups", chance)
    if not arm or not arm.get("description"):
        return False
    old, new = arm["label"], f"{arm['label']} (main study)"
    _relabelled(record, old, new)
    return put(arm, "label", new)


_DOSE = re.compile(r"(\d+(?:\.\d+)?)(\s*(?:mg|µg|mcg|ml|mL|g)\b)")


@edit("a dose", "arm.dose_changed", "major")
def dose(record: Record, chance: Random) -> bool:
    """Another number before a unit of dose."""
    arms = [arm for arm in rows(record, f"{AIM}.armGroups") if _DOSE.search(arm.get("description", ""))]
    if not arms:
        return False
    arm = chance.choice(arms)
    return put(
        arm, "description", _DOSE.sub(lambda found: f"{float(found[1]) * 2:g}{found[2]}", arm["description"], count=1)
    )


@edit("an arm's description", "arm.description_changed", "minor")
def arm_description(record: Record, chance: Random) -> bool:
    """One more sentence."""
    arm = one(record, f"{AIM}.armGroups", chance)
    text = (arm or {}).get("description", "")
    return bool(text) and put(
        arm or {}, "description", f"{text} Participants return to the clinic for a visit at the end."
    )


# --- interventions ---------------------------------------------------------------------------------


def _named_in_arms(record: Record, old: str, new: str | None) -> None:
    """Arms name interventions as "Drug: Name"."""
    for arm in rows(record, f"{AIM}.armGroups"):
        names = arm.get("interventionNames", [])
        kept = [new if name == old else name for name in names]
        if old in names:
            arm["interventionNames"] = [name for name in kept if name]


def _mention(item: Record) -> str:
    return f"{item['type'].replace('_', ' ').capitalize()}: {item['name']}"


def _intervention_gone(record: Record, chance: Random) -> bool:
    items = rows(record, f"{AIM}.interventions")
    if len(items) < 2:
        return False
    item = chance.choice(items)
    _named_in_arms(record, _mention(item), None)
    return without(record, f"{AIM}.interventions", item)


INTERVENTIONS = (
    Edit(
        "an intervention removed", ("intervention.removed",), _intervention_gone, "major", ("arm.description_changed",)
    ),
    Edit(
        "an intervention added",
        ("intervention.added",),
        _intervention_gone,
        "major",
        ("arm.description_changed",),
        True,
    ),
)


@edit("an intervention's code becomes its name", "intervention.renamed", "noise")
def renamed_through_synonym(record: Record, chance: Random) -> bool:
    """Another name; the old one stands among the other names."""
    item = one(record, f"{AIM}.interventions", chance)
    if not item or item.get("type") not in ("DRUG", "BIOLOGICAL"):
        return False
    old = _mention(item)
    item["otherNames"] = [*item.get("otherNames", []), item["name"]]
    item["name"] = "examplinib"
    _named_in_arms(record, old, _mention(item))
    return True


@edit("a synonym added", "intervention.renamed", "noise")
def synonym(record: Record, chance: Random) -> bool:
    """One more among the other names."""
    item = one(record, f"{AIM}.interventions", chance)
    return item is not None and put(item, "otherNames", [*item.get("otherNames", []), "EX-4711"])


@edit("an intervention's type", "intervention.type_changed", "minor")
def intervention_type(record: Record, chance: Random) -> bool:
    """Drug to biological, as arms then name it."""
    item = one(record, f"{AIM}.interventions", chance)
    if not item:
        return False
    old = _mention(item)
    item["type"] = "BIOLOGICAL" if item["type"] != "BIOLOGICAL" else "DRUG"
    _named_in_arms(record, old, _mention(item))
    return True


@edit("an intervention's description", "intervention.description_changed", "minor")
def intervention_description(record: Record, chance: Random) -> bool:
    """One more sentence."""
    item = one(record, f"{AIM}.interventions", chance)
    text = (item or {}).get("description", "")
    return bool(text) and put(item or {}, "description", f"{text} It is stored in the dark and given by a nurse.")


EDITS = edits_in(globals())
