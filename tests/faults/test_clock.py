"""A clock that jumps by a year, or a machine that slept: nothing is stuck for years, what was missed comes once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.faults.scene import Scene
from tests.faults.wire import Registry
from tests.office import Receiver
from tests.test_poll import A, B
from watcher.audience import Audience
from watcher.deliver import Deliverer
from watcher.errors import DeliveryError
from watcher.model import Route, Target, Watch

YEAR = timedelta(days=365)
TICK = timedelta(minutes=10)


class Watching(Scene):
    """A scene with readers: at once, in a digest, and after an escalation."""

    @property
    def audience(self) -> Audience:
        routes = (
            Route("now", to=("team",)),
            Route("digest", to=("daily",), when="daily 08:00"),
        )
        return Audience((Watch("pipeline", self.studies),), routes, self.targets)

    @property
    def targets(self) -> dict[str, tuple[Target, ...]]:
        return {name: receiver.targets() for name, receiver in self.receivers.items()}

    def opened_with(self, *names: str) -> None:
        self.receivers = {name: Receiver(name, self.clock) for name in names}

    def live(self, number: int, until: timedelta, every: timedelta = TICK) -> int:
        """Look again and again, as the daemon does, whether a poll or a message is due; how often was polled."""
        end, polls = self.clock.moment + until, 0
        with self.poller(number) as (poller, store):
            deliverer = Deliverer(store, self.receivers, self.clock)
            while self.clock.moment < end:
                self.clock.moment += every
                if poller.is_due():
                    poller.poll()
                    polls += 1
                deliverer.deliver()
        return polls

    def told(self, name: str) -> str:
        return "\n".join(got.text for got in self.receivers[name].got)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Watching]:
    with Registry(tmp_path / "captures") as registry:
        scene = Watching(registry.folder, tmp_path / "watcher.db", registry=registry)
        scene.opened_with("team", "daily")
        scene.put(0)
        yield scene


# --- backwards, forwards, and back again --------------------------------------------


def test_a_clock_that_is_set_back_by_a_year_goes_on_polling_and_telling(scene: Watching) -> None:
    scene.put(1, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    scene.live(0, timedelta(hours=1))
    scene.clock.moment -= YEAR
    assert scene.live(1, timedelta(hours=2)) >= 2
    assert "Suspended" in scene.told("team")
    assert len(scene.receivers["team"].got) == 1


def test_what_was_owed_under_a_clock_a_year_ahead_is_sent_when_it_is_set_right(scene: Watching) -> None:
    scene.put(1, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    scene.live(0, timedelta(hours=1))
    scene.receivers["team"].fail(DeliveryError("not now", retry_after=timedelta(hours=20)))
    scene.clock.moment += YEAR
    scene.live(1, timedelta(hours=1))
    scene.receivers["team"].recover()
    scene.clock.moment -= YEAR
    scene.live(1, timedelta(hours=2))
    assert "Suspended" in scene.told("team")  # it had failed, and its target was put off
    assert "Suspended" in scene.told("daily")  # its window would close in a year


def test_what_has_failed_alone_under_a_clock_a_year_ahead_holds_up_nothing_for_a_year(scene: Watching) -> None:
    scene.put(1, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    scene.put(2, status="TERMINATED", why_stopped="Supply", filed="2026-06-02")
    scene.live(0, timedelta(hours=1))
    scene.receivers["team"].fail(DeliveryError("not this one"), of="Suspended")
    scene.clock.moment += YEAR
    scene.live(1, timedelta(hours=1))
    scene.clock.moment -= YEAR
    scene.receivers["team"].recover()
    scene.live(2, timedelta(days=1))
    assert "Terminated" in scene.told("team")
    with scene.store() as store:
        assert "pending" not in store.reports.health().deliveries


def test_the_clocks_of_a_study_ring_on_their_day_after_a_year_that_was_none(scene: Watching) -> None:
    scene.put(0, primary_completion="2026-06-10", completion="2027-03-01")
    scene.live(0, timedelta(hours=1))
    scene.clock.moment += 2 * YEAR
    scene.live(1, timedelta(hours=1))
    scene.clock.moment -= 2 * YEAR
    scene.put(3, primary_completion="2026-06-20", completion="2027-03-01")
    scene.live(3, timedelta(hours=1))
    with scene.store() as store:
        connection = store._connection._db.conn
        (due,) = connection.execute("SELECT clock_due FROM study").fetchone()
    assert due <= "2027-06-01"


def test_a_study_that_needed_no_more_looks_under_a_clock_years_ahead_is_looked_at_again(scene: Watching) -> None:
    scene.put(0, primary_completion="2027-09-10", completion="2028-03-01")
    scene.live(0, timedelta(hours=1))
    before = due_days(scene)
    scene.clock.moment += 4 * YEAR
    scene.live(1, timedelta(hours=1))
    assert due_days(scene) > before
    scene.clock.moment -= 4 * YEAR
    scene.live(2, timedelta(hours=1))
    assert due_days(scene) == before


def due_days(scene: Watching) -> str:
    with scene.store() as store:
        (due,) = store._connection._db.conn.execute("SELECT clock_due FROM study").fetchone()
    return str(due)


@pytest.mark.parametrize(
    "jump",
    [
        timedelta(minutes=40),
        timedelta(days=5),
        timedelta(days=40),
    ],
)
def test_a_jump_ahead_and_back_does_not_keep_the_watcher_from_polling_for_longer_than_a_usual_pause(
    scene: Watching, jump: timedelta
) -> None:
    scene.put(1, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    scene.live(0, timedelta(hours=1))
    scene.clock.moment += jump
    scene.live(0, timedelta(hours=1))
    scene.clock.moment -= jump
    assert scene.live(1, timedelta(hours=2)) >= 1
    assert "Suspended" in scene.told("team")


# --- a laptop that was asleep ----------------------------------------------------------


def test_a_laptop_that_slept_for_a_fortnight_makes_up_for_each_digest_once(scene: Watching) -> None:
    scene.watch(A, B)
    scene.put(0, B, primary_completion="2026-06-05")
    scene.put(1, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    scene.live(0, timedelta(hours=1))
    scene.live(1, timedelta(hours=1))
    scene.put(9, status="TERMINATED", why_stopped="Supply", filed="2026-06-09")
    scene.clock.moment += timedelta(days=14)
    assert scene.live(14, timedelta(minutes=20)) == 1
    scene.live(14, timedelta(days=1))
    digests = [got.text for got in scene.receivers["daily"].got]
    assert len(digests) == 2
    assert "Suspended" in digests[0]
    assert "Terminated" in digests[1]
    assert scene.told("team").count("Primary completion date passed") == 1
    assert len({got.id for got in scene.receivers["team"].got}) == len(scene.receivers["team"].got)


# --- clocks that change twice a year -----------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", "2026-03-29"),
        ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Africa/Casablanca", "2026-02-15"),
    ],
)
@pytest.mark.parametrize("at", ["02:30", "08:00"])
def test_around_a_change_of_clocks_a_digest_comes_once_on_every_day(
    scene: Watching, zone: str, night: str, at: str
) -> None:
    """Every day brings news; each digest holds one day's, also the one whose time was skipped or came twice."""
    scene.receivers = {"daily": Receiver("daily", scene.clock)}
    route = Route("digest", to=("daily",), when=f"daily {at}", timezone=zone)
    start = datetime.fromisoformat(f"{night}T12:00").replace(tzinfo=ZoneInfo(zone)) - timedelta(days=2)
    scene.clock.moment = start.astimezone(ZoneInfo("UTC"))
    statuses = ["RECRUITING", "SUSPENDED", "RECRUITING", "SUSPENDED", "RECRUITING"]
    for number, status in enumerate(statuses):
        scene.put(number, status=status, why_stopped="Supply")
    for number in range(len(statuses)):
        with scene.poller(number) as (poller, store):
            poller._audience = Audience((Watch("pipeline", scene.studies),), (route,), scene.targets)
            poller.poll()
            deliverer = Deliverer(store, scene.receivers, scene.clock)
            for _ in range(24):
                scene.clock.moment += timedelta(hours=1)
                deliverer.deliver()
    local = [got.at.astimezone(ZoneInfo(zone)).date() for got in scene.receivers["daily"].got]
    assert len(local) == len(set(local)) == len(statuses) - 1
