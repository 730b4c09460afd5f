"""Routing: which changes of a step each route selects, and to whom that is owed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from watcher.alerts.schedule import window_after
from watcher.model import Alert, Change, Form, Route, StudyFacts, Target, Watch


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to one study on one occasion: a new version, or an event in the life of its record."""

    nct_id: str
    occasion: str
    observed_at: datetime
    changes: tuple[Change, ...]
    study: StudyFacts
    since: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """One alert owed to one target: alone and at once, or in the digest of its route's `window`.

    `key` names the delivery; `without` are the ids of its changes that another route tells this target.
    """

    key: str
    target: Target
    due_at: datetime
    alert_key: str
    form: Form = Form.ALERT
    route: str = ""
    window: str = ""
    without: tuple[int, ...] = ()


def alerts_for(step: Step, routes: Iterable[Route], watches: Sequence[Watch]) -> tuple[Alert, ...]:
    """The alerts that the routes draw from one step: at most one each, nothing where they select nothing."""
    return tuple(alert for route in routes if (alert := _alert(step, route, watches)) is not None)


def owed(alerts: Iterable[Alert], routes: Iterable[Route], targets: Mapping[str, Sequence[Target]]) -> tuple[Owed, ...]:
    """Who is owed which alert, and when: one entry per alert and target, each once."""
    by_name = {route.name: route for route in routes}
    return tuple(entry for alert in alerts for entry in _owed(alert, by_name[alert.route], targets))


def selects(route: Route, change: Change) -> bool:
    """Whether `route` asks for this change by severity and kind."""
    wanted = not route.kinds or any(fnmatchcase(change.kind, kind) for kind in route.kinds)
    return wanted and change.severity >= route.min_severity


def _alert(step: Step, route: Route, watches: Sequence[Watch]) -> Alert | None:
    labels = dict(_memberships(step.nct_id, route, watches))
    told = _selected(route, step.changes)
    if not labels or not told:
        return None
    return Alert(
        key=f"{route.name}|{step.nct_id}|{step.occasion}",
        route=route.name,
        nct_id=step.nct_id,
        occasion=step.occasion,
        observed_at=step.observed_at,
        severity=max(change.severity for change in told),
        changes=told,
        study=step.study,
        reason=_reason(route, labels),
        label=next(filter(None, labels.values()), ""),
        since=step.since,
        version=step.version,
    )


def _memberships(nct_id: str, route: Route, watches: Sequence[Watch]) -> Iterator[tuple[str, str]]:
    """The watches of the route that hold the study, each with the user's label for it."""
    for watch in watches:
        if route.watches and watch.name not in route.watches:
            continue
        label = watch.label_of(nct_id)
        if label is not None:
            yield watch.name, label


def _selected(route: Route, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes the route asks for, and what folds under them."""
    asked = {change.id for change in changes if selects(route, change)}
    return tuple(change for change in changes if change.id in asked or change.parent in asked)


def _reason(route: Route, labels: Mapping[str, str]) -> str:
    kinds = ", ".join(route.kinds) or "every kind"
    watches = ", ".join(f'"{name}"' for name in labels)
    noun = "watch" if len(labels) == 1 else "watches"
    return f'route "{route.name}" ({route.min_severity.word} or worse; {kinds}), {noun} {watches}'


def _owed(alert: Alert, route: Route, targets: Mapping[str, Sequence[Target]]) -> Iterator[Owed]:
    window = window_after(alert.observed_at, route.when, route.timezone)
    for channel in dict.fromkeys(route.to):
        for target in targets.get(channel, ()):
            group = f"{route.name}|{window.key}" if window else alert.key
            yield Owed(
                key=f"{group}>{target.key}",
                target=target,
                due_at=window.closes if window else alert.observed_at,
                alert_key=alert.key,
                form=Form.DIGEST if window else Form.ALERT,
                route=route.name,
                window=window.key if window else "",
            )
