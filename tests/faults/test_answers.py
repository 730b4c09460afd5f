"""Answers that are whole and still not what was asked for: refreshes in the middle, replicas, misleading aliases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import record
from tests.faults.scene import Scene
from tests.faults.wire import Registry, is_batch, is_single, is_version
from tests.test_poll import INBOXES, A, B, C, day
from watcher.errors import RegistryFault
from watcher.registry.rehearsal.answers import BASE, Answer, text
from watcher.registry.rehearsal.answers import json as said_json
from watcher.store.values import LISTED, MISSING

D = "NCT00000004"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Registry(tmp_path / "captures") as registry:
        yield Scene(registry.folder, tmp_path / "watcher.db", registry=registry)


def four(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four studies that all change on the second day, asked for one by one."""
    monkeypatch.setattr("watcher.poll.BATCH", 1)
    scene.watch(A, B, C, D)
    for nct_id in (A, B, C, D):
        scene.put(0, nct_id)
        scene.put(1, nct_id, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    scene.poll(0)


def told_once(scene: Scene, *nct_ids: str) -> bool:
    """Whether each of these studies, and no other, was told of once to each inbox."""
    told = [(claim.target, alert.nct_id) for claim in scene.alerts() for alert in claim.alerts]
    return sorted(told, key=str) == sorted(((to, nct_id) for to in INBOXES for nct_id in nct_ids), key=str)


# --- a data refresh in the middle of a sweep ---------------------------------------


@pytest.mark.parametrize("moves_at", range(5))
def test_a_refresh_in_the_middle_of_a_sweep_tells_everything_once(
    scene: Scene, moves_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    four(scene, monkeypatch)
    asked = iter(range(1000))

    def refresh(_target: str) -> None:
        if next(asked) == moves_at:
            scene.wire.day = day(1)

    scene.wire.before = refresh
    scene.poll(0)  # data of the first day, until the registry is refreshed under our hands
    scene.poll(1)
    scene.poll(1)
    assert told_once(scene, A, B, C, D)
    assert [scene.versions(nct_id) for nct_id in (A, B, C, D)] == [2, 2, 2, 2]


def test_a_refresh_in_the_middle_of_a_sweep_does_not_confirm_a_404_by_itself(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    four(scene, monkeypatch)
    scene.put(1, A)
    batches = iter(range(1000))

    def refresh(target: str) -> None:
        if is_batch(target) and next(batches) == 1:
            scene.wire.day = day(2)
            scene.hide(B)

    scene.wire.before = refresh
    scene.poll(1)  # B is asked about after the refresh: its 404 is of the second day's data
    scene.wire.before = lambda _target: None
    scene.poll(2)  # and the same data say so again
    assert scene.state(B) == MISSING
    assert "record.not_found" not in scene.kinds(B)


# --- replicas that lag ---------------------------------------------------------------


def test_replicas_that_alternate_tell_everything_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    four(scene, monkeypatch)
    turns = iter(range(10_000))

    def alternate(_target: str) -> None:
        scene.wire.day = day(1 - next(turns) % 2)

    scene.wire.before = alternate
    for _ in range(6):
        scene.poll(1)
    scene.wire.before = lambda _target: None
    scene.poll(2)
    assert told_once(scene, A, B, C, D)
    assert {kind for kind in scene.kinds() if kind.startswith("status")} == {"status.suspended"}


def test_a_replica_that_lags_behind_is_not_asked_and_the_newest_data_stay(scene: Scene) -> None:
    scene.put(0)
    scene.put(1, status="SUSPENDED")
    scene.poll(0)
    scene.poll(1)
    before = scene.content()
    asked = len(scene.wire.asked)
    scene.poll(0)
    assert scene.content() == before
    assert len(scene.wire.asked) == asked + 1


def test_a_lagging_replica_that_does_not_know_a_new_study_yet_makes_nothing_of_it(scene: Scene) -> None:
    scene.watch(A, B)
    for number in (0, 1):
        scene.put(number, A)
    scene.put(1, B)
    scene.poll(0)
    scene.poll(1)
    scene.wire.goes_wrong(lambda _t, _s: text(404, f"NCT number {B} not found"), is_single)
    scene.wire.before = lambda target: setattr(scene.wire, "day", day(2 if is_version(target) else 0))
    scene.poll(2)
    scene.wire.recovers()
    scene.wire.before = lambda _target: None
    scene.poll(3)
    assert (scene.state(B), scene.kinds(B), scene.alerts()) == (LISTED, [], [])


# --- what is in a batch ----------------------------------------------------------------


def batch(change: Callable[[list[Any]], list[Any]]) -> Callable[[str, Answer], Answer]:
    """A page whose studies are changed on the way."""

    def tampered(_target: str, said: Answer) -> Answer:
        page = json.loads(said.body)
        return replace(said, body=json.dumps({**page, "studies": change(page["studies"])}).encode())

    return tampered


def test_what_a_batch_leaves_out_is_asked_for_singly_and_found(scene: Scene) -> None:
    scene.watch(A, B, C)
    for nct_id in (A, B, C):
        scene.put(0, nct_id)
        scene.put(1, nct_id, status="SUSPENDED")
    scene.poll(0)
    scene.wire.goes_wrong(batch(lambda studies: studies[:1]), is_batch)
    scene.poll(1)
    assert told_once(scene, A, B, C)
    assert sum(map(is_single, scene.wire.asked)) == 2


def test_a_study_that_nobody_asked_for_is_dropped(scene: Scene) -> None:
    scene.put(0)
    scene.poll(0)
    scene.wire.goes_wrong(batch(lambda studies: [*studies, record(nct_id=D)]), is_batch)
    scene.poll(1)
    with scene.store() as store:
        assert store.observing.latest([D])[D].version == 0
    assert scene.alerts() == []


def test_a_study_that_comes_twice_in_a_batch_is_one_version(scene: Scene) -> None:
    scene.put(0)
    scene.put(1, status="SUSPENDED")
    scene.poll(0)
    scene.wire.goes_wrong(batch(lambda studies: studies * 3), is_batch)
    scene.poll(1)
    assert (scene.versions(), told_once(scene, A)) == (2, True)


@pytest.mark.parametrize("order", [1, -1], ids=["the newer first", "the newer last"])
def test_of_two_copies_in_a_batch_the_newer_counts(scene: Scene, order: int) -> None:
    scene.put(0)
    scene.put(1, status="SUSPENDED", data_version="2026-06-02")
    scene.poll(0)
    old = record(nct_id=A, data_version="2026-05-30")
    scene.wire.goes_wrong(batch(lambda studies: [*studies, old][::order]), is_batch)
    scene.poll(1)
    assert (scene.versions(), told_once(scene, A)) == (2, True)


def test_pages_that_repeat_their_token_are_given_up_and_nothing_is_lost(scene: Scene) -> None:
    scene.put(0)
    scene.put(1, status="SUSPENDED")
    scene.poll(0)

    def endless(target: str, said: Answer) -> Answer:
        if "pageToken" in target:
            return said_json(b'{"studies": [], "nextPageToken": "again"}')
        return said_json(json.dumps({**json.loads(said.body), "nextPageToken": "again"}).encode())

    scene.wire.goes_wrong(endless, is_batch)
    with pytest.raises(RegistryFault, match="repeats a page token"):
        scene.poll(1)
    assert sum(map(is_batch, scene.wire.asked)) <= 3
    scene.wire.recovers()
    scene.poll(1)
    assert told_once(scene, A)


# --- aliases -----------------------------------------------------------------------------


def test_a_chain_of_merges_is_followed_to_its_end(scene: Scene) -> None:
    scene.watch(A)
    for nct_id in (A, B, C):
        scene.put(0, nct_id)
    scene.poll(0)
    scene.put(1, B, aliases=[A])
    scene.poll(1)
    scene.put(2, C, aliases=[A, B])
    for number in (2, 3):
        scene.poll(number)
    scene.put(4, C, aliases=[A, B], status="TERMINATED", why_stopped="Futility")
    for number in (4, 5):
        scene.poll(number)
    assert "status.terminated" in scene.kinds(C)
    assert C in {alert.nct_id for claim in scene.alerts() for alert in claim.alerts}


def test_a_chain_of_merges_each_of_which_knows_only_the_one_before_is_followed_to_its_end(scene: Scene) -> None:
    scene.watch(A)
    for nct_id in (A, B, C):
        scene.put(0, nct_id)
    scene.poll(0)
    scene.put(1, B, aliases=[A])
    scene.poll(1)
    scene.put(2, C, aliases=[B])
    for number in (2, 3):
        scene.poll(number)
    scene.put(4, C, aliases=[B], status="TERMINATED", why_stopped="Futility")
    for number in (4, 5):
        scene.poll(number)
    assert "status.terminated" in scene.kinds(C)
    assert C in {alert.nct_id for claim in scene.alerts() for alert in claim.alerts}


def test_two_studies_that_are_each_others_alias_lose_nobody(scene: Scene) -> None:
    scene.watch(A)
    for nct_id in (A, B):
        scene.put(0, nct_id)
    scene.poll(0)
    scene.put(1, A, aliases=[B])
    scene.put(1, B, aliases=[A])
    for number in (1, 2, 3):
        scene.poll(number)
    scene.put(4, A, aliases=[B], status="TERMINATED", why_stopped="Futility")
    scene.put(4, B, aliases=[A], status="TERMINATED", why_stopped="Futility")
    for number in (4, 5):
        scene.poll(number)
    assert "status.terminated" in scene.kinds()


def test_a_number_that_leads_nowhere_holds_up_no_other_study_of_its_batch(scene: Scene) -> None:
    scene.watch(A, B)
    for nct_id in (A, B):
        scene.put(0, nct_id)
    scene.poll(0)
    scene.put(1, B, status="SUSPENDED")
    scene.hide(A)
    astray = Answer(301, headers=(("Location", f"{BASE}/studies/{C}"),))
    scene.put(0, C)
    scene.wire.goes_wrong(lambda _t, _s: astray, lambda target: f"/studies/{A}" in target)
    scene.poll(1)
    assert told_once(scene, B)
    assert f"A record cannot be read: {A}" in scene.notices()
