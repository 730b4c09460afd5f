"""The registry's process as the benchmark steers it."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from benchmarks.peers.material import Build, number_of
from benchmarks.peers.registry import BASE


class Registry:
    """The registry of `number` studies, started inside `with`."""

    def __init__(self, records: Path, number: int) -> None:
        self.ids = tuple(number_of(place) for place in range(number))
        self._command = [sys.executable, "-m", "benchmarks.peers.registry", str(records), str(number)]
        self.build = Build(date.min)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()

    @property
    def base_url(self) -> str:
        """What `[registry] base_url` is set to."""
        return self.url + BASE

    @property
    def hook(self) -> str:
        """Host, port and path that take notifications, for URLs of any scheme."""
        return f"{self.url.removeprefix('http://')}/bench/alert"

    def page(self, nct_id: str) -> str:
        """The address of one study's record."""
        return f"{self.base_url}/studies/{nct_id}"

    def show(self, build: Build) -> None:
        """Serve this build from now on."""
        asked = orjson.dumps(asdict(build))
        urllib.request.urlopen(f"{self.url}/bench/build", asked, timeout=120).close()  # noqa: S310 - loopback
        self.build = build

    def requests(self) -> int:
        """How many requests were made of the registry so far."""
        return int(self._counts()["requests"])

    def seen_at(self) -> float:
        """When this build was asked for first, by the clock of time.monotonic; 0.0 where it was not yet."""
        return float(self._counts()["seen_at"])

    def told(self) -> Counter[str]:
        """In how many notifications each study was told of so far."""
        return Counter(self._counts()["told"])

    def _counts(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/bench/counts", timeout=60) as answer:  # noqa: S310 - loopback
            said: dict[str, Any] = orjson.loads(answer.read())
        return said
