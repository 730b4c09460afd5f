"""Examples: who may take part."""

from __future__ import annotations

from typing import Any

from watcher.examples.plain import P
from watcher.examples.shape import Example

_MODULE = f"{P}.eligibilityModule"


def _limits(kind: str, before: dict[str, Any], after: dict[str, Any], severity: str, sentence: str) -> Example:
    """A move of structured fields of the module."""
    put = [{f"{_MODULE}.{field}": value for field, value in side.items()} for side in (before, after)]
    return Example(kind, {"put": put[0]}, {"put": put[1]}, severity, sentence)


def _criteria(inclusion: str, exclusion: str = "Pregnancy") -> dict[str, Any]:
    """A criteria text whose lists hold an asthma criterion and these, one bullet for each line."""
    lists = ("Inclusion Criteria:", f"Diagnosis of asthma\n{inclusion}"), ("Exclusion Criteria:", exclusion)
    text = "\n\n".join(f"{heading}\n\n* " + "\n* ".join(items.split("\n")) for heading, items in lists)
    return {"put": {f"{_MODULE}.eligibilityCriteria": text}}


def _reads(
    kind: str, before: dict[str, Any], after: dict[str, Any], severity: str, sentence: str, *beside: str
) -> Example:
    return Example(f"eligibility.{kind}", before, after, severity, sentence, beside)


_CONSENT = _criteria("Written informed consent")

EXAMPLES: tuple[Example, ...] = (
    _limits(
        "eligibility.age_changed",
        {"minimumAge": "18 Years", "maximumAge": "65 Years"},
        {"minimumAge": "12 Years", "maximumAge": "65 Years"},
        "major",
        "Age limits changed: 18 Years to 65 Years -> 12 Years to 65 Years (widened).",
    ),
    _limits(
        "eligibility.age_changed",
        {"minimumAge": "18 Years"},
        {"minimumAge": "18 Years", "maximumAge": "75 Years"},
        "major",
        "Age limits changed: 18 Years and older -> 18 Years to 75 Years (narrowed).",
    ),
    _limits(
        "eligibility.age_changed",
        {"minimumAge": "2 Years"},
        {"minimumAge": "24 Months"},
        "noise",
        "Age limits changed: 2 Years and older -> 24 Months and older (the same ages).",
    ),
    _limits(
        "eligibility.sex_changed", {"sex": "ALL"}, {"sex": "FEMALE"}, "major", "Sex eligible changed: All -> Female."
    ),
    _limits(
        "eligibility.sex_changed",
        {"sex": "FEMALE", "genderBased": True, "genderDescription": "Cis women"},
        {"sex": "FEMALE", "genderBased": True, "genderDescription": "cis-women"},
        "noise",
        "Sex eligible changed: Female (by gender: Cis women) -> Female (by gender: cis-women).",
    ),
    _limits(
        "eligibility.healthy_volunteers_changed",
        {"healthyVolunteers": False},
        {"healthyVolunteers": True},
        "major",
        "Healthy volunteers: not accepted -> accepted.",
    ),
    _limits(
        "eligibility.population_changed",
        {"studyPopulation": "Adults seen in primary care", "samplingMethod": "NON_PROBABILITY_SAMPLE"},
        {"studyPopulation": "Adults seen in hospital", "samplingMethod": "NON_PROBABILITY_SAMPLE"},
        "minor",
        'Study population changed: "Adults seen in primary care" -> "Adults seen in hospital".',
    ),
    _limits(
        "eligibility.population_changed",
        {"studyPopulation": "Hospitalised adults with asthma"},
        {"studyPopulation": "Hospitalized adults with asthma."},
        "noise",
        'Study population changed (spelling): "Hospitalised adults with asthma" -> "Hospitalized adults with asthma."',
    ),
    _reads(
        "criterion_added",
        _CONSENT,
        _criteria("Written informed consent\nWilling to keep a symptom diary"),
        "minor",
        'Inclusion criterion added: "Willing to keep a symptom diary".',
    ),
    _reads(
        "criterion_added",
        _CONSENT,
        _criteria("Written informed consent", "Pregnancy\nPrior biologic therapy"),
        "major",
        'Exclusion criterion added: "Prior biologic therapy".',
    ),
    _reads(
        "criterion_removed",
        _criteria("Written informed consent\nFluent in English"),
        _CONSENT,
        "minor",
        'Inclusion criterion removed: "Fluent in English".',
    ),
    _reads(
        "criterion_removed",
        _criteria("Written informed consent\nFEV1 ≥ 60 % of predicted"),
        _CONSENT,
        "major",
        'Inclusion criterion removed: "FEV1 >= 60 % of predicted".',
    ),
    _reads(
        "criterion_changed",
        _criteria("Fluent in English"),
        _criteria("Fluent in German"),
        "minor",
        'Inclusion criterion changed: "Fluent in English" -> "Fluent in German".',
    ),
    _reads(
        "criterion_changed",
        _criteria("Previous cell therapy within 60 days of screening"),
        _criteria("Previous cell therapy within 30 days of screening"),
        "major",
        'Inclusion criterion changed: "Previous cell therapy within 60 days of screening" -> "Previous cell therapy '
        'within 30 days of screening" (60 days -> 30 days).',
    ),
    _reads(
        "criterion_changed",
        _criteria("Must have had inhaled steroids"),
        _criteria("Must not have had inhaled steroids"),
        "major",
        'Inclusion criterion changed: "Must have had inhaled steroids" -> "Must not have had inhaled steroids".',
    ),
    _reads(
        "criterion_changed",
        _criteria("Persistent wheezing"),
        _criteria("Persistent wheezing or chronic cough"),
        "major",
        'Inclusion criterion changed: "Persistent wheezing" -> "Persistent wheezing or chronic cough".',
    ),
    _reads(
        "criterion_reworded",
        _criteria("Bilirubin not more than 2 times the upper limit of normal (ULN)"),
        _criteria("Bilirubin ≤ 2 times ULN"),
        "noise",
        'Inclusion criterion reworded: "Bilirubin not more than 2 times the upper limit of normal (ULN)" -> '
        '"Bilirubin <= 2 times ULN".',
    ),
    _reads(
        "criterion_moved",
        _criteria("Written informed consent\nCurrent smoker"),
        _criteria("Written informed consent", "Pregnancy\nCurrent smoker"),
        "major",
        'Criterion moved from inclusion to exclusion: "Current smoker".',
    ),
    _reads(
        "reformatted",
        _CONSENT,
        {
            "put": {
                f"{_MODULE}.eligibilityCriteria": "KEY INCLUSION CRITERIA\n1. Written informed consent;\n"
                "2. Diagnosis of Asthma.\nEXCLUSION CRITERIA\n- PREGNANCY"
            }
        },
        "noise",
        "Eligibility criteria reformatted: the same criteria in another layout, order or case.",
    ),
)
