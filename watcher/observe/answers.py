"""What the registry said about some studies, and what a search tells of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from watcher.model import Change, Place, StudyFacts
from watcher.record import Snapshot
from watcher.store.values import Malformed


@dataclass(frozen=True, slots=True)
class Answers:
    """What the registry said about one batch of studies.

    `merged` maps a number asked for to the one it stands under; `not_found` were refused in the registry's own
    words; `still_absent` were known to be absent and are so again; `malformed` could not even be told apart.
    `unmoved` are listed as before, with the bytes we have. `as_of` is the build of the data that was served
    afterwards, where that matters.
    """

    snapshots: tuple[Snapshot, ...] = ()
    unmoved: tuple[str, ...] = ()
    malformed: tuple[Malformed, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    not_found: tuple[str, ...] = ()
    still_absent: tuple[str, ...] = ()
    as_of: str = ""

    @property
    def to_recall(self) -> tuple[str, ...]:
        """The studies of which `observe` must know what is known."""
        named = (snapshot.nct_id for snapshot in self.snapshots)
        broken = (one.nct_id for one in self.malformed if one.nct_id is not None)
        return tuple(dict.fromkeys([*named, *broken, *self.merged, *self.not_found, *self.still_absent]))


@dataclass(frozen=True, slots=True)
class News:
    """What a search tells of a study: `told` makes the change from those of its new version, () where it has none.

    It stands in the step of that version, or of what else happened to the record; else under an `occasion` of its own.
    """

    occasion: str
    told: Callable[[Sequence[Change]], Change]
    study: StudyFacts
    places: tuple[Place, ...] | None = None


def malformed(raw: bytes, nct_id: str | None, reason: str) -> Malformed:
    """A record to be set aside; `nct_id` is None where not even that can be read."""
    return Malformed(blake2b(raw, digest_size=16).hexdigest(), nct_id, reason, raw)
