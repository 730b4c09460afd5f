"""Inside one digest, what went from A to B and back to A is a note, not two alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watcher.changes.reversals import takes_back, thing
from watcher.model import Alert, Change, Severity

NOTES_SHOWN = 10


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
    pairs = list(_reversed(ordered))
    gone: defaultdict[int, set[int]] = defaultdict(set)
    for told in (told for pair in pairs for told in pair):
        gone[told.alert].add(told.change)
    notes = _notes(ordered, pairs, gone)
    kept = (_without(alert, gone[place], notes[place]) for place, alert in enumerate(ordered))
    return tuple(alert for alert in kept if alert.changes or alert.notes)


def _notes(
    alerts: Sequence[Alert], pairs: Iterable[tuple[_Told, _Told]], gone: Mapping[int, set[int]]
) -> defaultdict[int, list[str]]:
    """What each alert says of what it took back; what folds under something taken back goes with it."""
    notes: defaultdict[int, list[str]] = defaultdict(list)
    taken = {place: {alerts[place].changes[change].id for change in changes} for place, changes in gone.items()}
    for first, last in pairs:
        back = alerts[last.alert]
        if back.changes[last.change].parent not in taken[last.alert]:
            notes[last.alert].append(_note(alerts[first.alert].changes[first.change], back))
    return notes


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
    more = [f"{len(notes) - NOTES_SHOWN} more changed and changed back."] if len(notes) > NOTES_SHOWN else []
    severity = max((change.severity for change in kept), default=Severity.MINOR)
    return (
        replace(alert, changes=kept, severity=severity, notes=(*notes[:NOTES_SHOWN], *more)) if gone or notes else alert
    )
