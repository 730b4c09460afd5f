"""What routes would have sent: the stored history replayed through them, and counted. Nothing is sent."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from watcher.alerts.owing import Owed, Targets, owed
from watcher.alerts.routes import Step, alerts_for
from watcher.alerts.rules import at_once
from watcher.alerts.schedule import QUIET, window_after
from watcher.alerts.verdicts import Why, obstacles
from watcher.model import Alert, Form, Route, Severity, Silence, Watch


@dataclass(frozen=True, slots=True)
class Setting:
    """What a history is replayed through: routes, watches and silences as they are configured and recorded today."""

    routes: tuple[Route, ...]
    watches: tuple[Watch, ...]
    silences: tuple[Silence, ...]
    targets: Targets

    def watches_at(self, at: datetime) -> tuple[Watch, ...]:
        """The watches that had not expired."""
        return tuple(watch for watch in self.watches if not watch.is_over(at.date()))

    def silences_at(self, at: datetime) -> tuple[Silence, ...]:
        """What was silenced."""
        return tuple(silence for silence in self.silences if silence.holds_at(at))


@dataclass(slots=True)
class Tally:
    """What one route would have sent; messages are counted once for each target.

    `at_once` are single messages, `digests` and `quiet` the windows (with their targets) that had something to tell;
    `elsewhere` are alerts of which another route tells everything; `loud` are the kinds that were the reason for
    messages at once. `samples` are the alerts of the newest messages.
    """

    route: Route
    alerts: int = 0
    silenced: int = 0
    elsewhere: int = 0
    noise: int = 0
    at_once: int = 0
    repeated: int = 0
    digests: set[str] = field(default_factory=set)
    quiet: set[str] = field(default_factory=set)
    weeks: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    loud: Counter[str] = field(default_factory=Counter)
    noisy: Counter[str] = field(default_factory=Counter)
    worst: dict[str, Severity] = field(default_factory=dict)
    severities: Counter[Severity] = field(default_factory=Counter)
    studies: Counter[str] = field(default_factory=Counter)
    samples: deque[tuple[str, list[Alert]]] = field(default_factory=deque)

    @property
    def messages(self) -> int:
        """How many messages, but for those that say that nothing changed, and repeated ones."""
        return self.at_once + len(self.digests) + len(self.quiet)


def replayed(step: Step, setting: Setting) -> tuple[tuple[Alert, ...], tuple[Owed, ...]]:
    """The alerts that the routes draw from a step, and who is owed them, as on its day."""
    at = step.observed_at
    alerts = alerts_for(step, setting.routes, setting.watches_at(at), setting.silences_at(at))
    return alerts, owed(alerts, setting.routes, setting.targets)


class Counting:
    """Counts, step by step, what each route would have sent.

    `noise` are the keys of alerts that were noise to their readers; of each route the newest `samples` are kept.
    """

    def __init__(self, setting: Setting, noise: Collection[str] = (), samples: int = 0) -> None:
        self._setting = setting
        self._noise = noise
        self.tallies = {route.name: Tally(route, samples=deque(maxlen=samples)) for route in setting.routes}

    @property
    def messages(self) -> int:
        """How many messages all routes together would have sent."""
        return sum(tally.messages for tally in self.tallies.values())

    def add(self, step: Step) -> None:
        """Count one more step."""
        alerts, due = replayed(step, self._setting)
        by_alert: dict[str, list[Owed]] = {}
        for entry in due:
            by_alert.setdefault(entry.alert_key, []).append(entry)
        for alert in alerts:
            tally = self.tallies[alert.route]
            _count_alert(tally, alert, marked=alert.key in self._noise)
            _count_messages(tally, alert, by_alert.get(alert.key, ()))


class Stops:
    """Counts, step by step, what stands in the way of a route: how many changes each obstacle stops, in its words."""

    def __init__(self, setting: Setting, route: Route) -> None:
        self._setting = setting
        self._route = route
        self.found: dict[Why, Counter[str]] = {}

    def add(self, step: Step) -> None:
        """Count one more step."""
        for verdict in obstacles(self._route, step, self._setting.watches_at(step.observed_at)).values():
            if verdict is not None:
                self.found.setdefault(verdict.why, Counter())[verdict.text] += 1


def _count_alert(tally: Tally, alert: Alert, *, marked: bool) -> None:
    if not alert.changes:
        tally.silenced += 1
        return
    kinds = {change.kind for change in alert.changes}
    tally.alerts += 1
    tally.noise += marked
    tally.noisy.update(kinds if marked else ())
    tally.kinds.update(kinds)
    tally.severities[alert.severity] += 1
    tally.studies[alert.nct_id] += 1
    for change in alert.changes:
        tally.worst[change.kind] = max(change.severity, tally.worst.get(change.kind, Severity.NOISE))


def _count_messages(tally: Tally, alert: Alert, due: Sequence[Owed]) -> None:
    told = [entry for entry in due if entry.form is not Form.ESCALATION]
    tally.repeated += len(due) - len(told)
    tally.elsewhere += bool(alert.changes) and not told
    if any(entry.form is not Form.DIGEST for entry in told):
        tally.loud.update({change.kind for change in alert.changes if at_once(tally.route, [change])})
    for entry in told:
        is_new = _count_message(tally, entry)
        if entry is told[0]:
            _sample(tally, alert, entry, is_new=is_new)


def _count_message(tally: Tally, entry: Owed) -> bool:
    """Count a message; whether it is another one than those before."""
    windows = tally.quiet if entry.window.startswith(QUIET) else tally.digests
    if entry.form is Form.DIGEST and entry.key in windows:
        return False
    if entry.form is Form.DIGEST:
        windows.add(entry.key)
    else:
        tally.at_once += 1
    tally.weeks[_week(entry.due_at)] += 1
    return True


def _week(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"


def _sample(tally: Tally, alert: Alert, entry: Owed, *, is_new: bool) -> None:
    """Keep the alert with its message, if that is among the newest; as its first target gets it."""
    hidden = set(entry.without)
    changes = tuple(change for change in alert.changes if change.id not in hidden)
    told = replace(alert, changes=changes, severity=max(change.severity for change in changes))
    if is_new:
        tally.samples.append((entry.key, [told]))
        return
    for key, alerts in tally.samples:
        if key == entry.key:
            alerts.append(told)


def silent_digests(tally: Tally, first: datetime, last: datetime, targets: Targets) -> int:
    """How many digests would have said only that nothing changed, of a route that asks for it."""
    route, windows, at = tally.route, 0, first
    if not (route.enabled and route.say_nothing_changed):
        return 0
    while (window := window_after(at, route.when, route.timezone)) and window.closes <= last:
        windows, at = windows + 1, window.closes
    recipients = sum(len(targets.get(channel, ())) for channel in dict.fromkeys(route.to))
    return max(windows * recipients - len(tally.digests), 0)
