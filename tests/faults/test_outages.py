"""A registry that is away for days, blocks us, has had enough of us: told once, asked politely, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.scene import Scene
from tests.faults.troubles import QUICK
from tests.faults.wire import Registry, Tamper, is_batch, is_version
from tests.test_poll import EVERY, INBOXES, A, B, C
from watcher.errors import RegistryError
from watcher.poll import LONGEST_PAUSE, LONGEST_RETRY
from watcher.registry.rehearsal.answers import text

TICK = timedelta(minutes=5)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Registry(tmp_path / "captures") as registry:
        scene = Scene(registry.folder, tmp_path / "watcher.db", registry=registry)
        scene.put(0)
        yield scene


def live(scene: Scene, until: timedelta, number: int = 1) -> list[datetime]:
    """Look every five minutes, as the daemon does every few seconds, whether a poll is due; when it was asked."""
    end, asked = scene.clock.moment + until, []
    with scene.poller(number) as (poller, _):
        while scene.clock.moment < end:
            scene.clock.moment += TICK
            if not poller.is_due():
                continue
            asked.append(scene.clock.moment)
            try:
                poller.poll()
            except RegistryError:
                continue
    return asked


def test_a_week_without_the_registry_is_told_once_and_its_end_once_and_its_changes_once(scene: Scene) -> None:
    scene.watch(A, B)
    scene.put(0, B, primary_completion="2026-06-05")
    scene.put(2, A, status="SUSPENDED", why_stopped="Supply", filed="2026-06-02")
    scene.put(5, A, status="TERMINATED", why_stopped="Supply", filed="2026-06-05")
    scene.poll(0)
    scene.wire.goes_wrong(QUICK["500"])
    asked = live(scene, timedelta(days=7), number=7)
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert max(waits) <= LONGEST_RETRY * 1.2 + TICK
    assert len(asked) <= 7 * 4 + 10
    assert scene.notices()[1:] == ["The registry gives no usable answer"]
    assert scene.alerts() == []
    scene.wire.recovers()
    live(scene, timedelta(days=1), number=7)
    assert scene.notices()[2:] == ["The registry answers again"]
    told = [(claim.target, change.kind) for claim in scene.alerts() for a in claim.alerts for change in a.changes]
    for to in INBOXES:
        kinds = [kind for target, kind in told if target == to]
        assert kinds.count("status.terminated") == 1
        assert kinds.count("clock.primary_completion_passed") == 1
        assert "status.suspended" not in kinds  # nobody saw that version
    assert scene.versions(A) == 2


def test_the_wait_grows_from_minutes_to_hours_while_the_registry_is_away(scene: Scene) -> None:
    scene.poll(0)
    scene.wire.goes_wrong(QUICK["a connection that is reset at once"])
    asked = live(scene, timedelta(days=2))
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert waits[0] <= timedelta(minutes=15)
    assert waits[:6] == sorted(waits[:6])
    assert waits[-1] >= LONGEST_RETRY


def test_a_registry_that_comes_and_goes_is_told_each_time_and_tells_nothing_twice(scene: Scene) -> None:
    scene.put(1, status="SUSPENDED")
    scene.poll(0)
    for _ in range(3):
        scene.wire.goes_wrong(QUICK["HTML with 200"])
        live(scene, timedelta(hours=2))
        scene.wire.recovers()
        live(scene, timedelta(hours=4))
    assert scene.notices()[1:] == ["The registry gives no usable answer", "The registry answers again"] * 3
    assert len(scene.alerts()) == len(INBOXES)


def test_a_block_is_asked_again_no_sooner_than_a_usual_poll_and_said_to_be_one(scene: Scene) -> None:
    scene.poll(0)
    scene.wire.asked.clear()
    scene.wire.goes_wrong(QUICK["403"])
    asked = live(scene, timedelta(days=1))
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert min(waits) >= EVERY
    assert len(scene.wire.asked) == len(asked)  # not once more at any time
    assert scene.notices()[1:] == ["The registry blocks us"]
    assert "User-Agent" in scene.notice_text(1)


def test_a_block_in_the_middle_of_a_sweep_keeps_what_was_answered(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 1)
    scene.watch(A, B, C)
    for nct_id in (A, B, C):
        scene.put(0, nct_id)
        scene.put(1, nct_id, status="SUSPENDED")
    scene.poll(0)
    scene.wire.goes_wrong(QUICK["403"], lambda target: is_batch(target) and B in target)
    with pytest.raises(RegistryError):
        scene.poll(1)
    assert sum(map(is_batch, scene.wire.asked)) == 3 + 2  # the edge has spoken: the third was not asked for
    scene.wire.recovers()
    scene.poll(1)
    assert [scene.versions(nct_id) for nct_id in (A, B, C)] == [2, 2, 2]
    assert len(scene.alerts()) == 3 * len(INBOXES)


def later(value: str, date: str = "Mon, 01 Jun 2026 12:00:00 GMT") -> Tamper:
    """429 with this Retry-After."""
    return lambda _target, _said: text(429, "later", ("Retry-After", value), ("Date", date))


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("90", timedelta(minutes=5), timedelta(minutes=20)),
        ("7200", timedelta(hours=2), timedelta(hours=2, minutes=5)),
        ("Mon, 01 Jun 2026 14:00:00 GMT", timedelta(hours=2), timedelta(hours=2, minutes=5)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", timedelta(minutes=5), timedelta(minutes=20)),
        ("Fri, 01 Jan 2999 00:00:00 GMT", timedelta(days=6), LONGEST_PAUSE),
        ("99999999999999999999", timedelta(days=6), LONGEST_PAUSE),
        ("-1", timedelta(minutes=5), timedelta(minutes=20)),
        ("next Tuesday", timedelta(minutes=5), timedelta(minutes=20)),
    ],
)
def test_a_storm_of_429_is_answered_with_the_pause_it_asks_for_and_never_with_weeks(
    scene: Scene, value: str, least: timedelta, most: timedelta
) -> None:
    scene.put(1, status="SUSPENDED")
    scene.poll(0)
    scene.clock.moment += EVERY
    scene.wire.goes_wrong(later(value))
    first, second, *_ = live(scene, most + timedelta(minutes=15))
    assert least <= second - first <= most
    scene.wire.recovers()
    scene.clock.moment += most
    live(scene, timedelta(minutes=30))
    assert len(scene.alerts()) == len(INBOXES)


def test_a_429_between_two_batches_is_waited_out_and_the_sweep_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 1)
    scene.watch(A, B, C)
    for nct_id in (A, B, C):
        scene.put(0, nct_id)
    scene.wire.goes_wrong(later("1"), lambda target: not is_version(target), times=1)
    scene.poll(0)
    assert [scene.versions(nct_id) for nct_id in (A, B, C)] == [1, 1, 1]
    assert scene.notices() == ['Watch "pipeline": 3 studies']
