"""The design: what a change means before and after the start, and forms that mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import changes, only, record
from watcher.changes.language.words import label

NOT_STARTED = {"status": "NOT_YET_RECRUITING", "start": "2026-09"}
ALL_ROLES = ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"]


def masked(old: dict[str, Any], new: dict[str, Any], **both: Any) -> str:
    found = only(changes(record(design={"maskingInfo": old}, **both), record(design={"maskingInfo": new}, **both)))
    assert found.kind == "design.masking_changed"
    return found.severity.word


@pytest.mark.parametrize(
    ("old", "new", "started", "not_started"),
    [
        ({"masking": "DOUBLE"}, {"masking": "NONE"}, "critical", "minor"),
        ({"masking": "NONE"}, {"masking": "DOUBLE"}, "major", "minor"),
        ({"masking": "DOUBLE"}, {}, "minor", "minor"),
        ({}, {"masking": "NONE"}, "minor", "minor"),
        (
            {"masking": "DOUBLE", "whoMasked": ALL_ROLES},
            {"masking": "QUADRUPLE", "whoMasked": ALL_ROLES},
            "minor",
            "minor",
        ),
        (
            {"masking": "DOUBLE", "whoMasked": ALL_ROLES[:2]},
            {"masking": "QUADRUPLE", "whoMasked": ALL_ROLES[:2]},
            "major",
            "minor",
        ),
        ({"masking": "DOUBLE"}, {"masking": "DOUBLE", "whoMasked": ALL_ROLES[:2]}, "minor", "minor"),
    ],
)
def test_masking_matters_by_what_it_was_and_whether_the_study_has_started(old, new, started, not_started):
    assert masked(old, new) == started
    assert masked(old, new, **NOT_STARTED) == not_started


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (["PHASE1"], ["PHASE2"], "Phase changed: Phase 1 -> Phase 2."),
        (["PHASE2"], ["NA"], "Phase changed: Phase 2 -> not applicable."),
        (["PHASE1"], ["PHASE1", "EARLY_PHASE1"], "Phase changed: Phase 1 -> Early phase 1/Phase 1."),
        (["PHASE1"], ["PHASE9"], "Phase changed: Phase 1 -> PHASE9."),
    ],
)
def test_phases_are_told_with_the_registrys_labels_in_their_order(old, new, sentence):
    assert only(changes(record(phases=old), record(phases=new))).sentence == sentence


def test_a_phase_is_never_read_from_a_title():
    assert only(changes(record(title="Phase 1 Study"), record(title="Phase 2 Study"))).kind == "title.changed"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("NON_RANDOMIZED", "Non-randomized"),
        ("SUPPORTIVE_CARE", "Supportive care"),
        ("NIH", "NIH"),
        ("A_NEW_VALUE", "A_NEW_VALUE"),
        ("", ""),
    ],
)
def test_a_code_is_shown_with_the_registrys_label_and_an_unknown_one_raw(code, shown):
    assert label(code) == shown
