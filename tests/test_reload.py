"""Another configuration under a running daemon: SIGHUP and `watcher reload`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from benchmarks.stage import bears
from tests.builders import NCT, record
from tests.servers import WebhookServer
from tests.test_service import PATIENCE, delivered, health, running, until
from watcher.registry.rehearsal import Captures, RehearsalServer

OTHER = "NCT00000002"

CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1s"
min_interval = 0.0

[store]
path = "watcher.db"

[[watch]]
name = "pipeline"
studies = [{studies}]

[[channel]]
name = "team"
url = "json://{host}/{path}"

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
    for nct_id in (NCT, OTHER):
        for day, status in (("2026-02-05", "RECRUITING"), ("2026-02-06", "SUSPENDED"), ("2026-02-09", "RECRUITING")):
            path = tmp_path / "captures" / nct_id / f"{day}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(record(nct_id=nct_id, status=status, data_version=day)))
    with RehearsalServer(Captures(tmp_path / "captures")) as server:
        yield server


class Place:
    """The daemon's configuration, which can be written anew, and what arrives."""

    def __init__(self, folder: Path, registry: RehearsalServer, sink: WebhookServer) -> None:
        self.config = folder / "config.toml"
        self._registry, self._sink = registry, sink

    def write(self, *studies: str, path: str = "one", **replaced: str) -> None:
        listed = ", ".join(f'"{nct_id}"' for nct_id in studies)
        text = CONFIG.format(base_url=self._registry.base_url, studies=listed, host=self._sink.host, path=path)
        for old, new in replaced.items():
            text = text.replace(old, new)
        self.config.write_text(text)

    def told(self, word: str) -> list[str]:
        """The paths to which messages with this word went."""
        return [request.path for request in list(self._sink.requests) if word in request.body.decode()]

    def ask(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "watcher", "reload", "--config", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)


@pytest.fixture
def place(tmp_path: Path, registry: RehearsalServer) -> Iterator[Place]:
    with WebhookServer() as sink:
        made = Place(tmp_path, registry, sink)
        made.write(NCT)
        yield made


def studies(place: Place) -> int:
    found = health(place.config)
    return sum(found.studies.values()) if found else 0


def test_a_signal_brings_a_new_watch_and_a_new_address(place: Place, registry: RehearsalServer) -> None:
    with running(place.config) as daemon:
        until(lambda: delivered(place.config))
        place.write(NCT, OTHER, path="two")
        daemon.send_signal(signal.SIGHUP)
        until(lambda: studies(place) == 2)
        registry.set_date(date(2026, 2, 6))
        until(lambda: len(place.told("uspended")) == 2)
        daemon.terminate()
        _, err = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, err
    assert "reloaded" in err
    assert set(place.told("uspended")) == {"/two"}
    assert place.told("Watch") == ["/one", "/two"]


def test_a_study_that_joins_is_a_silent_baseline_and_one_that_leaves_keeps_its_history(
    place: Place, registry: RehearsalServer
) -> None:
    with running(place.config) as daemon:
        until(lambda: delivered(place.config))
        registry.set_date(date(2026, 2, 6))
        until(lambda: place.told("uspended"))
        place.write(OTHER)
        daemon.send_signal(signal.SIGHUP)
        until(lambda: studies(place) == 2)
        registry.set_date(date(2026, 2, 9))
        until(lambda: place.told(OTHER))
        daemon.terminate()
        daemon.communicate(timeout=PATIENCE)
    kept = subprocess.run(
        [sys.executable, "-m", "watcher", "history", NCT, "--json", "--config", str(place.config)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "SUSPENDED" in kept.stdout
    assert len(place.told(NCT)) == 1
    assert len(place.told(OTHER)) == 1


def test_the_command_waits_until_it_is_so(place: Place) -> None:
    with running(place.config) as daemon:
        until(lambda: delivered(place.config))
        place.write(NCT, OTHER)
        asked = place.ask()
        assert (asked.returncode, asked.stdout) == (0, f"reloaded {place.config}\n")
        until(lambda: studies(place) == 2)
        daemon.terminate()
        daemon.communicate(timeout=PATIENCE)


def test_the_command_refuses_a_bad_configuration_before_anybody_is_asked(place: Place) -> None:
    with running(place.config) as daemon:
        until(lambda: delivered(place.config))
        place.config.write_text(place.config.read_text().replace('to = ["team"]', 'to = ["tema"]'))
        asked = place.ask()
        assert asked.returncode == 2
        assert 'did you mean "team"' in asked.stderr
        assert daemon.poll() is None
        daemon.terminate()
        daemon.communicate(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({'"1s"': '"soon"'}, "expected a duration"),
        ({"watcher.db": "another.db"}, "only a restart can take"),
        ({"/api/v2": "/api/v3"}, "only a restart can take"),
        ({'listen = "off"': 'listen = "127.0.0.1:0"'}, "[web] has changed"),
    ],
    ids=["a mistake", "another database", "another registry", "a page"],
)
def test_a_bad_configuration_changes_nothing_and_the_operator_hears_it_once(
    place: Place, registry: RehearsalServer, wrong: dict[str, str], said: str
) -> None:
    with running(place.config) as daemon:
        until(lambda: delivered(place.config))
        place.write(NCT, path="two", **wrong)
        for _ in range(2):
            daemon.send_signal(signal.SIGHUP)
        until(lambda: place.told("was not taken"))
        registry.set_date(date(2026, 2, 6))
        until(lambda: place.told("uspended"))
        assert place.told("uspended") == ["/one"]
        assert len(place.told(said)) == 1
        place.write(NCT, path="two")
        daemon.send_signal(signal.SIGHUP)
        until(lambda: place.told("Resolved"))
        daemon.terminate()
        _, err = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, err
    assert said in err
    assert len(place.told("was not taken")) == 1


def test_a_reload_while_a_message_is_on_its_way_sends_it_once(tmp_path: Path, registry: RehearsalServer) -> None:
    with WebhookServer() as sink:
        place = Place(tmp_path, registry, sink)
        place.write(NCT)
        sink.answer(200, delay=2.0)
        with running(place.config) as daemon:
            until(lambda: sink.requests)
            place.write(NCT, path="two")
            daemon.send_signal(signal.SIGHUP)
            until(lambda: delivered(place.config) == 1)
            sink.answer(200)
            registry.set_date(date(2026, 2, 6))
            until(lambda: place.told("uspended"))
            daemon.terminate()
            daemon.communicate(timeout=PATIENCE)
    assert [request.path for request in sink.requests] == ["/one", "/two"]


def test_a_signal_that_comes_while_it_starts_ends_nothing(place: Place) -> None:
    with running(place.config) as daemon:
        until(lambda: bears(daemon.pid, signal.SIGHUP))
        daemon.send_signal(signal.SIGHUP)
        until(lambda: delivered(place.config))
        assert daemon.poll() is None


def test_without_a_running_watcher_there_is_nothing_to_reload(place: Place) -> None:
    asked = place.ask()
    assert asked.returncode == 2
    assert "no watcher is running" in asked.stderr
