"""Which lines of a board are shown: what a reader chose, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.views.board import Line

ANY_CLOCK = "any"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be shown; "" and None mean anything. Texts match within words, in any case.

    `status` and `phase` are labels, `clock` is a plain name or `ANY_CLOCK`; `within` is in days. Each word of `text`
    is to stand in number, label, title, acronym or sponsor.
    """

    status: str = ""
    phase: str = ""
    sponsor: str = ""
    within: int | None = None
    clock: str = ""
    text: str = ""

    @property
    def is_anything(self) -> bool:
        """Whether nothing is left out."""
        return self == Chosen()

    def takes(self, line: Line) -> bool:
        """Whether a line is shown."""
        return (
            self.status in ("", line.status)
            and self.phase in ("", line.facts.phase)
            and self.sponsor.casefold() in line.facts.sponsor.casefold()
            and (self.within is None or (line.quiet is not None and line.quiet <= self.within))
            and (not self.clock or self._runs(line))
            and self._is_named(line)
        )

    def _runs(self, line: Line) -> bool:
        return bool(line.clocks) if self.clock == ANY_CLOCK else self.clock in line.clocks

    def _is_named(self, line: Line) -> bool:
        if not self.text:
            return True
        facts = line.facts
        whole = "\n".join((line.nct_id, line.label, facts.title, facts.acronym, facts.sponsor)).casefold()
        return all(word in whole for word in self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, each with how many lines of the whole board have it."""

    statuses: tuple[tuple[str, int], ...]
    phases: tuple[tuple[str, int], ...]
    clocks: tuple[tuple[str, int], ...]


def chosen(lines: Sequence[Line], wanted: Chosen) -> tuple[Line, ...]:
    """The lines that are wanted, in their order."""
    return tuple(lines) if wanted.is_anything else tuple(filter(wanted.takes, lines))


def choices(lines: Sequence[Line]) -> Choices:
    """What there is to choose from on a board."""
    return Choices(
        statuses=_counted(line.status for line in lines),
        phases=_counted(line.facts.phase for line in lines),
        clocks=_counted(clock for line in lines for clock in line.clocks),
    )


def _counted(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((value, count) for value, count in Counter(values).items() if value))
