"""What must be told exactly once: single edits of real records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random

from benchmarks.semantics.edits import EDITS, Edit
from benchmarks.semantics.edits.shape import TODAY
from benchmarks.semantics.material import Capture, Fault, Material, Progress, in_words, loud, said
from benchmarks.semantics.mutations import filed
from watcher.model import Change

# Records that each edit is tried on, of those that it fits.
TRIES = 16


@dataclass(frozen=True)
class Told:
    """Tries and hits by kind, and what was wrong of each try that failed."""

    tries: Counter[str]
    hits: Counter[str]
    severities: Counter[str]
    missed: tuple[Fault, ...]
    extra: tuple[Fault, ...]
    weighed: tuple[Fault, ...]
    untried: tuple[str, ...]


@dataclass
class _Tally:
    tries: Counter[str]
    hits: Counter[str]
    severities: Counter[str]
    missed: list[Fault]
    extra: list[Fault]
    weighed: list[Fault]


def told(material: Material, progress: Progress, *, kinds: str = "", tries: int = TRIES) -> Told:
    """Every edit (of kinds that begin so) on so many real records."""
    edits = [edit for edit in EDITS if edit.kinds[0].startswith(kinds)]
    tally, untried = _Tally(Counter(), Counter(), Counter(), [], [], []), []
    for number, edit in enumerate(edits):
        if not number % 25:
            progress(f"edits: {number} of {len(edits)}")
        if not _tried(edit, material.newest, tries, tally):
            untried.append(f"{edit.kinds[0]}: {edit.name}")
    lists = (tuple(faults) for faults in (tally.missed, tally.extra, tally.weighed))
    return Told(tally.tries, tally.hits, tally.severities, *lists, tuple(untried))


def _tried(edit: Edit, records: Sequence[Capture], tries: int, tally: _Tally) -> int:
    """Try an edit on records in an order of its own; how many it fitted."""
    chance = Random(f"{edit.kinds} {edit.name}")  # noqa: S311 - reproducible, not secret
    fitted = 0
    for capture in chance.sample(records, len(records)):
        if fitted >= tries:
            break
        pair = edit.pair(capture.record, chance)
        if pair is not None:
            fitted += 1
            before, after = pair
            _judge(edit, capture.nct_id, after, said(before, filed(after, chance), TODAY), tally)
    return fitted


def _judge(edit: Edit, nct_id: str, after: dict[str, object], heard: Sequence[Change], tally: _Tally) -> None:
    kind, about = edit.kinds[0], f"{edit.kinds[0]} ({edit.name})"
    hits = [change for change in heard if change.kind in edit.kinds]
    tally.tries[kind] += 1
    if _is_hit(edit, hits):
        tally.hits[kind] += 1
        _weigh(edit.severity_in(after), hits[0], about, tally)
    else:
        tally.missed.append(Fault(about, nct_id, f"said {in_words(heard)}"))
    extra = [change for change in loud(heard) if change.kind not in edit.kinds and not _beside(edit, change)]
    if extra:
        tally.extra.append(Fault(about, nct_id, f"said also {in_words(extra)}"))


def _is_hit(edit: Edit, hits: Sequence[Change]) -> bool:
    """Once; where several kinds will do, each of them once."""
    return bool(hits) and max(Counter(change.kind for change in hits).values()) == 1


def _beside(edit: Edit, change: Change) -> bool:
    return any(fnmatchcase(change.kind, kind) for kind in edit.beside)


def _weigh(expected: str, change: Change, about: str, tally: _Tally) -> None:
    if not expected:
        return
    right = change.severity.word == expected
    tally.severities["right" if right else "wrong"] += 1
    if not right:
        tally.weighed.append(Fault(about, change.nct_id, f"said {change.severity.word}, expected {expected}"))
