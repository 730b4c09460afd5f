"""How the watcher is, for the operator's page: the registry's data against ours, and which digests close next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.alerts.refreshes import data_moment, refreshes_since
from watcher.alerts.schedule import QUIET, window_after
from watcher.changes.language.words import counted
from watcher.model import Route
from watcher.store.shown import Collecting


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that closes next; `what` says which window it is, `alerts` how many it holds so far."""

    route: str
    what: str
    closes: datetime
    to: str
    alerts: int


def data_age(data_timestamp: str, now: datetime) -> str:
    """How old our data is, in refreshes of the registry; "" where it names no time."""
    if data_moment(data_timestamp) is None:
        return ""
    missed = refreshes_since(data_timestamp, now)
    if not missed:
        return "the newest there should be"
    return f"{counted(missed, 'refresh', 'refreshes')} of the registry since, by its usual working days"


def next_digests(routes: Sequence[Route], collecting: Iterable[Collecting], now: datetime) -> tuple[Digest, ...]:
    """The next digest of every route that has a time of its own, and what else is collected, by when they close."""
    by_name = {route.name: route for route in routes if route.enabled}
    held = {(one.route, one.window): one for one in collecting if one.alerts or one.route in by_name}
    found = [_of_outbox(one, by_name.get(one.route)) for one in held.values()]
    for route in by_name.values():
        window = window_after(now, route.when, route.timezone)
        if window is not None and (route.name, window.key) not in held:
            found.append(Digest(route.name, _timed(route), window.closes, ", ".join(route.to), 0))
    return tuple(sorted(found, key=lambda digest: (digest.closes, digest.route)))


def _of_outbox(one: Collecting, route: Route | None) -> Digest:
    to = ", ".join(route.to) if route else counted(one.targets, "target")
    if one.window.startswith(QUIET):
        return Digest(one.route, "end of quiet hours", one.closes, to, one.alerts)
    return Digest(one.route, _timed(route) if route else "digest", one.closes, to, one.alerts)


def _timed(route: Route) -> str:
    return "its window" if route.when == "now" else f"{route.when} ({route.timezone})"
