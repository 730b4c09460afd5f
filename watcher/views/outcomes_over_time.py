"""The outcome measures of a study as they stand, each with what became of it, and what is no longer there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.changes.language.words import clipped
from watcher.changes.outcomes.measures import Outcome, Type, outcomes
from watcher.changes.reading import Version
from watcher.store.shown import RecordedChange

_LONGEST = 1_000
_VERBS = {
    "primary_added": "added",
    "secondary_added": "added",
    "primary_removed": "dropped",
    "secondary_removed": "dropped",
    "promoted": "promoted to primary",
    "demoted": "demoted from primary",
    "primary_timeframe_changed": "time frame changed",
    "primary_measurement_changed": "measurement changed",
    "primary_detail_added": "detail added",
    "primary_detail_removed": "detail removed",
    "primary_reworded": "reworded",
    "secondary_reworded": "reworded",
    "secondary_changed": "changed",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that became of an outcome: what, of which severity, and in which version, seen on which day."""

    verb: str
    severity: str
    sentence: str
    version: int | None
    day: str
    held: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An outcome measure as it stands, with what became of it, newest first."""

    measure: str
    time_frame: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class OutcomesLife:
    """The lists of the newest version by their type, and everything that became of outcomes, newest first."""

    lists: tuple[tuple[str, tuple[Listed, ...]], ...]
    turns: tuple[Turn, ...]


def outcomes_life(side: Version, recorded: Sequence[RecordedChange]) -> OutcomesLife:
    """The outcomes of the newest version, and the recorded changes of outcomes, oldest first."""
    turns: dict[str, list[Turn]] = defaultdict(list)
    for change in reversed(recorded):
        turns[str(change.said["subject"])].append(_turn(change))
    found = sorted(outcomes(side), key=lambda outcome: outcome.place)
    lists = tuple((str(type_), _listed((o for o in found if o.type is type_), turns)) for type_ in Type)
    return OutcomesLife(lists, tuple(_turn(change) for change in reversed(recorded)))


def _listed(found: Iterable[Outcome], turns: dict[str, list[Turn]]) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            clipped(outcome.measure or outcome.description or "Unnamed", _LONGEST),
            clipped(outcome.time_frame, _LONGEST),
            # Changes are filed under the first of these that an outcome has.
            tuple(turns.get(clipped(outcome.measure or outcome.description or outcome.time_frame), ())),
        )
        for outcome in found
    )


def _turn(change: RecordedChange) -> Turn:
    said = change.said
    return Turn(
        _verb(str(said["kind"]), said["old"] is not None, said["new"] is not None),
        str(said["severity"]),
        str(said["sentence"]),
        change.version,
        change.observed_at[:10],
        change.held,
    )


def _verb(kind: str, was: bool, stands: bool) -> str:
    verb = kind.rpartition(".")[2]
    if verb == "other_changed":
        return "added" if not was else "dropped" if not stands else "changed"
    return _VERBS.get(verb, verb.replace("_", " "))
