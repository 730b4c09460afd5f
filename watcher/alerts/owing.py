"""Who is owed which alert, and when: windows, quiet hours, escalation, and nothing twice to one target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.alerts.rules import at_once
from watcher.alerts.schedule import Window, quiet_window, window_after
from watcher.model import Alert, Form, Route, Severity, Target

Targets = Mapping[str, Sequence[Target]]


@dataclass(frozen=True, slots=True)
class Owed:
    """One alert owed to one target: alone and at once, or in the digest of its route's `window`.

    `key` names the delivery; `without` are the ids of its changes that another route tells this target. A digest that
    is announced before there is anything to tell has no `alert_key`.
    """

    key: str
    target: Target
    due_at: datetime
    alert_key: str = ""
    form: Form = Form.ALERT
    route: str = ""
    window: str = ""
    without: tuple[int, ...] = ()


def owed(alerts: Iterable[Alert], routes: Iterable[Route], targets: Targets) -> tuple[Owed, ...]:
    """Who is owed which alert, and when.

    Where several routes draw alerts from one step of a study, each target is told each change once: by the route that
    is due first, of those by the one that stands first in the configuration.
    """
    by_name = {route.name: (place, route) for place, route in enumerate(routes)}
    steps: dict[tuple[str, str], list[Alert]] = {}
    for alert in alerts:
        if alert.changes:
            steps.setdefault((alert.nct_id, alert.occasion), []).append(alert)
    return tuple(entry for step in steps.values() for entry in _of_step(step, by_name, targets))


def announced(routes: Iterable[Route], targets: Targets, now: datetime) -> tuple[Owed, ...]:
    """The digests whose windows are open at `now`, of the routes that want to hear also that nothing changed."""
    return tuple(
        entry
        for route in routes
        if route.enabled and route.say_nothing_changed and (window := window_after(now, route.when, route.timezone))
        for entry in _of_window(route, window, targets)
    )


def _of_step(step: Sequence[Alert], routes: Mapping[str, tuple[int, Route]], targets: Targets) -> Iterator[Owed]:
    found = [(*routes[alert.route], alert) for alert in step]
    timed = [(_window(alert, route), place, route, alert) for place, route, alert in found]
    timed.sort(key=lambda entry: (entry[0].closes if entry[0] else entry[3].observed_at, entry[1]))
    told: dict[Target, set[int]] = {}
    for window, _, route, alert in timed:
        for entry in _of_alert(alert, route, window, targets):
            before = told.setdefault(entry.target, set())
            ids = {change.id for change in alert.changes}
            if ids - before:
                yield replace(entry, without=tuple(sorted(ids & before)))
            before |= ids
    yield from _repeated([(window, route, alert) for window, _, route, alert in timed], targets)


def _window(alert: Alert, route: Route) -> Window | None:
    """The window in which a route collects an alert; None where it goes at once."""
    if not at_once(route, alert.changes):
        return window_after(alert.observed_at, route.when, route.timezone)
    if route.quiet is None or alert.severity >= route.quiet.bypass:
        return None
    return quiet_window(alert.observed_at, route.quiet, route.timezone)


def _of_alert(alert: Alert, route: Route, window: Window | None, targets: Targets) -> Iterator[Owed]:
    if window is not None:
        yield from (replace(entry, alert_key=alert.key) for entry in _of_window(route, window, targets))
        return
    for target in _reached(route.to, targets):
        yield Owed(f"{alert.key}>{target.key}", target, alert.observed_at, alert.key, Form.ALERT, route.name)


def _of_window(route: Route, window: Window, targets: Targets) -> Iterator[Owed]:
    for target in _reached(route.to, targets):
        key = f"{route.name}|{window.key}>{target.key}"
        yield Owed(key, target, window.closes, form=Form.DIGEST, route=route.name, window=window.key)


def _repeated(timed: Sequence[tuple[Window | None, Route, Alert]], targets: Targets) -> Iterator[Owed]:
    """The repetitions of a critical alert, unless it is acknowledged by then; one for each target."""
    reached: Set[Target] = set()
    for window, route, alert in timed:
        if route.escalation is None or alert.severity < Severity.CRITICAL:
            continue
        due = (window.closes if window else alert.observed_at) + route.escalation.after
        for target in _reached(route.escalation.to, targets):
            if target not in reached:
                key = f"escalation|{alert.key}>{target.key}"
                yield Owed(key, target, due, alert.key, Form.ESCALATION, route.name)
        reached |= set(_reached(route.escalation.to, targets))


def _reached(channels: Iterable[str], targets: Targets) -> Iterator[Target]:
    """Every recipient of these channels, each once."""
    return (target for channel in dict.fromkeys(channels) for target in targets.get(channel, ()))
