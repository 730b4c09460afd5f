"""Outcome measures against human raters: 731 pairs of registry versions, rated by Holst et al. 2023.

    python -m benchmarks.semantics.outcome_pairs

Each pair becomes two records, which the comparison reads as it reads any. The headline figures are cross-validated:
the pairs are parted by trial, and for each part the thresholds are those that do best on the other parts. The shipped
thresholds are those that do best on all. The rules themselves were written with all of these pairs in view.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from watcher.changes import changes_between
from watcher.changes.outcomes import Limits, Outcomes, Weights
from watcher.changes.reading import Finding, Pair, Version
from watcher.changes.table.outcomes import ROWS
from watcher.model import Severity
from watcher.record import snapshot_of

PAIRS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "outcome_pairs_dev.csv"
FOLDS = 10
READ_ON = datetime(2026, 1, 1, tzinfo=UTC)

SWITCHES = ("new_primary", "primary_omitted", "primary_from_secondary", "primary_to_secondary")
TIMING = ("change_timing", "added_timing", "omitted_timing")
MEASUREMENT = tuple(
    f"{step}_{what}" for step in ("change", "added", "omitted") for what in ("measurement", "aggregation")
)
UNCHANGED = frozenset({"no_change"})

SWITCHED = frozenset({"primary_added", "primary_removed", "promoted", "demoted"})
_DETAIL = frozenset({"primary_detail_added", "primary_detail_removed"})
TOLD = SWITCHED | _DETAIL | {"primary_timeframe_changed", "primary_measurement_changed"}
_LIMITS = tuple(
    Limits(same_type=same, across_types=across, part=part)
    for same, across, part in product((0.15, 0.2, 0.25, 0.3), (0.45,), (0.7, 0.75, 0.8))
)
_BIASES = (-2.4, -2.2, -2.1, -2.0, -1.9, -1.8, -1.6)
_TIME_FRAME = re.compile(r"\n?\[ Time Frame: (.*?) \]\n*", re.DOTALL)

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Rated:
    """Two versions of a trial's outcomes, and what the raters said of its primary ones."""

    trial: str
    labels: frozenset[str]
    before: dict[str, Any]
    after: dict[str, Any]
    primaries: tuple[int, int]

    @property
    def switched(self) -> bool:
        """Whether a primary outcome was added, dropped, promoted or demoted."""
        return bool(self.labels & set(SWITCHES))

    @property
    def changed(self) -> bool:
        """Whether anything changed in the raters' eyes."""
        return bool(self.labels - UNCHANGED)


@dataclass(frozen=True)
class Score:
    """Right, wrong and missed."""

    true: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of what is said that is so."""
        return self.true / max(self.true + self.false, 1)

    @property
    def recall(self) -> float:
        """The share of what is so that is said."""
        return self.true / max(self.true + self.missed, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.true / max(2 * self.true + self.false + self.missed, 1)


def score(said: Iterable[bool], so: Iterable[bool]) -> Score:
    """What was said against what is so."""
    both = list(zip(said, so, strict=True))
    return Score(sum(s and t for s, t in both), sum(s and not t for s, t in both), sum(t and not s for s, t in both))


@cache
def pairs(path: Path = PAIRS) -> tuple[Rated, ...]:
    """The rated pairs."""
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(map(_rated, csv.DictReader(lines)))


def _rated(line: dict[str, str]) -> Rated:
    names = (*SWITCHES, *TIMING, *MEASUREMENT, "points_to_results", "no_change")
    lists = {
        name: [_row(text) for text in json.loads(line[name])] for name in line if re.fullmatch(r".*ary_[ab]", name)
    }
    return Rated(
        trial=line["ref"],
        labels=frozenset(name for name in names if line[name] == "1"),
        before=_record(lists["primary_a"], lists["secondary_a"]),
        after=_record(lists["primary_b"], lists["secondary_b"]),
        primaries=(len(lists["primary_a"]), len(lists["primary_b"])),
    )


def _row(text: str) -> dict[str, str]:
    """`measure`, `[ Time Frame: ... ]` and `description`, each but the first may be missing."""
    framed = _TIME_FRAME.search(text)
    if framed:
        said = {
            "measure": text[: framed.start()],
            "timeFrame": framed[1],
            "description": text[framed.end() :],
        }
    else:
        measure, _, description = text.partition("\n\n")
        said = {"measure": measure, "description": description}
    return {key: value.strip() for key, value in said.items() if value.strip()}


def _record(primary: Rows, secondary: Rows) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001"},
            "outcomesModule": {"primaryOutcomes": primary, "secondaryOutcomes": secondary},
        }
    }


@cache
def verbs(limits: Limits, weights: Weights) -> tuple[tuple[Finding, ...], ...]:
    """What the comparison finds in each pair with these thresholds."""
    compare = Outcomes(limits, weights)
    return tuple(
        tuple(compare.findings(ROWS[0], Pair(Version(pair.before), Version(pair.after), READ_ON.date())))
        for pair in pairs()
    )


def _said(found: Iterable[Finding], wanted: frozenset[str]) -> bool:
    return any(finding.verb in wanted for finding in found)


def folds() -> list[int]:
    """The part to which each pair belongs: all pairs of a trial to the same one."""
    return [int(hashlib.sha256(pair.trial.encode()).hexdigest(), 16) % FOLDS for pair in pairs()]


def _best(options: Sequence[list[bool]], so: Sequence[bool], among: Sequence[int]) -> int:
    """The option that does best on these pairs; the middle one of the best."""
    scores = [score([option[i] for i in among], [so[i] for i in among]).f1 for option in options]
    best = [place for place, value in enumerate(scores) if value == max(scores)]
    return best[len(best) // 2]


def cross_validated(options: Sequence[list[bool]], so: Sequence[bool]) -> Score:
    """Each part scored with the option that does best on the other parts."""
    held = folds()
    said = [False] * len(so)
    for fold in range(FOLDS):
        best = _best(options, so, [i for i, part in enumerate(held) if part != fold])
        for i, part in enumerate(held):
            if part == fold:
                said[i] = options[best][i]
    return score(said, so)


def switches() -> Score:
    """Primary outcomes added, dropped, promoted or demoted, cross-validated over the thresholds of matching."""
    options = [[_said(found, SWITCHED) for found in verbs(limits, Weights())] for limits in _LIMITS]
    return cross_validated(options, [pair.switched for pair in pairs()])


def any_change() -> Score:
    """Any change of a primary outcome, cross-validated over the thresholds of matching and of meaning."""
    settings = [(limits, Weights()) for limits in _LIMITS] + [
        (Limits(), replace(Weights(), bias=bias)) for bias in _BIASES
    ]
    options = [[_said(found, TOLD) for found in verbs(*setting)] for setting in settings]
    return cross_validated(options, [pair.changed for pair in pairs()])


def figures() -> dict[str, float]:
    """The headline figures, and what simpler readings reach."""
    switched, changed = [pair.switched for pair in pairs()], [pair.changed for pair in pairs()]
    primaries = [_primary(pair.before) != _primary(pair.after) for pair in pairs()]
    counts = [pair.primaries[0] != pair.primaries[1] for pair in pairs()]
    shipped = verbs(Limits(), Weights())
    return {
        "outcome_switch_f1": switches().f1,
        "outcome_any_f1": any_change().f1,
        "outcome_switch_f1_shipped": score([_said(found, SWITCHED) for found in shipped], switched).f1,
        "outcome_any_f1_shipped": score([_said(found, TOLD) for found in shipped], changed).f1,
        "baseline_switch_f1_text": score(primaries, switched).f1,
        "baseline_switch_f1_count": score(counts, switched).f1,
        "baseline_any_f1_text": score(primaries, changed).f1,
    }


def _primary(record: dict[str, Any]) -> Any:
    return record["protocolSection"]["outcomesModule"]["primaryOutcomes"]


def by_label() -> dict[str, Score]:
    """The shipped comparison, label by label as far as kinds tell them apart, read with the whole engine."""
    said = [_labels(pair) for pair in pairs()]
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in SWITCHES}
    groups |= {"any switch": SWITCHES, "timing": TIMING, "measurement, aggregation": MEASUREMENT}
    scores = {
        name: score(
            [bool(labels & set(group)) for labels in said], [bool(pair.labels & set(group)) for pair in pairs()]
        )
        for name, group in groups.items()
    }
    return scores | {"any change": score(map(bool, said), [pair.changed for pair in pairs()])}


_MEANT: dict[str, str] = {
    "outcome.primary_added": "new_primary",
    "outcome.primary_removed": "primary_omitted",
    "outcome.promoted": "primary_from_secondary",
    "outcome.demoted": "primary_to_secondary",
    "outcome.primary_timeframe_changed": "change_timing",
    "outcome.primary_measurement_changed": "change_measurement",
}


def _labels(pair: Rated) -> set[str]:
    """What the engine's changes mean in the raters' words."""
    old, new = (snapshot_of(record, seen_at=READ_ON) for record in (pair.before, pair.after))
    found = [change for change in changes_between(old, new) if change.severity > Severity.NOISE]
    labels = {_MEANT[change.kind] for change in found if change.kind in _MEANT}
    for change in found:
        if change.kind.removeprefix("outcome.") in _DETAIL:
            timed = any(path.endswith("timeFrame") for path in change.paths)
            labels.add("added_timing" if timed else "added_measurement")
    return labels


def main(write: Callable[[str], Any] = sys.stdout.write) -> int:
    """Print the figures."""
    if not PAIRS.exists():
        write(f"No rated pairs here: {PAIRS.name} is not beside the project.\n")
        return 1
    write(f"{len(pairs())} pairs of {len({pair.trial for pair in pairs()})} trials\n\n")
    write(f"{'label':28}{'precision':>10}{'recall':>10}{'F1':>10}{'true':>7}{'false':>7}{'missed':>7}\n")
    rows = {**by_label(), "any switch, cross-validated": switches(), "any change, cross-validated": any_change()}
    for name, told in rows.items():
        write(f"{name:28}{told.precision:10.3f}{told.recall:10.3f}{told.f1:10.3f}")
        write(f"{told.true:7}{told.false:7}{told.missed:7}\n")
    write("\n")
    for name, value in figures().items():
        write(f"{name:28}{value:10.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
