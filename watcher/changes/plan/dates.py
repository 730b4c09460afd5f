"""Start, primary completion and study completion: dates as intervals, estimated or actual.

A month stands for all its days: where old and new may be the same day, only the precision changed.
Distances count a month as its last day (the convention of TrialsTracker).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.changes.language.words import counted, ordinal
from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.record import PartialDate


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date struct of the record: the interval, and ESTIMATED, ACTUAL or ""."""

    day: PartialDate
    type: str

    def __str__(self) -> str:
        return f"{self.day.text} ({self.type.lower()})" if self.type else self.day.text


class Dates:
    """Slips, pull-ins and what else happens to one date of the plan."""

    verbs: Mapping[str, Verb] = {
        "slipped": Verb(
            "later, intervals disjoint, still estimated", "{label} slipped by {span}: {move}{since}{late}."
        ),
        "pulled_in": Verb("earlier, intervals disjoint, still estimated", "{label} pulled in by {span}: {move}."),
        "actualized": Verb(
            "estimated -> actual; the days off the last estimate count", "{label} reached: {move}{off}."
        ),
        "corrected": Verb(
            "actual -> another actual, intervals disjoint", "{label} corrected by {span}: {move}, {direction}."
        ),
        "type_reverted": Verb("actual -> estimated", "{label} is no longer actual: {move}."),
        "refined": Verb("precision changed, intervals overlap", "{label} stated more or less precisely: {move}."),
        "added": Verb("absent -> present", "{label} given: {new}."),
        "removed": Verb("present -> absent", "{label} removed; it was: {old}."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding: what happened to this date."""
        path = row.paths[0]
        old, new = (_read(side.text(f"{path}.date"), side.text(f"{path}.type")) for side in (pair.old, pair.new))
        if old == new or _unreadable(pair, path):
            return
        if old is None or new is None:
            present = str(new or old)
            yield Finding(
                "added" if new else "removed", (path,), old=None if new else present, new=present if new else None
            )
            return
        yield _moved(_verb(old, new), old, new, path, pair)


def _read(text: str, kind: str) -> _Dated | None:
    day = PartialDate.parse(text)
    return _Dated(day, kind) if day else None


def _unreadable(pair: Pair, path: str) -> bool:
    """Whether a side holds a date that is no date: that is for the residual to show, raw."""
    return any(side.misshapen(path) or _no_date(side.at(f"{path}.date")) for side in (pair.old, pair.new))


def _no_date(value: object) -> bool:
    empty = value is None or (isinstance(value, str) and not value.strip())
    return not empty and PartialDate.parse(value) is None


def _verb(old: _Dated, new: _Dated) -> str:
    # A type that one side does not state (old records) is taken from the other: stating it is no event.
    before, after = old.type or new.type, new.type or old.type
    if before != after:
        return "actualized" if after == "ACTUAL" else "type_reverted"
    if old.day.overlaps(new.day):
        return "refined"
    if after == "ACTUAL":
        return "corrected"
    return "slipped" if new.day.last > old.day.last else "pulled_in"


def _moved(verb: str, old: _Dated, new: _Dated, path: str, pair: Pair) -> Finding:
    delta = old.day.moved_to(new.day)
    return Finding(
        verb,
        (path,),
        old=str(old),
        new=str(new),
        words=_words(old, new, delta, path, pair),
        measures={"days": abs(delta)},
        detail={
            "from": old.day.text,
            "to": new.day.text,
            "from_type": old.type,
            "to_type": new.type,
            "days": delta,
            "days_since_first_seen": _cumulative(path, new.day, pair) or None,
        },
    )


def _words(old: _Dated, new: _Dated, delta: int, path: str, pair: Pair) -> dict[str, str]:
    """What the sentences ask for; `delta` in days, negative where the date is earlier now."""
    return {
        "span": old.day.span_until(new.day),
        "move": _move(old, new),
        "direction": "later" if delta > 0 else "earlier",
        "off": _off_estimate(old.day, new.day, delta),
        "since": _since_first_seen(path, new.day, pair),
        "late": _filed_late(old.day, pair),
    }


def _move(old: _Dated, new: _Dated) -> str:
    """`old -> new (estimated)`: the type once where both share it."""
    return f"{old.day.text} -> {new}" if old.type == new.type else f"{old} -> {new}"


def _off_estimate(old: PartialDate, new: PartialDate, delta: int) -> str:
    if not delta:
        return ""
    return f", {old.span_until(new)} {'later' if delta > 0 else 'earlier'} than last estimated"


def _since_first_seen(path: str, new: PartialDate, pair: Pair) -> str:
    """How far the primary completion date has moved in all, and how often it slipped, where the history knows."""
    days = _cumulative(path, new, pair)
    if not days or not pair.history.slips:
        return ""
    nth = ordinal(pair.history.slips + 1)
    return f"; {counted(days, 'day')} later than first seen on {pair.history.first_seen}; {nth} slip"


def _cumulative(path: str, new: PartialDate, pair: Pair) -> int:
    """Days from the date first seen to the new one; 0 where they are not known or not later."""
    first = PartialDate.parse(pair.history.first_primary_completion)
    if not path.endswith("primaryCompletionDateStruct") or first is None or pair.history.first_seen is None:
        return 0
    return max(first.days_until(new), 0)


def _filed_late(old: PartialDate, pair: Pair) -> str:
    """That the new date was filed when the old one had already passed."""
    days = (pair.filed_on - old.last).days
    return f"; filed {counted(days, 'day')} after the old date had passed" if days > 0 else ""
