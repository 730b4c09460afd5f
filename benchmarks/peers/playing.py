"""One tool through every case: the same studies, the same builds, the same counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.peers.gauges import Cost
from benchmarks.peers.material import Build
from benchmarks.peers.office import Registry
from benchmarks.peers.ours import OurCommands, OurDaemon
from benchmarks.peers.tools import Tool

FIRST, SAME, UNMOVED, CHANGED, REORDERED = "first run", "no change", "no refresh", "all changed", "only reordered"
CASES = (FIRST, SAME, CHANGED, REORDERED)
# The data are older than today, as they are on a real day.
_DAYS_AGO = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What one tool did in one case; `wall` and `cpu` in seconds, sizes in MB; false alerts are studies."""

    tool: str
    studies: int
    case: str
    wall: float
    cpu: float
    peak_mb: float
    requests: int
    alerts: int
    false_alerts: int
    store_mb: float


@dataclass(frozen=True, slots=True)
class Played:
    """The figures of one tool, and what only some of them have: parts, and memory at rest."""

    figures: tuple[Figures, ...]
    more: dict[str, float]


def builds(today: date) -> dict[str, Build]:
    """The build of each case, in the order in which they are shown."""
    days = [today - timedelta(days=_DAYS_AGO - place) for place in range(len(CASES))]
    changed_on = days[2]
    return {
        FIRST: Build(days[0]),
        SAME: Build(days[1]),
        CHANGED: Build(days[2], changed_on),
        REORDERED: Build(days[3], changed_on, reordered=True),
    }


def played(name: str, tool: Tool, registry: Registry, shown: Iterable[tuple[str, Build]]) -> Played:
    """The tool through these cases; it is left running."""
    figures, more = [], {}
    for case, build in shown:
        registry.show(build)
        figures.append(_measured(name, tool, registry, case))
        if case == SAME:
            figures += _unmoved(name, tool, registry)
        if isinstance(tool, OurDaemon):
            more[f"rest_mb_after_{case.replace(' ', '_')}"] = round(tool.resting(), 1)
        if isinstance(tool, OurCommands):
            more |= dict(_parts(case, tool))
    return Played(tuple(figures), more)


def _measured(name: str, tool: Tool, registry: Registry, case: str) -> Figures:
    asked, told = registry.requests(), tool.told()
    cost = tool.check()
    alerts = len(tool.told() - told)
    return _figures(name, registry, case, cost, registry.requests() - asked, alerts, tool.stored())


def _unmoved(name: str, tool: Tool, registry: Registry) -> Iterator[Figures]:
    """Our own once more, where not even the timestamp has moved; to the others that is the same as no change."""
    if isinstance(tool, OurDaemon):
        yield _figures(name, registry, UNMOVED, tool.unmoved(), 1, 0, tool.stored())
    if isinstance(tool, OurCommands):
        yield _measured(name, tool, registry, UNMOVED)


def _parts(case: str, tool: OurCommands) -> Iterator[tuple[str, float]]:
    for command, cost in zip(("poll", "deliver"), tool.parts[-1], strict=True):
        yield f"{command}_cpu_{case.replace(' ', '_')}", round(cost.cpu, 2)


def _figures(name: str, registry: Registry, case: str, cost: Cost, asked: int, alerts: int, stored: int) -> Figures:
    false = 0 if case == CHANGED else alerts
    return Figures(
        name, len(registry.ids), case, round(cost.wall, 2), round(cost.cpu, 3), round(cost.peak_mb, 1), asked, alerts,
        false, round(stored / 1e6, 1),
    )  # fmt: skip


def play(name: str, tool: Tool, registry: Registry, today: date) -> Played:
    """The tool through every case, and its end."""
    try:
        return played(name, tool, registry, builds(today).items())
    finally:
        tool.close()


def folder_for(folder: Path, name: str, number: int) -> Path:
    """Where a tool keeps what it writes."""
    return folder / f"{number}-{''.join(sign if sign.isalnum() else '-' for sign in name)}"
