"""The operator is told, once for ever, of a coded value that the registry's lists do not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_poll import A, B, Days
from watcher.observe.records import MOST_UNKNOWN


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


def test_a_new_value_is_told_to_the_operator_once_and_shown_raw_to_readers(days: Days) -> None:
    days.watch(A, B)
    for nct_id in (A, B):
        days.put(0, nct_id)
        days.put(1, nct_id, status="PAUSED_BY_MOON")
        days.put(2, nct_id)
        days.put(3, nct_id, status="PAUSED_BY_MOON")
    for number in range(4):
        days.poll(number)
    assert days.notices()[1:] == ["The registry uses a new value of overallStatus: PAUSED_BY_MOON"]
    sentences = [change.sentence for claim in days.alerts() for alert in claim.alerts for change in alert.changes]
    assert any("PAUSED_BY_MOON" in sentence for sentence in sentences)


def test_a_value_that_was_there_from_the_start_is_told_too(days: Days) -> None:
    days.put(0, phases=["PHASE9"])
    days.poll(0)
    assert sum("new value of phases: PHASE9" in subject for subject in days.notices()) == 1


def test_a_record_of_nonsense_does_not_flood_the_operator(days: Days) -> None:
    days.put(0, phases=[f"PHASE {number} " + "x" * 1000 for number in range(500)])
    days.poll(0)
    assert len(days.notices()) == MOST_UNKNOWN + 1
