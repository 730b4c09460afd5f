"""One command of the product as a process of its own, and what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.stage import StageError, memory_kb

GLANCE = 0.02
WATCHER = (sys.executable, "-m", "watcher")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took; `cpu` is user and system time together, `peak_mb` the most memory it ever had."""

    cpu: float
    wall: float
    peak_mb: float
    said: Mapping[str, Any] = field(default_factory=dict)


class Running:
    """A process that is being measured. Its output ends with an object, where it comes to its end."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._began = time.monotonic()
        self._log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        self._peak_kb = 0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def ended(self, *, well: bool = True) -> Cost:
        """Wait for its end; StageError where it failed and should not have."""
        assert self.process.stdout is not None
        with self.process.stdout as output:
            said = output.read()
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self._over.set()
        self._looking.join()
        if well and self.process.returncode:
            raise StageError(f"a command ended with {self.process.returncode}: {self._last_words()}")
        wall = time.monotonic() - self._began
        return Cost(used.ru_utime + used.ru_stime, wall, self._peak_kb / 1024, _report(said) if well else {})

    def _look(self) -> None:
        # The kernel's own figure for children counts the parent, too, whose copy a child is for a moment.
        while not self._over.wait(GLANCE):
            self._peak_kb = max(self._peak_kb, memory_kb(self.process.pid))

    def _last_words(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]


def measured(arguments: Sequence[str], log: Path) -> Cost:
    """A command of the product, to its end."""
    return Running([*WATCHER, *arguments], log).ended()


def killed_when(arguments: Sequence[str], log: Path, moment: Callable[[], bool]) -> bool:
    """A command of the product, killed as soon as the moment has come; whether it came before its end."""
    running = Running([*WATCHER, *arguments], log)
    while not moment():
        if running.process.poll() is not None:
            return False
        time.sleep(GLANCE / 4)
    running.kill()
    running.ended(well=False)
    return True


def _report(said: bytes) -> Mapping[str, Any]:
    """The object that the output ends with: what channels print may stand before it."""
    text = said.decode("utf-8", "replace")
    start = 0 if text.startswith("{\n") else text.rfind("\n{\n") + 1
    try:
        found: Mapping[str, Any] = json.loads(text[start:])
    except ValueError:
        return {}
    return found
