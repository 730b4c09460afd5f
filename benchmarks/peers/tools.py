"""What every tool of the benchmark can be asked, and the peers that run once and end."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.peers.gauges import Cost, run_once, size_of
from benchmarks.peers.office import Registry

_CHANGED = re.compile(r"^CHANGED: (NCT\d{8})", re.MULTILINE)


class Tool(ABC):
    """A tool that is set to watch every study of a registry, with files of its own in a folder."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.registry = registry
        self.rounds = 0
        self.ending = ExitStack()
        """What is done when it is closed."""

    @abstractmethod
    def check(self) -> Cost:
        """Have it look at every study once, and tell what changed."""

    @abstractmethod
    def told(self) -> Counter[str]:
        """How often each study was told of so far."""

    @abstractmethod
    def stored(self) -> int:
        """The bytes that it keeps."""

    def close(self) -> None:
        """End whatever still runs."""
        self.ending.close()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a peer that runs once is set: its filters, and what else stands in every job."""

    filters: tuple[dict[str, Any], ...]
    more: tuple[tuple[str, Any], ...] = ()


class _Printing(Tool):
    """A peer that runs once and prints its report."""

    database = "store.db"

    def __init__(self, folder: Path, registry: Registry, program: Path) -> None:
        super().__init__(folder, registry)
        self._program = program
        self._told: Counter[str] = Counter()

    @abstractmethod
    def command(self) -> Sequence[str]:
        """What it is started as."""

    def check(self) -> Cost:
        """Run it once; its report is what it tells."""
        self.rounds += 1
        output = self.folder / f"round-{self.rounds}.out"
        cost = run_once(self.command(), output)
        self._told.update(set(_CHANGED.findall(output.read_text(encoding="utf-8", errors="replace"))))
        return cost

    def told(self) -> Counter[str]:
        """The studies of its reports."""
        return Counter(self._told)

    def stored(self) -> int:
        """Its database."""
        return size_of(self.folder / self.database)

    def write_jobs(self, key: str, manner: Manner) -> None:
        """The list of jobs, in the subset of YAML that is JSON."""
        jobs = [
            {"name": nct_id, "url": self.registry.page(nct_id), key: list(manner.filters), **dict(manner.more)}
            for nct_id in self.registry.ids
        ]
        text = "\n---\n".join(orjson.dumps(job).decode() for job in jobs)
        (self.folder / "jobs.yaml").write_text(text, encoding="utf-8")

    def write_config(self, config: dict[str, Any]) -> None:
        """Its settings, likewise."""
        (self.folder / "config.yaml").write_bytes(orjson.dumps(config))


_REPORTS = {
    "display": {"new": False, "error": True, "unchanged": False},
    "report": {"stdout": {"enabled": True, "color": False}, "text": {"details": True, "footer": False}},
}


class Urlwatch(_Printing):
    """urlwatch; it fetches with ten threads, which cannot be set."""

    def __init__(self, folder: Path, registry: Registry, program: Path, manner: Manner) -> None:
        super().__init__(folder, registry, program)
        self.write_jobs("filter", manner)
        self.write_config(_REPORTS)
        (folder / "hooks.py").write_text("")

    def command(self) -> Sequence[str]:
        """What it is started as."""
        files = {"urls": "jobs.yaml", "config": "config.yaml", "hooks": "hooks.py", "cache": self.database}
        return [str(self._program), *(f"--{name}={self.folder / file}" for name, file in files.items())]


class Webchanges(_Printing):
    """webchanges."""

    def __init__(self, folder: Path, registry: Registry, program: Path, manner: Manner) -> None:
        super().__init__(folder, registry, program)
        self.write_jobs("filters", manner)
        self.write_config(_REPORTS)
        (folder / "hooks.py").write_text("")

    def command(self) -> Sequence[str]:
        """What it is started as."""
        files = {"jobs": "jobs.yaml", "config": "config.yaml", "hooks": "hooks.py", "database": self.database}
        return [str(self._program), *(f"--{name}={self.folder / file}" for name, file in files.items())]
