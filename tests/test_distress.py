"""A database that cannot be written: the operator is told directly, once, and again when it is over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.office import Clock, Receiver
from watcher.distress import PATIENCE, RETRY, Distress
from watcher.errors import DeliveryError, StoreDamaged, StoreFull

FULL = StoreFull("the disk is full")
DATABASE = Path("/var/lib/nct-watcher/nct-watcher.db")


@pytest.fixture
def ops() -> Receiver:
    return Receiver("ops", Clock(), recipients=("you@example.org", "else@example.org"))


@pytest.fixture
def distress(ops: Receiver) -> Distress:
    return Distress(DATABASE, {"ops": ops}, ops.targets())


def test_trouble_that_passes_by_itself_is_told_to_nobody(distress: Distress, ops: Receiver) -> None:
    distress.meet(FULL, ops.clock.now())
    distress.meet(FULL, ops.clock.now() + PATIENCE - timedelta(seconds=1))
    assert distress.lasts
    assert distress.over() is None
    distress.leave()
    assert not distress.lasts
    assert ops.got == []


def test_trouble_that_lasts_is_told_once_to_every_recipient(distress: Distress, ops: Receiver) -> None:
    for minute in range(60):
        distress.meet(FULL, ops.clock.now() + timedelta(minutes=minute))
    assert [got.target for got in ops.got] == ["you@example.org", "else@example.org"]
    assert "the disk is full" in ops.got[0].text
    assert str(DATABASE) in ops.got[0].text


def test_what_cannot_wait_is_told_at_once(distress: Distress, ops: Receiver) -> None:
    distress.meet(FULL, ops.clock.now(), at_once=True)
    assert len(ops.got) == 2


def test_a_recipient_who_was_not_reached_is_told_later_and_the_other_not_again(
    distress: Distress, ops: Receiver
) -> None:
    ops.fail(DeliveryError("not now"), of="else@example.org")
    distress.meet(FULL, ops.clock.now(), at_once=True)
    ops.recover()
    distress.meet(FULL, ops.clock.now() + RETRY / 2)
    assert [got.target for got in ops.got] == ["you@example.org"]
    distress.meet(FULL, ops.clock.now() + RETRY)
    assert [got.target for got in ops.got] == ["you@example.org", "else@example.org"]


def test_where_nobody_works_any_more_whoever_was_not_reached_is_told_later(distress: Distress, ops: Receiver) -> None:
    ops.fail(DeliveryError("not now"))
    distress.meet(FULL, ops.clock.now(), at_once=True)
    ops.recover()
    for minute in range(60):
        distress.remind(ops.clock.now() + timedelta(minutes=minute))
    assert [got.target for got in ops.got] == ["you@example.org", "else@example.org"]


def test_damage_after_a_trouble_that_may_pass_is_told_at_once(distress: Distress, ops: Receiver) -> None:
    distress.meet(FULL, ops.clock.now())
    distress.meet(StoreDamaged("it is damaged"), ops.clock.now(), at_once=True)
    assert ["it is damaged" in got.text for got in ops.got] == [True, True]


def test_an_operator_of_another_configuration_is_told_in_the_place_of_the_one_before(
    distress: Distress, ops: Receiver
) -> None:
    ops.fail(DeliveryError("never"))
    distress.meet(FULL, ops.clock.now(), at_once=True)
    other = Receiver("other", ops.clock)
    distress.reach({"other": other}, other.targets())
    distress.meet(FULL, ops.clock.now() + RETRY)
    assert [got.target for got in other.got] == ["a"]
    assert distress.over() is not None


def test_trouble_that_turns_worse_is_told_once_more(distress: Distress, ops: Receiver) -> None:
    distress.meet(FULL, ops.clock.now(), at_once=True)
    for minute in range(30):
        distress.meet(StoreDamaged("it is damaged"), ops.clock.now() + timedelta(minutes=minute), at_once=True)
    assert len(ops.got) == 4
    assert "it is damaged" in ops.got[-1].text
    assert len({got.id for got in ops.got}) == 4


def test_the_end_is_told_where_the_trouble_was(distress: Distress, ops: Receiver) -> None:
    distress.meet(FULL, ops.clock.now(), at_once=True)
    over = distress.over()
    assert over is not None
    assert over.subject == "Resolved: the database can be used again"
    assert distress.lasts
    distress.leave()
    assert distress.over() is None


def test_another_trouble_is_told_again(distress: Distress, ops: Receiver) -> None:
    distress.meet(FULL, ops.clock.now(), at_once=True)
    distress.leave()
    distress.meet(FULL, ops.clock.now() + timedelta(days=1), at_once=True)
    assert len(ops.got) == 4
    assert ops.got[0].id != ops.got[2].id


def test_without_an_operator_there_is_nobody_to_tell(ops: Receiver) -> None:
    nobody = Distress(DATABASE, {"ops": ops}, ())
    nobody.meet(FULL, ops.clock.now(), at_once=True)
    assert nobody.over() is None
    assert ops.got == []
