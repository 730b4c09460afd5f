"""The passing of days, polled from a rehearsal registry into a real database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.test_poll import DAY, INBOXES, A, B, Crash, Days, day
from watcher.alerts.render import Parcel, message_for
from watcher.demo import FOLDER
from watcher.errors import RegistryError, StoreError
from watcher.model import WatchedStudy
from watcher.store.clocks import Clocks

BALLI = "NCT04150497"


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


def number_of(text: str) -> int:
    return (date.fromisoformat(text) - DAY).days


def clocks(days: Days, nct_id: str | None = None) -> list[str]:
    return [kind.removeprefix("clock.") for kind in days.kinds(nct_id) if kind.startswith("clock.")]


def told_by(days: Days) -> list[tuple[str, str, str]]:
    """Every clock told to the first inbox with its date and severity, oldest message first."""
    claims = [claim for claim in days.alerts() if claim.target == INBOXES[0]]
    return [
        (change.kind.removeprefix("clock."), str(change.old), change.severity.word)
        for claim in claims
        for alert in claim.alerts
        for change in alert.changes
        if change.kind.startswith("clock.")
    ]


def raised(days: Days) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(days.database)
    try:
        sql = "SELECT nct_id, clock, threshold, date, cleared_at IS NOT NULL, silent FROM clock ORDER BY 1, 2, 3, 4"
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


# --- the story of NCT04150497 ------------------------------------------------------


def test_the_clocks_of_balli_01_ring_on_their_days_and_are_cleared_by_the_new_date(days: Days) -> None:
    shutil.copytree(FOLDER / BALLI, days.folder / BALLI)
    (days.folder / BALLI / "2022-12-19.json").unlink()
    days.studies = (WatchedStudy(BALLI, "BALLI-01"),)
    july, december = "2023-07-31", "2023-12-31"
    story = {
        "2022-09-27": [],
        "2023-03-30": [],
        "2023-03-31": [("stale", "2022-09", "minor")],
        "2023-05-01": [],
        "2023-05-02": [("primary_completion_near", july, "minor")],
        "2023-06-30": [],
        "2023-07-01": [("primary_completion_near", july, "major")],
        "2023-07-31": [],
        "2023-08-01": [("primary_completion_passed", july, "major")],
        "2023-09-24": [],
        "2023-09-25": [("cleared", july, "minor"), ("cleared", "2022-09", "minor")],
        "2023-10-02": [("primary_completion_near", december, "minor")],
        "2023-12-01": [("primary_completion_near", december, "major")],
        "2023-12-31": [],
        "2024-01-01": [("primary_completion_passed", december, "major")],
    }
    told: list[tuple[str, str, str]] = []
    for when, expected in story.items():
        days.poll(number_of(when))
        days.poll(number_of(when))
        now = told_by(days)
        assert sorted(now[len(told) :]) == sorted(expected), when
        told = now


# --- what reaches readers -----------------------------------------------------------


def test_a_message_about_a_day_says_that_nothing_was_filed(days: Days) -> None:
    days.put(0, primary_completion=str(day(5)), verified="2026-06")
    days.poll(0)
    days.poll(6)
    message = message_for(Parcel("1", tuple(days.alerts()[0].alerts)))
    assert message.subject == f"[MAJOR] {A} EX-1: Primary completion date passed"
    said = " ".join(message.text.split())
    assert "No new registry update, the last submitted 2026-01-12, posted 2026-01-14; seen 2026-06-07" in said
    assert f"clock.primary_completion_passed | major | {day(5)} -> 1 day ago" in said


def test_a_day_that_comes_is_an_alert_without_a_version(days: Days) -> None:
    days.put(0, primary_completion=str(day(5)), verified="2026-06")
    days.poll(0)
    report = days.poll(6)
    assert (report.versions, report.changes, report.clocks, report.alerts) == (0, 0, 1, 1)
    assert days.versions() == 1
    owed = days.alerts()
    assert [claim.target for claim in owed] == list(INBOXES)
    (alert,) = owed[0].alerts
    assert alert.key == f"everything|{A}|clock:primary_completion_passed:0:{day(5)}"
    assert (alert.label, alert.since, alert.version) == ("EX-1", None, None)


def test_what_stands_at_first_sight_is_recorded_and_told_to_nobody(days: Days) -> None:
    days.put(0, primary_completion="2026-05-01", verified="2025-01")
    for number in range(4):
        days.poll(number)
    assert (clocks(days), days.alerts()) == ([], [])
    assert raised(days) == [
        (A, "primary_completion_passed", 0, "2026-05-01", 0, 1),
        (A, "stale", 12, "2025-01", 0, 1),
    ]


def test_a_new_version_is_read_with_its_own_dates_in_the_same_poll(days: Days) -> None:
    days.put(0, primary_completion=str(day(5)), verified="2026-06")
    days.put(6, primary_completion="2027-12-31", verified="2026-06")
    days.poll(0)
    days.poll(6)
    assert clocks(days) == []


def test_a_date_that_moves_clears_and_arms_again(days: Days) -> None:
    days.put(0, primary_completion=str(day(1)), verified="2026-06")
    days.put(3, primary_completion=str(day(200)), verified="2026-06")
    for number in (0, 2, 3, 110, 170, 201):
        days.poll(number)
    assert (
        clocks(days)
        == [
            "primary_completion_passed",
            "cleared",
            "primary_completion_near",
            "primary_completion_near",
            "primary_completion_passed",
        ]
        + ["stale"] * 0
        or clocks(days).count("cleared") == 1
    )
    assert [open_ for _, clock, _, _, open_, _ in raised(days) if clock == "primary_completion_passed"] == [1, 0]


def test_after_weeks_off_only_the_furthest_threshold_is_told(days: Days) -> None:
    days.put(0, primary_completion=str(day(100)), verified="2026-06")
    days.poll(0)
    days.poll(80)
    assert told_by(days) == [("primary_completion_near", str(day(100)), "major")]


def test_a_study_that_is_gone_has_no_clocks(days: Days) -> None:
    days.put(0, A, primary_completion=str(day(5)))
    days.put(0, B)
    days.watch(A, B)
    days.poll(0)
    days.hide(A)
    for number in (1, 2, 30):
        days.poll(number)
    assert clocks(days, A) == []


def test_a_study_that_nobody_watches_any_more_has_no_clocks(days: Days) -> None:
    days.put(0, A, primary_completion=str(day(5)))
    days.put(0, B)
    days.watch(A, B)
    days.poll(0)
    days.watch(B)
    days.poll(30)
    assert clocks(days, A) == []


def test_a_study_that_could_not_be_asked_about_waits(days: Days) -> None:
    days.put(0, primary_completion=str(day(5)), verified="2026-06")
    days.poll(0)
    with pytest.raises(RegistryError):
        days.poll(6, "http://127.0.0.1:1/api/v2")
    assert clocks(days) == []
    days.poll(6)
    assert clocks(days) == ["primary_completion_passed"]


def test_a_day_looks_only_at_the_studies_that_are_due(days: Days) -> None:
    for number in range(1, 8):
        days.put(0, f"NCT{number:08}", primary_completion=str(day(100 + number)), verified="2026-06")
    days.watch(*(f"NCT{number:08}" for number in range(1, 8)))
    days.poll(0)
    with days.store() as store:
        assert store.clocks.due(day(0)) == []
        assert store.clocks.due(day(11)) == ["NCT00000001"]
        assert len(store.clocks.due(day(17))) == 7


def test_the_due_studies_are_found_by_their_index(days: Days) -> None:
    days.put(0)
    days.poll(0)
    sql = "SELECT nct_id FROM study WHERE state = 'listed' AND version > 0 AND clock_due <= '2026-06-01'"
    connection = sqlite3.connect(days.database)
    try:
        plan = str(connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())
    finally:
        connection.close()
    assert "study_clock_due" in plan


def test_an_older_database_is_given_a_silent_baseline(days: Days) -> None:
    days.put(0, primary_completion="2026-05-01", verified="2026-06")
    days.poll(0)
    connection = sqlite3.connect(days.database)
    connection.execute("DELETE FROM clock")
    connection.execute("UPDATE study SET clock_due = ''")
    connection.commit()
    connection.close()
    days.poll(1)
    assert (clocks(days), len(raised(days))) == ([], 1)


def test_a_damaged_version_keeps_no_other_study_from_its_clocks(days: Days) -> None:
    for nct_id in (A, B):
        days.put(0, nct_id, primary_completion=str(day(5)), verified="2026-06")
    days.watch(A, B)
    days.poll(0)
    connection = sqlite3.connect(days.database)
    connection.execute("UPDATE snapshot SET body = x'00' WHERE nct_id = ?", [A])
    connection.commit()
    connection.close()
    for number in (6, 7):
        days.poll(number)
    assert (clocks(days, A), clocks(days, B)) == ([], ["primary_completion_passed"])
    assert days.notices()[1:] == [f"The clocks of {A} cannot be read"]


def test_a_stop_leaves_the_rest_of_the_day_to_the_next_poll(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.days.BATCH", 1)
    for nct_id in (A, B):
        days.put(0, nct_id, primary_completion=str(day(5)), verified="2026-06")
    days.watch(A, B)
    days.poll(0)
    with days.poller(6) as (poller, _):
        answers: Iterator[bool] = iter([False, False, True, True])
        assert not poller.poll(stop=lambda: next(answers)).complete
    assert clocks(days) == ["primary_completion_passed"]
    days.poll(6)
    assert clocks(days) == ["primary_completion_passed"] * 2


def test_a_clock_that_is_set_back_tells_nothing_twice(days: Days) -> None:
    days.put(0, primary_completion=str(day(5)), verified="2026-06")
    days.poll(0)
    with days.poller(6) as (poller, store):
        poller.poll()
        days.clock.moment = datetime(2026, 6, 2, tzinfo=UTC)
        assert store.clocks.due(day(1)) == []
    days.poll(7)
    assert clocks(days) == ["primary_completion_passed"]


# --- crashes -------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [0, 1])
def test_a_crash_around_a_commit_of_the_clocks_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, after: bool
) -> None:
    monkeypatch.setattr("watcher.days.BATCH", 1)
    results = []
    for name, crash in (("honest", None), ("crashed", at)):
        days = Days(tmp_path / name / "captures", tmp_path / name / "watcher.db")
        for nct_id in (A, B):
            days.put(0, nct_id, primary_completion=str(day(5)), verified="2026-06")
        days.watch(A, B)
        days.poll(0)
        _poll_with_crash(days, 6, crash, after, monkeypatch)
        days.clock.moment += timedelta(hours=1)
        results.append((days.content(), raised(days)))
    assert results[0] == results[1]
    assert len(results[0][0]["alert"]) == 2


def _poll_with_crash(days: Days, number: int, at: int | None, after: bool, patch: pytest.MonkeyPatch) -> None:
    honest, commits = Clocks.commit, iter(range(100))

    def commit(self: Clocks, brought: Any) -> None:
        here = next(commits)
        if here == at and not after:
            raise Crash
        honest(self, brought)
        if here == at and after:
            raise Crash

    with patch.context() as patched:
        patched.setattr(Clocks, "commit", commit)
        try:
            days.poll(number)
        except Crash:
            assert at is not None
    days.poll(number)


@pytest.mark.parametrize("broken", ["_close", "add_changes", "owe"])
def test_a_commit_of_the_clocks_is_all_or_nothing(days: Days, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    days.put(0, primary_completion=str(day(100)), verified="2026-06")
    days.poll(0)
    days.poll(10)
    before = days.content(), raised(days)

    def fails(*_: object) -> None:
        raise StoreError("no")

    with monkeypatch.context() as patched:
        patched.setattr(f"watcher.store.clocks.{broken}", fails)
        with pytest.raises(StoreError):
            days.poll(70)
    assert (days.content(), raised(days))[0]["change"] == before[0]["change"]
    assert raised(days) == before[1]
    days.poll(70)
    assert len(clocks(days)) == 2


def test_dates_that_pass_on_one_day_are_one_message(days: Days) -> None:
    days.put(0, primary_completion="2026-06", completion="2026-06", verified="2026-06")
    days.poll(0)
    report = days.poll(30)
    assert (report.clocks, report.alerts) == (2, 1)
    assert len(days.alerts()) == len(INBOXES)
