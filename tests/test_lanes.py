"""Each channel is served by itself, and what could not be recorded is recorded before anything more is sent."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.builders import NCT
from tests.office import MINUTES, Clock, Office, Receiver
from tests.servers import MailServer, WebhookServer
from tests.test_reload import CONFIG, registry  # noqa: F401 - a fixture
from tests.test_service import PATIENCE, running, until
from watcher.alerts.pace import EVERY_CHANNEL, Lane
from watcher.deliver import Debts, Deliverer
from watcher.errors import StoreBusy
from watcher.model import Message, Target
from watcher.registry.rehearsal import RehearsalServer
from watcher.store import opened


def test_a_lane_is_its_channels_or_all_the_others() -> None:
    assert "team" in Lane(frozenset({"team"}))
    assert "ops" not in Lane(frozenset({"team"}))
    assert "ops" in Lane(frozenset({"team"}), others=True)
    assert "team" not in Lane(frozenset({"team"}), others=True)
    assert "anything" in EVERY_CHANNEL


def test_a_pass_serves_its_lane_alone(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    team, ops = office.receiver("team"), office.receiver("ops")
    office.owe(1, to="team")
    office.owe(2, to="ops")
    with office.store() as store:
        Deliverer(store, office.channels, office.clock).deliver(lane=Lane(frozenset({"ops"})))
    assert (len(team.got), len(ops.got)) == (0, 1)


def test_a_channel_that_hangs_holds_up_no_other(tmp_path: Path, registry: RehearsalServer) -> None:  # noqa: F811
    with WebhookServer() as slow, MailServer() as mail:
        slow.answer(200, delay=8.0)
        text = CONFIG.format(base_url=registry.base_url, studies=f'"{NCT}"', host=slow.host, path="one")
        text = text.replace('to = ["team"]', 'to = ["team", "mail"]').replace(
            "[operator]", f'[[channel]]\nname = "mail"\nurl = "{mail.url("you@example.org")}"\n\n[operator]'
        )
        config = tmp_path / "config.toml"
        config.write_text(text)
        with running(config) as daemon:
            until(lambda: slow.requests)
            began = time.monotonic()
            registry.set_date(date(2026, 2, 6))
            until(lambda: mail.mails_to("you@example.org"))
            assert time.monotonic() - began < 7
            daemon.kill()
            daemon.communicate(timeout=PATIENCE)


@dataclass
class Meddled(Receiver):
    """A channel beside which something happens as soon as a message has arrived."""

    then: Callable[[], object] = lambda: None

    def send(self, target: Target, message: Message) -> None:
        super().send(target, message)
        self.then()


def test_what_was_sent_while_the_database_took_nothing_is_recorded_and_not_sent_again(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    team = office.channels["team"] = Meddled("team", office.clock)
    office.owe(1)
    with opened(office.database) as store:
        store.observing._connection._db.conn.execute("PRAGMA busy_timeout = 50")
        deliverer = Deliverer(store, office.channels, office.clock)
        other = sqlite3.connect(office.database, isolation_level=None)
        team.then = lambda: other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            deliverer.deliver()
        with pytest.raises(StoreBusy):
            deliverer.deliver()
        assert len(team.got) == 1
        other.execute("ROLLBACK")
        other.close()
        deliverer.deliver()
        assert store.reports.health().deliveries == {"delivered": 1}
    assert len(team.got) == 1


def test_a_lease_that_ran_out_is_ended_by_its_own_lane_alone(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team")
    office.owe(1)
    own, other = Lane(frozenset({"team"})), Lane(frozenset({"ops"}))
    with office.store() as store:

        def claim(lane: Lane) -> int:
            return len(store.outbox.claim_deliveries(office.clock.now(), MINUTES, 10, lane=lane))

        assert claim(own) == 1
        office.clock.moment += 2 * MINUTES
        assert claim(other) == 0
        assert store.reports.health().deliveries == {"claimed": 1}
        assert claim(own) == 1


@dataclass
class Crossed(Clock):
    """A clock at which something happens once, as soon as there is a debt."""

    debts: Debts = field(default_factory=dict)
    then: Callable[[], object] | None = None

    def now(self) -> datetime:
        if self.debts and self.then is not None:
            then, self.then = self.then, None
            then()
        return super().now()


def test_what_two_lanes_record_at_once_after_a_reload_ends_neither_of_them(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    team = office.receiver("team")
    office.owe(1)
    office.owe(2)
    clock = Crossed()
    with opened(office.database) as store:
        before = Deliverer(store, office.channels, clock, debts=clock.debts)
        after = Deliverer(store, {}, office.clock, debts=clock.debts)
        clock.then = lambda: after.deliver(lane=Lane(frozenset({"ops"}), others=True))
        assert before.deliver().delivered == 2
        assert store.reports.health().deliveries == {"delivered": 2}
    assert len(team.got) == 2
