"""changedetection.io, which runs all the time and is steered over its API."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from benchmarks.peers.gauges import Cost, peak_mb, processor_seconds, size_of
from benchmarks.peers.office import Registry
from benchmarks.peers.tools import Tool
from benchmarks.stage import StageError
from tests.servers import free_port

# Its documentation: fetchers that work side by side; loopback is refused unless that is set.
_ENVIRON = {
    "ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "FETCH_WORKERS": "10", "NOTIFICATION_WORKERS": "4",
    "MINIMUM_SECONDS_RECHECK_TIME": "0", "DISABLE_VERSION_CHECK": "true", "LOGGER_LEVEL": "ERROR",
}  # fmt: skip
_LOOK = 1.0
# So long without a notification or work of the processor means that all of a round is told.
_QUIET, _IDLE_SHARE = 3.0, 0.15
LIMIT = 900.0


class Changedetection(Tool):
    """changedetection.io, with one filter for every study; it posts its notifications."""

    def __init__(self, folder: Path, registry: Registry, program: Path, filter: str) -> None:
        super().__init__(folder, registry)
        self._filter = filter
        self._port = free_port()
        (folder / "store").mkdir()
        self._log = (folder / "log").open("wb")
        command = [str(program), "-d", str(folder / "store"), "-p", str(self._port), "-h", "127.0.0.1"]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log, env={**os.environ, **_ENVIRON})
        self.ending.callback(self._end)
        try:
            self._wait("answer of changedetection.io", self._is_up, 120)
        except StageError:
            self.close()
            raise

    def check(self) -> Cost:
        """Add every study, then at each further round have every one of them checked again."""
        began, used, asked = time.monotonic(), processor_seconds(self._process.pid), self.registry.requests()
        if self.rounds == 0:
            self._add()
        else:
            self._call("GET", "/watch?recheck_all=1")
        self.rounds += 1
        number = len(self.registry.ids)
        self._wait("request for every study", lambda: self.registry.requests() - asked >= number, LIMIT)
        wall = self._settled() - began
        return Cost(wall, processor_seconds(self._process.pid) - used, peak_mb(self._process.pid))

    def told(self) -> Counter[str]:
        """What it posted."""
        return self.registry.told()

    def stored(self) -> int:
        """Its folder."""
        return size_of(self.folder / "store")

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _add(self) -> None:
        asked = {
            "include_filters": orjson.dumps([self._filter]).decode(),
            "notification_urls": orjson.dumps([f"json://{self.registry.hook}"]).decode(),
            "notification_format": "text",
        }
        pages = "\n".join(map(self.registry.page, self.registry.ids))
        self._call("POST", f"/import?{urlencode(asked)}", pages.encode())

    def _settled(self) -> float:
        """The moment at which it went quiet, once it has."""
        quiet_since, until = time.monotonic(), time.monotonic() + LIMIT
        told, used = self.registry.told(), processor_seconds(self._process.pid)
        while time.monotonic() - quiet_since < _QUIET:
            time.sleep(_LOOK)
            now_told, now_used = self.registry.told(), processor_seconds(self._process.pid)
            if now_told != told or now_used - used > _IDLE_SHARE * _LOOK:
                quiet_since = time.monotonic()
            told, used = now_told, now_used
            if time.monotonic() > until:
                raise StageError("changedetection.io did not go quiet")
        return quiet_since

    def _is_up(self) -> bool:
        with contextlib.suppress(OSError, urllib.error.HTTPError):
            return bool(self._call("GET", "/systeminfo"))
        return False

    def _call(self, method: str, path: str, body: bytes | None = None) -> Any:
        settings = orjson.loads((self.folder / "store" / "changedetection.json").read_bytes())
        token = settings["settings"]["application"]["api_access_token"]
        headers = {"x-api-key": token} | ({"Content-Type": "text/plain"} if body else {})
        url = f"http://127.0.0.1:{self._port}/api/v1{path}"
        asked = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310 - loopback
            return orjson.loads(answer.read())

    def _wait(self, what: str, true: Callable[[], bool], limit: float) -> None:
        until = time.monotonic() + limit
        while not true():
            if time.monotonic() > until or self._process.poll() is not None:
                said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
                raise StageError(f"no {what} within {limit:.0f} s: {said}")
            time.sleep(0.25)
