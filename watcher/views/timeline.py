"""The life of a study as a page shows it: its versions and what happened between them, newest first.

Changes stand as in a message: worst first, consequences under their cause, what is many of one kind in one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, pairwise

from watcher.alerts.counting import counted_kind
from watcher.alerts.messages.lines import causes_of, folds, ranked
from watcher.changes.language.words import clipped
from watcher.model import Change, Severity
from watcher.store.shown import Occasion, RecordedChange
from watcher.views.life import Seen

# Of what is folded into one line so many are shown beneath it.
MOST_UNDER = 50
_LONGEST = 2_000
# The first part of an occasion, for people.
_TITLES = {
    "not_found": "Not found in the registry",
    "restored": "Found again",
    "merged": "Merged into another record",
    "clock": "Days passed, without a new version",
    "search": "Saved search",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A change, or several of one kind (`folded`, then without a sentence each); `under` stands beneath it.

    `held` is the mass change that keeps it from its readers; `more` counts what is not shown beneath it.
    """

    severity: str
    kind: str
    text: str
    under: tuple[Line, ...] = ()
    folded: bool = False
    held: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One step in the life of a study; `version` is None where it brought none, `since` where it was the first.

    `noise` are changes that readers are not told of.
    """

    name: str
    title: str
    at: datetime
    version: int | None
    since: int | None = None
    data_version: str = ""
    damaged: bool = False
    lines: tuple[Line, ...] = ()
    noise: tuple[Line, ...] = ()


def entries_of(versions: Sequence[Seen], occasions: Sequence[Occasion]) -> tuple[Entry, ...]:
    """Every step, newest first, still without its changes; `versions` are newest first."""
    numbers = [seen.version for seen in versions]
    before = dict(pairwise(numbers))
    found = [_of_version(seen, before.get(seen.version)) for seen in versions]
    found += [_of_occasion(occasion) for occasion in occasions if occasion.version is None]
    return tuple(sorted(found, key=lambda entry: (entry.at, entry.version is None), reverse=True))


def told(entries: Iterable[Entry], recorded: Iterable[RecordedChange]) -> Iterator[Entry]:
    """These steps with their changes."""
    changes: dict[str, list[RecordedChange]] = {}
    for change in recorded:
        changes.setdefault(change.occasion, []).append(change)
    for entry in entries:
        lines = lines_of(changes.get(entry.name, ()))
        noise = tuple(line for line in lines if line.severity == Severity.NOISE.word)
        yield replace(entry, lines=tuple(line for line in lines if line not in noise), noise=noise)


def lines_of(recorded: Iterable[RecordedChange], most: int = MOST_UNDER) -> tuple[Line, ...]:
    """The changes of one step, line by line."""
    held = {}
    changes = []
    for entry in recorded:
        change = Change.from_dict(entry.said)
        changes.append(change)
        held[change.id] = entry.held
    return _Folding(changes, held, most).lines()


def lines_between(changes: Sequence[Change], most: int) -> tuple[Line, ...]:
    """The changes between two versions, of which nothing is held back."""
    return _Folding(changes, {}, most).lines()


class _Folding:
    """The changes of one step, by their cause."""

    def __init__(self, changes: Sequence[Change], held: Mapping[int, str], most: int) -> None:
        self._causes = causes_of(changes)
        self._held = held
        self._most = most
        self._children: dict[int, list[Change]] = {}
        causes = {cause.id for cause in self._causes}
        for change in changes:
            if change.parent in causes and change.id not in causes and change.parent is not None:
                self._children.setdefault(change.parent, []).append(change)

    def lines(self) -> tuple[Line, ...]:
        return tuple(self._grouped(self._causes))

    def _grouped(self, changes: Iterable[Change]) -> Iterator[Line]:
        for _, group in groupby(changes, key=lambda change: (change.severity, change.kind)):
            alike = list(group)
            if folds(alike):
                yield self._folded(alike)
            else:
                yield from map(self._line, alike)

    def _folded(self, alike: Sequence[Change]) -> Line:
        first = alike[0]
        under = tuple(self._line(change) for change in alike[: self._most])
        held = self._held.get(first.id, "") if len({self._held.get(change.id, "") for change in alike}) == 1 else ""
        text = f"{counted_kind(alike)}."
        return Line(first.severity.word, first.kind, text, under, True, held, len(alike) - len(under))

    def _line(self, change: Change) -> Line:
        children = self._children.get(change.id, [])
        under = tuple(self._grouped(ranked(children)))
        held = self._held.get(change.id, "")
        return Line(change.severity.word, change.kind, clipped(change.sentence, _LONGEST), under, held=held)


def _of_version(seen: Seen, before: int | None) -> Entry:
    number = seen.version
    title = f"Version {number}" if number > 1 else "Version 1, first seen"
    return Entry(f"version:{number}", title, seen.seen_at, number, before, seen.data_version, not seen.readable)


def _of_occasion(occasion: Occasion) -> Entry:
    first = occasion.name.partition(":")[0]
    return Entry(occasion.name, _TITLES.get(first, "Without a new version"), occasion.observed_at, None)
