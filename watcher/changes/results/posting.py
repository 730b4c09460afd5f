"""Whether results are public, and what moved in them once they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watcher.changes.language.words import counted
from watcher.changes.reading import Finding, Pair, Row, Verb, Version
from watcher.changes.results.tracking import ANNOTATION, SUBMISSIONS
from watcher.changes.rules import When
from watcher.record import canonical, folded

RESULTS = "resultsSection"
RESULTS_DATES = "protocolSection.statusModule.resultsFirstPostDateStruct"

# The registry's own headings for the modules of the results section, in its order.
_HEADINGS = {
    "participantFlowModule": "Participant Flow",
    "baselineCharacteristicsModule": "Baseline Characteristics",
    "outcomeMeasuresModule": "Outcome Measures",
    "adverseEventsModule": "Adverse Events",
    "moreInfoModule": "Limitations, agreements and contact",
}
_NUMBER = re.compile(r"[<>=≤≥~]*\s*[-−+]?\d[\d,.]*\s*%?")
# Keys whose values look like numbers and are names: they tell groups and periods apart.
_NAMES = frozenset({"id", "groupId", "title", "phone", "phoneExt"})

Leaves = Counter[tuple[str, str]]


class Posting:
    """Results that become public, are updated, or disappear."""

    verbs: Mapping[str, Verb] = {
        "posted": Verb("results are public", "Results posted{on}."),
        "updated": Verb("posted results changed, numbers or text", "Results updated: {told}."),
        "removed": Verb("results gone from the public record", "Results removed from the public record."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding; it answers for the whole results section."""
        old, new = _posted(pair.old), _posted(pair.new)
        if old != new:
            yield _moved(old, new, pair)
        elif new:
            yield from _updated(pair)


def _posted(side: Version) -> bool:
    return side.at("hasResults") is True or bool(side.text(f"{RESULTS_DATES}.date"))


def _moved(old: bool, new: bool, pair: Pair) -> Finding:
    day = pair.new.text(f"{RESULTS_DATES}.date")
    return Finding(
        "posted" if new else "removed",
        ("hasResults",),
        old="posted" if old else "no results",
        new="posted" if new else "no results",
        words={"on": f" on {day}" if day else ""},
        detail={"posted_on": day or None},
        claims=(RESULTS, SUBMISSIONS, ANNOTATION),
    )


@dataclass(frozen=True, slots=True)
class _Update:
    """How many values of one module moved: numbers, and texts."""

    module: str
    numbers: int
    texts: int

    def __str__(self) -> str:
        parts = [counted(self.numbers, "number")] * bool(self.numbers) + [counted(self.texts, "text")] * bool(
            self.texts
        )
        return f"{_HEADINGS.get(self.module, self.module)} ({', '.join(parts)})"


def _updated(pair: Pair) -> Iterator[Finding]:
    updates = [update for update in _updates(pair.old.at(RESULTS), pair.new.at(RESULTS)) if update]
    if not updates:
        return
    numbers = sum(update.numbers for update in updates)
    yield Finding(
        "updated",
        tuple(f"{RESULTS}.{update.module}" for update in updates),
        subject=", ".join(_HEADINGS.get(update.module, update.module) for update in updates),
        old="as posted before",
        new="numbers changed" if numbers else "text changed",
        words={"told": "; ".join(map(str, updates))},
        measures={When.ONLY_TEXT: float(not numbers)},
        detail={update.module: {"numbers": update.numbers, "texts": update.texts} for update in updates},
        claims=(RESULTS,),
    )


def _updates(old: Any, new: Any) -> Iterator[_Update | None]:
    if isinstance(old, dict) and isinstance(new, dict):
        names = [*_HEADINGS, *sorted((old.keys() | new.keys()) - _HEADINGS.keys())]
        yield from (_update(name, old.get(name), new.get(name)) for name in names)


def _update(module: str, old: Any, new: Any) -> _Update | None:
    """What moved in a module; None where nothing did, or only the layout or order."""
    if old == new or canonical(old) == canonical(new):
        return None
    before, after = Counter(_leaves(old)), Counter(_leaves(new))
    gone, came = before - after, after - before
    if not gone and not came:
        # The same values stand elsewhere: numbers of two groups were exchanged.
        return _Update(module, 1, 0) if _exchanged(old, new) else None
    numbers, texts = (max(_of(kind, gone), _of(kind, came)) for kind in ("number", "text"))
    return _Update(module, numbers, texts)


def _exchanged(old: Any, new: Any) -> bool:
    return folded(canonical(old)) != folded(canonical(new))


def _of(kind: str, leaves: Leaves) -> int:
    return sum(times for (key, _), times in leaves.items() if key.startswith(kind))


def _leaves(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every value below `node`, under its key and whether it is a number; texts in normal form."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, key)
    elif node is not None:
        text = str(node)
        is_number = key not in _NAMES and _NUMBER.fullmatch(text.strip()) is not None
        yield (f"number {key}", text.strip()) if is_number else (f"text {key}", folded(text))
