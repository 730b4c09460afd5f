"""The registry as a process, and a watcher with its configuration and its database, in one folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.scale.kept import Day
from benchmarks.scale.measured import Cost, killed_when, measured
from benchmarks.scale.registry import BASE, STEERING

EVERYTHING = '[[watch]]\nname = "all"\neverything = true\n'
SEARCH = '[[watch]]\nname = "search"\nsearch = {{ condition = "{condition}" }}\n'
# A reader with a preset; what it is told goes to the output, which nobody reads.
_CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1h"
min_interval = 0
complete_every = "{complete_every}"

[store]
path = "{name}.db"

{watches}
[[channel]]
name = "desk"
url = "console://"

[[route]]
name = "desk"
preset = "competitive-intelligence"
to = ["desk"]

[operator]
channel = "desk"
"""
MEGABYTE = 1_000_000
PATIENCE = 3600.0


@dataclass(frozen=True, slots=True)
class Sources:
    """What the registry is made of, and where its pages are kept."""

    captures: Path
    records: Path
    cache: Path
    seed: int


class Made:
    """The registry in its process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=PATIENCE)

    @property
    def base_url(self) -> str:
        """What `[registry] base_url` is set to."""
        return self.url + BASE

    def figures(self) -> dict[str, Any]:
        """What it counts: requests and bytes so far, and the condition of its search."""
        return self._steer("figures")

    def prepare(self) -> None:
        """Have every page of the whole listing made, so that nobody waits for one."""
        self._steer("prepare")

    def move(self, day: Day) -> None:
        """Pass to another day."""
        self._steer("day", date=day.date.isoformat(), changed=day.changed, new=day.new, gone=day.gone)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _steer(self, what: str, **said: object) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.post(f"{STEERING}/{what}", json=said).raise_for_status().json()
        return answer


@contextmanager
def registry(sources: Sources, studies: int) -> Iterator[Made]:
    """A registry of so many studies, until the end of the `with`."""
    command = [
        sys.executable, "-m", "benchmarks.scale.registry", "--captures", str(sources.captures),
        "--records", str(sources.records), "--cache", str(sources.cache), "--studies", str(studies),
        "--seed", str(sources.seed),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        made = Made(process.stdout.readline().strip())
        try:
            yield made
        finally:
            made.close()
            process.kill()


@dataclass(frozen=True, slots=True)
class Step:
    """One poll, or one delivery: what the process took, and what the registry was asked meanwhile."""

    cost: Cost
    requests: int
    megabytes: float
    database_mb: float


class Desk:
    """A watcher: its configuration, its database, and its commands, each in a process."""

    def __init__(self, name: str, folder: Path, made: Made, watches: Sequence[str]) -> None:
        self.database = folder / f"{name}.db"
        self._name, self._made, self._folder = name, made, folder
        self._watches = "\n".join(watches)
        self._log = folder / f"{name}.log"
        self.configure("30d")

    def configure(self, complete_every: str) -> None:
        """Write the configuration; a large search is swept whole so often."""
        said = _CONFIG.format(
            base_url=self._made.base_url, complete_every=complete_every, name=self._name, watches=self._watches
        )
        self._config.write_text(said, encoding="utf-8")

    def poll(self) -> Step:
        """Poll once."""
        return self._step(self.poll_command())

    def poll_command(self) -> list[str]:
        """What one poll is started with."""
        return ["poll", "--json", "--config", str(self._config)]

    def deliver(self) -> Step:
        """Send what is due."""
        return self._step(["deliver", "--json", "--config", str(self._config)])

    def poll_killed(self, requests: int) -> bool:
        """Begin a poll and kill it when it has asked so often; whether it had not come to its end by then."""
        before = self._made.figures()["requests"]
        return killed_when(
            self.poll_command(),
            self._log,
            lambda: self._made.figures()["requests"] >= before + requests,
        )

    def size_mb(self) -> float:
        """What the database takes on the disk, its log included."""
        files = [self.database, self.database.with_name(self.database.name + "-wal")]
        return sum(path.stat().st_size for path in files if path.exists()) / MEGABYTE

    @property
    def _config(self) -> Path:
        return self._folder / f"{self._name}.toml"

    def _step(self, arguments: Sequence[str]) -> Step:
        before = self._made.figures()
        cost = measured(arguments, self._log)
        after = self._made.figures()
        return Step(
            cost,
            after["requests"] - before["requests"],
            (after["bytes"] - before["bytes"]) / MEGABYTE,
            self.size_mb(),
        )
