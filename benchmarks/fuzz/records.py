"""Records: a damaged one is refused or read as it stands, and all that differs between two of them is told."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from random import Random
from typing import Any

import orjson

from benchmarks.fuzz.mutate import chance, mutated_bytes, mutated_json
from benchmarks.fuzz.verdict import demand
from tests.laws import hold
from tests.whole import UNTOLD, whole
from watcher.changes import changes_between
from watcher.demo import FOLDER
from watcher.errors import MalformedRecord
from watcher.examples import EXAMPLES
from watcher.examples.plain import record
from watcher.model import Change
from watcher.record import Snapshot, snapshot_of
from watcher.record.snapshot import masked
from watcher.record.text import folded

# Blanks and what nobody sees are layout.
_SEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# A key with the text that it holds.
_MEMBER = re.compile(rb'("\w+"):"[^"\\]*"')
SEEN_AT = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)


@cache
def corpus() -> Sequence[dict[str, Any]]:
    """Real records of the demo, the record with every field, and both sides of every example."""
    demo = [json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("NCT*/*.json"))]
    sides = [record(**side) for example in EXAMPLES for side in (example.before, example.after)]
    return (*demo, whole(), *sides)


@cache
def large() -> Sequence[dict[str, Any]]:
    """The ones of them that have much in them."""
    return tuple(each for each in corpus() if len(orjson.dumps(each)) > 8_000)


def some_record(rng: Random) -> dict[str, Any]:
    """One of them, the rich ones more often than their number."""
    return rng.choice(large() if chance(rng, 0.5) else corpus())


def record_bytes(rng: Random) -> bool:
    """The bytes of a record, damaged: what is accepted is what stands there, and can be read again."""
    sound = orjson.dumps(some_record(rng))
    data = twice(rng, sound) if chance(rng, 0.3) else mutated_bytes(rng, sound, rng.choice((1, 1, 2, 6)))
    try:
        seen = snapshot_of(data, seen_at=SEEN_AT)
        _agrees_with_itself(seen, data)
    except MalformedRecord:
        return False
    before = snapshot_of(sound, seen_at=SEEN_AT)
    demand(seen.raw_digest != before.raw_digest or seen.content_digest == before.content_digest,
           "the quick digest says the same of another content")  # fmt: skip
    return True


def twice(rng: Random, data: bytes) -> bytes:
    """The record with a key that stands twice in one of its objects, the second time with another value."""
    found = rng.choice(list(_MEMBER.finditer(data)))
    value = rng.choice((b'"NCT00000002"', b'"2031-01-01"', b"null", b"[]", b"{}", b"7"))
    return data[: found.end()] + b"," + found[1] + b":" + value + data[found.end() :]


def _agrees_with_itself(seen: Snapshot, data: bytes) -> None:
    """The head that was read alone is that of the record, and the record written anew is the same one."""
    demand(seen.raw == data, "other bytes are kept than were sent")
    identification = seen.record["protocolSection"]["identificationModule"]
    demand(seen.nct_id == identification["nctId"], "the number is not the record's own")
    demand(list(seen.aliases) == identification.get("nctIdAliases", []), "the aliases are not the record's own")
    holder = seen.record.get("derivedSection", {}).get("miscInfoModule", {}).get("versionHolder", "")
    demand(seen.data_version == holder, "the version stamp is not the record's own")
    again = snapshot_of(orjson.dumps(seen.record), seen_at=SEEN_AT)
    demand(again.content_digest == seen.content_digest, "the record written anew has another digest")


def record_pairs(rng: Random) -> bool:
    """Two versions of a record, the newer one damaged in its structure: everything that differs is told, once."""
    old = some_record(rng)
    new = mutated_json(rng, old, corpus())
    if chance(rng, 0.3):
        old = mutated_json(rng, old, corpus())
    found = read(old, new)
    return found is not None


def read(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...] | None:
    """The changes, of which the laws hold; None where a side is no record."""
    try:
        before, after = (snapshot_of(side, seen_at=SEEN_AT) for side in (old, new))
        same = before.content_digest == after.content_digest
        found = changes_between(before, after, today=TODAY)
    except MalformedRecord:
        return None
    hold(found)
    demand(not same or not found, "a change without a difference")
    demand(bool(found) or told_of(before.content) == told_of(after.content), "a difference without a change")
    return found


def told_of(content: dict[str, Any]) -> Any:
    """What has to be told where it differs: without what follows from other fields, and in no order."""
    return _plain(masked(copy.deepcopy(content)))


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        inner = {key: _plain(value) for key, value in node.items() if key not in UNTOLD}
        # A country is known by its words, however they are pointed.
        inner = {
            key: folded(held) if key == "country" and isinstance(held, str) else held for key, held in inner.items()
        }
        return {key: value for key, value in inner.items() if value not in ({}, [], None, "")}
    if isinstance(node, list):
        inner_list = [value for value in map(_plain, node) if value not in ({}, [], None, "")]
        return sorted({json.dumps(value, sort_keys=True) for value in inner_list})
    return _SEEN.sub("", " ".join(node.split())) if isinstance(node, str) else node
