"""Asking for one batch of studies, and reconciling what was asked with what came back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.errors import MalformedRecord, RegistryFault
from watcher.observe import Answers, malformed
from watcher.record import Snapshot, snapshot_of
from watcher.registry.client import Found, Moved, NotFound, Registry
from watcher.store.values import ABSENT, GONE, Known, Malformed

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Gathered:
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    malformed: list[Malformed] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    not_found: list[str] = field(default_factory=list)
    still_absent: list[str] = field(default_factory=list)


def gather(registry: Registry, asked: Mapping[str, Known], now: datetime) -> Answers:
    """The registry's answers about the studies of `asked` (at most a batch), every one accounted for.

    What a batch leaves out is asked for singly, unless it was known to be absent. Raises RegistryError where an
    answer concludes nothing.
    """
    got = _Gathered()
    for page in registry.studies(list(asked)):
        for raw in page:
            _take(raw, None, got, now)
    _sort_out(asked, got)
    for nct_id, known in asked.items():
        if nct_id in got.snapshots or nct_id in got.merged:
            continue
        if _known_absent(known):
            got.still_absent.append(nct_id)
        else:
            _ask_singly(registry, nct_id, got, now)
    return Answers(
        snapshots=tuple(got.snapshots.values()),
        malformed=tuple(got.malformed),
        merged=got.merged,
        not_found=tuple(got.not_found),
        still_absent=tuple(got.still_absent),
    )


def _take(raw: bytes, asked: str | None, got: _Gathered, now: datetime) -> Snapshot | None:
    try:
        snapshot = snapshot_of(raw, seen_at=now)
    except MalformedRecord as error:
        got.malformed.append(malformed(raw, asked, str(error)))
        return None
    got.snapshots[snapshot.nct_id] = snapshot
    return snapshot


def _sort_out(asked: Mapping[str, Known], got: _Gathered) -> None:
    """Find the numbers that came back under another one; drop records that nobody asked for."""
    for snapshot in list(got.snapshots.values()):
        aliases = [alias for alias in snapshot.aliases if alias in asked and alias not in got.snapshots]
        got.merged.update((alias, snapshot.nct_id) for alias in aliases)
        if snapshot.nct_id not in asked and not aliases:
            log.warning("the registry sent %s, which was not asked for", snapshot.nct_id)
            del got.snapshots[snapshot.nct_id]


def _known_absent(known: Known) -> bool:
    """Whether an earlier answer already said 'not found', so that absence from a batch is nothing new."""
    return known.state == GONE or (known.state == ABSENT and known.checked_at is not None)


def _ask_singly(registry: Registry, nct_id: str, got: _Gathered, now: datetime) -> None:
    answer = registry.study(nct_id)
    if isinstance(answer, Found):
        _require_same(_take(answer.raw, nct_id, got, now), nct_id, got)
    elif isinstance(answer, NotFound):
        got.not_found.append(nct_id)
    else:
        _follow(registry, nct_id, answer, got, now)


def _follow(registry: Registry, nct_id: str, moved: Moved, got: _Gathered, now: datetime) -> None:
    """Accept an alias only where the record it leads to says so itself."""
    answer = registry.study(moved.nct_id)
    snapshot = _take(answer.raw, None, got, now) if isinstance(answer, Found) else None
    if snapshot is None or nct_id not in snapshot.aliases:
        raise RegistryFault(f"{nct_id} leads to {moved.nct_id}, which does not know it", transient=False)
    got.merged[nct_id] = snapshot.nct_id


def _require_same(snapshot: Snapshot | None, nct_id: str, got: _Gathered) -> None:
    if snapshot is not None and snapshot.nct_id != nct_id:
        del got.snapshots[snapshot.nct_id]
        raise RegistryFault(f"the registry answered {nct_id} with {snapshot.nct_id}", transient=False)
