"""A watch as a board: one line for each study, with what comes next, what moved, and which clocks run.

Days are UTC days, and a month counts as its last day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from watcher.changes.clocks.timetable import plain_name
from watcher.changes.language.words import status_label
from watcher.model import Milestone, Plan, StudyFacts
from watcher.record import PartialDate
from watcher.store.shown import Glance
from watcher.store.values import ABSENT, GONE, MERGED, MISSING
from watcher.views.standing import STATES

_NO_PLAN = Plan()

# Thousands of lines share a few thousand days.
day_of = lru_cache(maxsize=8192)(PartialDate.parse)
"""The days that a text stands for; None where it is no date."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next date of a study: what it is, when, and in how many days."""

    name: str
    day: PartialDate
    estimated: bool
    days: int


@dataclass(frozen=True)
class Line:
    """One study of a board. `heir` is the number that it was merged into; `trouble` says why less is known than usual.

    `quiet` are the days since it last changed by more than noise, `slip` the days by which its primary completion is
    later than when it was first seen, less than 0 where it is earlier; None where there is none.
    """

    nct_id: str
    label: str
    facts: StudyFacts
    plan: Plan
    trouble: str = ""
    heir: str = ""
    first_completion: str = ""
    ahead: Ahead | None = None
    quiet: int | None = None
    slip: int | None = None
    clocks: tuple[str, ...] = ()

    @cached_property
    def status(self) -> str:
        """The registry's label of the status, "" where no record was seen."""
        return status_label(self.facts.status) if self.facts.status else ""

    @property
    def name(self) -> str:
        """What a reader knows it by: the user's own label, else its acronym, else its title."""
        return self.label or self.facts.acronym or self.facts.title


def lines(glances: Sequence[Glance], labels: Mapping[str, str], today: date) -> tuple[Line, ...]:
    """A line for each study, under the user's labels."""
    return tuple(_line(glance, labels.get(glance.nct_id, ""), today) for glance in glances)


def _line(glance: Glance, label: str, today: date) -> Line:
    plan = glance.plan or _NO_PLAN
    return Line(
        nct_id=glance.nct_id,
        label=label,
        facts=glance.facts or StudyFacts(glance.nct_id),
        plan=plan,
        trouble=_trouble(glance),
        heir=glance.merged_into if glance.state == MERGED else "",
        first_completion=glance.first_completion,
        ahead=_ahead(plan, today),
        # The clock may have been set back since.
        quiet=max((today - glance.changed_at.date()).days, 0) if glance.changed_at else None,
        slip=_slip(glance.first_completion, plan.primary_completion),
        clocks=tuple(map(plain_name, glance.clocks)),
    )


def _trouble(glance: Glance) -> str:
    if glance.state == ABSENT or not glance.version:
        return "the registry does not have it yet" if glance.known else "never seen yet"
    if glance.state in (MISSING, GONE):
        return STATES[glance.state]
    if glance.unread:
        return "its dates are not read yet"
    return "" if glance.plan or glance.state == MERGED else "its newest record cannot be read"


def _ahead(plan: Plan, today: date) -> Ahead | None:
    """The first date that lies ahead; of those of one day the first of the plan."""
    return min(_all_ahead(plan, today), key=lambda ahead: ahead.days, default=None)


def _all_ahead(plan: Plan, today: date) -> Iterator[Ahead]:
    for name, milestone in (
        ("start", plan.start),
        ("primary completion", plan.primary_completion),
        ("completion", plan.completion),
        ("results due", plan.results_due),
    ):
        day = day_of(milestone.date)
        if day is not None and day.last >= today:
            yield Ahead(name, day, milestone.type == "ESTIMATED", (day.last - today).days)


def _slip(first: str, now: Milestone) -> int | None:
    """Days by which the date moved since it was first seen."""
    before, after = day_of(first), day_of(now.date)
    return before.moved_to(after) if before and after else None
