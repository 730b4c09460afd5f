"""What approving a mass change would send, before anybody does it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.alerts.owing import Owed
from watcher.model import Alert, Form


@dataclass(frozen=True, slots=True)
class Sent:
    """What one route would tell: alerts of so many studies, which of them are silenced, and how they go out."""

    route: str
    alerts: int
    studies: int
    silenced: int
    channels: tuple[str, ...]
    at_once: int
    collected: int


def would_send(alerts: Sequence[Alert], owed: Iterable[Owed]) -> tuple[Sent, ...]:
    """What the routes would tell, one entry each, by their names; an alert in several channels counts once in each."""
    due = tuple(owed)
    routes = sorted({alert.route for alert in alerts})
    return tuple(
        _sent(
            route,
            [alert for alert in alerts if alert.route == route],
            [entry for entry in due if entry.route == route],
        )
        for route in routes
    )


def _sent(route: str, alerts: Sequence[Alert], owed: Sequence[Owed]) -> Sent:
    return Sent(
        route=route,
        alerts=len(alerts),
        studies=len({alert.nct_id for alert in alerts}),
        silenced=sum(not alert.changes for alert in alerts),
        channels=tuple(dict.fromkeys(entry.target.channel for entry in owed)),
        at_once=sum(entry.form == Form.ALERT for entry in owed),
        collected=sum(entry.form == Form.DIGEST for entry in owed),
    )
