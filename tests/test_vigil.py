"""The operator hears of a condition once, and once when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.test_poll import A, B, C, Days
from watcher.alerts.conditions import Limits
from watcher.errors import RegistryFault
from watcher.model import Notice
from watcher.poll import Poller
from watcher.store import opened
from watcher.vigil import Vigil

GIGABYTE = 10**9


@dataclass
class Disk:
    """A disk of which so much is free."""

    free: int | None = 100 * GIGABYTE
    asked: list[Path] = field(default_factory=list)

    def look(self, path: Path) -> int | None:
        self.asked.append(path)
        return self.free


@pytest.fixture
def days(tmp_path: Path) -> Days:
    found = Days(tmp_path / "captures", tmp_path / "watcher.db")
    found.put(0)
    return found


def told(days: Days) -> list[str]:
    with days.store() as store:
        rows = store.reports.health().notices
    return [notice.key for notice in rows if notice.key.startswith("condition:")]


def subjects(days: Days) -> list[str]:
    return [claim.notice.subject for claim in days.owed() if claim.notice is not None]


def keep(days: Days, disk: Disk | None = None, limits: Limits | None = None) -> None:
    with opened(days.database) as store:
        Vigil(store, days.audience, days.clock, limits or Limits(), free_disk=(disk or Disk()).look).keep()


def test_a_condition_is_told_once_and_once_when_it_is_over(days: Days) -> None:
    days.poll(0)
    disk = Disk(free=GIGABYTE // 10)
    for _ in range(3):
        keep(days, disk)
    assert told(days) == ["condition:disk"]
    assert subjects(days).count("The disk of the database is nearly full") == 1
    disk.free = 10 * GIGABYTE
    for _ in range(3):
        keep(days, disk)
    assert told(days) == []
    assert subjects(days).count("Resolved: The disk of the database is nearly full") == 1


def test_a_condition_that_comes_back_is_told_again(days: Days) -> None:
    days.poll(0)
    for free in (1, 100 * GIGABYTE, 1):
        keep(days, Disk(free))
    assert subjects(days).count("The disk of the database is nearly full") == 2


def test_the_disk_of_the_database_is_looked_at(days: Days) -> None:
    disk = Disk()
    keep(days, disk)
    assert disk.asked == [days.database]


def test_a_notice_of_another_family_is_left_alone(days: Days) -> None:
    days.poll(0)
    with opened(days.database) as store:
        store.notices.tell(Notice("registry", "No usable answer", "Why."), days.audience.operator, days.clock.now())
    keep(days)
    with days.store() as store:
        assert "registry" in [notice.key for notice in store.reports.health().notices]


def test_messages_that_wait_are_told_and_notices_to_the_operator_are_not_counted(days: Days) -> None:
    days.poll(0)
    days.put(1, status="SUSPENDED")
    days.poll(1)
    days.clock.moment += timedelta(hours=5)
    keep(days)
    assert told(days) == []
    days.clock.moment += timedelta(hours=2)
    keep(days)
    assert told(days) == ["condition:outbox"]
    body = next(claim.notice.body for claim in days.owed() if claim.notice and "outbox" in claim.notice.key)
    assert "2 messages should have gone out" in body


def test_a_watch_is_failing_where_others_are_answered(days: Days) -> None:
    days.watch(A, B, C)
    for nct_id in (A, B, C):
        days.put(0, nct_id)
    days.poll(0)
    with opened(days.database) as store:
        poller = Poller(None, store, days.audience, days.clock, every=timedelta(minutes=30))  # type: ignore[arg-type]
        with store.observing._connection.writing() as db:
            db.conn.execute("UPDATE study SET checked_at = '2026-05-30T09:00:00' WHERE nct_id = ?", [B])
        for _ in range(3):
            poller._failed(RegistryFault("the registry answered with JSON of another shape"), timedelta(minutes=30))
    keep(days)
    assert told(days) == ["condition:watch:pipeline"]
    bodies = [claim.notice.body for claim in days.owed() if claim.notice is not None]
    said = f"1 study of the watch could not be read at the last polls, while others were: {B}."
    assert [said in body for body in bodies].count(True) == 1


def test_no_watch_is_failing_where_the_whole_registry_is(days: Days) -> None:
    days.poll(0)
    with opened(days.database) as store:
        poller = Poller(None, store, days.audience, days.clock, every=timedelta(minutes=30))  # type: ignore[arg-type]
        for _ in range(5):
            poller._failed(RegistryFault("down"), timedelta(minutes=30))
    keep(days)
    assert told(days) == []
