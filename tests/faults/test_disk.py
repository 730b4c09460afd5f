"""A disk that is full under the daemon: the operator is told, nothing is lost or doubled, it goes on by itself."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.builders import record
from tests.servers import WebhookServer
from tests.store.test_troubles import mounts
from tests.test_service import PATIENCE, until
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.registry.rehearsal.server import Answer

ROOT = Path(__file__).parents[2]
STUDIES = [f"NCT{number:08}" for number in range(1, 13)]

CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1s"
min_interval = 0.0
[store]
path = "disk/watcher.db"
[[watch]]
name = "pipeline"
studies = {studies}
[[channel]]
name = "team"
url = "json://{sink}/team"
batch_from = 0
[[channel]]
name = "ops"
url = "json://{sink}/ops"
[[route]]
name = "everything"
to = ["team"]
[web]
listen = "off"
[operator]
channel = "ops"
"""


class Counting(RehearsalServer):
    """A registry that counts what it is asked."""

    requests = 0

    def answer(self, method: str, target: str, body: bytes, known_tag: str) -> Answer:
        self.requests += 1
        return super().answer(method, target, body, known_tag)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Counting]:
    """Twelve studies; on the second day each is suspended and says a great deal that cannot be compressed."""
    chance = random.Random(5)  # noqa: S311 - text that cannot be compressed
    for nct_id in STUDIES:
        for number, status in (("2026-02-05", "RECRUITING"), ("2026-02-06", "SUSPENDED")):
            path = tmp_path / "captures" / nct_id / f"{number}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            said = chance.randbytes(60_000).hex() if status == "SUSPENDED" else "short"
            path.write_text(json.dumps(record(nct_id=nct_id, status=status, description=said, filed=number)))
    with Counting(Captures(tmp_path / "captures")) as server:
        yield server


@contextmanager
def daemon(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The daemon in a mount namespace of its own, ended at the end of the test if it is still there."""
    process = subprocess.Popen(
        ["unshare", "-Urm", sys.executable, "-m", "tests.faults.daemon", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def asked(folder: Path, what: str) -> None:
    """Have the disk filled or freed, and wait until it is."""
    (folder / what).touch()
    until(lambda: not (folder / what).exists())


def titles(sink: WebhookServer, path: str) -> list[str]:
    return [str(request.json()["title"]) for request in list(sink.requests) if request.path == path]


@mounts
def test_a_full_disk_is_told_to_the_operator_and_once_there_is_room_everything_arrives_once(
    tmp_path: Path, registry: RehearsalServer
) -> None:
    (tmp_path / "disk").mkdir()
    with WebhookServer() as sink:
        said = CONFIG.format(base_url=registry.base_url, sink=sink.host, studies=json.dumps(STUDIES))
        (tmp_path / "config.toml").write_text(said)
        with daemon(tmp_path) as process:
            until(lambda: any("12 studies" in title for title in titles(sink, "/ops")))
            asked(tmp_path, "fill")
            registry.set_date(date(2026, 2, 6))
            until(lambda: any("database cannot be used" in title for title in titles(sink, "/ops")))
            assert titles(sink, "/team") == []
            asked(tmp_path, "free")
            until(lambda: any("can be used again" in title for title in titles(sink, "/ops")))
            until(lambda: len(titles(sink, "/team")) >= len(STUDIES))
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err
        assert "there is no room to write to the database" in err
        ids = Counter(request.header("Idempotency-Key") for request in sink.requests)
        assert max(ids.values()) == 1
        assert len(titles(sink, "/team")) == len(STUDIES)
        assert sum("database cannot be used" in title for title in titles(sink, "/ops")) == 1
    check(tmp_path / "after" / "watcher.db")
    shutil.rmtree(tmp_path / "after")


def check(database: Path) -> None:
    """The database is whole, has every version, and knows that every alert was delivered."""
    connection = sqlite3.connect(database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM snapshot").fetchall() == [(2 * len(STUDIES),)]
        told = connection.execute("SELECT status, count(*) FROM delivery WHERE form = 'alert' GROUP BY status")
        assert told.fetchall() == [("delivered", len(STUDIES))]
    finally:
        connection.close()


@mounts
def test_a_disk_with_room_for_small_things_and_for_no_poll_is_told_once_until_a_poll_got_through(
    tmp_path: Path, registry: Counting
) -> None:
    (tmp_path / "disk").mkdir()
    with WebhookServer() as sink:
        said = CONFIG.format(base_url=registry.base_url, sink=sink.host, studies=json.dumps(STUDIES))
        (tmp_path / "config.toml").write_text(said + 'free_disk = "0"\n')
        with daemon(tmp_path) as process:
            until(lambda: any("12 studies" in title for title in titles(sink, "/ops")))
            asked(tmp_path, "nearly")
            registry.set_date(date(2026, 2, 6))
            until(lambda: any("database cannot be used" in title for title in titles(sink, "/ops")))
            before = registry.requests
            # Two requests each: several polls in vain, each after a look whether the database takes something small.
            until(lambda: registry.requests >= before + 12)
            told = titles(sink, "/ops")
            asked(tmp_path, "free")
            until(lambda: any("can be used again" in title for title in titles(sink, "/ops")))
            until(lambda: len(titles(sink, "/team")) >= len(STUDIES))
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err
        assert sum("database cannot be used" in title for title in told) == 1
        assert not any("can be used again" in title for title in told)
        ids = Counter(request.header("Idempotency-Key") for request in sink.requests)
        assert max(ids.values()) == 1
