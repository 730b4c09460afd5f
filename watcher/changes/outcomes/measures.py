"""The outcome measures of one version, as they are compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from watcher.changes.reading import Version, as_text
from watcher.record import canonical, tidy

MODULE = "protocolSection.outcomesModule"
# Records from before 2017 hold these inside the measure, as the old page showed them.
_TIME_FRAME = re.compile(r"\[ ?time frame: ?([^\[\]]*)\]", re.IGNORECASE)
_SAFETY_ISSUE = re.compile(r"\[?(?:designated as )?safety issue\??: ?(?:yes|no)\]?", re.IGNORECASE)


class Type(StrEnum):
    """The three lists of the registry, in the words of its page."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    OTHER = "other"

    @property
    def path(self) -> str:
        """Where its outcomes stand in the record."""
        return f"{MODULE}.{self}Outcomes"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One outcome measure. `whole` is its row, `stands` are its texts as filed, `plain` without case and layout."""

    type: Type
    place: int
    measure: str
    description: str
    time_frame: str
    whole: str
    plain: tuple[str, str, str]
    stands: tuple[str, str, str]

    @property
    def path(self) -> str:
        """Where it stands in the record."""
        return f"{self.type.path}[{self.place}]"

    @property
    def texts(self) -> tuple[str, str, str]:
        """Its texts as they stand."""
        return self.measure, self.description, self.time_frame


def outcomes(side: Version) -> list[Outcome]:
    """Every outcome of a version, in an order of their own: that of the lists does not count."""
    found = [
        _outcome(type_, place, row)
        for type_ in Type
        for place, row in enumerate(_list(side, type_.path))
        if isinstance(row, dict)
    ]
    return sorted(found, key=lambda outcome: (outcome.whole, outcome.type, outcome.place))


def _list(side: Version, path: str) -> list[Any]:
    value = side.at(path)
    return value if isinstance(value, list) else []


def _outcome(type_: Type, place: int, row: Mapping[str, Any]) -> Outcome:
    measure, description, time_frame = (as_text(row.get(key)) for key in ("measure", "description", "timeFrame"))
    stands = measure, description, time_frame
    inside = _TIME_FRAME.search(measure)
    if inside and not time_frame:
        time_frame, measure = inside[1].strip(), _TIME_FRAME.sub("", measure)
    measure = _SAFETY_ISSUE.sub("", measure).strip()
    plain = _plain(measure), _plain(description), _plain(time_frame)
    return Outcome(type_, place, measure, description, time_frame, canonical(row), plain, stands)


def _plain(text: str) -> str:
    return tidy(text).casefold()
