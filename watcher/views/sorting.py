"""The columns of a board and its order: total, stable, and with what is missing at the end, whichever way it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from watcher.model import Milestone
from watcher.views.board import Line, day_of

Key = Callable[[Line], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in addresses, its heading, and what its cells are sorted by; None and "" are missing.

    `largest_first`: what who clicks on it wants to see on top.
    """

    name: str
    heading: str
    key: Key
    largest_first: bool = False


def _text(found: Callable[[Line], str]) -> Key:
    return lambda line: found(line).casefold() or None


def _day(found: Callable[[Line], Milestone]) -> Key:
    def key(line: Line) -> object:
        day = day_of(found(line).date)
        return day.last if day else None

    return key


COLUMNS = (
    Column("study", "Study", lambda line: line.nct_id),
    Column("label", "Label", _text(lambda line: line.label)),
    Column("title", "Title", _text(lambda line: line.facts.title)),
    Column("status", "Status", _text(lambda line: line.status)),
    Column("next", "Next date", lambda line: line.ahead.days if line.ahead else None),
    Column("changed", "Last change", lambda line: line.quiet),
    Column("slip", "Slip", lambda line: line.slip, largest_first=True),
    Column("clocks", "Clocks running", lambda line: len(line.clocks) or None, largest_first=True),
    Column("sponsor", "Sponsor", _text(lambda line: line.facts.sponsor)),
    Column("phase", "Phase", _text(lambda line: line.facts.phase)),
    Column("enrollment", "Enrolment", lambda line: line.plan.enrollment, largest_first=True),
    Column("start", "Start", _day(lambda line: line.plan.start)),
    Column("primary", "Primary completion", _day(lambda line: line.plan.primary_completion)),
)
BY_NAME = {column.name: column for column in COLUMNS}
USUAL = BY_NAME["next"]
"""What comes next is what a board is looked at for."""


def in_order(lines: Iterable[Line], column: Column, *, down: bool) -> tuple[Line, ...]:
    """The lines by a column, largest first where it goes `down`; of equal ones the lower number comes first."""
    keyed = sorted(((column.key(line), line) for line in lines), key=lambda pair: pair[1].nct_id)
    present = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=down)
    return (*(line for _, line in present), *(line for key, line in keyed if key is None))
