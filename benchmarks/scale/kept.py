"""The registry's content as days pass: what is edited, new, gone; and which studies a request asks for, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.scale.edits import RESULTS, UNKNOWN, chosen, edit
from benchmarks.scale.made import CONDITION, Made, day_number
from benchmarks.scale.templates import DATES, Template, matching

# Of the studies that answer the search, so many come, and as many go, on a day with changes.
TURNOVER = 3
# The modules that what is served depends on.
_DECIDING = ("templates", "made", "edits", "kept", "pages")


@dataclass(frozen=True, slots=True)
class Day:
    """What the registry's day brings: studies that are edited, new ones, and ones that are gone."""

    date: date
    changed: int = 0
    new: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Within:
    """Studies whose date lies in a range, both ends included: "updated" or "first_posted", as days of a made study."""

    field: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which studies are asked for, and in which order; nothing said means all, by the day of their first posting."""

    ids: tuple[bytes, ...] | None = None
    condition: str = ""
    within: tuple[Within, ...] = ()
    newest_first: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether it is the listing of the whole registry."""
        return self == Asked()


class Kept:
    """The registry's content on one day after the other."""

    def __init__(self, templates: Sequence[Template], studies: int, first: date, condition: str, seed: int = 1) -> None:
        self.made = Made(templates, studies, first, seed)
        self.days: list[Day] = [Day(first)]
        self._about = (studies, seed, condition)
        self._seed = seed
        self._members = matching(templates, condition)
        self._results = [each for each in templates if each.has_results == b"true"]
        self._edits: dict[int, list[tuple[date, str]]] = {}
        self._gone: set[int] = set()
        self._order: list[int] | None = None
        self._answered: tuple[Asked, Sequence[int]] | None = None

    @property
    def today(self) -> date:
        """The day that is served."""
        return self.days[-1].date

    @property
    def mark(self) -> str:
        """Equal marks stand for equal content: that of the same days, made by the same code of the same templates."""
        code = b"".join(Path(__file__).with_name(f"{name}.py").read_bytes() for name in _DECIDING)
        said = repr((self._about, self.days, self.made.templates)).encode()
        return blake2b(code + said, digest_size=8).hexdigest()

    def move(self, day: Day) -> None:
        """Pass to another day."""
        chance = Random(f"{self._seed}:{day}")  # noqa: S311 - reproducible, not secret
        number = day_number(day.date)
        for index in chance.sample(range(len(self.made)), day.changed):
            self._change(index, chosen(chance), day.date)
        if day.changed:
            self._turn_over(chance, number)
        self._gone |= set(chance.sample(range(len(self.made)), day.gone))
        self.made.add(day.new, number)
        self.days.append(day)
        self._order = self._answered = None

    def written(self, index: int) -> bytes:
        """The record as it is sent on this day."""
        raw = self.made.written(index, DATES[day_number(self.today)])
        if index not in self._edits:
            return raw
        record = orjson.loads(raw)
        for day, name in self._edits[index]:
            chance = Random(f"{self._seed}:{day}:{index}")  # noqa: S311 - reproducible, not secret
            edit(record, name, chance, day, self._posted(index) if name == RESULTS else {})
        return orjson.dumps(record)

    def index_of(self, nct_id: bytes) -> int | None:
        """The place of a study; None where there is none, or none any more."""
        index = int(nct_id[3:]) - 1
        return index if 0 <= index < len(self.made) and index not in self._gone else None

    def found(self, asked: Asked) -> Sequence[int]:
        """The places of the studies that are asked for, in the order that is asked for."""
        if self._answered is None or self._answered[0] != asked:
            self._answered = (asked, self._found(asked))
        return self._answered[1]

    def is_member(self, index: int, condition: str) -> bool:
        """Whether a study is found by this condition."""
        return self.made.parts[CONDITION][index] in matching(self.made.templates, condition)

    def _posted(self, index: int) -> Mapping[str, Any]:
        """The results that are posted for a study: those of another one."""
        if not self._results:
            return {}
        posted = self._results[index % len(self._results)].sections
        found: Mapping[str, Any] = orjson.loads(b"{" + posted[1:] + b"}")["resultsSection"]
        return found

    def _change(self, index: int, name: str, day: date) -> None:
        self._edits.setdefault(index, []).append((day, name))
        if name != UNKNOWN:
            self.made.updated[index] = day_number(day)

    def _turn_over(self, chance: Random, day: int) -> None:
        """A few edited studies come into the search, and a few leave it, by another condition."""
        drawn = self.made.parts[CONDITION]
        others = sorted(set(range(len(self.made.templates))) - self._members)
        leaving = [index for index in range(len(drawn)) if drawn[index] in self._members]
        for index in chance.sample(leaving, min(TURNOVER, len(leaving))) if others else ():
            drawn[index] = chance.choice(others)
            self.made.updated[index] = day
        for index in chance.sample(range(len(drawn)), min(TURNOVER, len(drawn))) if self._members else ():
            drawn[index] = chance.choice(sorted(self._members))
            self.made.updated[index] = day

    def _found(self, asked: Asked) -> Sequence[int]:
        places = self._ordered() if asked.ids is None else self._by_ids(asked.ids)
        if asked.condition:
            wanted, drawn = matching(self.made.templates, asked.condition), self.made.parts[CONDITION]
            places = [index for index in places if drawn[index] in wanted]
        for within in asked.within:
            days = getattr(self.made, within.field)
            places = [index for index in places if within.first <= days[index] <= within.last]
        if asked.newest_first:
            places = sorted(places, key=lambda index: (-self.made.updated[index], -self.made.first_posted[index]))
        return places

    def _by_ids(self, ids: Sequence[bytes]) -> list[int]:
        found = {index for nct_id in ids if (index := self.index_of(nct_id)) is not None}
        return sorted(found, key=self._place)

    def _ordered(self) -> list[int]:
        if self._order is None:
            self._order = sorted((i for i in range(len(self.made)) if i not in self._gone), key=self._place)
        return self._order

    def _place(self, index: int) -> tuple[int, int, int]:
        return self.made.first_posted[index], self.made.updated[index], index
