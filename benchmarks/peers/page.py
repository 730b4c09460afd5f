"""The tables of docs/performance.md, made from the stored results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from benchmarks.marks import DOCS, put
from benchmarks.peers.playing import CASES, CHANGED, REORDERED, SAME, UNMOVED

PAGE = DOCS / "performance.md"
MARK = "peers"
RESULTS = Path(__file__).resolve().parents[1] / "results" / "peers.json"

Row = Mapping[str, Any]


def write_into_page(said: Mapping[str, Any], page: Path = PAGE, results: Path = RESULTS) -> None:
    """Store the results, and put their tables where the page has its marks; StageError where it has none."""
    put(tables(said), page, MARK)
    results.parent.mkdir(exist_ok=True)
    results.write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n")


def tables(said: Mapping[str, Any]) -> str:
    """The results as a page shows them: where, what, how long, and the goals."""
    numbers = sorted({row["studies"] for row in said["figures"]}, reverse=True)
    return "\n\n".join([_where(said), *(part for number in numbers for part in _part(said, number)), _goals(said)])


def _where(said: Mapping[str, Any]) -> str:
    machine, versions = said["machine"], said["versions"]
    names = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Measured on {said['date']} in one run of {said['seconds']:.0f} s: {machine['cpu']}, {machine['cores']} "
        f"cores, Linux {machine['kernel']}, Python {machine['python']}; load of the machine {said['load_before']} when "
        f"it began and {said['load_after']} when it ended. {names}."
    )


def _part(said: Mapping[str, Any], number: int) -> Iterator[str]:
    rows = [row for row in said["figures"] if row["studies"] == number]
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    found = {(row["tool"], row["case"]): row for row in rows}
    yield f"### {number:,} studies"
    yield "Seconds on the wall / seconds of processor:"
    yield _table(("tool", *CASES), ((tool, *(_seconds(found[tool, case]) for case in CASES)) for tool in tools))
    yield "One round where nothing changed, memory, and who was told of how many studies:"
    heads = ("tool", "requests", "peak MB", "stored MB", "told, all changed", "told, no change", "told, only reordered")
    yield _table(heads, (_told(tool, found) for tool in tools))
    yield _ours(said, number, found)


def _seconds(row: Row) -> str:
    return f"{row['wall']:.1f} / {row['cpu']:.2f}"


def _told(tool: str, found: Mapping[tuple[str, str], Row]) -> Sequence[str]:
    rounds = [found[tool, case] for case in CASES]
    alerts = (f"{found[tool, case]['alerts']:,}" for case in (CHANGED, SAME, REORDERED))
    peak = max(row["peak_mb"] for row in rounds)
    return (tool, f"{found[tool, SAME]['requests']:,}", f"{peak:.0f}", f"{rounds[-1]['store_mb']:.1f}", *alerts)


def _ours(said: Mapping[str, Any], number: int, found: Mapping[tuple[str, str], Row]) -> str:
    """What only our own has: a look that finds no refresh, the parts of the commands, and the daemon at rest."""
    unmoved = {tool: row for (tool, case), row in found.items() if case == UNMOVED}
    looks = ", ".join(f"`{tool}` {row['cpu']:.2f} s" for tool, row in unmoved.items())
    more = {name: value for each in said["more"][str(number)].values() for name, value in each.items()}
    return (
        f"Processor of a look that finds no data refresh, which is all but one a day: {looks}. "
        f"Of the two commands where nothing changed, `watcher poll` took {more['poll_cpu_no_change']:.2f} s and "
        f"`watcher deliver` {more['deliver_cpu_no_change']:.2f} s. `watcher run` at rest has "
        f"{more['rest_mb_after_no_change']:.0f} MB after two cases and "
        f"{more['rest_mb_after_only_reordered']:.0f} MB after all four."
    )


def _goals(said: Mapping[str, Any]) -> str:
    rows = ((goal["said"], goal["measured"], "met" if goal["met"] else "not met") for goal in said["goals"])
    return "### Goals\n\n" + _table(("goal", "measured", ""), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    aligned = ["---", *("---:" for _ in heads[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, aligned, *rows))
