"""What the tour goes over: databases that the product itself made, served by the product itself.

The demo and the month are rehearsals, looked at afterwards with `watcher page`. The third is a daemon that is running:
of its two receivers one refuses for good and one is not there, and a dozen studies changed all alike.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.builders import record, site
from tests.realdata import SHARED, unpack
from tests.servers import WebhookServer, free_port
from watcher.demo import FOLDER as DEMO
from watcher.errors import WatcherError
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.store import opened

STUDY = "NCT04150497"
ARCHIVE = SHARED / "data" / "captures.tar.xz"
CROWD = [f"NCT{number:08}" for number in range(1, 13)]
# Seconds; a month is rehearsed in a fraction of it.
PATIENCE = 180.0

# The command itself, but for its tick of five seconds, which no reader would wait for.
_QUICK = """
import datetime, sys
from watcher.cli import main
from watcher.service import Service
Service.__init__.__kwdefaults__["tick"] = datetime.timedelta(seconds=0.2)
sys.argv = ["watcher", "run", "--config", sys.argv[1]]
main()
"""

_TROUBLED = """
[registry]
base_url = "{registry}"
poll_every = "1s"
min_interval = 0.0

[store]
path = "watcher.db"

[[watch]]
name = "pipeline"
studies = [{{ nct_id = "{study}", label = "BALLI-01" }}]

[[watch]]
name = "crowd / abroad"
studies = {crowd}

[[channel]]
name = "refuses"
url = "json://{refuses}/told"

[[channel]]
name = "nobody there"
url = "json://127.0.0.1:{nobody}/told"

[[route]]
name = "everything"
to = ["refuses", "nobody there"]
min_severity = "minor"

[operator]
channel = "refuses"

[web]
listen = "127.0.0.1:{port}"
"""


@dataclass(frozen=True)
class Scene:
    """A page that is served."""

    name: str
    url: str
    config: Path


def has_month() -> bool:
    """Whether the captures of the month are at hand."""
    return ARCHIVE.exists()


def rehearsing(state: Path, captures: Path | None = None) -> subprocess.Popen[bytes]:
    """`watcher rehearse` at work, in a process of its own."""
    folder = [str(captures)] if captures else []
    command = [sys.executable, "-m", "watcher", "rehearse", *folder, "--state", str(state)]
    state.mkdir(parents=True, exist_ok=True)
    with _log_of(state).open("w") as said:
        return subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)


def month_in(folder: Path) -> Path:
    """The captures of the month, unpacked."""
    unpack(ARCHIVE, folder)
    return folder / "captures"


def rehearsed(process: subprocess.Popen[bytes], state: Path) -> Path:
    """The configuration of a rehearsal that has ended."""
    if process.wait(PATIENCE):
        raise WatcherError(f"the rehearsal failed: {_log_of(state).read_text()[-2000:]}")
    return state / "rehearsal.toml"


def _log_of(state: Path) -> Path:
    return state / "rehearsal.log"


@contextmanager
def looked_at(name: str, config: Path) -> Iterator[Scene]:
    """`watcher page` over a database that nobody holds."""
    port = free_port()
    command = [sys.executable, "-m", "watcher", "page", "--config", str(config), "--listen", f"127.0.0.1:{port}"]
    with _serving(command, port, config.with_name("page.log")) as url:
        yield Scene(name, url, config)


@contextmanager
def troubled(folder: Path) -> Iterator[Scene]:
    """`watcher run` with everything that an operator may have to decide."""
    captures, port = Captures(_crowded(folder / "captures")), free_port()
    config = folder / "config.toml"
    with RehearsalServer(captures) as registry, WebhookServer() as refuses:
        refuses.answer(410, body=b"gone")
        said = _TROUBLED.format(
            registry=registry.base_url, study=STUDY, crowd=json.dumps(CROWD),
            refuses=refuses.host, nobody=free_port(), port=port,
        )  # fmt: skip
        config.write_text(said, encoding="utf-8")
        with _serving([sys.executable, "-c", _QUICK, str(config)], port, config.with_name("run.log")) as url:
            for day in captures.days:
                registry.set_date(day)
                _until(lambda day=day: _polled(config.with_name("watcher.db"), day), f"{day} is not polled")
            _until(lambda: _dead(config.with_name("watcher.db")), "no delivery is dead")
            yield Scene("troubled", url, config)


def _crowded(folder: Path) -> Path:
    """Captures of the demo, and of a dozen invented studies whose hospitals all change country on its last day."""
    shutil.copytree(DEMO / STUDY, folder / STUDY)
    last = Captures(folder).days[-1]
    for nct_id in CROWD:
        _put(folder, nct_id, last - timedelta(days=1), "Atlantis", "Lemuria")
        _put(folder, nct_id, last, "Kingdom of Atlantis", "Republic of Lemuria")
    return folder


def _put(folder: Path, nct_id: str, day: date, one: str, other: str) -> None:
    sites = [site(facility="Ankara Hospital", city="Ankara", country=one),
             site(facility="Izmir Hospital", city="Izmir", country=other), site()]  # fmt: skip
    path = folder / nct_id / f"{day}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record(nct_id=nct_id, sites=sites, data_version=day.isoformat())), encoding="utf-8")


def _polled(database: Path, day: date) -> bool:
    if not database.exists():
        return False
    try:
        with opened(database, read_only=True) as store:
            return store.meta.poll_state().data_timestamp.startswith(day.isoformat())
    except WatcherError:
        return False  # it is being made this very moment


def _dead(database: Path) -> bool:
    with opened(database, read_only=True) as store:
        return bool(store.reports.health().deliveries.get("dead"))


@contextmanager
def _serving(command: list[str], port: int, log: Path) -> Iterator[str]:
    """A process that serves a page, until the end of the block."""
    url = f"http://127.0.0.1:{port}"
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            _until(lambda: _answers(url), f"no page is served, see {log}", while_running=process)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status)
    except URLError as error:
        # A page that is not well says so with 503, and is served.
        return getattr(error, "code", None) == 503


def _until(so: Callable[[], bool], else_said: str, while_running: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while not so():
        if time.monotonic() > end or (while_running and while_running.poll() is not None):
            raise WatcherError(else_said)
        time.sleep(0.1)
