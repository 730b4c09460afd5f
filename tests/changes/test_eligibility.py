"""Who may take part: structured limits, and the criteria text criterion by criterion."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import P, changes, kinds, only, record, the
from watcher.changes.eligibility.criteria import criteria_of
from watcher.changes.eligibility.headings import heading_of
from watcher.model import Change

MODULE = f"{P}.eligibilityModule"
TEXT = """Inclusion Criteria:

* Age 18 to 65 years
* Diagnosis of asthma
* FEV1 \\>= 60 % of predicted
* Adequate organ function, defined as:

  * Platelets ≥ 100,000/mm3
  * Creatinine ≤ 1.5 x ULN

Exclusion Criteria:

* Pregnancy or breast-feeding
* Prior biologic therapy within 60 days of screening
* Participation in another interventional trial"""


def told(old: object, new: object, **fields: tuple[object, object]) -> tuple[Change, ...]:
    """The changes between two records with these criteria texts and these other fields of the module."""
    sides: list[dict[str, Any]] = [{f"{MODULE}.eligibilityCriteria": text} for text in (old, new)]
    for name, values in fields.items():
        for side, value in zip(sides, values, strict=True):
            side[f"{MODULE}.{name}"] = value
    return changes(record(sides[0]), record(sides[1]))


def edited(old: str, new: str) -> tuple[Change, ...]:
    """The changes where `old` became `new` in the criteria text."""
    assert old in TEXT
    return told(TEXT, TEXT.replace(old, new))


def judged(old: str, new: str) -> tuple[str, str]:
    """Verb and severity of one criterion that was `old` and is `new`."""
    change = only(told(_with(old), _with(new)))
    return change.kind.removeprefix("eligibility."), change.severity.word


def _with(criterion: str) -> str:
    return TEXT.replace("Diagnosis of asthma", criterion)


# --- the text as a whole ------------------------------------------------------------------


@pytest.mark.parametrize(
    "same",
    [
        TEXT.upper(),
        TEXT.replace("* ", "- "),
        TEXT.replace("* ", "• "),
        TEXT.replace("\\>=", "≥"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", " "),
        TEXT.replace("\n\n", "\n"),
        TEXT.replace("Inclusion Criteria:", "Key Inclusion Criteria"),
        TEXT.replace("Inclusion Criteria:", "**INCLUSION:**"),
        TEXT.replace("Exclusion Criteria:", "Criteria for exclusion:"),
        TEXT.replace("* Pregnancy or breast-feeding", "* Pregnancy\n* breast-feeding"),
        TEXT.replace("therapy within", "therapy\n  within"),
        "\n".join(f"{n}. {line[2:]}" if line.startswith("* ") else line for n, line in enumerate(TEXT.split("\n"))),
    ],
)
def test_another_layout_of_the_same_criteria_is_told_once_as_noise(same):
    change = only(told(TEXT, same))
    assert (change.kind, change.severity.word) == ("eligibility.reformatted", "noise")


@given(st.randoms(use_true_random=False))
def test_the_order_of_criteria_in_a_list_is_never_above_noise(shuffler):
    lines = ["* asthma for 2 years", "* signed consent", "* fluent in English", "* able to walk 400 m"]
    mixed = lines[:]
    shuffler.shuffle(mixed)
    assert all(change.severity.word == "noise" for change in told("\n".join(lines), "\n".join(mixed)))


def test_a_text_that_appears_is_one_change_not_one_for_each_criterion():
    change = only(told("", TEXT))
    assert (change.kind, change.subject) == ("eligibility.criterion_added", "all criteria")
    assert "6 inclusion criteria, 3 exclusion criteria" in change.sentence
    assert only(told(TEXT, "")).kind == "eligibility.criterion_removed"


def test_none_under_a_heading_is_no_criterion():
    assert kinds(
        told("Inclusion Criteria:\n* asthma", "Inclusion Criteria:\n* asthma\n\nExclusion Criteria:\n* None")
    ) == ["eligibility.reformatted"]


# --- one criterion ------------------------------------------------------------------------


def test_a_criterion_is_added_in_its_list():
    change = only(edited("* Pregnancy or", "* Current smoker\n* Pregnancy or"))
    assert (change.kind, change.subject) == ("eligibility.criterion_added", "exclusion: Current smoker")
    assert change.detail["section"] == "exclusion"
    assert change.new == "Current smoker"
    assert change.old is None


@pytest.mark.parametrize(
    ("criterion", "severity"),
    [
        ("Willing to keep a diary", "minor"),
        ("Haemoglobin above 9 g/dL", "major"),
        ("Age at diagnosis < 40", "major"),
        ("Has received previous chemotherapy", "major"),
        ("Karnofsky score suitable for travel", "major"),
        ("Normal liver function", "major"),
        ("Women of childbearing potential use contraception", "major"),
        ("Other protocol-defined inclusion criteria may apply", "minor"),
        ("EGFR mutation confirmed", "minor"),
    ],
)
def test_what_an_added_or_removed_inclusion_is_about_makes_its_severity(criterion, severity):
    longer = TEXT.replace("* Diagnosis of asthma", f"* Diagnosis of asthma\n* {criterion}")
    assert only(told(TEXT, longer)).severity.word == severity
    assert only(told(longer, TEXT)).severity.word == severity


def test_an_exclusion_that_comes_or_goes_is_major():
    longer = f"{TEXT}\n* Left-handed"
    assert only(told(TEXT, longer)).severity.word == "major"
    assert only(told(longer, TEXT)).severity.word == "major"


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ("within 60 days", "within 30 days", {"from": "60 days", "to": "30 days"}),
        ("≥ 100,000/mm3", "≥ 75,000/mm3", {"from": ">= 100,000", "to": ">= 75,000"}),
        ("60 % of", "70 % of", {"from": ">= 60%", "to": ">= 70%"}),
        ("\\>= 60 %", "\\> 60 %", {"from": ">= 60%", "to": "> 60%"}),
        ("1.5 x ULN", "2.5 x ULN", {"from": "<= 1.5", "to": "<= 2.5"}),
    ],
)
def test_a_number_that_moved_is_major_and_told_from_and_to(old, new, moved):
    change = only(edited(old, new))
    assert (change.kind, change.severity.word) == ("eligibility.criterion_changed", "major")
    assert change.detail["moved"] == [moved]
    assert f"({moved['from']} -> {moved['to']})" in change.sentence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Must have asthma", "Must not have asthma"),
        ("Asthma", "Asthma or COPD"),
        ("No fever", "No fever except after vaccination"),
        ("NYHA class II", "NYHA class III"),
        ("Grade 3 rash", "Grade 2 to 3 rash"),
        ("ECOG 0-1", "ECOG 0, 1 or 2"),
        ("Two exacerbations", "Three exacerbations"),
        ("ALT not above 3", "ALT above 3"),
    ],
)
def test_a_reversed_or_clearly_wider_criterion_is_major(old, new):
    assert judged(old, new) == ("criterion_changed", "major")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Fever and cough", "Fever or cough"),
        ("Typical asthma", "Atypical asthma"),
        ("Symptomatic hypertension", "Symptomatic hypotension"),
        ("Biopsy before dosing", "Biopsy after dosing"),
        ("Adequate fluid intake", "Inadequate fluid intake"),
        ("Treated with prednisone", "Treated with prednisolone"),
    ],
)
def test_another_meaning_is_never_noise(old, new):
    verb, severity = judged(old, new)
    assert (verb, severity != "noise") == ("criterion_changed", True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Patients must have asthma", "Participants have asthma"),
        ("Stable for 24 months", "Stable for two years"),
        ("Stable for at least 4 weeks", "Stable for ≥ 4 wks"),
        ("Hospitalised for a tumour", "Hospitalized for a tumor"),
        ("Persistent symptoms", "Persistant symptoms"),
        ("Body mass index (BMI) below 30", "BMI below 30"),
        ("Central venous pressure (CVP) measured", "CVP measured"),
        ("Nasal polyps and asthma", "Asthma and nasal polyps"),
        ("Stage III disease", "Stage 3 disease"),
        ("Follow-up possible", "Followup possible"),
        ("Cells at 1 x 10^6 per kg", "Cells at 1×10⁶ per kg"),
        ("There should be at least one lesion", "Patients must have at least one lesion"),
        ("Expected survival time ≥ 12 weeks", "Life expectancy of at least 12 weeks"),
        ("ECOG performance status 0 or 1", "ECOG PS 0-1"),
        ("Age 16 or above", "Age ≥ 16 years"),
        ("Age 16 to 75", "Age 16-75 years"),
        ("Steroids above 200 micro gram", "Steroids above 200 microgram"),
        ("QTcF > 470 ms", "QTcF > 470 msec"),
    ],
)
def test_the_same_meaning_in_other_words_is_noise(old, new):
    verb, severity = judged(old, new)
    assert (verb in {"criterion_reworded", "reformatted"}, severity) == (True, "noise")


def test_a_criterion_rewritten_in_place_is_changed_not_replaced():
    change = only(
        told(
            _with("Have not had systematic treatment for unresectable locally advanced disease in the past"),
            _with("Previously received no systemic treatment for unresectable or locally advanced tumours"),
        )
    )
    assert (change.kind, change.severity.word) == ("eligibility.criterion_changed", "minor")


def test_a_criterion_that_moves_to_the_other_list_is_told_as_moved():
    line = "* Participation in another interventional trial"
    change = only(told(TEXT, TEXT.replace(f"\n{line}", "").replace("* Diagnosis", f"{line}\n* Diagnosis")))
    assert change.sentence == (
        'Criterion moved from exclusion to inclusion: "Participation in another interventional trial".'
    )
    assert change.severity.word == "major"


def test_what_one_list_asks_for_and_the_other_rules_out_is_the_same():
    old = TEXT.replace("* Diagnosis", "* No prior chemotherapy\n* Diagnosis")
    assert only(told(old, f"{TEXT}\n* Prior chemotherapy")).severity.word == "noise"


def test_several_edits_are_told_one_by_one():
    new = TEXT.replace("60 days", "30 days").replace("* Diagnosis of asthma\n", "") + "\n* Current smoker"
    assert sorted(kinds(told(TEXT, new))) == [
        "eligibility.criterion_added",
        "eligibility.criterion_changed",
        "eligibility.criterion_removed",
    ]


def test_a_heading_that_names_another_part_is_told():
    old = TEXT.replace("Inclusion Criteria:", "Inclusion Criteria for Part A:")
    change = only(told(old, old.replace("Part A", "Part B")))
    assert (change.kind, change.severity.word) == ("eligibility.criterion_changed", "minor")


# --- ages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEXT, TEXT.replace("18 to 65", "12 to 65")),
        (TEXT, TEXT.replace("Age 18 to 65 years", "Male or female, aged 12 to 65 years")),
        (TEXT.replace("* Age 18 to 65 years\n", ""), TEXT.replace("Age 18 to 65 years", "Age ≥ 12 years")),
        (TEXT, TEXT.replace("* Age 18 to 65 years\n", "")),
    ],
)
def test_an_age_limit_restated_in_the_text_follows_the_limit(old, new):
    found = told(old, new, minimumAge=("18 Years", "12 Years"), maximumAge=("65 Years", "65 Years"))
    limits, restated = the("eligibility.age_changed", found), the("eligibility.criterion_reworded", found)
    assert len(found) == 2
    assert limits.severity.word == "major"
    assert (restated.severity.word, restated.parent) == ("noise", limits.id)


def test_an_age_that_moves_in_the_text_alone_is_told_there():
    change = only(edited("18 to 65", "18 to 70"))
    assert (change.kind, change.severity.word) == ("eligibility.criterion_changed", "major")


def test_another_number_of_a_criterion_is_not_taken_for_the_age():
    found = told(TEXT, TEXT.replace("within 60 days", "within 30 days"), minimumAge=("18 Years", "12 Years"))
    assert sorted(kinds(found)) == ["eligibility.age_changed", "eligibility.criterion_changed"]


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        (("18 Years", None), ("16 Years", None), "widened"),
        (("18 Years", None), (None, None), "widened"),
        (("18 Years", "65 Years"), ("18 Years", "60 Years"), "narrowed"),
        (("18 Years", "65 Years"), ("16 Years", "60 Years"), None),
        (("18 Years", None), ("adult", None), None),
        (("1 Year", None), ("11 Months", None), "widened"),
    ],
)
def test_wider_or_narrower_is_said_where_it_is_certain(old, new, effect):
    change = only(told(TEXT, TEXT, minimumAge=(old[0], new[0]), maximumAge=(old[1], new[1])))
    assert (change.kind, change.severity.word) == ("eligibility.age_changed", "major")
    assert change.detail["effect"] == effect


def test_the_same_age_in_another_unit_is_noise():
    assert only(told(TEXT, TEXT, minimumAge=("18 Years", "216 Months"))).severity.word == "noise"


# --- cutting the text -------------------------------------------------------------------------


def test_nested_bullets_hang_under_their_parent():
    by_text = {criterion.text: criterion for criterion in criteria_of(TEXT)}
    assert by_text["Platelets >= 100,000/mm3"].under == "Adequate organ function, defined as:"
    assert by_text["Diagnosis of asthma"].under == ""


def test_hard_wrapped_lines_are_one_criterion():
    text = "Inclusion Criteria:\n\n1. Asthma that was diagnosed by a physician\n   at least one year ago\n2. Consent"
    assert [criterion.text for criterion in criteria_of(text)] == [
        "Asthma that was diagnosed by a physician at least one year ago",
        "Consent",
    ]


def test_a_text_without_line_breaks_is_cut_at_its_headings_and_bullets():
    text = (
        "Inclusion Criteria: - asthma - consent - fluent in English Exclusion Criteria: - pregnancy - fever - smoking"
    )
    found = [(criterion.section, criterion.text) for criterion in criteria_of(text)]
    assert found == [
        *(("inclusion", text) for text in ("asthma", "consent", "fluent in English")),
        *(("exclusion", text) for text in ("pregnancy", "fever", "smoking")),
    ]


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("Inclusion Criteria:", "inclusion"),
        ("KEY EXCLUSION CRITERIA", "exclusion"),
        ("Exclusion:", "exclusion"),
        ("Non-inclusion criteria:", "exclusion"),
        ("Exclusion Criteria for Part B:", "exclusion"),
        ("Additional Inclusion Criteria for Sub-Study A Phase 2 only:", "inclusion"),
        ("Inclusion/Exclusion Criteria", "eligibility"),
        ("Eligibility Criteria Prior to Biopsy:", "inclusion"),
        ("Note: Other protocol defined Inclusion/Exclusion criteria may apply.", None),
        ("Patients in exclusion period determined by a previous study;", None),
        ("Subject not meeting one of the inclusion criteria.", None),
        ("Acute illness at the time of inclusion.", None),
        ("Bilateral tubal occlusion", None),
    ],
)
def test_a_heading_is_told_from_a_line_that_speaks_of_inclusion(line, section):
    found = heading_of(line)
    assert (found.section if found else None) == section


# --- hostile input ------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [None, 5, True, "", [], ["x"], {"a": 1}, [None, {"label": 3}]])
@pytest.mark.parametrize(
    "field", ["eligibilityCriteria", "minimumAge", "sex", "genderBased", "healthyVolunteers", "studyPopulation"]
)
def test_a_value_of_another_shape_never_stops_the_reading(bad, field):
    whole = record({f"{MODULE}.{field}": "18 Years"})
    broken = record({f"{MODULE}.{field}": bad})
    assert changes(whole, broken)
    assert bool(changes(whole, broken)) == bool(changes(broken, whole))


_PIECES = st.sampled_from(
    [
        "* ",
        "\n",
        "  ",
        "1. ",
        "Inclusion Criteria:",
        "Exclusion Criteria",
        "≥",
        "\\>",
        "18",
        ",",
        "or",
        "asthma",
        "no",
        "(A)",
        "\x00",
    ]
)


@settings(max_examples=150)
@given(st.lists(_PIECES, max_size=40).map(" ".join), st.lists(_PIECES, max_size=40).map(" ".join))
def test_any_two_texts_that_differ_are_told_and_equal_ones_are_not(old, new):
    assert bool(told(old, new)) == (old != new)
    assert told(old, old) == ()


def test_long_texts_are_read_quickly():
    picker = random.Random(5)  # noqa: S311
    words = [f"word{number}" for number in range(400)]
    bullets = [f"* {' '.join(picker.choices(words, k=12))}" for _ in range(500)]
    started = time.perf_counter()
    assert len(told("\n".join(bullets), "\n".join([*bullets[:250], "* fluent in English", *bullets[250:]]))) == 1
    flat = "".join(bullets)
    assert told(flat, flat.replace("word7 ", "word8 "))
    assert time.perf_counter() - started < 3
