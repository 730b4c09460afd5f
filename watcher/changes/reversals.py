"""A change that takes back an earlier one says so: what was A, then B, is A again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from watcher.changes.language.words import stopped
from watcher.changes.reading import Earlier
from watcher.model import Change, Severity


def thing(change: Change) -> tuple[str, str]:
    """What a change is about, whichever way it went: the noun of its kind, and its subject."""
    return change.kind.rpartition(".")[0], change.subject


def takes_back(change: Change, before: Change) -> bool:
    """Whether `change` leads back to where `before` came from."""
    moved = change.old != change.new and thing(change) == thing(before)
    return moved and (change.old, change.new) == (before.new, before.old)


def with_reversals(changes: Iterable[Change], earlier: Iterable[Earlier]) -> tuple[Change, ...]:
    """The changes, each of which says what it takes back, where the newest word on its thing was the opposite.

    What folds under a cause, or is noise, says nothing of the kind: the cause does.
    """
    newest: dict[tuple[str, str], Earlier] = {}
    for past in earlier:
        newest.setdefault(thing(past.change), past)
    return tuple(_told(change, newest.get(thing(change))) for change in changes)


def _told(change: Change, past: Earlier | None) -> Change:
    told = change.severity is not Severity.NOISE and change.parent is None
    if past is None or not told or not takes_back(change, past.change):
        return change
    detail = {**change.detail, "takes_back": {"version": past.version, "seen_on": past.seen_on.isoformat()}}
    sentence = f"{stopped(change.sentence)} Back to what it was before {past.seen_on}."
    return replace(change, sentence=sentence, detail=detail)
