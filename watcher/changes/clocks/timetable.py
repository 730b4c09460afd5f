"""Clocks: what the passing of days alone makes of one version of a study.

A clock is a timetable that follows from the record: from which days on which of its thresholds stands, and until when.
What stands today, and the next day on which anything can change, are both read off it. A month counts as its last day.
Days are UTC days. "Final" is completed, terminated, withdrawn, or no longer open for good; "Unknown status" is not,
since the registry computes it and nothing has ended.

What is told of them is decided in `ringing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from watcher.changes.clocks import results_due
from watcher.changes.clocks.results_due import Deadline, months_after, results_deadline
from watcher.changes.language.words import counted, status_label
from watcher.changes.reading import Finding, Pair, Row, Verb, Version
from watcher.changes.rules import When
from watcher.record import PartialDate

_STATUS = "protocolSection.statusModule"
_FINAL = frozenset(
    {"COMPLETED", "TERMINATED", "WITHDRAWN", "WITHHELD", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING"}
)
_LABELS = {
    "startDateStruct": "Start",
    "primaryCompletionDateStruct": "Primary completion",
    "completionDateStruct": "Study completion",
}
_WHAT = {
    "start_overdue": "start overdue",
    "primary_completion_near": "primary completion near",
    "primary_completion_passed": "primary completion date passed",
    "completion_passed": "study completion date passed",
    "stale": "not verified for months",
    "results_due": "results appear due",
    "results_overdue": "results appear overdue",
}


class Clocks:
    """What a clock can say. Two versions show nothing of it: it needs none but the newest, and a day."""

    verbs: Mapping[str, Verb] = {
        "start_overdue": Verb(
            "not yet recruiting, and the estimated start passed more than 30 days ago",
            "Start overdue: estimated for {date}, {apart} ago; status: {status}.",
        ),
        "primary_completion_near": Verb(
            "estimated primary completion within 90 days, status not final",
            "Primary completion {left}: estimated for {date}; status: {status}.",
        ),
        "primary_completion_passed": Verb(
            "estimated primary completion passed, status not final",
            "Primary completion date passed: estimated for {date}, not stated as reached; status: {status}.",
        ),
        "completion_passed": Verb(
            "estimated study completion passed, status not final",
            "Study completion date passed: estimated for {date}, not stated as reached; status: {status}.",
        ),
        "stale": Verb(
            "status not final, verified more than 6 months ago",
            "Not verified for more than {threshold} months: last in {old}; status: {status}.",
        ),
        "results_due": Verb(
            "results appear due in 90, then in 30 days: a year after primary completion, later with a certificate of "
            "delay; by the flags of the record, as TrialsTracker reads them",
            "Results appear due {when}{holds}, because: {because}.",
        ),
        "results_overdue": Verb(
            "results appear to have been due 30 days ago, and none are submitted",
            "Results appear overdue: due on {date}, {apart} ago, none submitted, because: {because}.",
        ),
        "cleared": Verb("what raised a clock has ended, with what ended it", "Cleared: {what} ({old}). {new}."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """Nothing: see `timetables`."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a clock of one version stands: from each day of `steps` its threshold, until a last day if there is one.

    `set_for` is the date it is reckoned from; while that stays the same, a threshold is told once.
    """

    clock: str
    set_for: PartialDate
    steps: tuple[tuple[date, int], ...]
    until: date | None = None
    paths: tuple[str, ...] = ()
    deadline: Deadline | None = None

    def threshold(self, today: date) -> int | None:
        """The threshold that stands today: the last one reached."""
        reached = [threshold for since, threshold in self.steps if since <= today]
        return reached[-1] if reached and not self.is_over(today) else None

    def is_over(self, today: date) -> bool:
        """Whether its time has run out; what it warned of is told by another clock then."""
        return self.until is not None and today > self.until

    def rank(self, threshold: int) -> int:
        """How far on a threshold stands in this timetable; -1 where it has none such."""
        thresholds = [known for _, known in self.steps]
        return thresholds.index(threshold) if threshold in thresholds else -1

    def days(self) -> Iterator[date]:
        """Every day on which something begins or ends."""
        yield from (since for since, _ in self.steps)
        if self.until is not None:
            yield self.until + timedelta(days=1)


def timetables(version: Version) -> tuple[Timetable, ...]:
    """The clocks that this version sets, at most one of each name."""
    return (*_plan(version), *_stale(version), *_results(version))


def plain_name(clock: str) -> str:
    """What a clock says in a few words, such as "results appear overdue"."""
    return _WHAT.get(clock, clock)


def next_day(clocks: Iterable[Timetable], today: date) -> date | None:
    """The next day on which anything can change while these clocks are set so; None where nothing can."""
    return min((day for clock in clocks for day in clock.days() if day > today), default=None)


def finding(clock: Timetable, threshold: int, version: Version, today: date) -> Finding:
    """What is told on `today` of a clock whose `threshold` stands."""
    deadline = clock.deadline
    date = clock.set_for.text if clock.set_for.exact else f"{clock.set_for.text} (counted as its last day)"
    left = (clock.set_for.last - today).days
    apart = counted(abs(left), "day")
    measures: dict[str, float] = {"months" if clock.clock == "stale" else "days": threshold}
    if clock.clock.endswith("_near") and threshold <= 30:
        measures[When.WITHIN_30_DAYS] = 1
    return Finding(
        clock.clock,
        clock.paths,
        old=clock.set_for.text,
        new=_when(left, apart),
        words={
            "date": date,
            "apart": apart,
            "left": _when(left, apart),
            "when": f"{_when(left, apart)}, on {date}" if left >= 0 else f"since {date}, {apart} ago",
            "threshold": str(threshold),
            "status": _status(version),
            "holds": " if the estimated date holds" if deadline and deadline.estimated else "",
            "because": deadline.because if deadline else "",
        },
        measures=measures,
        detail={"clock": clock.clock, "threshold": threshold, "date": clock.set_for.text, "on": today.isoformat()},
    )


def cleared(name: str, day: str, version: Version) -> Finding:
    """What is told where a clock that was raised for `day` stands no more, because the record says otherwise."""
    return Finding(
        "cleared",
        _PATHS_OF.get(name, results_due.PATHS),
        subject=name,
        old=day,
        new=_ended(name, version),
        words={"what": plain_name(name)},
        detail={"clock": name, "date": day},
    )


# --- the plan's dates ------------------------------------------------------------


def _plan(version: Version) -> Iterator[Timetable]:
    status = version.text(f"{_STATUS}.overallStatus")
    start, primary, completion = (_estimated(version, name) for name in _LABELS)
    if start and status == "NOT_YET_RECRUITING":
        yield _clock("start_overdue", start, ((_after(start, 31), 30), (_after(start, 181), 180)))
    if not _open(status):
        return
    if primary:
        steps = ((_after(primary, -90), 90), (_after(primary, -30), 30))
        yield _clock("primary_completion_near", primary, steps, until=primary.last)
        yield _clock("primary_completion_passed", primary, ((_after(primary, 1), 0),))
    if completion:
        yield _clock("completion_passed", completion, ((_after(completion, 1), 0),))


def _stale(version: Version) -> Iterator[Timetable]:
    verified = _sane(PartialDate.parse(version.text(f"{_STATUS}.statusVerifiedDate")))
    if verified and _open(version.text(f"{_STATUS}.overallStatus")):
        steps = tuple((months_after(verified.last, months) + timedelta(days=1), months) for months in (6, 12))
        yield _clock("stale", verified, steps)


def _results(version: Version) -> Iterator[Timetable]:
    deadline = results_deadline(version)
    if deadline is None:
        return
    due, overdue = deadline.due, _after(deadline.due, 30)
    # Only a date that was reached makes results overdue.
    last = due.last if deadline.estimated else overdue - timedelta(days=1)
    steps = ((_after(due, -90), 90), (_after(due, -30), 30))
    yield Timetable("results_due", due, steps, last, results_due.PATHS, deadline)
    if not deadline.estimated:
        yield Timetable("results_overdue", due, ((overdue, 30),), None, results_due.PATHS, deadline)


_PATHS_OF: Mapping[str, tuple[str, ...]] = {
    "start_overdue": (f"{_STATUS}.startDateStruct",),
    "primary_completion_near": (f"{_STATUS}.primaryCompletionDateStruct",),
    "primary_completion_passed": (f"{_STATUS}.primaryCompletionDateStruct",),
    "completion_passed": (f"{_STATUS}.completionDateStruct",),
    "stale": (f"{_STATUS}.statusVerifiedDate",),
}


def _clock(name: str, day: PartialDate, steps: tuple[tuple[date, int], ...], until: date | None = None) -> Timetable:
    return Timetable(name, day, steps, until, _PATHS_OF[name])


def _estimated(version: Version, name: str) -> PartialDate | None:
    struct = f"{_STATUS}.{name}"
    day = PartialDate.parse(version.text(f"{struct}.date"))
    return _sane(day) if version.text(f"{struct}.type") == "ESTIMATED" else None


def _sane(day: PartialDate | None) -> PartialDate | None:
    """The day, unless it lies where the calendar ends and cannot be reckoned with."""
    return day if day is not None and 1000 < day.last.year < 9000 else None


def _open(status: str) -> bool:
    return bool(status) and status not in _FINAL


def _after(day: PartialDate, days: int) -> date:
    return day.last + timedelta(days=days)


# --- words ------------------------------------------------------------------------


def _when(left: int, apart: str) -> str:
    return "today" if not left else f"in {apart}" if left > 0 else f"{apart} ago"


def _status(version: Version) -> str:
    return status_label(version.text(f"{_STATUS}.overallStatus"))


def _ended(name: str, version: Version) -> str:
    """What the record says now."""
    status = version.text(f"{_STATUS}.overallStatus")
    if name.startswith("results"):
        return _results_ended(version)
    if not _open(status) or (name == "start_overdue" and status != "NOT_YET_RECRUITING"):
        return f"Status is now: {_status(version)}"
    if name == "stale":
        return f"Verified in {version.text(f'{_STATUS}.statusVerifiedDate') or 'an unstated month'}"
    field = _PATHS_OF[name][0].rpartition(".")[2]
    day, kind = (version.text(f"{_STATUS}.{field}.{part}") for part in ("date", "type"))
    return (
        f"{_LABELS[field]} is now {day} ({kind.lower() or 'type not stated'})" if day else f"{_LABELS[field]} removed"
    )


def _results_ended(version: Version) -> str:
    if results_due.submitted(version):
        return "Results were submitted"
    if results_due.waived(version):
        return "The duty to submit results was waived"
    deadline = results_deadline(version)
    if deadline is None:
        return "By its present record none appear due"
    held = " if the estimated date holds" if deadline.estimated else ""
    return f"Results appear due on {deadline.due.text}{held}, because: {deadline.because}"
