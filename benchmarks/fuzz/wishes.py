"""The requests that commands leave beside the database: carried out, or refused in words, and the same every time."""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.fuzz.mutate import ODD_VALUES, chance, mutated_bytes, mutated_json, odd_text
from benchmarks.fuzz.verdict import demand
from watcher.audience import Audience
from watcher.errors import UsageError
from watcher.requests import VERBS, Desk, _read, carry_out
from watcher.store import opened

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOUND: dict[str, Any] = {
    "holds": ["3f9a2c1e"], "reason": "audit", "until": "2026-12-24T00:00:00+00:00", "study": "NCT04150497",
    "kinds": "site.*",
    "route": "desk", "silence": 1, "alerts": [1], "deliveries": [1, 2],
}  # fmt: skip


@cache
def _desk() -> Desk:
    """A real database, for as long as the process lives."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    store = stack.enter_context(opened(Path(folder) / "watcher.db"))
    return Desk(store, Audience((), (), {}), NOW)


def wishes(rng: Random) -> bool:
    """A request as a file, damaged in its bytes or in its values."""
    desk = _desk()
    path = desk.store.path.with_name("one.request")
    path.write_bytes(_written(rng))
    try:
        wish = _read(path, f"{rng.getrandbits(64):016x}")
    except UsageError as error:
        demand(bool(str(error)), "refused without a word")
        return False
    outcome = carry_out(desk, wish) if wish.verb in VERBS or chance(rng, 0.5) else None
    if outcome is not None:
        demand(bool(outcome.said), "an outcome without a word")
        demand(carry_out(desk, wish) == outcome, "carried out twice with another outcome")
    return outcome is not None and not outcome.failed


def _written(rng: Random) -> bytes:
    about = {**SOUND}
    if chance(rng, 0.5):
        about[rng.choice([*SOUND])] = rng.choice(ODD_VALUES) if chance(rng, 0.6) else odd_text(rng)
    said = {"verb": rng.choice([*VERBS]), "about": about}
    if chance(rng, 0.4):
        said = mutated_json(rng, said)
    try:
        data = orjson.dumps(said)
    except (TypeError, ValueError):  # half of a character, a number too large: no request of ours
        data = repr(said).encode("utf-8", "replace")
    return mutated_bytes(rng, data, 2) if chance(rng, 0.3) else data
