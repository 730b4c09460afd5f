"""Delivering: a real outbox in front of a real mail relay."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders import NCT, change, snapshot
from tests.servers import MailServer, WebhookServer, free_port
from watcher.alerts.owing import Owed
from watcher.alerts.pace import Pace
from watcher.alerts.routes import Step
from watcher.channels import Channel, Wishes, open_channel
from watcher.deliver import LEASE, Deliverer, DeliveryReport
from watcher.errors import DeliveryError
from watcher.model import Alert, Message, Notice, Severity, StudyFacts, Target
from watcher.store import Store, opened
from watcher.store.values import LISTED, NewVersion, Observation, Standing

A, B = "a@example.org", "b@example.org"
OPERATOR = "ops@example.org"


@dataclass
class SettableClock:
    """A clock that stands until it is moved."""

    moment: datetime = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def follow(self, timestamp: datetime) -> None:
        self.moment = timestamp


class Crash(BaseException):
    """The process is gone: nothing may catch this."""


@dataclass
class Watchful:
    """A channel around another one, which a test can make go wrong."""

    inner: Channel
    before: BaseException | None = None
    after: BaseException | None = None
    sent: list[Message] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def pace(self) -> Pace:
        return self.inner.pace

    def targets(self) -> tuple[Target, ...]:
        return self.inner.targets()

    def send(self, target: Target, message: Message) -> None:
        if self.before is not None:
            raise self.before
        self.inner.send(target, message)
        self.sent.append(message)
        if self.after is not None:
            raise self.after


@dataclass
class Post:
    """A database, its clock, its channels: `team` for readers, `ops` for the operator, both by mail."""

    database: Path
    relay: MailServer
    channels: dict[str, Channel]
    clock: SettableClock = field(default_factory=SettableClock)
    versions: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def store(self) -> Iterator[Store]:
        with opened(self.database) as store:
            yield store

    def owe(self, *channels: str, severity: Severity = Severity.CRITICAL, nct_id: str = NCT) -> None:
        """Commit a new version whose alert is owed to every target of these channels (`team` by default)."""
        number, now = self.versions.get(nct_id, 0) + 1, self.clock.now()
        self.versions[nct_id] = number
        occasion, sentence = f"version:{number}", f"Recruitment was suspended, number {number}."
        found = (change(sentence=sentence, nct_id=nct_id),)
        facts = StudyFacts(nct_id, title="Examplinib")
        since = number - 1 or None
        alert = Alert(
            key=f"everything|{nct_id}|{occasion}",
            route="everything",
            nct_id=nct_id,
            occasion=occasion,
            observed_at=now,
            severity=severity,
            changes=found,
            study=facts,
            reason="because",
            since=since,
            version=number,
        )
        step = Step(nct_id, occasion, now, found, facts, since, number)
        targets = [target for channel in channels or ("team",) for target in self.channels[channel].targets()]
        page = Observation(
            at=now,
            data_timestamp="2026-06-01T09:00:00",
            standings=(Standing(nct_id, LISTED),),
            versions=(NewVersion(snapshot(nct_id=nct_id), step),),
            alerts=(alert,),
            owed=tuple(Owed(f"{alert.key}>{target.key}", target, now, alert.key) for target in targets),
        )
        with self.store() as store:
            store.observing.commit(page)

    def deliver(self, channels: Mapping[str, Channel] | None = None) -> DeliveryReport:
        """One pass, in the process that is running."""
        with self.store() as store:
            operator = self.channels["ops"].targets()
            chosen = self.channels if channels is None else channels
            return Deliverer(store, chosen, self.clock, operator=operator).deliver()

    def statuses(self) -> dict[str, int]:
        with self.store() as store:
            return store.reports.health().deliveries

    def spoil(self, channel: str, **how: BaseException) -> Watchful:
        """Make a channel go wrong from now on."""
        spoilt = Watchful(self.channels[channel], **how)
        self.channels[channel] = spoilt
        return spoilt


@pytest.fixture
def relay() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def post(tmp_path: Path, relay: MailServer) -> Post:
    channels = {
        "team": open_channel("team", relay.url(A, B)),
        "ops": open_channel("ops", relay.url(OPERATOR)),
    }
    return Post(tmp_path / "watcher.db", relay, channels)


def ids(relay: MailServer, address: str) -> list[str]:
    """The Message-IDs of what this address got."""
    return [str(mail.message["Message-ID"]) for mail in relay.mails_to(address)]


# --- the good way ---------------------------------------------------------------


def test_every_recipient_gets_one_mail_of_its_own(post: Post) -> None:
    post.owe()
    assert post.deliver() == DeliveryReport(delivered=2)
    assert sorted(mail.recipients for mail in post.relay.received) == [(A,), (B,)]
    assert "Recruitment was suspended, number 1." in post.relay.received[0].part("plain")
    assert len({*ids(post.relay, A), *ids(post.relay, B)}) == 2


def test_what_was_delivered_is_not_delivered_again(post: Post) -> None:
    post.owe()
    post.deliver()
    post.clock.moment += timedelta(days=30)
    assert post.deliver() == DeliveryReport()
    assert len(post.relay.received) == 2


def test_more_than_one_claim_is_delivered_in_one_pass(post: Post) -> None:
    post.channels["team"] = open_channel("team", post.relay.url(A, B), Wishes(batch_from=0))
    for _ in range(12):
        post.owe()
    assert post.deliver() == DeliveryReport(delivered=24)
    assert len(set(ids(post.relay, A))) == 12


def test_the_worst_goes_first(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.deliver.CLAIM", 1)
    post.channels["team"] = open_channel("team", post.relay.url(A))
    post.owe(severity=Severity.MINOR)
    post.owe(severity=Severity.CRITICAL, nct_id="NCT00000009")
    post.deliver()
    first, second = (mail.part("plain") for mail in post.relay.received)
    assert "NCT00000009" in first
    assert NCT in second


def test_a_stop_leaves_the_rest_for_the_next_process(post: Post) -> None:
    post.owe()
    with post.store() as store:
        answers = iter([False, True])
        report = Deliverer(store, post.channels, post.clock).deliver(stop=lambda: next(answers))
    assert report == DeliveryReport(delivered=1)
    with post.store() as store:
        store.outbox.release_claims()
    assert post.deliver() == DeliveryReport(delivered=1)
    assert len(post.relay.received) == 2


# --- trouble --------------------------------------------------------------------


def test_what_failed_for_now_is_delivered_later_under_the_same_id(post: Post) -> None:
    sent = post.spoil("team")
    post.owe()
    post.relay.refuse(A, "451 4.7.1 greylisted, come back")
    post.relay.refuse(B, "451 4.7.1 greylisted, come back")
    assert post.deliver() == DeliveryReport(postponed=2)
    assert post.deliver() == DeliveryReport()  # not due yet
    post.relay.accept(A)
    post.relay.accept(B)
    post.clock.moment += timedelta(minutes=2)
    assert post.deliver() == DeliveryReport(delivered=2)
    assert post.statuses() == {"delivered": 2}
    with post.store() as store:
        owed = {row["message_id"] for row in store._connection._db.table("delivery").rows}
    assert {message.id for message in sent.sent} == owed
    assert len({*ids(post.relay, A), *ids(post.relay, B)}) == 2


def test_what_is_refused_for_good_is_dead_at_once_and_told_once(post: Post) -> None:
    post.relay.refuse(A)
    post.owe()
    report = post.deliver()
    assert (report.dead, report.postponed) == (1, 0)
    post.owe()
    post.deliver()
    assert post.relay.asked.count(A) == 2  # once for each alert
    assert post.statuses()["dead"] == 2
    (told,) = post.relay.mails_to(OPERATOR)
    assert "team/" in str(told.message["Subject"])
    assert "cannot be delivered" in str(told.message["Subject"])
    assert "no such user" in told.part("plain")
    assert len(post.relay.mails_to(B)) == 2


def test_one_refused_recipient_never_repeats_the_others(post: Post) -> None:
    post.relay.refuse(A, "451 later")
    post.owe()
    for _ in range(5):
        post.deliver()
        post.clock.moment += timedelta(hours=1)
    post.relay.accept(A)
    post.clock.moment += timedelta(hours=7)
    post.deliver()
    assert (len(ids(post.relay, A)), len(ids(post.relay, B))) == (1, 1)


def test_after_three_days_it_is_given_up_and_told(post: Post) -> None:
    post.relay.refuse(A, "451 later")
    post.owe()
    for _ in range(20):
        post.deliver()
        post.clock.moment += timedelta(hours=6)
    assert post.statuses() == {"dead": 1, "delivered": 2}
    assert "given up after 3 days" in post.relay.mails_to(OPERATOR)[0].part("plain")


def test_a_relay_that_hangs_up_loses_nothing(post: Post) -> None:
    post.owe()
    post.relay.drop(A)
    post.relay.drop(B)
    assert post.deliver() == DeliveryReport(postponed=2)
    post.relay.accept(A)
    post.relay.accept(B)
    post.clock.moment += timedelta(minutes=2)
    assert post.deliver() == DeliveryReport(delivered=2)


def test_a_relay_that_is_down_is_tried_again(post: Post) -> None:
    post.channels["team"] = open_channel("team", f"mailto://127.0.0.1:{free_port()}?from={A}&to={B}")
    post.owe()
    assert post.deliver() == DeliveryReport(postponed=1)


def test_a_channel_that_is_not_configured_any_more_is_dead(post: Post) -> None:
    post.owe()
    assert post.deliver({"ops": post.channels["ops"]}).dead == 2
    assert 'the channel "team" is no longer configured' in post.relay.mails_to(OPERATOR)[0].part("plain")
    assert post.statuses()["dead"] == 2


def test_the_operators_own_channel_may_be_gone_too(post: Post) -> None:
    post.owe()
    assert post.deliver({}).dead == 2 + 2  # two alerts, and the two notices about them
    assert post.deliver({}) == DeliveryReport()


def test_a_dead_notice_is_not_told_to_itself_for_ever(post: Post) -> None:
    post.relay.refuse(OPERATOR)
    with post.store() as store:
        store.notices.tell(Notice("k", "Something", "Happened."), post.channels["ops"].targets(), post.clock.now())
    assert post.deliver() == DeliveryReport(dead=1)
    assert post.deliver() == DeliveryReport()


def test_an_unexpected_exception_holds_up_nobody_else(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    with WebhookServer() as sink, caplog.at_level(logging.ERROR):
        post.channels["hook"] = open_channel("hook", f"json://{sink.host}/hook")
        post.spoil("team", before=ZeroDivisionError("secret=hunter2"))
        post.owe("team", "hook")
        report = post.deliver()
    assert (report.delivered, report.postponed, report.dead) == (1, 2, 0)
    assert len(sink.requests) == 1
    with post.store() as store:
        errors = {error for _, error in store.reports.health().failing}
    assert errors == {"unexpected ZeroDivisionError, see the log"}
    assert "failed unexpectedly" in caplog.text


def test_a_delay_that_a_channel_asks_for_is_kept(post: Post) -> None:
    spoilt = post.spoil("team", before=DeliveryError("slow down", retry_after=timedelta(hours=5)))
    post.owe()
    post.deliver()
    spoilt.before = None
    post.clock.moment += timedelta(hours=4, minutes=59)
    assert post.deliver() == DeliveryReport()
    post.clock.moment += timedelta(minutes=1)
    assert post.deliver() == DeliveryReport(delivered=2)


# --- crashes --------------------------------------------------------------------


@pytest.mark.parametrize("restart", [True, False], ids=["restart", "end of the lease"])
def test_a_crash_between_sending_and_settling_repeats_the_same_message(post: Post, restart: bool) -> None:
    post.channels["team"] = open_channel("team", post.relay.url(A))
    spoilt = post.spoil("team", after=Crash())
    post.owe()
    with pytest.raises(Crash):
        post.deliver()
    assert post.statuses() == {"claimed": 1}
    spoilt.after = None
    assert post.deliver() == DeliveryReport()
    if restart:
        with post.store() as store:
            store.outbox.release_claims()
    else:
        post.clock.moment += LEASE
    assert post.deliver() == DeliveryReport(delivered=1)
    first, second = ids(post.relay, A)
    assert first == second


def test_a_crash_before_sending_loses_nothing(post: Post) -> None:
    spoilt = post.spoil("team", before=Crash())
    post.owe()
    with pytest.raises(Crash):
        post.deliver()
    spoilt.before = None
    post.clock.moment += LEASE
    assert post.deliver() == DeliveryReport(delivered=2)
    assert (len(ids(post.relay, A)), len(ids(post.relay, B))) == (1, 1)


# --- rehearsals -----------------------------------------------------------------


def test_a_rehearsal_says_so_in_subject_and_first_line(post: Post) -> None:
    with post.store() as store:
        store.meta.decide_rehearsal(True)
        store.notices.tell(Notice("k", "Something", "Happened."), post.channels["ops"].targets(), post.clock.now())
    post.owe()
    assert post.deliver() == DeliveryReport(delivered=3)
    for mail in post.relay.received:
        assert "REHEARSAL" in str(mail.message["Subject"])
        assert "REHEARSAL" in mail.part("plain").splitlines()[0]
        assert "REHEARSAL" in mail.part("html")


def test_the_registrys_own_data_never_say_rehearsal(post: Post) -> None:
    with post.store() as store:
        store.meta.decide_rehearsal(False)
    post.owe()
    post.deliver()
    assert not any(b"REHEARSAL" in mail.raw for mail in post.relay.received)
