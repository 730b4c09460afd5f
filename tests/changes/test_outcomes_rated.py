"""Outcome measures against human raters, where the rated pairs stand beside the project."""

from __future__ import annotations

import pytest

from benchmarks.semantics import outcome_pairs as rated
from tests.realdata import shared
from watcher.changes.outcomes import Limits, Weights


@pytest.fixture(scope="module")
def scores() -> dict[str, float]:
    path = shared("data/outcome_pairs_dev.csv")
    assert path == rated.PAIRS
    found = rated.verbs(Limits(), Weights())
    said = [{finding.verb for finding in findings} for findings in found]
    return {
        "switch": rated.score((bool(v & rated.SWITCHED) for v in said), (p.switched for p in rated.pairs())).f1,
        "any": rated.score((bool(v & rated.TOLD) for v in said), (p.changed for p in rated.pairs())).f1,
    }


def test_primary_outcomes_added_dropped_promoted_and_demoted_are_found_as_raters_find_them(scores):
    assert scores["switch"] >= 0.85


def test_changes_of_primary_outcomes_are_told_from_rewording_as_raters_tell_them(scores):
    assert scores["any"] >= 0.88


def test_all_pairs_of_a_trial_fall_into_one_part():
    shared("data/outcome_pairs_dev.csv")
    parts: dict[str, set[int]] = {}
    for pair, part in zip(rated.pairs(), rated.folds(), strict=True):
        parts.setdefault(pair.trial, set()).add(part)
    assert all(len(found) == 1 for found in parts.values())


def test_a_score_counts_what_is_right_wrong_and_missed():
    found = rated.score([True, True, False, False], [True, False, True, False])
    assert (found.true, found.false, found.missed) == (1, 1, 1)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
