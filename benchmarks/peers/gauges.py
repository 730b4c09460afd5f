"""What a process costs: processor seconds, the most memory it ever had, the size of what it stores."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stage import StageError, memory_kb

GLANCE = 0.01
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock on the wall, seconds of processor, and peak memory in MB."""

    wall: float
    cpu: float
    peak_mb: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak_mb, other.peak_mb))


def run_once(command: Sequence[str], output: Path, environ: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, and what it cost with its children; StageError where it does not end with 0."""
    began = time.monotonic()
    with output.open("wb") as out, output.with_suffix(".err").open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, env={**os.environ, **(environ or {})})
    peak = 0
    while not (waited := os.wait4(process.pid, os.WNOHANG))[0]:
        # Not ru_maxrss: after fork and exec that begins with the memory of whoever started the command.
        peak = max(peak, memory_kb(process.pid))
        time.sleep(GLANCE)
    process.returncode = os.waitstatus_to_exitcode(waited[1])
    if process.returncode:
        said = output.with_suffix(".err").read_text(encoding="utf-8", errors="replace")[-2000:]
        raise StageError(f"{Path(command[0]).name} ended with {process.returncode}: {said}")
    return Cost(time.monotonic() - began, waited[2].ru_utime + waited[2].ru_stime, peak / 1024)


def processor_seconds(pid: int) -> float:
    """What a running process has used so far, with its children, living and dead."""
    return sum(_own_ticks(each) for each in family(pid)) / _TICKS


def peak_mb(pid: int) -> float:
    """The most memory that a process ever had, or one of its living children if that had more.

    Not their sum: what they share would be counted twice.
    """
    return max(map(memory_kb, family(pid)), default=0) / 1024


def resting_mb(pid: int) -> float:
    """The memory that a process has now."""
    return memory_kb(pid, "VmRSS") / 1024


def family(pid: int) -> list[int]:
    """The process and everything it started that is still there."""
    try:
        found = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]
    except OSError:
        return []
    return [pid, *(each for child in found for each in family(child))]


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text(encoding="ascii").split()
    except OSError:  # a thread that has ended meanwhile
        return []


def _own_ticks(pid: int) -> int:
    """User and system time, its own and that of children it has waited for."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return sum(map(int, said.rpartition(")")[2].split()[11:15]))


def size_of(place: Path) -> int:
    """The bytes of a file, or of everything in a folder."""
    if place.is_dir():
        return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in place.parent.glob(f"{place.name}*"))


def load() -> float:
    """How loaded the machine is: processes that want to run, over the last minute."""
    return os.getloadavg()[0]
