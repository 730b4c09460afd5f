"""The judgement on a life: what arrived against what was owed, and what it holds against what the calm life holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

from benchmarks.soak.lived import Lived, Notice, Row
from benchmarks.soak.plan import Act, Early
from benchmarks.soak.theatre import READERS
from benchmarks.storm.arrived import number_of, target_of
from benchmarks.storm.faults import Fault
from benchmarks.storm.owed import DIGEST, Due, Expected, Facts, expected
from benchmarks.storm.sinks import Arrival, Attempt
from benchmarks.storm.verdict import Verdict, judged

OVER = ".over"
# That the database cannot be written is told without it, so only the end of that stands in it.
DIRECT = "database:"
# An attempt and what arrived by it are noted one right after the other.
SAME_MOMENT = 0.5


@dataclass(frozen=True, slots=True)
class Repeats:
    """Messages that came again with the same id: with a reason, and without."""

    excused: int
    unexcused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notices:
    """What the operator was told: how much, what was never said to be over, what was told wrongly."""

    told: int
    unresolved: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The whole judgement on one life."""

    name: str
    expected: int
    delivered: int
    messages: Verdict
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    false: tuple[str, ...]
    repeats: Repeats
    notices: Notices
    left_open: int


def judge(lived: Lived, calm: Lived, acts: Sequence[Act]) -> Judged:
    """What readers were told against what the life's own database owes them, and that against the calm life's."""
    ends = lived.moved[-1][1]
    owed, calmly = owed_by(lived.facts, ends), owed_by(calm.facts, calm.moved[-1][1])
    told = judged(owed, lived.messages, lived.latest)
    open_steps = ambiguous(calm, lived, acts)
    missing, surplus = differing(lived, calm, open_steps)
    repeats = repeated(lived.arrivals, lived.attempts, lived.doubts)
    owes = {(due.target, due.step.key) for due in owed.dues}
    false = [each for each in told.doubled if (each.target, (each.nct_id, each.step)) not in owes]
    doubled = [each for each in told.doubled if each not in false]
    return Judged(
        name=lived.name,
        expected=_number_expected(calmly, owed, lived.last, open_steps),
        delivered=_number_delivered(owed, told),
        messages=told,
        lost=(*map(str, told.lost), *(f"only in the calm life: {each}" for each in missing)),
        doubled=(*map(str, doubled), *(f"again without a reason: {each}" for each in repeats.unexcused)),
        false=(*map(str, false), *map(str, told.unknown), *(f"not in the calm life: {each}" for each in surplus)),
        repeats=repeats,
        notices=noticed(lived.notices, lived.arrivals),
        left_open=len(open_steps),
    )


def owed_by(facts: Facts, ends: datetime) -> Expected:
    """All that is due before the end; a digest that closes after it is not."""
    every = expected(facts.steps, READERS, (), until=datetime.max.replace(tzinfo=UTC))
    dues = tuple(due for due in every.dues if due.form != DIGEST or due.at <= ends)
    return Expected(dues, frozenset((due.target, due.route, due.window) for due in dues if due.form == DIGEST))


def _number_expected(calmly: Expected, owed: Expected, last: date, leave_out: frozenset[tuple[str, date]]) -> int:
    """By the calm life, but for what depends on the weather: clocks left open, and the quiet days at the end."""

    def compared(due: Due) -> bool:
        day = due.step.at.date()
        return day <= last and (due.step.nct_id, day) not in leave_out

    return sum(map(compared, calmly.dues)) + sum(not compared(due) for due in owed.dues)


def _number_delivered(owed: Expected, told: Verdict) -> int:
    """Alerts of which nothing is missing; a table tells two of one study and one minute as one."""
    lost = {(each.target, each.nct_id, each.step) for each in told.lost}
    return sum((due.target, *due.step.key) not in lost for due in owed.dues)


# --- the same as in the calm life ---------------------------------------------------


def ambiguous(calm: Lived, lived: Lived, acts: Iterable[Act]) -> frozenset[tuple[str, date]]:
    """Studies whose clocks and whose news meet on a day with a refresh in mid-sweep: either may be seen first."""
    turning = {act.day for act in acts if act.early is Early.TURNS}
    rows = {row for life in (calm, lived) for row in life.changes if row[2] in turning}
    clocks = {(nct_id, day) for nct_id, occasion, day in rows if occasion.startswith("clock:")}
    news = {(nct_id, day) for nct_id, occasion, day in rows if not occasion.startswith("clock:")}
    return frozenset(clocks & news)


def differing(lived: Lived, calm: Lived, leave_out: frozenset[tuple[str, date]]) -> tuple[list[str], list[str]]:
    """What the calm life alone holds, and what this one alone holds, of the days that both have played."""
    pairs = (
        (_until(calm.versions, lived.last, frozenset()), _until(lived.versions, lived.last, frozenset())),
        (_until(calm.changes, lived.last, leave_out), _until(lived.changes, lived.last, leave_out)),
    )
    missing = [_said(row) for calmly, mine in pairs for row in calmly if calmly[row] != mine.get(row)]
    surplus = [_said(row) for calmly, mine in pairs for row in mine if row not in calmly]
    return sorted(missing), sorted(surplus)


def _until(rows: Mapping[Row, object], last: date, leave_out: frozenset[tuple[str, date]]) -> dict[Row, object]:
    return {
        row: value
        for row, value in rows.items()
        if row[2] <= last and not (row[1].startswith("clock:") and (row[0], row[2]) in leave_out)
    }


def _said(row: Row) -> str:
    return f"{row[0]} {row[1]} {row[2]}"


# --- repeats ------------------------------------------------------------------------


def repeated(
    arrivals: Iterable[Arrival], attempts: Iterable[Attempt], doubts: Sequence[tuple[float, float]]
) -> Repeats:
    """A message may come again where its sender could not know that it had arrived, or could not write that down."""
    unsure = defaultdict(list)
    for attempt in attempts:
        if attempt.fault.takes and attempt.fault is not Fault.NONE:
            unsure[attempt.id].append(attempt.at)
    times: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for arrival in sorted(arrivals, key=lambda each: each.at):
        times[arrival.target, arrival.id].append(arrival)
    excused, unexcused = 0, []
    for came in times.values():
        for before, again in pairwise(came):
            if _in_doubt(before, unsure[before.id], doubts):
                excused += 1
            else:
                unexcused.append(f"{target_of(again)} {number_of(again)}, {again.at - before.at:.1f} s later")
    return Repeats(excused, tuple(unexcused))


def _in_doubt(arrival: Arrival, unsure: Iterable[float], doubts: Iterable[tuple[float, float]]) -> bool:
    cut = any(abs(at - arrival.at) < SAME_MOMENT for at in unsure)
    return cut or any(start <= arrival.at <= end for start, end in doubts)


# --- the operator -------------------------------------------------------------------


def noticed(notices: Sequence[Notice], arrivals: Iterable[Arrival]) -> Notices:
    """Whether each condition was told once while it lasted, and its end once; every notice has to have arrived."""
    came = {number_of(arrival) for arrival in arrivals}
    owed = [notice for notice in notices if notice.message_id is not None]
    wrong = [f"{notice.key} never arrived" for notice in owed if notice.message_id not in came]
    return Notices(
        told=sum(notice.message_id in came for notice in owed),
        unresolved=tuple(notice.key for notice in notices if notice.resolved_at is None),
        wrong=(*wrong, *_not_over_once(notices), *_open_twice(notices)),
    )


def _not_over_once(notices: Sequence[Notice]) -> Iterator[str]:
    """A condition that is over says so once for each time that it was told."""
    ends = (notice.key.removesuffix(OVER) for notice in notices if notice.key.endswith(OVER))
    over = Counter(key for key in ends if not key.startswith(DIRECT))
    told = Counter(notice.key for notice in notices if notice.resolved_at is not None and notice.key in over)
    yield from (f"{key}: told {told[key]} times, over {over[key]} times" for key in over if told[key] != over[key])


def _open_twice(notices: Sequence[Notice]) -> Iterator[str]:
    """A condition that stands is not told again. Their order tells: a rehearsal's clock goes back with a restart."""
    standing: set[str] = set()
    for notice in notices:
        if notice.key.endswith(OVER):
            standing.discard(notice.key.removesuffix(OVER))
        elif notice.key in standing:
            yield f"{notice.key} told again while it stood"
        else:
            standing.add(notice.key)
