"""Asking for one batch of studies, and reconciling what was asked with what came back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watcher.errors import MalformedRecord
from watcher.observe import Answers, malformed
from watcher.record import Glance, Snapshot, glance, snapshot_of
from watcher.registry.client import Found, Moved, NotFound, Registry
from watcher.store.values import ABSENT, GONE, Known, Malformed

log = logging.getLogger(__name__)

# So many numbers one after the other may a merged study have had.
FURTHEST = 5
# A record takes some ten times as much room when it is parsed.
PART = 100

Digests = Callable[[Sequence[str]], Mapping[str, str]]
Recall = Callable[[Sequence[str]], Mapping[str, Known]]


@dataclass(slots=True)
class _Gathered:
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    unmoved: set[str] = field(default_factory=set)
    malformed: list[Malformed] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    not_found: list[str] = field(default_factory=list)
    still_absent: list[str] = field(default_factory=list)

    def take(self, snapshot: Snapshot) -> None:
        """Keep a record; of two copies of one study, as a registry of several replicas may send them, the newer."""
        before = self.snapshots.get(snapshot.nct_id)
        if before is None or before.data_version <= snapshot.data_version:
            self.snapshots[snapshot.nct_id] = snapshot

    def set_aside(self, raw: bytes, asked: str | None, reason: str) -> None:
        """Keep what is no record of what was asked for, with the reason."""
        self.malformed.append(malformed(raw, asked, reason))


def gather(registry: Registry, asked: Collection[str], digests: Digests, recall: Recall, now: datetime) -> Answers:
    """The registry's answers about the studies of `asked` (at most a batch), every one accounted for.

    `digests` tells the raw digests held of those that are listed: a record that has the same has not moved, and is
    not read. What a batch leaves out is asked for singly, unless it was known to be absent: `recall` tells. Raises
    RegistryError where an answer concludes nothing.
    """
    got = _Gathered()
    for page in registry.studies(list(asked)):
        _take_all(page, digests, got, now)
    _sort_out(asked, got)
    left_out = [nct_id for nct_id in asked if not (nct_id in got.unmoved or nct_id in got.snapshots)]
    known = recall([nct_id for nct_id in left_out if nct_id not in got.merged])
    for nct_id, study in known.items():
        if _known_absent(study):
            got.still_absent.append(nct_id)
        else:
            _ask_singly(registry, nct_id, got, now)
    suspected = any(_is_suspicion(known[nct_id]) for nct_id in got.not_found)
    return _answers(got, registry.data_version().timestamp if suspected else "")


def in_parts(records: Sequence[bytes], digests: Digests, now: datetime) -> Iterator[Answers]:
    """What one page of a search says, in parts of `PART` records that have moved by their `digests`: at least one part.

    Only the records of one part are in memory as more than bytes, if whoever takes the parts lets go of them.
    """
    seen = [glance(bytes(record)) for record in records]
    unmoved = _unmoved(seen, digests)
    moved = [at for at, one in enumerate(seen) if one is None or one.nct_id not in unmoved]
    still, parts = sorted(unmoved), max(1, -(-len(moved) // PART))
    for number in range(parts):
        # What has not moved is shared out: how much of a page moved alike is judged part by part.
        got = _Gathered(unmoved=set(still[number::parts]))
        _read_all((records[at] for at in moved[number * PART : (number + 1) * PART]), got, now)
        yield _answers(got, "")


def _answers(got: _Gathered, as_of: str) -> Answers:
    return Answers(
        snapshots=tuple(got.snapshots.values()),
        unmoved=tuple(got.unmoved - got.snapshots.keys()),
        malformed=tuple(got.malformed),
        merged=got.merged,
        not_found=tuple(got.not_found),
        still_absent=tuple(got.still_absent),
        as_of=as_of,
    )


def _take_all(records: Sequence[bytes], digests: Digests, got: _Gathered, now: datetime) -> None:
    """Sort the records of a batch: most of most days have not moved, and cost a look at their bytes alone."""
    seen = [glance(bytes(record)) for record in records]
    got.unmoved |= (unmoved := _unmoved(seen, digests))
    moved = (one is None or one.nct_id not in unmoved for one in seen)
    _read_all((record for record, is_moved in zip(records, moved, strict=True) if is_moved), got, now)


def _unmoved(seen: Sequence[Glance | None], digests: Digests) -> set[str]:
    """The studies of which every copy on the page has the digest that we hold."""
    known = [one for one in seen if one is not None]
    held = digests([one.nct_id for one in known])
    moved = {one.nct_id for one in known if held.get(one.nct_id) != one.raw_digest}
    return {one.nct_id for one in known} - moved


def _read_all(records: Iterable[bytes], got: _Gathered, now: datetime) -> None:
    for record in records:
        if snapshot := _read(bytes(record), None, got, now):
            got.take(snapshot)


def _read(raw: bytes, asked: str | None, got: _Gathered, now: datetime) -> Snapshot | None:
    """The record, unless it is none and set aside."""
    try:
        return snapshot_of(raw, seen_at=now)
    except MalformedRecord as error:
        got.set_aside(raw, asked, str(error))
        return None


def _sort_out(asked: Collection[str], got: _Gathered) -> None:
    """Find the numbers that came back under another one; drop records that nobody asked for.

    One that has not moved does not say its aliases here: a number that came back under it is asked for singly.
    """
    got.unmoved.intersection_update(asked)
    for snapshot in list(got.snapshots.values()):
        aliases = [alias for alias in snapshot.aliases if alias in asked and alias not in got.snapshots]
        got.merged.update((alias, snapshot.nct_id) for alias in aliases)
        if snapshot.nct_id not in asked and not aliases:
            log.warning("the registry sent %s, which was not asked for", snapshot.nct_id)
            del got.snapshots[snapshot.nct_id]


def _is_suspicion(known: Known) -> bool:
    """Whether a 'not found' is the first one of a study that was seen."""
    return known.version > 0 and known.missing_since is None


def _known_absent(known: Known) -> bool:
    """Whether an earlier answer already said 'not found', so that absence from a batch is nothing new."""
    return known.state == GONE or (known.state == ABSENT and known.checked_at is not None)


def _ask_singly(registry: Registry, nct_id: str, got: _Gathered, now: datetime) -> None:
    answer = registry.study(nct_id)
    if isinstance(answer, NotFound):
        got.not_found.append(nct_id)
    elif isinstance(answer, Moved):
        _follow(registry, nct_id, answer, got, now)
    elif snapshot := _read(answer.raw, nct_id, got, now):
        if snapshot.nct_id == nct_id:
            got.take(snapshot)
        else:
            got.set_aside(answer.raw, nct_id, f"the registry answered {nct_id} with {snapshot.nct_id}")


def _follow(registry: Registry, nct_id: str, moved: Moved, got: _Gathered, now: datetime) -> None:
    """Accept an alias only where the record it leads to says so itself, of it or of an alias on the way.

    One that leads astray is this record's fault: it must not keep the rest of its batch from their readers.
    """
    way, answer = [nct_id], registry.study(moved.nct_id)
    while isinstance(answer, Moved) and moved.nct_id not in way and len(way) < FURTHEST:
        way, moved = [*way, moved.nct_id], answer
        answer = registry.study(moved.nct_id)
    snapshot = _read(answer.raw, nct_id, got, now) if isinstance(answer, Found) else None
    if snapshot is not None and not set(way).isdisjoint(snapshot.aliases):
        got.take(snapshot)
        got.merged[nct_id] = snapshot.nct_id
        return
    astray = f"{nct_id} leads to {moved.nct_id}, which does not know it"
    got.set_aside(snapshot.raw if snapshot else astray.encode(), nct_id, astray)
