"""The daemon under a notify socket, with the test in systemd's place: who says what, when, and what is made of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.builders import NCT, record
from tests.servers import WebhookServer
from tests.test_service import CONFIG, configured, delivered, health, until
from watcher.errors import AlreadyRunning
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.store.lock import single_instance

PATIENCE = 20.0
# So often the daemon is to speak, and so long a job may show no progress.
LIMIT = 0.8
STUCK_AFTER = 1.0

# The command itself, but for its patience, which no test should wait for.
QUICK = f"""
import datetime, sys
import watcher.jobs as jobs
import watcher.service as service
from watcher.cli import main
service.Service.__init__.__kwdefaults__["tick"] = datetime.timedelta(seconds=0.2)
jobs.STUCK_AFTER = datetime.timedelta(seconds={STUCK_AFTER})
sys.argv = ["watcher", "run", "--config", sys.argv[1]]
main()
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """One datagram: what it says, who sent it, and when."""

    said: str
    pid: int
    at: float


class Manager:
    """A notify socket as systemd has one, with the sender of each datagram as the kernel knows it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind(name.replace("@", "\0") if name.startswith("@") else name)

    def hear(self, within: float = PATIENCE) -> Heard | None:
        """The next datagram that says what state it is in (not the line for people); None where none comes in time."""
        end = time.monotonic() + within
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                data, told, _, _ = self._socket.recvmsg(1000, socket.CMSG_SPACE(struct.calcsize("3i")))
            except TimeoutError:
                return None
            if not data.startswith(b"STATUS="):
                pid, _, _ = struct.unpack("3i", told[0][2])
                return Heard(data.decode(), pid, time.monotonic())
        return None

    def hear_until(self, moment: float) -> list[Heard]:
        """Everything up to this moment."""
        found = []
        while (left := moment - time.monotonic()) > 0:
            if (heard := self.hear(left)) is not None:
                found.append(heard)
        return found

    def wait_for(self, said: str) -> Heard:
        """The next datagram that says this, whatever comes before it."""
        end = time.monotonic() + PATIENCE
        while (heard := self.hear(max(end - time.monotonic(), 0.01))) is not None:
            if heard.said == said:
                return heard
        raise AssertionError(f"waited in vain for {said}")

    def wait_for_silence(self, of: float) -> float:
        """When the last word was spoken before a silence of so many seconds."""
        end, last = time.monotonic() + PATIENCE, time.monotonic()
        while (heard := self.hear(of)) is not None:
            assert heard.at < end, "it never fell silent"
            last = heard.at
        return last

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RehearsalServer]:
    path = tmp_path / "captures" / NCT / "2026-02-05.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(record()))
    with RehearsalServer(Captures(tmp_path / "captures")) as server:
        yield server


@pytest.fixture
def config(tmp_path: Path, registry: RehearsalServer) -> Path:
    return configured(tmp_path, registry, "console://")


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    yield from _manager(str(tmp_path / "notify") if request.param == "path" else f"@nct-watcher-test-{os.getpid()}")


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Manager]:
    yield from _manager(str(tmp_path / "notify"))


def _manager(name: str) -> Iterator[Manager]:
    ours = Manager(name)
    yield ours
    ours.close()


@contextmanager
def supervised(config: Path, manager: Manager) -> Iterator[subprocess.Popen[str]]:
    """The daemon as systemd starts it, killed at the end of the test if it is still there."""
    daemon = subprocess.Popen(
        [sys.executable, "-c", QUICK, str(config)],
        env={**os.environ, "NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": f"{LIMIT * 1e6:.0f}",
             "PYTHONFAULTHANDLER": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield daemon
    finally:
        if daemon.poll() is None:
            daemon.kill()
        daemon.communicate()


class SlowRegistry:
    """Stands before a registry and thinks about each page of studies for as long as it is told."""

    def __init__(self, behind: RehearsalServer) -> None:
        self.asked = threading.Event()
        self.seconds = 0.0
        self._behind = behind
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/api/v2"

    def pause(self) -> None:
        self.asked.set()
        time.sleep(self.seconds)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        slow = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/api/v2/studies"):
                    slow.pause()
                with urlopen(Request(slow._behind.url + self.path), timeout=PATIENCE) as answer:
                    body = answer.read()
                    self.send_response(answer.status)
                    for name in ("Content-Type", "X-Rehearsal"):
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler


@pytest.fixture
def slow(registry: RehearsalServer) -> Iterator[SlowRegistry]:
    server = SlowRegistry(registry)
    yield server
    server.close()


def test_ready_comes_from_the_main_process_once_the_database_is_held_and_can_be_read(
    config: Path,
    manager: Manager,
) -> None:
    with supervised(config, manager) as daemon:
        first = manager.hear()
        assert first is not None
        assert (first.said, first.pid) == ("READY=1", daemon.pid)
        assert health(config) is not None
        with pytest.raises(AlreadyRunning, match=str(daemon.pid)), single_instance(config.with_name("watcher.db")):
            pass
        beat = manager.wait_for("WATCHDOG=1")
        assert beat.pid == daemon.pid
        daemon.terminate()
        assert manager.wait_for("STOPPING=1").pid == daemon.pid
        daemon.communicate(timeout=PATIENCE)
        assert daemon.returncode == 0
        assert manager.hear(0.1) is None


def test_a_channel_that_cannot_be_opened_is_never_ready(config: Path, systemd: Manager) -> None:
    config.write_text(config.read_text().replace("console://", "slack://nonsense"))
    with supervised(config, systemd) as daemon:
        daemon.communicate(timeout=PATIENCE)
        assert daemon.returncode == 2
    assert systemd.hear(0.1) is None


def test_a_healthy_daemon_never_lets_the_limit_pass(config: Path, systemd: Manager) -> None:
    with supervised(config, systemd):
        systemd.wait_for("READY=1")
        beats = systemd.hear_until(time.monotonic() + 3 * LIMIT)
    assert {beat.said for beat in beats} == {"WATCHDOG=1"}
    assert len(beats) >= 5
    assert longest_silence(beats) < LIMIT


def test_a_poll_that_takes_long_is_no_reason_to_fall_silent(
    tmp_path: Path, slow: SlowRegistry, systemd: Manager
) -> None:
    slow.seconds = 0.9 * STUCK_AFTER
    config = plain_config(tmp_path, slow.base_url, "console://")
    with supervised(config, systemd):
        systemd.wait_for("READY=1")
        assert slow.asked.wait(PATIENCE)
        began = time.monotonic()
        beats = systemd.hear_until(began + slow.seconds)
    assert len(beats) >= 2
    assert longest_silence(beats) < LIMIT


def test_a_poll_that_is_stuck_silences_it_and_its_end_makes_it_speak_again(
    tmp_path: Path, slow: SlowRegistry, systemd: Manager
) -> None:
    slow.seconds = STUCK_AFTER + 4 * LIMIT
    config = plain_config(tmp_path, slow.base_url, "console://")
    with supervised(config, systemd):
        assert slow.asked.wait(PATIENCE)
        began = time.monotonic()
        last = systemd.wait_for_silence(1.5 * LIMIT)
        assert last - began < STUCK_AFTER + LIMIT
        slow.seconds = 0.0
        assert systemd.wait_for("WATCHDOG=1").at - began > STUCK_AFTER


def test_a_message_that_is_stuck_silences_it_and_its_end_makes_it_speak_again(
    tmp_path: Path,
    registry: RehearsalServer,
    systemd: Manager,
) -> None:
    with WebhookServer() as sink:
        sink.answer(200, delay=STUCK_AFTER + 4 * LIMIT)
        config = configured(tmp_path, registry, f"json://{sink.host}/hook")
        with supervised(config, systemd):
            until(lambda: sink.requests)
            systemd.wait_for_silence(1.5 * LIMIT)
            sink.answer(200)
            systemd.wait_for("WATCHDOG=1")


def test_systemd_ends_a_stuck_one_which_says_where_it_is_stuck_and_the_next_one_tells_what_was_owed(
    tmp_path: Path,
    registry: RehearsalServer,
    systemd: Manager,
) -> None:
    with WebhookServer() as sink:
        sink.answer(200, delay=STUCK_AFTER + 4 * LIMIT)
        config = configured(tmp_path, registry, f"json://{sink.host}/hook")
        with supervised(config, systemd) as daemon:
            until(lambda: sink.requests)
            systemd.wait_for_silence(1.5 * LIMIT)
            # What the watchdog of systemd does, and Restart= after it.
            daemon.send_signal(signal.SIGABRT)
            _, err = daemon.communicate(timeout=PATIENCE)
            assert daemon.returncode == -signal.SIGABRT
            assert "deliver.py" in err
        sink.answer(200)
        with supervised(config, systemd) as daemon:
            until(lambda: delivered(config))
            daemon.terminate()
            daemon.communicate(timeout=PATIENCE)
        assert sink.requests[0].json() == sink.requests[1].json()


def longest_silence(beats: list[Heard]) -> float:
    return max(after.at - before.at for before, after in pairwise(beats))


def plain_config(folder: Path, base_url: str, url: str) -> Path:
    path = folder / "config.toml"
    path.write_text(CONFIG.format(base_url=base_url, nct_id=NCT, url=url))
    return path
