from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from benchmarks.storm.faults import OF_HOOKS, OF_MAIL, Chance, Fault
from benchmarks.storm.sinks import Hook, Relay

HANG = 0.5
GIVES_UP_AFTER = 0.2
LETTER = b"Message-ID: <a@example.org>\r\nSubject: s\r\n\r\ntext\r\n"


@contextmanager
def hook(fault: Fault) -> Iterator[Hook]:
    with Hook("hook", Chance({fault: 1}, 1), HANG) as sink:
        yield sink


@contextmanager
def relay(fault: Fault) -> Iterator[Relay]:
    with Relay(Chance({fault: 1}, 1), HANG) as sink:
        yield sink


def post(sink: Hook) -> httpx.Response:
    return httpx.post(f"http://{sink.host}/alerts", content=b"{}", headers={"webhook-id": "a"}, timeout=GIVES_UP_AFTER)


def mail(sink: Relay) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=GIVES_UP_AFTER) as connection:
        connection.sendmail("watcher@example.org", ["reader@example.org"], LETTER)


@pytest.mark.parametrize("fault", OF_HOOKS)
def test_a_webhook_that_takes_a_message_has_it_and_any_other_has_not(fault):
    with hook(fault) as sink:
        try:
            answered = post(sink).status_code
        except httpx.TransportError:
            answered = 0
        assert (answered == 200) == (fault is Fault.NONE)
        assert [arrival.id for arrival in sink.arrivals] == ["a"] * fault.takes
        assert [attempt.fault for attempt in sink.attempts] == [fault]


@pytest.mark.parametrize("fault", OF_MAIL)
def test_a_relay_that_takes_a_letter_has_it_and_any_other_has_not(fault):
    with relay(fault) as sink:
        accepted = True
        try:
            mail(sink)
        except (smtplib.SMTPException, OSError):
            accepted = False
        assert accepted == (fault is Fault.NONE)
        assert [(arrival.target, arrival.id) for arrival in sink.arrivals] == [
            ("reader@example.org", "<a@example.org>")
        ] * fault.takes
        assert [attempt.fault for attempt in sink.attempts] == [fault]


@pytest.mark.parametrize("fault", [Fault.LEAVE_RECIPIENT, Fault.LATER_CONTENT, Fault.LEAVE_SENDER, Fault.LEAVE_CONTENT])
def test_a_relay_refuses_for_now_in_the_words_of_the_fault(fault):
    with relay(fault) as sink, pytest.raises(smtplib.SMTPException) as refused:
        mail(sink)
    assert fault.value.split()[0] in str(refused.value)


def test_a_webhook_says_when_to_come_back_only_where_it_should():
    with hook(Fault.TOO_MANY) as silent, hook(Fault.TOO_MANY_UNTIL) as telling:
        assert "retry-after" not in post(silent).headers
        assert int(post(telling).headers["retry-after"]) > 0


@pytest.mark.parametrize(("make", "send"), [(hook, post), (relay, mail)])
def test_a_target_that_is_down_refuses_connections_until_it_is_up_again(make, send):
    with make(Fault.NONE) as sink:
        sink.down()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", sink.port), timeout=1)
        sink.up()
        send(sink)
        assert len(sink.arrivals) == 1


def test_chance_repeats_itself_with_the_same_seed_and_ends_when_it_is_calmed():
    one, same, other = Chance(OF_HOOKS, 1), Chance(OF_HOOKS, 1), Chance(OF_HOOKS, 2)
    drawn = [one.draw() for _ in range(50)]
    assert drawn == [same.draw() for _ in range(50)]
    assert drawn != [other.draw() for _ in range(50)]
    one.calm()
    assert {one.draw() for _ in range(50)} == {Fault.NONE}
    assert one.met.total() == 100
