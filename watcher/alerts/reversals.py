"""Inside one digest, what went from A to B and back to A is a note, not two alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from watcher.changes.reversals import takes_back, thing
from watcher.model import Alert, Change, Severity


@dataclass(frozen=True, slots=True)
class _Told:
    """A change as one alert of the digest tells it: by the places of the alert and of the change in it."""

    alert: int
    change: int


def collapsed(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """The alerts of a digest without what was taken back inside it; the later alert of each study keeps a note of it.

    An alert of which nothing is left and that carries no note is dropped.
    """
    ordered = sorted(alerts, key=lambda alert: (alert.nct_id, alert.version or 0, alert.observed_at))
    gone: defaultdict[int, set[int]] = defaultdict(set)
    notes: defaultdict[int, list[str]] = defaultdict(list)
    for first, last in _reversed(ordered):
        gone[first.alert].add(first.change)
        gone[last.alert].add(last.change)
        back = ordered[last.alert]
        if back.changes[last.change].parent is None:
            notes[last.alert].append(_note(ordered[first.alert].changes[first.change], back))
    kept = (_without(alert, gone[place], notes[place]) for place, alert in enumerate(ordered))
    return tuple(alert for alert in kept if alert.changes or alert.notes)


def _reversed(alerts: Sequence[Alert]) -> Iterable[tuple[_Told, _Told]]:
    """Pairs of changes of which the later takes the earlier one back, each change in one pair at most."""
    newest: dict[tuple[str, tuple[str, str]], _Told] = {}
    for place, alert in enumerate(alerts):
        for number, change in enumerate(alert.changes):
            key = alert.nct_id, thing(change)
            before = newest.get(key)
            if before and before.alert != place and takes_back(change, alerts[before.alert].changes[before.change]):
                del newest[key]
                yield before, _Told(place, number)
            else:
                newest[key] = _Told(place, number)


def _note(first: Change, back: Alert) -> str:
    return f"Changed and changed back by {back.observed_at:%Y-%m-%d}: {first.sentence}"


def _without(alert: Alert, gone: set[int], notes: Sequence[str]) -> Alert:
    kept = tuple(change for place, change in enumerate(alert.changes) if place not in gone)
    severity = max((change.severity for change in kept), default=Severity.MINOR)
    return replace(alert, changes=kept, severity=severity, notes=tuple(notes)) if gone or notes else alert
