"""The daemon as systemd would run it: a process of its own, against a rehearsal registry."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.builders import NCT, record
from tests.servers import WebhookServer
from watcher.jobs import STUCK_AFTER, Jobs
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.store import opened
from watcher.store.shown import Health

UNIT = Path(__file__).parent.parent / "systemd" / "nct-watcher.service"
PATIENCE = 20.0

# The command itself, but for its tick of five seconds, which no test should wait for.
QUICK = """
import datetime, sys
from watcher.cli import main
from watcher.service import Service
Service.__init__.__kwdefaults__["tick"] = datetime.timedelta(seconds=0.2)
sys.argv = ["watcher", "run", "--config", *sys.argv[1:]]
main()
"""

CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1s"
min_interval = 0.0

[store]
path = "watcher.db"

[[watch]]
name = "pipeline"
studies = ["{nct_id}"]

[[channel]]
name = "team"
url = "{url}"

[[route]]
name = "everything"
to = ["team"]

[web]
listen = "off"

[operator]
channel = "team"
"""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RehearsalServer]:
    for day, status in (("2026-02-05", "RECRUITING"), ("2026-02-06", "SUSPENDED")):
        path = tmp_path / "captures" / NCT / f"{day}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record(status=status)))
    with RehearsalServer(Captures(tmp_path / "captures")) as server:
        yield server


@pytest.fixture
def config(tmp_path: Path, registry: RehearsalServer) -> Path:
    return configured(tmp_path, registry, "console://")


def configured(folder: Path, registry: RehearsalServer, url: str) -> Path:
    path = folder / "config.toml"
    path.write_text(CONFIG.format(base_url=registry.base_url, nct_id=NCT, url=url))
    return path


@contextmanager
def running(config: Path, *options: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`watcher run`, killed at the end of the test if it is still there."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NOTIFY_SOCKET", "WATCHDOG_USEC"}}
    daemon = subprocess.Popen(
        [sys.executable, "-c", QUICK, str(config), *options],
        env={**kept, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield daemon
    finally:
        if daemon.poll() is None:
            daemon.kill()
        daemon.communicate()


def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def health(config: Path) -> Health | None:
    path = config.with_name("watcher.db")
    if not path.exists():
        return None
    try:
        with opened(path, read_only=True) as store:
            return store.reports.health()
    except Exception:
        return None  # it is being made this very moment


def delivered(config: Path) -> int:
    found = health(config)
    return found.deliveries.get("delivered", 0) if found else 0


@contextmanager
def listening(folder: Path) -> Iterator[tuple[socket.socket, str]]:
    """A datagram socket as systemd has one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        path = str(folder / "notify")
        ours.bind(path)
        ours.settimeout(PATIENCE)
        yield ours, path


def heard(ours: socket.socket) -> bytes:
    """The next datagram that says what state the daemon is in; the line for people beside it is passed over."""
    while (said := ours.recv(1000)).startswith(b"STATUS="):
        pass
    return said


# --- starting and stopping ------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_seconds_and_without_failure(config: Path, number: signal.Signals) -> None:
    with running(config) as daemon:
        until(lambda: delivered(config))
        daemon.send_signal(number)
        began = time.monotonic()
        out, err = daemon.communicate(timeout=PATIENCE)
        assert time.monotonic() - began < 5
    assert daemon.returncode == 0, err
    assert "Traceback" not in err
    assert "REHEARSAL" in out
    assert 'Watch "pipeline": 1 study' in out


# A thread that is told by stdin when to take the signal, as the system may choose one.
ELSEWHERE = """
import signal, sys, threading
def take():
    sys.stdin.readline()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
threading.Thread(target=take, daemon=True).start()
"""


def test_a_signal_that_the_system_hands_to_another_thread_ends_it_too(config: Path) -> None:
    command = [sys.executable, "-c", ELSEWHERE + QUICK, str(config)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as daemon:
        try:
            until(lambda: delivered(config))
            daemon.communicate("now\n", timeout=PATIENCE)
        finally:
            daemon.kill()
    assert daemon.returncode == 0


def test_the_command_as_it_is_installed_runs_and_ends_too(config: Path) -> None:
    command = [sys.executable, "-m", "watcher", "run", "--config", str(config)]
    daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: health(config))
        daemon.terminate()
        _, err = daemon.communicate(timeout=PATIENCE)
    finally:
        daemon.kill()
        daemon.communicate()
    assert daemon.returncode == 0, err


def test_a_job_that_shows_no_progress_is_unwell_until_it_does() -> None:
    moment = 0.0
    jobs = Jobs(lambda job: None, monotonic=lambda: moment)
    jobs.is_alive("deliver")
    moment += STUCK_AFTER.total_seconds() - 1
    assert jobs.stuck() == ()
    moment += 1
    assert jobs.stuck() == ("deliver",)
    jobs.is_alive("deliver")
    assert jobs.stuck() == ()


def test_what_is_under_way_is_finished(tmp_path: Path, registry: RehearsalServer) -> None:
    with WebhookServer() as sink:
        config = configured(tmp_path, registry, f"json://{sink.host}/hook")
        sink.answer(200, delay=1.0)
        with running(config) as daemon:
            until(lambda: sink.requests)
            daemon.terminate()
            _, err = daemon.communicate(timeout=PATIENCE)
        assert daemon.returncode == 0, err
        assert len(sink.requests) == 1
    found = health(config)
    assert found is not None
    assert found.deliveries == {"delivered": 1}


def test_a_kill_loses_nothing(tmp_path: Path, registry: RehearsalServer) -> None:
    with WebhookServer() as sink:
        config = configured(tmp_path, registry, f"json://{sink.host}/hook")
        sink.answer(200, delay=5.0)
        with running(config) as daemon:
            until(lambda: sink.requests)
            daemon.kill()
            daemon.communicate()
        sink.answer(200)
        with running(config) as daemon:
            until(lambda: delivered(config))
            daemon.terminate()
            daemon.communicate(timeout=PATIENCE)
        assert daemon.returncode == 0
        assert sink.requests[0].json() == sink.requests[1].json()


def test_a_new_day_is_polled_and_told(config: Path, registry: RehearsalServer) -> None:
    with running(config) as daemon:
        until(lambda: delivered(config) == 1)
        registry.set_date(date(2026, 2, 6))
        until(lambda: delivered(config) == 2)
        daemon.terminate()
        out, _ = daemon.communicate(timeout=PATIENCE)
    assert "Suspended" in out
    assert daemon.returncode == 0


def test_a_second_one_is_refused_and_told_who_the_first_is(config: Path) -> None:
    with running(config) as first:
        until(lambda: health(config))
        with running(config) as second:
            _, err = second.communicate(timeout=PATIENCE)
        assert second.returncode == 4
        assert f"another watcher (process {first.pid})" in err
        assert "Traceback" not in err
        assert first.poll() is None


def test_a_registry_that_is_away_does_not_end_it(tmp_path: Path, registry: RehearsalServer) -> None:
    config = configured(tmp_path, registry, "console://")
    config.write_text(config.read_text().replace(registry.base_url, "http://127.0.0.1:1/api/v2"))
    with running(config) as daemon:
        until(lambda: health(config))
        daemon.terminate()
        _, err = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, err
    assert "Traceback" not in err


def test_data_of_another_kind_end_it_with_an_explanation(config: Path) -> None:
    with opened(config.with_name("watcher.db")) as store:
        store.meta.decide_rehearsal(False)
    with running(config) as daemon:
        _, err = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 2
    assert "holds data of the registry, this is a rehearsal" in err


# --- systemd --------------------------------------------------------------------


@pytest.mark.parametrize("abstract", [False, True], ids=["a path", "an abstract name"])
def test_systemd_hears_that_it_is_ready(config: Path, tmp_path: Path, abstract: bool) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        name = f"@nct-watcher-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
        ours.bind(name.replace("@", "\0"))
        ours.settimeout(PATIENCE)
        with running(config, NOTIFY_SOCKET=name):
            assert heard(ours) == b"READY=1"


def test_systemd_hears_that_it_lives_and_that_it_ends(config: Path, tmp_path: Path) -> None:
    with listening(tmp_path) as (ours, path), running(config, NOTIFY_SOCKET=path, WATCHDOG_USEC="200000") as daemon:
        assert [heard(ours) for _ in range(4)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
        daemon.terminate()
        while (last := heard(ours)) == b"WATCHDOG=1":
            pass
        assert last == b"STOPPING=1"
        daemon.communicate(timeout=PATIENCE)
        assert daemon.returncode == 0


def test_systemd_shows_how_it_is_in_a_line(config: Path, tmp_path: Path) -> None:
    with listening(tmp_path) as (ours, path), running(config, NOTIFY_SOCKET=path) as daemon:
        while not (said := ours.recv(1000)).startswith(b"STATUS=last good poll 2"):
            assert daemon.poll() is None
    assert said.endswith(b"; 0 messages waiting")


def test_a_socket_that_nobody_reads_harms_nobody(config: Path, tmp_path: Path) -> None:
    with running(config, NOTIFY_SOCKET=str(tmp_path / "nobody"), WATCHDOG_USEC="nonsense") as daemon:
        until(lambda: delivered(config))
        daemon.terminate()
        daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0


def test_a_service_that_cannot_start_is_never_ready(config: Path, tmp_path: Path) -> None:
    config.write_text("nonsense")
    with listening(tmp_path) as (ours, path), running(config, NOTIFY_SOCKET=path) as daemon:
        daemon.communicate(timeout=PATIENCE)
        assert daemon.returncode == 2
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.recv(100)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
@pytest.mark.skipif(not UNIT.exists(), reason="the unit is not part of this copy")
def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={shutil.which('true')}", UNIT.read_text()))
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=PATIENCE
    )
    ours = [line for line in verdict.stderr.splitlines() if UNIT.name in line]
    assert (verdict.returncode, ours) == (0, []), verdict.stderr


@pytest.mark.skipif(not UNIT.exists(), reason="the unit is not part of this copy")
def test_the_unit_runs_the_command_that_there_is() -> None:
    said = UNIT.read_text()
    assert re.search(r"(?m)^Type=notify$", said)
    assert re.search(r"(?m)^ExecStart=/\S+/watcher run --config /etc/nct-watcher/config\.toml$", said)


def test_a_file_that_is_spoilt_under_the_daemon_is_told_although_it_works_on_from_memory(
    tmp_path: Path, registry: RehearsalServer
) -> None:
    with WebhookServer() as sink:
        config = configured(tmp_path, registry, f"json://{sink.host}/team")
        database, log = tmp_path / "watcher.db", tmp_path / "watcher.db-wal"
        with running(config) as daemon:
            until(lambda: delivered(config) >= 1)
            until(lambda: log.stat().st_size == 0)
            with database.open("r+b") as file:
                file.seek(4096)
                file.write(b"\xa5" * (database.stat().st_size - 4096))
            until(lambda: any("database cannot be used" in str(request.json()["title"]) for request in sink.requests))
            daemon.send_signal(signal.SIGTERM)
            _, err = daemon.communicate(timeout=PATIENCE)
    assert "is damaged" in err
    assert "nothing more is done" in err
