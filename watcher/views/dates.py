"""The expected dates of studies as entries of a calendar, which stay themselves while their dates move.

A month counts as its last day, as everywhere. A date that was removed, and those of a study that is gone, stay for a
while, called off: a calendar that has them would keep them for ever otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watcher.alerts.messages.safe import one_line
from watcher.alerts.messages.voice import REHEARSAL
from watcher.changes.language.words import clipped, counted, status_label
from watcher.model import Milestone, StudyFacts
from watcher.record import PartialDate
from watcher.store.moves import Move
from watcher.store.shown import Glance
from watcher.store.values import GONE, MERGED

PAST_SHOWN = timedelta(days=366)
CALLED_OFF_SHOWN = timedelta(days=90)

_RECKONED = ("phase.", "oversight.fda_regulated", "design.purpose")
_ENDS_RESULTS = ("results.", "status.withdrawn", "status.withheld", *_RECKONED)
_RECORD = ("record.not_found", "record.restored", "record.merged")
_DIRECTIONS = frozenset({"slipped", "pulled_in", "actualized", "corrected", "type_reverted"})


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of date: its name in addresses and in words, and the kinds of change that move it."""

    name: str
    words: str
    kinds: tuple[str, ...]
    estimated: str = "estimated"
    reached: str = "actual"


START = Sort("start", "start", ("date.start.",))
PRIMARY = Sort("primary-completion", "primary completion", ("date.primary_completion.",))
COMPLETION = Sort("completion", "study completion", ("date.completion.",))
RESULTS = Sort(
    "results-due",
    "results appear due",
    ("date.", "results.", "status.", *_RECKONED),
    estimated="if the estimated date holds",
    reached="by the date as reached",
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A study with its dates, and what moved them, oldest first.

    `due_before` is when results appeared due until something lately ended that; "" where nothing did.
    """

    study: Glance
    label: str = ""
    moves: tuple[Move, ...] = ()
    due_before: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A day of the calendar. `sequence` grows, and `modified` moves, whenever the date does."""

    nct_id: str
    sort: str
    day: date
    summary: str
    lines: tuple[str, ...]
    sequence: int
    created: datetime
    modified: datetime
    called_off: bool = False


def ends_results(kind: str) -> bool:
    """Whether a change can be why results appear due no more."""
    return kind.startswith(_ENDS_RESULTS) or kind.endswith(".removed")


def entries(planned: Planned, today: date, *, rehearsal: bool) -> Iterator[Entry]:
    """The dates of a study that a calendar shows today."""
    plan = planned.study.plan
    if plan is None or planned.study.first_seen_at is None:
        return
    dates = ((START, plan.start), (PRIMARY, plan.primary_completion), (COMPLETION, plan.completion))
    for sort, milestone in (*dates, (RESULTS, plan.results_due)):
        entry = _entry(planned, sort, milestone, rehearsal)
        if entry is not None and _is_shown(entry, sort, today):
            yield entry


def _is_shown(entry: Entry, sort: Sort, today: date) -> bool:
    past = CALLED_OFF_SHOWN if sort is START else PAST_SHOWN
    lately = today - entry.modified.date() <= CALLED_OFF_SHOWN
    return today - entry.day <= past and (lately or not entry.called_off)


def _entry(planned: Planned, sort: Sort, milestone: Milestone, rehearsal: bool) -> Entry | None:
    study, moves = planned.study, [move for move in planned.moves if _moves(sort, move.change.kind)]
    ended = _ended(planned, milestone)
    given = milestone if milestone.date else _before(planned, sort, moves)
    day = _sane(given.date)
    if day is None or study.first_seen_at is None:
        return None
    facts = study.facts or StudyFacts(study.nct_id)
    called = _called(sort, day, given.type, ended)
    name = " ".join(filter(None, (study.nct_id, clipped(one_line(planned.label or facts.acronym), 60))))
    return Entry(
        nct_id=study.nct_id,
        sort=sort.name,
        day=day.last,
        summary=f"{REHEARSAL} " * rehearsal + f"{name}: {called}",
        lines=tuple(_lines(facts, sort, day, given, moves)),
        sequence=len(moves),
        created=study.first_seen_at,
        modified=moves[-1].observed_at if moves else study.first_seen_at,
        called_off=bool(ended),
    )


def _moves(sort: Sort, kind: str) -> bool:
    return kind.startswith(sort.kinds) or kind in _RECORD


def _ended(planned: Planned, milestone: Milestone) -> str:
    """Why the date is off; "" where it is on."""
    if planned.study.state == GONE:
        return "no longer in the registry"
    if planned.study.state == MERGED:
        return f"merged into {planned.study.merged_into}"
    return "" if milestone.date else "called off"


def _before(planned: Planned, sort: Sort, moves: Sequence[Move]) -> Milestone:
    """The date that was there until the record lost it."""
    if sort is RESULTS:
        return Milestone(planned.due_before)
    own = [move.change for move in moves if move.change.kind.startswith(sort.kinds)]
    if not own or not own[-1].kind.endswith(".removed"):
        return Milestone()
    return Milestone((own[-1].old or "").partition(" ")[0])


def _called(sort: Sort, day: PartialDate, type_: str, ended: str) -> str:
    """As in: primary completion in March 2027 (estimated)."""
    when = "" if day.exact else f" in {day.last:%B %Y}" if len(day.text) > 4 else f" in {day.last:%Y}"
    types = {"ESTIMATED": sort.estimated, "ACTUAL": sort.reached}
    said = ended or types.get(type_, "type not stated")
    return f"{sort.words}{when} ({said})"


def _sane(text: str) -> PartialDate | None:
    """The date, unless it lies where calendars end."""
    day = PartialDate.parse(text)
    return day if day is not None and 1000 < day.last.year < 9000 else None


# --- what stands in it ----------------------------------------------------------------


def _lines(facts: StudyFacts, sort: Sort, day: PartialDate, given: Milestone, moves: Sequence[Move]) -> Iterator[str]:
    counted_as = "" if day.exact else f"; it counts as its last day, {day.last}"
    yield f"{sort.words[:1].upper()}{sort.words[1:]}: {day.text}{counted_as}."
    if slip := _slip(sort, moves):
        yield slip
    if sort is RESULTS:
        yield "By the FDA flags of the record, as TrialsTracker reads them: an inference, not the registry's word."
    if facts.title:
        yield one_line(facts.title)
    if about := one_line(" · ".join(filter(None, (facts.sponsor, facts.phase, _status(facts))))):
        yield about


def _status(facts: StudyFacts) -> str:
    return status_label(facts.status) if facts.status else ""


def _slip(sort: Sort, moves: Sequence[Move]) -> str:
    """As in: Was 2027-03 until 2026-02-05, moved twice since 2025-01-10."""
    followed = PRIMARY if sort is RESULTS else sort
    moved = [move for move in moves if move.change.kind.startswith(followed.kinds) and _is_move(move)]
    if not moved:
        return ""
    last = moved[-1]
    how_often = {1: "moved once", 2: "moved twice"}.get(len(moved), f"moved {counted(len(moved), 'time')}")
    since = f" since {moved[0].observed_at:%Y-%m-%d}" if len(moved) > 1 else ""
    was = "Was" if followed is sort else "Primary completion was"
    return f"{was} {last.change.detail['from']} until {last.observed_at:%Y-%m-%d}, {how_often}{since}."


def _is_move(move: Move) -> bool:
    return move.change.kind.rpartition(".")[2] in _DIRECTIONS and bool(move.change.detail.get("days"))
