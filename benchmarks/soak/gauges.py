"""Memory, open files and threads of the daemon, and how they grow with the number of polls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.stage import Daemon, memory_kb

EVERY = 0.5
# Polls of an incarnation until everything is loaded that it will ever load.
WARM_UP = 20
FEWEST_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at one incarnation, after so many polls of its own."""

    incarnation: int
    polls: int
    memory_mb: float
    files: int
    threads: int


class Gauges(threading.Thread):
    """Looks at the daemon twice a second until stopped."""

    def __init__(self, daemon: Daemon, polls: Callable[[], int]) -> None:
        super().__init__(name="gauges", daemon=True)
        self._daemon, self._polls = daemon, polls
        self._over = threading.Event()
        self._began: dict[int, int] = {}
        self.samples: list[Sample] = []

    def run(self) -> None:
        """One sample after the other."""
        while not self._over.wait(EVERY):
            process, number, polls = self._daemon.process, self._daemon.starts, self._polls()
            if process is None or process.poll() is not None:
                continue
            began = self._began.setdefault(number, polls)
            found = sample_of(process.pid, number, polls - began)
            if found is not None:
                self.samples.append(found)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self.join()


def sample_of(pid: int, incarnation: int, polls: int) -> Sample | None:
    """A look at a process; None where it is gone."""
    memory = memory_kb(pid, "VmRSS")
    try:
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return None
    return Sample(incarnation, polls, memory / 1024, files, threads) if memory else None


def slope(samples: Iterable[Sample], of: Callable[[Sample], float]) -> float | None:
    """How much it grows in 1,000 polls: least squares after the warm-up, each incarnation about its own mean."""
    groups: dict[int, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.incarnation, []).append(sample)
    kept = [group for group in map(_warm, groups.values()) if len(group) >= FEWEST_SAMPLES]
    parts = [_sums(group, of) for group in kept]
    across = sum(part[1] for part in parts)
    return 1000 * sum(part[0] for part in parts) / across if across else None


def _warm(group: Sequence[Sample]) -> list[Sample]:
    """Its later half, but for the first polls."""
    last = max(sample.polls for sample in group)
    return [sample for sample in group if sample.polls >= max(WARM_UP, last / 2)]


def _sums(group: Sequence[Sample], of: Callable[[Sample], float]) -> tuple[float, float]:
    middle = sum(sample.polls for sample in group) / len(group)
    level = sum(map(of, group)) / len(group)
    return (
        sum((sample.polls - middle) * (of(sample) - level) for sample in group),
        sum((sample.polls - middle) ** 2 for sample in group),
    )
