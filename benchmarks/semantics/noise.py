"""What nobody may hear of: consecutive captures without a real change, and records that are written otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.semantics.material import Capture, Fault, Material, Progress, in_words, loud, said
from benchmarks.semantics.mutations import QUIET, Written
from benchmarks.truth import Gold


@dataclass(frozen=True)
class Noise:
    """How many pairs were looked at, and what was said of them above noise."""

    pairs: int
    mutated: int
    false: tuple[Fault, ...]
    tried: Counter[str]

    @property
    def by_kind(self) -> Counter[str]:
        """False alarms by what was done to the record."""
        return Counter(fault.about for fault in self.false)


def noise(material: Material, golds: Sequence[Gold], progress: Progress) -> Noise:
    """Every consecutive pair, and every way to write every record otherwise."""
    false = list(_between_captures(material, golds, progress))
    tried: Counter[str] = Counter()
    for name in QUIET:
        progress(f"noise: {name}")
        for capture in material.newest:
            false += _of_mutation(name, capture, tried)
    return Noise(len(material.pairs), tried.total(), tuple(false), tried)


def _between_captures(material: Material, golds: Sequence[Gold], progress: Progress) -> Iterator[Fault]:
    progress(f"noise: {len(material.pairs)} pairs of captures")
    changed = {(gold.nct_id, str(gold.start), str(gold.day)) for gold in golds}
    for old, new in material.pairs:
        if (old.nct_id, old.day[:10], new.day[:10]) not in changed:
            yield from _heard("consecutive captures", old.nct_id, old.raw, new.raw)


def _of_mutation(name: str, capture: Capture, tried: Counter[str]) -> Iterator[Fault]:
    pair = QUIET[name](capture.record, Random(f"{name} {capture.nct_id}"))  # noqa: S311 - reproducible, not secret
    if pair is not None:
        tried[name] += 1
        yield from _heard(name, capture.nct_id, *pair)


def _heard(about: str, nct_id: str, old: Written, new: Written) -> Iterator[Fault]:
    if heard := loud(said(old, new)):
        yield Fault(about, nct_id, in_words(heard))
