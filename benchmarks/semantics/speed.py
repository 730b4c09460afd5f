"""How long a reading takes, beside the general tool for differences on the same pairs."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

import orjson
from deepdiff import DeepDiff

from benchmarks.semantics.material import SEEN_AT, Capture, Material, Progress, said
from watcher.changes import changes_between
from watcher.examples.plain import record, site
from watcher.record import Snapshot, snapshot_of

ROUNDS = 7
# Seconds that the general tool may take in all; pairs that it does not reach are left out of its figure.
PATIENCE = 45.0

# What a snapshot holds once it was parsed.
_PARSED = frozenset({"record", "content", "content_digest"})

Pair = tuple[bytes, bytes]


@dataclass(frozen=True)
class Speed:
    """Milliseconds, but for `unchanged_us`: microseconds per record that did not change."""

    mean_ms: float
    cold_mean_ms: float
    p99_ms: float
    unchanged_us: float
    many_sites_ms: float
    deepdiff_mean_ms: float
    deepdiff_pairs: int
    same_pairs_mean_ms: float
    pairs: int


def speed(material: Material, progress: Progress) -> Speed:
    """Every figure, measured one after the other."""
    changed = changed_pairs(material)
    progress(f"speed: {len(changed)} changed pairs")
    gc.freeze()  # the material of the other measurements is not ours to look through
    times = _rounds(changed, ROUNDS)
    cold = [sample for _ in range(ROUNDS) for taken in _rounds(changed, 1, fresh=True).values() for sample in taken]
    progress("speed: unchanged records and many sites")
    unchanged = _unchanged(material)
    sites = mean(_timed(lambda: said(*many_sites(500))) for _ in range(3))
    progress("speed: DeepDiff on the same pairs")
    beside = dict(_deepdiff(changed))
    samples = sorted(sample for taken in times.values() for sample in taken)
    return Speed(
        mean_ms=mean(samples),
        cold_mean_ms=mean(cold),
        p99_ms=samples[max(round(len(samples) * 0.99) - 1, 0)],
        unchanged_us=unchanged * 1000,
        many_sites_ms=sites,
        deepdiff_mean_ms=mean(beside.values()),
        deepdiff_pairs=len(beside),
        same_pairs_mean_ms=mean(mean(times[pair]) for pair in beside),
        pairs=len(changed),
    )


def _rounds(pairs: Sequence[Pair], rounds: int, *, fresh: bool = False) -> dict[Pair, list[float]]:
    """Milliseconds of each pair in each round, parsing included, after one round to warm up.

    `fresh`: with every cache of the engine emptied before each pair, as a study is read that is like no other.
    """
    times: dict[Pair, list[float]] = {pair: [] for pair in pairs}
    for number in range(rounds + 1):
        for pair in pairs:
            if fresh:
                forget()
            taken = _timed(lambda pair=pair: said(*pair))  # type: ignore[misc]
            if number:
                times[pair].append(taken)
    return times


def changed_pairs(material: Material) -> list[Pair]:
    """The pairs of captures whose content really differs."""
    pairs = [(old, new) for old, new in material.pairs if _snapshot(old).raw_digest != _snapshot(new).raw_digest]
    return [(old.raw, new.raw) for old, new in pairs if _snapshot(old).content != _snapshot(new).content]


def many_sites(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A study with so many sites, and the same with every one of them renamed, moved or closed."""
    rows = [
        site(f"Hospital {number} of Exampleton", f"Town {number % 60}", zip=str(number)) for number in range(number)
    ]
    changes: tuple[dict[str, str], ...] = (
        {"status": "WITHDRAWN"},
        {"zip": "x"},
        {"facility": "Another Clinic"},
        {"state": "Elsewhere"},
    )
    after = [row | changes[place % len(changes)] for place, row in enumerate(rows)]
    return record(sites=rows), record(sites=after)


def forget() -> None:
    """Empty every cache of the engine, so that nothing is read from a round before."""
    for name, module in list(sys.modules.items()):
        if name.startswith("watcher."):
            for member in list(vars(module).values()):
                if callable(getattr(member, "cache_clear", None)):
                    member.cache_clear()


def _unchanged(material: Material) -> float:
    """Milliseconds per capture to see that it did not change; an error where one was parsed for that."""
    captures = [capture for pair in material.pairs for capture in pair][:1000]
    known = [_snapshot(capture) for capture in captures]
    assert all(snapshot.raw_digest for snapshot in known)
    again: list[Snapshot] = []
    heard: list[object] = []

    def look() -> None:
        for capture, old in zip(captures, known, strict=True):
            again.append(_snapshot(capture))
            heard.append(changes_between(old, again[-1]))

    taken = _timed(look)
    assert not any(heard)
    assert not any(_PARSED & vars(snapshot).keys() for snapshot in again)
    return taken / len(captures)


def _deepdiff(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, float]]:
    """The general tool on the smallest pairs first, until patience ends; parsing is included, as it is in ours."""
    began = time.monotonic()
    for pair in sorted(pairs, key=lambda pair: len(pair[0])):
        if time.monotonic() - began > PATIENCE:
            return
        yield pair, _timed(lambda pair=pair: DeepDiff(*map(orjson.loads, pair), ignore_order=True))  # type: ignore[misc]


def _snapshot(capture: Capture) -> Snapshot:
    return snapshot_of(capture.raw, seen_at=SEEN_AT)


def _timed(what: Callable[[], object]) -> float:
    """How many milliseconds it takes."""
    gc.collect()
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000
