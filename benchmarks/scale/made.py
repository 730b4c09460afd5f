"""Made studies: each part of a study is drawn from another real record, its dates and its title are its own.

Everything follows from the seed, so two processes, or two runs, make the same registry to the byte.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from math import log
from random import Random

from benchmarks.scale.templates import (
    DATES,
    EPOCH,
    FIRST_POSTED,
    FIRST_SENT,
    MOVED,
    MOVED_BACK,
    SENT,
    UPDATED,
    Moment,
    Template,
)

# The parts of a study that are drawn apart from each other.
TITLE, STATUS, SPONSOR, TEXT, CONDITION, DESIGN, OUTCOMES, ELIGIBILITY, PLACES = range(9)
PARTS = 9

FIRST_POST = date(1999, 9, 20).toordinal() - EPOCH
WEEK = 7
# Days between what a sponsor sends and what the registry posts.
REVIEW = 4
# The dates of a template are moved by at most so many days.
WIDEST = 360
# So many studies are still looked after: one in three, of which one in fifty is updated on a working day.
ACTIVE = 0.35
UPDATED_A_DAY = 1 / 150
DORMANT = 500


def day_number(day: date) -> int:
    """The day as a made study counts it."""
    return day.toordinal() - EPOCH


def number_of(index: int) -> bytes:
    """The NCT number of the study at this place."""
    return b"NCT%08d" % (index + 1)


class Made:
    """Studies by their place, from 0: what they were before the first day that is served, `today`."""

    def __init__(self, templates: Sequence[Template], studies: int, today: date, seed: int = 1) -> None:
        self.templates = templates
        self.today = day_number(today)
        self._seed = seed
        self.parts = [array("H") for _ in range(PARTS)]
        self.first_posted, self.updated, self.shift = array("H"), array("H"), array("H")
        span = self.today - FIRST_POST
        self._grow([_working_day(FIRST_POST + span * index // studies) for index in range(studies)], f"{seed}")

    def __len__(self) -> int:
        return len(self.shift)

    def add(self, number: int, day: int) -> None:
        """So many new studies, first posted on this day."""
        self._grow([day] * number, f"{self._seed}:{day}")

    def written(self, index: int, holder: bytes) -> bytes:
        """The record as the registry sends it, compact; `holder` is the day its data are of."""
        at, part = self.templates, self.parts
        status, conditions, design = at[part[STATUS][index]], at[part[CONDITION][index]], at[part[DESIGN][index]]
        sponsor = at[part[SPONSOR][index]]
        return b"".join((
            b'{"protocolSection":{"identificationModule":',
            at[part[TITLE][index]].title % (number_of(index), b"(%d)" % (index + 1)),
            status.status % self._said(index, status.moments),
            sponsor.sponsor,
            at[part[TEXT][index]].description,
            conditions.conditions,
            design.design,
            at[part[OUTCOMES][index]].outcomes,
            at[part[ELIGIBILITY][index]].eligibility,
            at[part[PLACES][index]].places,
            sponsor.references,
            b"}",
            status.sections,
            b',"derivedSection":{"miscInfoModule":{"versionHolder":"',
            holder,
            b'"',
            status.misc,
            b"}",
            conditions.condition_terms,
            design.intervention_terms,
            b'},"hasResults":',
            status.has_results,
            b"}",
        ))  # fmt: skip

    def _said(self, index: int, moments: Sequence[Moment]) -> tuple[bytes, ...]:
        posted, updated, shift = self.first_posted[index], self.updated[index], self.shift[index]
        own = {FIRST_POSTED: posted, FIRST_SENT: posted - REVIEW, UPDATED: updated, SENT: updated - REVIEW}
        moved = {MOVED: shift - WIDEST // 2, MOVED_BACK: -shift}
        days = (
            own[moment.meaning] if moment.meaning in own else _within(moment.day + moved[moment.meaning])
            for moment in moments
        )
        return tuple(DATES[day][: moment.length] for day, moment in zip(days, moments, strict=True))

    def _grow(self, posted: Sequence[int], seed: str) -> None:
        chance = Random(seed)  # noqa: S311 - reproducible, not secret
        everyone = range(len(self.templates))
        for number, part in enumerate(self.parts):
            weights = [each.weight for each in self.templates] if number == STATUS else [1.0 for _ in everyone]
            part.extend(chance.choices(everyone, cum_weights=list(accumulate(weights)), k=len(posted)))
        self.shift.extend(chance.choices(range(WIDEST), k=len(posted)))
        self.first_posted.extend(posted)
        self.updated.extend(_updated(day, self.today, chance) for day in posted)


def _updated(posted: int, today: int, chance: Random) -> int:
    """The last update before today: of the day on which the study was posted, at the earliest."""
    if chance.random() < ACTIVE:
        back = int(log(1 - chance.random()) / log(1 - UPDATED_A_DAY / ACTIVE))
        return max(posted, _days_back(today, back + 1))
    return max(posted, _working_day(chance.randint(posted, max(posted, today - DORMANT))))


def _working_day(day: int) -> int:
    """The day, or the Friday before it."""
    return day - max(0, _weekday(day) - 4)


def _days_back(day: int, working: int) -> int:
    """The day that lies so many working days before this one."""
    weeks, days = divmod(working, 5)
    return day - weeks * WEEK - days - (2 if days > _weekday(day) else 0)


def _weekday(day: int) -> int:
    return (day + EPOCH - 1) % WEEK


def _within(day: int) -> int:
    return min(max(day, 0), len(DATES) - 1)
