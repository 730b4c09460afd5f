"""How well the engine reads real records: a table for people, and one line of JSON with every figure.

Labels, the story of one study, cases of site identity, records written otherwise (nobody may hear of them), single
edits (each must be told exactly once), pairs of outcome lists, and speed. The data stand beside the project. Exit 0
also where a goal is missed: this is a measurement. 1: an error. 2: no data.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.semantics import cases, speed, story
from benchmarks.semantics.gold import ScoreError, score
from benchmarks.semantics.material import Fault, Material, Progress, material
from benchmarks.semantics.noise import noise
from benchmarks.semantics.told import Told, told
from benchmarks.truth import NoData, labels

Figures = dict[str, Any]

SHOWN = 40

GOALS: Figures = {
    "gold_f1_minor": ">= 0.98",
    "gold_f1_major": ">= 0.99",
    "gold_severity_accuracy": ">= 0.97",
    "gold_must_not": "<= 0",
    "story_f1_minor": ">= 0.98",
    "story_deviations": "<= 0",
    "site_cases_failed": "<= 0",
    "noise_false": "<= 0",
    "edits_told": ">= 0.98",
    "edits_extra": "<= 0",
    "edits_severity_accuracy": ">= 0.97",
    "outcome_switch_f1": ">= 0.85",
    "outcome_any_f1": ">= 0.88",
    "changes_mean_ms": "<= 4",
    "changes_p99_ms": "<= 40",
    "many_sites_ms": "<= 300",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything, print it, and return the exit code."""
    options = _options(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="nct-watcher-semantics-") as folder:
            figures = _measured(Path(folder), options)
    except NoData as reason:
        print(f"error: {reason}", file=sys.stderr)
        return 2
    except ScoreError as reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    print(json.dumps(figures), flush=True)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.semantics",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="The last line is one JSON object.",
    )
    parser.add_argument("--all", action="store_true", help=f"list every fault, not only {SHOWN} of a sort")
    parser.add_argument("--only", choices=tuple(PARTS), nargs="+", default=tuple(PARTS), help="only these parts")
    parser.add_argument("--kind", default="", help="of the edits, only those of kinds that begin so")
    return parser.parse_args(arguments)


def _measured(folder: Path, options: argparse.Namespace) -> Figures:
    began = time.monotonic()
    progress = _progress(began)
    progress("unpacking")
    data = material(folder)
    figures: Figures = {}
    for name in options.only:
        progress(name)
        figures |= PARTS[name](data, progress, options)
    figures["seconds"] = round(time.monotonic() - began, 1)
    _print_figures(figures)
    return figures


def _progress(began: float) -> Progress:
    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", file=sys.stderr, flush=True)

    return say


# --- the parts ----------------------------------------------------------------------------


def _labels(data: Material, progress: Progress, options: argparse.Namespace) -> Figures:
    figures: Figures = {}
    for name, file in (("gold", "gold_dev.json"), ("story", "nct04150497/expected.json")):
        scored = score(file, data.captures)
        _print_faults(f"labels, {file}", scored.misses, options)
        figures |= {
            f"{name}_f1_minor": scored.f1("minor"),
            f"{name}_f1_major": scored.f1("major"),
            f"{name}_severity_accuracy": scored.severity_accuracy,
            f"{name}_must_not": scored.must_not,
        }
    return figures


def _story(data: Material, progress: Progress, options: argparse.Namespace) -> Figures:
    deviations = story.deviations()
    _print_faults("story, exactly", deviations, options)
    return {"story_deviations": len(deviations)}


def _sites(data: Material, progress: Progress, options: argparse.Namespace) -> Figures:
    number, failures = cases.failures()
    _print_faults("site cases", failures, options)
    return {"site_cases": number, "site_cases_passed": number - len(failures), "site_cases_failed": len(failures)}


def _noise(data: Material, progress: Progress, options: argparse.Namespace) -> Figures:
    result = noise(data, labels(), progress)
    _print_faults("noise told above noise", result.false, options)
    return {
        "noise_pairs": result.pairs,
        "noise_mutated": result.mutated,
        "noise_false": len(result.false),
        "noise_false_by_mutation": dict(result.by_kind.most_common()),
    }


def _edits(data: Material, progress: Progress, options: argparse.Namespace) -> Figures:
    result = told(data, progress, kinds=options.kind)
    _print_kinds(result)
    _print_faults("edits not told once", result.missed, options)
    _print_faults("edits with something false beside", result.extra, options)
    _print_faults("edits of another severity", result.weighed, options)
    _print_faults("edits that no record allows", result.untried, options)
    tries, judged = result.tries.total(), result.severities.total()
    return {
        "edits": tries,
        "edits_told": round(result.hits.total() / tries, 4) if tries else None,
        "edits_kinds": len(result.tries),
        "edits_kinds_perfect": sum(result.hits[kind] == number for kind, number in result.tries.items()),
        "edits_extra": len(result.extra),
        "edits_severity_accuracy": round(result.severities["right"] / judged, 4) if judged else None,
        "edits_by_kind": {kind: [result.hits[kind], number] for kind, number in sorted(result.tries.items())},
    }


def _outcomes(data: Material, progress: Progress, options: argparse.Namespace) -> Figures:
    """The figures of another measurement, where it is there."""
    try:
        part = importlib.import_module("benchmarks.semantics.outcome_pairs")
    except ModuleNotFoundError:
        return {"outcome_switch_f1": None, "outcome_any_f1": None}
    figures: Figures = part.figures()
    return figures


def _speed(data: Material, progress: Progress, options: argparse.Namespace) -> Figures:
    result = speed.speed(data, progress)
    return {
        "changed_pairs": result.pairs,
        "changes_mean_ms": round(result.mean_ms, 2),
        "changes_cold_mean_ms": round(result.cold_mean_ms, 2),
        "changes_p99_ms": round(result.p99_ms, 2),
        "unchanged_us": round(result.unchanged_us, 1),
        "many_sites_ms": round(result.many_sites_ms, 1),
        "deepdiff_pairs": result.deepdiff_pairs,
        "deepdiff_mean_ms": round(result.deepdiff_mean_ms, 2),
        "deepdiff_same_pairs_ms": round(result.same_pairs_mean_ms, 2),
    }


PARTS: dict[str, Callable[[Material, Progress, argparse.Namespace], Figures]] = {
    "labels": _labels,
    "story": _story,
    "sites": _sites,
    "noise": _noise,
    "edits": _edits,
    "outcomes": _outcomes,
    "speed": _speed,
}


# --- for people -----------------------------------------------------------------------------


def _print_figures(figures: Figures) -> None:
    print()
    for name, value in figures.items():
        if not isinstance(value, dict):
            print(f"{name.replace('_', ' '):28} {'-' if value is None else value!s:>10}{_goal(name, value)}")


def _goal(name: str, value: Any) -> str:
    if name not in GOALS or value is None:
        return ""
    sign, _, bound = GOALS[name].partition(" ")
    met = value >= float(bound) if sign == ">=" else value <= float(bound)
    return f"   goal {GOALS[name]}{'' if met else ', MISSED'}"


def _print_kinds(result: Told) -> None:
    short = {kind: number for kind, number in sorted(result.tries.items()) if result.hits[kind] < number}
    print(f"\nkinds of which an edit was not told once: {len(short)} of {len(result.tries)}")
    for kind, number in short.items():
        print(f"  {kind:40} {result.hits[kind]:4} of {number}")


def _print_faults(title: str, faults: Iterable[Fault | str], options: argparse.Namespace) -> None:
    """A heading with the number, and the faults, the same sort a few times at most."""
    lines = [str(fault) for fault in faults]
    print(f"\n{title}: {len(lines)}")
    shown: list[str] = []
    sorts: dict[str, int] = {}
    for line in lines:
        sort = line.partition(": ")[0]
        sorts[sort] = sorts.get(sort, 0) + 1
        if options.all or (sorts[sort] <= 4 and len(shown) < SHOWN):
            shown.append(line)
    for line in shown:
        print(f"  {line[:320]}")
    if len(shown) < len(lines):
        print(f"  and {len(lines) - len(shown)} more (--all shows them)")


if __name__ == "__main__":
    sys.exit(main())
