"""Our watcher: as a command that runs once, and as the daemon."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.peers.gauges import Cost, peak_mb, processor_seconds, resting_mb, run_once, size_of
from benchmarks.peers.office import Registry
from benchmarks.peers.tools import Tool
from benchmarks.stage import StageError
from watcher.errors import StoreError
from watcher.store import opened

_CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1s"
min_interval = 0.01

[store]
path = "watcher.db"

[[watch]]
name = "all"
studies_file = "studies.csv"

[[channel]]
name = "report"
url = "console://"

[[route]]
name = "everything"
min_severity = "minor"
to = ["report"]

[operator]
channel = "operator"

[[channel]]
name = "operator"
url = "json://{hook}"
"""
_STUDY = re.compile(r"NCT9\d{7}")
_GLANCE = 0.05
_SETTLING = 0.5
LIMIT = 300.0
# Looks of the daemon, one every 5 s, over which one that finds not even another timestamp is measured.
QUIET_POLLS = 3


def program() -> list[str]:
    """`watcher` of the environment this runs in, from this source."""
    return [str(Path(sys.executable).parent / "watcher")]


class _Ours(Tool):
    """What both have: a configuration, a database, and a report that is printed."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        super().__init__(folder, registry)
        text = _CONFIG.format(base_url=registry.base_url, hook=registry.hook)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        (folder / "studies.csv").write_text("\n".join(registry.ids), encoding="utf-8")
        self._told: Counter[str] = Counter()

    def told(self) -> Counter[str]:
        """The studies of its messages, each once for each round."""
        return Counter(self._told)

    def stored(self) -> int:
        """Its database."""
        return size_of(self.folder / "watcher.db")

    def command(self, name: str) -> list[str]:
        """One of its commands."""
        return [*program(), name, "--config", str(self.folder / "config.toml")]

    def read(self, output: Path, start: int = 0) -> None:
        """Count the studies that a report tells of, from this byte on."""
        self._told.update(set(_STUDY.findall(output.read_bytes()[start:].decode("utf-8", "replace"))))


class OurCommands(_Ours):
    """`watcher poll` and then `watcher deliver`, as a crontab has them."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        super().__init__(folder, registry)
        self.parts: list[tuple[Cost, Cost]] = []
        """What the two commands cost in each round."""

    def check(self) -> Cost:
        """Run both."""
        self.rounds += 1
        output = self.folder / f"round-{self.rounds}.out"
        poll = run_once(self.command("poll"), self.folder / f"poll-{self.rounds}.out")
        deliver = run_once(self.command("deliver"), output)
        self.read(output)
        self.parts.append((poll, deliver))
        return poll + deliver


class OurDaemon(_Ours):
    """`watcher run`. It looks every 5 s: a round begins with the first request for the new build."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        super().__init__(folder, registry)
        self._process: subprocess.Popen[bytes] | None = None
        self._output = folder / "daemon.out"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    def check(self) -> Cost:
        """Start it at the first round; then wait until it has polled this build and told everything."""
        self.rounds += 1
        began, used, said = 0.0, 0.0, 0
        if self._process is None:
            began = time.monotonic()
            self._start()
        else:
            used, said = processor_seconds(self.pid), self._output.stat().st_size
        self._wait("poll of this build", self._has_polled)
        wall = time.monotonic() - (began or self.registry.seen_at())
        # What a message says may be printed a moment after it is marked as sent.
        time.sleep(_SETTLING)
        self.read(self._output, said)
        return Cost(wall, processor_seconds(self.pid) - used, peak_mb(self.pid))

    def resting(self) -> float:
        """Its memory now."""
        return resting_mb(self.pid)

    def unmoved(self) -> Cost:
        """What one poll costs where not even the timestamp has moved: the processor's part, on average."""
        asked, used, began = self.registry.requests(), processor_seconds(self.pid), time.monotonic()
        self._wait("further polls", lambda: self.registry.requests() - asked >= QUIET_POLLS)
        polls = self.registry.requests() - asked
        share = 1 / polls
        return Cost((time.monotonic() - began) * share, (processor_seconds(self.pid) - used) * share, peak_mb(self.pid))

    def _start(self) -> None:
        with self._output.open("wb") as out, (self.folder / "daemon.err").open("wb") as err:
            environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
            self._process = subprocess.Popen(self.command("run"), stdout=out, stderr=err, env=environ)
        self.ending.callback(self._end)

    def _end(self) -> None:
        """End it as an operator would."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    def _has_polled(self) -> bool:
        with contextlib.suppress(StoreError), opened(self.folder / "watcher.db", read_only=True) as store:
            health = store.reports.health()
            left = any(health.deliveries.get(status) for status in ("pending", "claimed"))
            return health.poll.data_timestamp == self.registry.build.timestamp and not left
        return False

    def _wait(self, what: str, true: Callable[[], bool]) -> None:
        until = time.monotonic() + LIMIT
        while not true():
            assert self._process
            if time.monotonic() > until or self._process.poll() is not None:
                said = (self.folder / "daemon.err").read_text(encoding="utf-8", errors="replace")[-2000:]
                raise StageError(f"no {what} within {LIMIT:.0f} s: {said}")
            time.sleep(_GLANCE)
