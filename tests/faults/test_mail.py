"""A mail relay that fails at every step of a session: retried or a dead letter, never lost, never twice but once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.relay import CLOSE, HANG, RESETS, Relay
from tests.servers import MailServer
from tests.test_deliver import A, B, Post
from watcher.channels import open_channel
from watcher.deliver import DeliveryReport

PATIENCE = "0.3"

TRANSIENT = {
    "a greeting that says later": {"greeting": "421 4.3.2 shutting down"},
    "a greeting that never comes": {"greeting": HANG},
    "a greeting that is none": {"greeting": "HTTP/1.1 400 Bad Request"},
    "a hang-up instead of a greeting": {"greeting": CLOSE},
    "a reset instead of a greeting": {"greeting": RESETS},
    "421 in the middle of the session": {"MAIL": "421 4.7.0 too many connections"},
    "451 for the sender": {"MAIL": "451 4.3.0 try again"},
    "452 for the recipient": {"RCPT": "452 4.2.2 mailbox full"},
    "450 for the recipient": {"RCPT": "450 4.2.0 greylisted"},
    "421 for the recipient": {"RCPT": "421 4.7.0 bye"},
    "a hang at the recipient": {"RCPT": HANG},
    "a reset at the recipient": {"RCPT": RESETS},
    "451 before the content": {"DATA": "451 4.3.0 no room"},
    "a hang before the content": {"DATA": HANG},
    "a close before the content": {"DATA": CLOSE},
    "nonsense": {"RCPT": "what?"},
}
TAKEN = {
    "a close after the content": {"content": CLOSE},
    "a reset after the content": {"content": RESETS},
    "a hang after the content": {"content": HANG},
    "452 after the content that was taken all the same": {"content": "452 4.3.1 disk full"},
}
FOR_GOOD = {
    "550 for the recipient": {"RCPT": "550 5.1.1 no such user"},
    "553 for the sender": {"MAIL": "553 5.7.1 not you"},
    "552 for the content": {"content": "552 5.3.4 too large"},
    "554 for the content": {"content": "554 5.6.0 we do not like it"},
}


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as made:
        yield made


@pytest.fixture
def operators() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def post(tmp_path: Path, relay: Relay, operators: MailServer) -> Post:
    channels = {
        "team": open_channel("team", relay.url(A, cto=PATIENCE)),
        "ops": open_channel("ops", operators.url("ops@example.org")),
    }
    return Post(tmp_path / "watcher.db", operators, channels)


@pytest.mark.parametrize("trouble", TRANSIENT)
def test_whatever_a_relay_does_before_it_took_a_message_it_gets_it_once_later(
    post: Post, relay: Relay, trouble: str
) -> None:
    relay.does(**TRANSIENT[trouble])
    post.owe()
    assert post.deliver() == DeliveryReport(postponed=1)
    relay.does()
    post.clock.moment += timedelta(minutes=2)
    assert post.deliver() == DeliveryReport(delivered=1)
    assert len(relay.received) == 1
    assert post.deliver() == DeliveryReport()


@pytest.mark.parametrize("trouble", TAKEN)
def test_a_relay_that_takes_a_message_and_does_not_say_so_gets_it_again_under_the_same_id(
    post: Post, relay: Relay, trouble: str
) -> None:
    relay.does(**TAKEN[trouble])
    post.owe()
    assert post.deliver() == DeliveryReport(postponed=1)
    relay.does()
    post.clock.moment += timedelta(minutes=2)
    assert post.deliver() == DeliveryReport(delivered=1)
    first, second = relay.ids()
    assert first == second


@pytest.mark.parametrize("trouble", FOR_GOOD)
def test_a_relay_that_refuses_for_good_makes_a_dead_letter_that_the_operator_hears_of_once(
    post: Post, relay: Relay, operators: MailServer, trouble: str
) -> None:
    relay.does(**FOR_GOOD[trouble])
    post.owe()
    report = post.deliver()
    assert (report.dead, report.postponed) == (1, 0)
    post.owe()
    post.deliver()
    (told,) = operators.received
    assert "cannot be delivered" in str(told.message["Subject"])
    assert relay.sessions == 2  # once for each message


def test_a_relay_that_offers_starttls_and_cannot_speak_it_gets_nothing_in_the_clear(post: Post, relay: Relay) -> None:
    relay.does(EHLO="250-relay.example.org\r\n250 STARTTLS", STARTTLS="220 go ahead")
    post.channels["team"] = open_channel("team", relay.url(A, cto=PATIENCE, mode="starttls"))
    post.owe()
    assert post.deliver() == DeliveryReport(postponed=1)
    assert relay.received == []


def test_a_relay_that_refuses_starttls_gets_nothing_in_the_clear(post: Post, relay: Relay) -> None:
    relay.does(EHLO="250-relay.example.org\r\n250 STARTTLS", STARTTLS="454 4.7.0 not today")
    post.channels["team"] = open_channel("team", relay.url(A, cto=PATIENCE, mode="starttls"))
    post.owe()
    assert post.deliver() == DeliveryReport(postponed=1)
    assert relay.received == []


def test_a_relay_that_refuses_the_login_for_an_hour_gets_everything_once_afterwards(post: Post, relay: Relay) -> None:
    guarded = relay.url(A, cto=PATIENCE).replace("mailto://", "mailto://robot:secret@")
    post.channels["team"] = open_channel("team", guarded)
    greeting = "250-relay.example.org\r\n250 AUTH PLAIN LOGIN"
    relay.does(EHLO=greeting, AUTH="535 5.7.8 wrong password")
    for _ in range(3):
        post.owe()
    for _ in range(12):
        post.deliver()
        post.clock.moment += timedelta(minutes=5)
    relay.does(EHLO=greeting, AUTH="235 2.7.0 welcome")
    for _ in range(9):
        post.clock.moment += timedelta(minutes=5)
        post.deliver()
    assert post.statuses() == {"delivered": 3}
    assert len(set(relay.ids())) == 3


def test_one_recipient_of_many_that_is_refused_costs_the_others_nothing(post: Post, relay: Relay) -> None:
    people = [f"reader{number}@example.org" for number in range(8)]
    with MailServer() as server:
        post.channels["team"] = open_channel("team", server.url(*people, B))
        server.refuse(B)
        post.owe()
        report = post.deliver()
        assert (report.delivered, report.dead) == (8 + 1, 1)  # the operator's notice is among them
        assert sorted(to for mail in server.received for to in mail.recipients) == people
