"""What a number means, and what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.doctor.finding import Level
from watcher.doctor.judgements import (
    Place,
    behind,
    clock_skew,
    data_age,
    free_disk,
    may_write,
)

NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)  # a Wednesday
MB = 1024 * 1024
ALICE, BOB = 1000, 1001


@pytest.mark.parametrize(
    ("apart", "level"),
    [
        (timedelta(), Level.OK),
        (timedelta(seconds=-120), Level.OK),
        (timedelta(seconds=121), Level.WARNING),
        (timedelta(seconds=-121), Level.WARNING),
        (timedelta(minutes=10), Level.WARNING),
        (timedelta(minutes=11), Level.FAILURE),
        (timedelta(days=-400), Level.FAILURE),
    ],
)
def test_a_clock_is_judged_by_how_far_it_is_from_the_registrys(apart: timedelta, level: Level) -> None:
    found = clock_skew(NOW, NOW + apart)
    assert found.level is level
    assert ("ahead of" in found.found) is (apart > timedelta())
    assert bool(found.remedy) is (level is not Level.OK)


@pytest.mark.parametrize(
    ("free", "database", "level"),
    [
        (10_000 * MB, 0, Level.OK),
        (500 * MB, 10 * MB, Level.OK),
        (499 * MB, 10 * MB, Level.WARNING),
        (1_900 * MB, 1_000 * MB, Level.WARNING),
        (200 * MB, 1_000 * MB, Level.FAILURE),
        (63 * MB, 0, Level.FAILURE),
    ],
)
def test_room_is_judged_against_the_size_of_the_database(free: int, database: int, level: Level) -> None:
    assert free_disk(free, database, 500 * MB).level is level


def test_room_is_judged_by_what_the_operator_wants_to_be_told() -> None:
    assert free_disk(600 * MB, 0, 2_000 * MB).level is Level.WARNING


@pytest.mark.parametrize(
    ("owner", "writable", "user", "holder", "level", "remedy"),
    [
        (ALICE, True, ALICE, "", Level.OK, ""),
        (0, True, 0, "", Level.OK, ""),
        (BOB, True, ALICE, "", Level.OK, ""),
        (ALICE, True, 0, "", Level.WARNING, "sudo -u '#1000'"),
        (BOB, False, ALICE, "", Level.FAILURE, "run as that user"),
        (BOB, False, ALICE, "77", Level.WARNING, "sudo -u '#1001'"),
        (ALICE, False, ALICE, "", Level.FAILURE, "mount its file system for writing"),
        (0, False, 0, "77", Level.FAILURE, "mount its file system for writing"),
    ],
)
def test_who_runs_the_watcher_must_be_able_to_write(
    owner: int, writable: bool, user: int, holder: str, level: Level, remedy: str
) -> None:
    found = may_write(Place("/var/lib/x.db", owner, writable), user, holder)
    assert found.level is level
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("stamp", "level"),
    [
        ("2026-06-03T09:00:05", Level.OK),
        ("2026-06-01T09:00:05", Level.OK),
        ("2026-05-28T09:00:05", Level.OK),  # Thursday: three refreshes, for that of today is not due yet
        ("2026-05-27T09:00:05", Level.WARNING),
        ("", Level.WARNING),
        ("yesterday", Level.WARNING),
    ],
)
def test_the_registrys_data_ages_by_the_refreshes_that_were_due(stamp: str, level: Level) -> None:
    assert data_age(stamp, NOW).level is level


def test_before_the_days_refresh_is_due_that_of_yesterday_is_the_newest() -> None:
    assert "the newest there should be" in data_age("2026-06-02T09:00:05", NOW).found
    assert "1 refresh ago" in data_age("2026-06-02T09:00:05", NOW + timedelta(hours=3)).found


@pytest.mark.parametrize(
    ("theirs", "ours", "level", "said"),
    [
        ("2026-06-03T09:00:05", "2026-06-03T09:00:05", Level.OK, "read is of"),
        ("2026-06-03T09:00:05", "", Level.OK, "no data refresh has been read yet"),
        ("2026-06-02T09:00:05", "2026-06-03T09:00:05", Level.WARNING, "older than what was last read"),
        ("2026-06-03T09:00:05", "2026-05-20T09:00:05", Level.WARNING, "10 behind the registry's"),
    ],
)
def test_what_was_read_is_held_against_what_is_served(theirs: str, ours: str, level: Level, said: str) -> None:
    found = behind(theirs, ours, NOW)
    assert found.level is level
    assert said in found.found
