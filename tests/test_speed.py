"""How fast a changed pair is read, beside the general tool for differences; `make semantics` measures it at length."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import orjson
import pytest
from deepdiff import DeepDiff

from tests.builders import SEEN_AT, record, site
from tests.realdata import SHARED, captures_folder
from watcher.changes import changes_between
from watcher.record import snapshot_of

Pair = tuple[bytes, bytes]

ROUNDS = {"rounds": 3, "iterations": 1, "warmup_rounds": 0}
# Pairs looked at: enough for a figure, few enough for the normal suite.
PAIRS = 6


@cache
def _pairs() -> tuple[Pair, ...]:
    """Real pairs that changed, where they are at hand; else an invented one of 500 sites."""
    if not (SHARED / "data" / "captures.tar.xz").exists():
        return (_many_sites(500),)
    labelled = json.loads((SHARED / "data" / "gold_dev.json").read_text(encoding="utf-8"))
    captures = captures_folder()
    return tuple(
        tuple((captures / entry["nct"] / f"{entry[side]}.json").read_bytes() for side in ("from", "to"))
        for entry in labelled[::5][:PAIRS]
    )  # type: ignore[return-value]


def _many_sites(number: int) -> Pair:
    rows = [site(f"Hospital {n} of Exampleton", f"Town {n % 60}", zip=str(n)) for n in range(number)]
    moved: tuple[dict[str, str], ...] = ({"status": "WITHDRAWN"}, {"zip": "x"}, {"facility": "Clinic"}, {"state": "Z"})
    after = [row | moved[place % len(moved)] for place, row in enumerate(rows)]
    return orjson.dumps(record(sites=rows)), orjson.dumps(record(sites=after))


def _read(pairs: tuple[Pair, ...]) -> list[Any]:
    return [changes_between(*(snapshot_of(side, seen_at=SEEN_AT) for side in pair)) for pair in pairs]


def _compared(pairs: tuple[Pair, ...]) -> list[Any]:
    return [DeepDiff(*map(orjson.loads, pair), ignore_order=True) for pair in pairs]


@pytest.mark.benchmark(group="changed pairs")
def test_changed_pairs_are_read(benchmark):
    found = benchmark.pedantic(_read, args=(_pairs(),), **ROUNDS)
    assert all(found)


@pytest.mark.benchmark(group="changed pairs")
def test_changed_pairs_in_the_general_tool(benchmark):
    found = benchmark.pedantic(_compared, args=(_pairs(),), rounds=1, iterations=1)
    assert all(found)


@pytest.mark.benchmark(group="five hundred sites")
def test_five_hundred_sites_that_all_change_are_read(benchmark):
    (found,) = benchmark.pedantic(_read, args=((_many_sites(500),),), **ROUNDS)
    assert len(found) >= 500


@pytest.mark.benchmark(group="unchanged")
def test_an_unchanged_record_is_recognised_without_a_parse(benchmark):
    raw = _pairs()[0][0]
    old = snapshot_of(raw, seen_at=SEEN_AT)
    looked: list[Any] = []

    def look() -> tuple[Any, ...]:
        looked.append(snapshot_of(raw, seen_at=SEEN_AT))
        return changes_between(old, looked[-1])

    assert benchmark.pedantic(look, rounds=20, iterations=1) == ()
    assert not any({"record", "content", "content_digest"} & vars(snapshot).keys() for snapshot in (old, *looked))
