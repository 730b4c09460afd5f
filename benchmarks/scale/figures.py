"""The figures of the plays, the goals they are held against, and the table of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.scale.killing import Survived
from benchmarks.scale.plays import Played
from benchmarks.scale.scene import Step

WORKING_DAYS = 250
# The registry's listing has pages of 1,000, and we ask for one a second.
SECONDS_A_REQUEST = 1.0
# Goals are those of the whole registry: a smaller one is held against nothing.
WHOLE = 600_000


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure and what it must not exceed."""

    figure: str
    words: str
    limit: float
    unit: str


GOALS = (
    Goal("steady_cpu_s", "steady sweep, CPU", 100, "s"),
    Goal("steady_rss_mb", "steady sweep, memory", 120, "MB"),
    Goal("steady_share_of_budget", "steady sweep, CPU of the time its requests take", 0.1, ""),
    Goal("first_cpu_s", "first load, CPU", 480, "s"),
    Goal("first_rss_mb", "first load, memory", 300, "MB"),
    Goal("first_database_mb", "database after the first load", 2600, "MB"),
    Goal("day_cpu_s", "typical day, CPU, messages included", 20, "s"),
    Goal("changed_record_cpu_ms", "changed record, CPU all in", 4, "ms"),
    Goal("growth_mb_a_year", "growth in 250 such days", 500, "MB"),
)
# Which steps are told, and under which name.
_STEPS = {
    "first": "whole: first load",
    "steady": "whole: steady sweep",
    "poll": "whole: typical day",
    "messages": "whole: its messages",
    "quiet": "whole: day without changes",
    "quiet_messages": "whole: messages without changes",
    "search_first": "search: first load",
    "search_steady": "search: steady sweep",
    "search_poll": "search: typical day",
}

# What the commands themselves say of what they did.
_TOLD = ("versions", "changes", "alerts", "clocks", "delivered")


def figures(played: Played, survived: Survived | None, held_out: Mapping[str, float]) -> dict[str, Any]:
    """What the last line says."""
    said: dict[str, Any] = {"studies": played.studies}
    for name, step in _STEPS.items():
        if step in played.steps:
            said |= _of_step(name, played.steps[step])
    return said | _derived(said, played) | _of_kills(survived) | dict(held_out)


def judged(said: Mapping[str, Any]) -> list[tuple[Goal, float, bool]]:
    """Each goal that something is known about, what was measured, and whether it is met."""
    known = [goal for goal in GOALS if goal.figure in said]
    return [(goal, said[goal.figure], said[goal.figure] <= goal.limit) for goal in known]


def table(said: Mapping[str, Any]) -> list[Sequence[str]]:
    """The goals as rows: what, measured, goal, whether it is met."""
    whole = said["studies"] >= WHOLE
    return [
        (goal.words, _told(value, goal.unit), _told(goal.limit, goal.unit), _verdict(met) if whole else "-")
        for goal, value, met in judged(said)
    ]


def _verdict(met: bool) -> str:
    return "met" if met else "not met"


def _told(value: float, unit: str) -> str:
    return f"{value * 100:.1f} %" if not unit else f"{value:,.1f} {unit}".replace(".0 ", " ")


def _of_step(name: str, step: Step) -> dict[str, float]:
    cost = step.cost
    told = {f"{name}_{what}": cost.said[what] for what in _TOLD if cost.said.get(what)}
    return {
        f"{name}_cpu_s": round(cost.cpu, 2),
        f"{name}_wall_s": round(cost.wall, 1),
        f"{name}_rss_mb": round(cost.peak_mb, 1),
        f"{name}_requests": step.requests,
        f"{name}_received_mb": round(step.megabytes, 1),
        f"{name}_database_mb": round(step.database_mb, 1),
        **told,
    }


def _derived(said: Mapping[str, Any], played: Played) -> dict[str, float]:
    found: dict[str, float] = {}
    if "steady_cpu_s" in said:
        found["steady_share_of_budget"] = round(said["steady_cpu_s"] / said["steady_requests"] / SECONDS_A_REQUEST, 4)
    if "quiet_cpu_s" in said:
        day = said["poll_cpu_s"] + said["messages_cpu_s"]
        without = said["quiet_cpu_s"] + said["quiet_messages_cpu_s"]
        found |= {
            "day_cpu_s": round(day, 2),
            "day_changed": played.changed,
            "changed_record_cpu_ms": round(1000 * (day - without) / played.changed, 2),
            "growth_mb_a_day": round(played.grown_mb, 2),
            "growth_mb_a_year": round(played.grown_mb * WORKING_DAYS, 1),
        }
    return found


def _of_kills(survived: Survived | None) -> dict[str, Any]:
    if survived is None:
        return {}
    return {"kills": survived.kills, "kills_compared_rows": survived.rows, "kills_differing": list(survived.differing)}
