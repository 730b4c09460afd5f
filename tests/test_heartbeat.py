"""The dead man's switch, against a real HTTP server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.servers import WebhookServer, free_port
from watcher import heartbeat as module
from watcher.config import Secret
from watcher.heartbeat import PACE_SECONDS, Heartbeat

SECRET = "b2f7c9a0-secret-uuid"


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server


@dataclass
class Patient:
    """A heartbeat whose clock stands until it is moved."""

    url: str
    now: float = 1000.0
    heart: Heartbeat = field(init=False)

    def __post_init__(self) -> None:
        self.heart = Heartbeat(Secret(self.url), monotonic=lambda: self.now)

    def cycle(self) -> bool:
        """A good cycle, and its beat."""
        self.heart.polled()
        self.heart.delivered()
        return self.heart.beat()

    def wait(self, seconds: float = PACE_SECONDS) -> None:
        self.now += seconds


@pytest.fixture
def patient(server: WebhookServer) -> Patient:
    return Patient(f"http://{server.host}/ping/{SECRET}")


def test_a_good_cycle_asks_for_the_address_once(server, patient):
    assert patient.cycle()
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("GET", f"/ping/{SECRET}", b"")
    assert request.header("user-agent").startswith("nct-watcher/")
    patient.wait()
    assert not patient.heart.beat()
    assert len(server.requests) == 1


def test_a_poll_alone_or_deliveries_alone_are_no_good_cycle(server, patient):
    patient.heart.delivered()
    assert not patient.heart.beat()
    patient.heart.polled()
    assert not patient.heart.beat()
    assert server.requests == []
    patient.heart.delivered()
    assert patient.heart.beat()


def test_it_beats_once_a_minute_at_most_and_owes_what_came_too_early(server, patient):
    assert patient.cycle()
    patient.wait(PACE_SECONDS - 1)
    assert not patient.cycle()
    assert not patient.cycle()
    assert len(server.requests) == 1
    patient.wait(1)
    assert patient.heart.beat()
    assert not patient.heart.beat()
    assert len(server.requests) == 2


def test_a_failed_poll_takes_back_what_is_not_told_yet(server, patient):
    patient.heart.polled()
    patient.heart.delivered()
    patient.heart.poll_failed()
    assert not patient.heart.beat()
    patient.heart.polled()
    patient.heart.poll_failed()
    patient.heart.delivered()
    assert not patient.heart.beat()
    assert server.requests == []


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_a_beat_that_is_not_heard_is_tried_again_after_a_minute(server, patient, status):
    server.answer(status)
    assert not patient.cycle()
    assert not patient.heart.beat()
    assert len(server.requests) == 1
    server.answer(200)
    patient.wait()
    assert patient.heart.beat()
    assert len(server.requests) == 2


def test_failures_are_logged_once_and_their_end_once_and_the_address_never(server, patient, caplog):
    caplog.set_level(logging.INFO)
    server.answer(500, body=SECRET.encode())
    for _ in range(3):
        patient.cycle()
        patient.wait()
    server.answer(200)
    for _ in range(2):
        patient.cycle()
        patient.wait()
    server.answer(500)
    patient.cycle()
    said = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "watcher.heartbeat"]
    assert [level for level, _ in said] == ["WARNING", "INFO", "WARNING"]
    assert "answered with 500" in said[0][1]
    assert f"http://{server.host}/…" in said[0][1]
    caplog.set_level(logging.DEBUG)
    patient.wait()
    patient.cycle()
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_its_remedy_is_told(server, patient, caplog, status):
    with WebhookServer() as other:
        server.answer(status, Location=f"http://{other.host}/elsewhere")
        assert not patient.cycle()
        assert other.requests == []
    assert len(server.requests) == 1
    assert "configure the address it leads to" in caplog.text


def test_nobody_there_a_cut_connection_and_nonsense_raise_nothing(server, patient, caplog):
    assert not Patient(f"http://127.0.0.1:{free_port()}/{SECRET}").cycle()
    assert not Patient(f"http://no-such-host.invalid/{SECRET}").cycle()
    assert not Patient(f"https://{server.host}/{SECRET}").cycle()
    assert not Patient(f"http://[broken/{SECRET}").cycle()
    server.drop()
    assert not patient.cycle()
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 5
    assert SECRET not in caplog.text


@pytest.mark.parametrize("slow", ["hang", "drip"])
def test_a_slow_server_is_given_up(server, patient, monkeypatch, slow):
    monkeypatch.setattr(module, "WHOLE_SECONDS", 0.6)
    if slow == "hang":
        server.answer(200, delay=20)
    else:
        server.drip(0.1)
    began = time.monotonic()
    assert not patient.cycle()
    assert time.monotonic() - began < 3


def test_a_long_answer_is_not_read(server, patient):
    server.drip(0.2, after=b"\r\n\r\n", body=b"x" * 1000)
    began = time.monotonic()
    assert patient.cycle()
    assert time.monotonic() - began < 2


def test_without_an_address_nothing_is_asked(caplog):
    heart = Heartbeat(None)
    heart.polled()
    heart.delivered()
    assert not heart.beat()
    assert caplog.records == []


def test_two_threads_make_one_beat(server, patient):
    patient.heart.polled()
    patient.heart.delivered()
    threads = [threading.Thread(target=patient.heart.beat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.requests) == 1
