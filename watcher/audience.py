"""Who listens today: the watches as they stand, the routes over them, what is silenced, and every target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.alerts.owing import Owed, owed
from watcher.alerts.routes import Step, alerts_for
from watcher.model import Alert, Route, Silence, Target, Watch
from watcher.store import Store
from watcher.store.values import Known


@dataclass(frozen=True, slots=True)
class Audience:
    """Who listens: the routes over the watches, the targets of every channel, and the operator's own."""

    watches: tuple[Watch, ...]
    routes: tuple[Route, ...]
    targets: Mapping[str, Sequence[Target]]
    operator: tuple[Target, ...] = ()
    silences: tuple[Silence, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every watched number once."""
        return tuple(dict.fromkeys(study.nct_id for watch in self.watches for study in watch.studies))

    def routed(self, steps: Iterable[Step]) -> tuple[tuple[Alert, ...], tuple[Owed, ...]]:
        """The alerts that the routes draw from these steps, and who is owed them."""
        alerts = tuple(alert for step in steps for alert in alerts_for(step, self.routes, self.watches, self.silences))
        return alerts, owed(alerts, self.routes, self.targets)


def of_today(audience: Audience, store: Store, now: datetime) -> Audience:
    """The audience as it stands at `now`.

    Without watches that have expired, with the numbers that merged studies stand under, with what is silenced.
    """
    watches = tuple(watch for watch in audience.watches if not watch.is_over(now.date()))
    lasting = replace(audience, watches=watches, silences=store.silences.active(now))
    return replace(lasting, watches=followed(watches, store.observing.latest(lasting.numbers)))


def followed(watches: Iterable[Watch], known: Mapping[str, Known]) -> tuple[Watch, ...]:
    """The watches with the number that a merged study stands under beside its old one, under the same label."""
    return tuple(_followed(watch, known) for watch in watches)


def _followed(watch: Watch, known: Mapping[str, Known]) -> Watch:
    listed = {study.nct_id for study in watch.studies}
    heirs = [
        replace(study, nct_id=heir, label=study.label or study.nct_id)
        for study in watch.studies
        if (heir := known[study.nct_id].merged_into) is not None and heir not in listed
    ]
    return replace(watch, studies=(*watch.studies, *heirs)) if heirs else watch
