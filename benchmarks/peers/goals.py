"""What was to be reached against the best of the peers, and whether it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.peers.playing import CHANGED, FIRST, REORDERED, SAME, Figures
from benchmarks.peers.rows import COMMANDS, DAEMON

FEWER_REQUESTS, LESS_CPU_RUNNING, LESS_CPU_ONCE, RESTING_MB = 50, 20, 5, 90
_OURS = (COMMANDS, DAEMON)
_SILENT = (FIRST, SAME, REORDERED)


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in words, what was measured, and whether it is met."""

    said: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Alone:
    """What only our own tools have: CPU seconds of `watcher poll` where nothing changed, MB of the daemon at rest.

    At rest: after two polls, and after two more in which all was changed, which told of every study.
    """

    poll_cpu: float
    rest_mb: float
    rest_mb_at_worst: float


def goals(figures: Sequence[Figures], alone: Alone) -> list[Goal]:
    """Every goal, at the largest number of studies that was played with peers."""
    most = max(each.studies for each in figures)
    there = [each for each in figures if each.studies == most]
    return [*_ratios(there, alone.poll_cpu), *_resting(alone, most), *_alerts(there)]


def _ratios(figures: Sequence[Figures], poll_cpu: float) -> Iterator[Goal]:
    peers = [each for each in figures if each.case == SAME and each.tool not in _OURS]
    if not peers:
        return
    ours = {each.tool: each for each in figures if each.case == SAME}
    fewest = min(each.requests for each in peers) / max(ours[tool].requests for tool in _OURS)
    yield _ratio("times fewer requests than the best peer", FEWER_REQUESTS, fewest)
    best = min(peers, key=lambda each: each.cpu)
    ways = (
        (DAEMON, LESS_CPU_RUNNING, ours[DAEMON].cpu),
        ("watcher poll", LESS_CPU_ONCE, poll_cpu),
        (COMMANDS, LESS_CPU_ONCE, ours[COMMANDS].cpu),
    )
    for way, wanted, cpu in ways:
        yield _ratio(f"times less CPU than {best.tool} where nothing changed, `{way}`", wanted, best.cpu / cpu)


def _ratio(words: str, wanted: float, found: float) -> Goal:
    return Goal(f"at least {wanted} {words}", f"{found:.1f} times", found >= wanted)


def _resting(alone: Alone, studies: int) -> Iterator[Goal]:
    said = f"`{DAEMON}` at rest with {studies:,} studies: at most {RESTING_MB} MB"
    yield Goal(said, f"{alone.rest_mb:.1f} MB", alone.rest_mb <= RESTING_MB)
    yield Goal(
        f"{said}, after {studies:,} alerts", f"{alone.rest_mb_at_worst:.1f} MB", alone.rest_mb_at_worst <= RESTING_MB
    )


def _alerts(figures: Sequence[Figures]) -> Iterator[Goal]:
    false = {
        tool: sum(each.false_alerts for each in figures if each.tool == tool and each.case in _SILENT)
        for tool in {each.tool for each in figures}
    }
    ours = sum(false[tool] for tool in _OURS)
    peers = [number for tool, number in false.items() if tool not in _OURS]
    among = f", peers {', '.join(str(number) for number in sorted(peers, reverse=True))}" if peers else ""
    yield Goal("no false alert", f"{ours}{among}", ours == 0)
    told = [each for each in figures if each.case == CHANGED and each.tool in _OURS]
    missed = sum(each.studies - each.alerts for each in told)
    yield Goal("no change untold", str(missed), missed == 0)
