from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.clock import SPEED, WallClock, rehearsal_speed
from watcher.errors import UsageError

DAY = datetime(2026, 2, 5, 9, tzinfo=UTC)
WALL = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Seconds:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


def test_a_rehearsal_goes_as_many_times_faster_as_its_speed():
    seconds = Seconds()
    clock = WallClock(lambda: WALL, seconds, speed=60)
    clock.follow(DAY)
    seconds.passed += 5
    assert clock.now() == DAY + timedelta(minutes=5)


def test_a_fast_rehearsal_that_has_passed_the_registrys_day_does_not_go_back_to_it():
    seconds = Seconds()
    clock = WallClock(lambda: WALL, seconds, speed=86_400)
    clock.follow(DAY)
    seconds.passed += 2
    clock.follow(DAY + timedelta(days=1))
    assert clock.now() == DAY + timedelta(days=2)


def test_without_a_rehearsal_the_speed_means_nothing():
    seconds = Seconds()
    clock = WallClock(lambda: WALL, seconds, speed=60)
    seconds.passed += 5
    assert clock.now() == WALL


@pytest.mark.parametrize(("said", "speed"), [({}, 1), ({SPEED: ""}, 1), ({SPEED: "60"}, 60), ({SPEED: "2.5"}, 2.5)])
def test_the_speed_is_what_the_environment_says(said, speed):
    assert rehearsal_speed(said) == speed


@pytest.mark.parametrize("said", ["0", "-1", "0.5", "fast", "nan", "inf", "86401"])
def test_a_speed_that_is_none_is_refused(said):
    with pytest.raises(UsageError, match=SPEED):
        rehearsal_speed({SPEED: said})
