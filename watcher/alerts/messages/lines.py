"""The lines of an alert: what changed, worst first, consequences under their cause, what is many in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from watcher.alerts.counting import counted_kind
from watcher.alerts.messages.pairs import Pair, pair_in
from watcher.alerts.messages.safe import one_line
from watcher.changes.language.excerpts import differing
from watcher.changes.language.words import clipped
from watcher.model import Change, Severity

# A kind that many sites share is told as one line, with the list behind it (law 8); so is what is minor anyhow.
# What is major is told one by one, as long as a message of it can be read.
FOLD_FROM = 4
FOLD_MAJOR_FROM = 13
_OF_SITES = ("site.", "country.")
# No sentence of ours is longer; what a sponsor wrote may be.
_LONGEST = 1_500


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an alert: a change, or several of one kind; `under` are the lines that fold beneath it.

    `pair` holds the same text taken apart, where it says "before -> after" of two short values.
    """

    severity: Severity
    text: str
    under: tuple[str, ...] = ()
    pair: Pair | None = None

    @property
    def word(self) -> str:
        """The severity as messages write it."""
        return self.severity.name

    @property
    def length(self) -> int:
        """How many lines a reader sees."""
        return 1 + len(self.under)

    def clipped(self, characters: int) -> Line:
        """The line with no text longer than that."""
        under = tuple(clipped(text, characters) for text in self.under)
        return replace(self, text=clipped(self.text, characters), under=under)


def causes_of(changes: Sequence[Change]) -> list[Change]:
    """The changes that stand by themselves here: their cause, if any, is not part of this alert."""
    present = {change.id for change in changes}
    return ranked(change for change in changes if change.parent not in present)


def lines_of(changes: Sequence[Change]) -> tuple[Line, ...]:
    """What an alert says, line by line."""
    return tuple(_lines(changes))


def evidence_of(change: Change) -> str:
    """The change for whoever checks: kind, severity, subject, both values, paths."""
    old, new = differing(change.old, change.new, 120) if change.old and change.new else (change.old, change.new)
    values = f"{clipped(old or 'absent', 120)} -> {clipped(new or 'absent', 120)}"
    paths = " ".join(clipped(path, 200) for path in change.paths[:3])
    told = (change.kind, change.severity.word, clipped(change.subject, 300), values, paths)
    return one_line(" | ".join(part for part in told if part))


def _lines(changes: Sequence[Change]) -> Iterator[Line]:
    for (severity, _), group in groupby(causes_of(changes), key=lambda change: (change.severity, change.kind)):
        alike = list(group)
        if folds(alike):
            yield Line(severity, f"{one_line(counted_kind(alike))}.", _under(alike, changes))
        else:
            yield from (Line(severity, _said(each), _under([each], changes), pair_in(each)) for each in alike)


def _said(change: Change) -> str:
    return clipped(one_line(change.sentence), _LONGEST)


def folds(alike: Sequence[Change]) -> bool:
    """Whether changes of one kind and severity are told in one line: many of sites, many that are minor, very many."""
    few_words = alike[0].severity < Severity.MAJOR or alike[0].kind.startswith(_OF_SITES)
    return len(alike) >= (FOLD_FROM if few_words else FOLD_MAJOR_FROM)


def _under(causes: Sequence[Change], changes: Sequence[Change]) -> tuple[str, ...]:
    above = {cause.id for cause in causes}
    children = ranked(change for change in changes if change.parent in above)
    return tuple(_consequences(children))


def _consequences(children: Sequence[Change]) -> Iterator[str]:
    for _, group in groupby(children, key=lambda change: change.kind):
        alike = list(group)
        if len(alike) < FOLD_FROM:
            yield from map(_said, alike)
        else:
            yield one_line(f"with it {counted_kind(alike)}.")


def ranked(changes: Iterable[Change]) -> list[Change]:
    """Severest first, then as the table lists them: the status before the dates, the dates before the sites."""
    return sorted(
        changes, key=lambda change: (-change.severity, _places().get(change.kind, len(_places())), change.subject)
    )


@cache
def _places() -> Mapping[str, int]:
    """The place of each kind in the table, which is loaded with the first message."""
    from watcher.changes.table import KINDS

    return {kind: place for place, kind in enumerate(KINDS)}
