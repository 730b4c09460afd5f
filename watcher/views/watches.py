"""The watches of a configuration: what each asks, until when, who hears of it, and how its studies stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from watcher.changes.language.words import status_label
from watcher.model import Route, Watch
from watcher.store.shown import Standing
from watcher.store.values import ABSENT
from watcher.views.standing import STATES

NEVER_SEEN = "Never seen yet"


@dataclass(frozen=True, slots=True)
class Overview:
    """One watch. `studies` counts all; `statuses` has the counts of each, most first, () where nobody counts so many.

    `routes` are the names of those that hear of it; `over`: its last day has passed.
    """

    watch: Watch
    studies: int
    statuses: tuple[tuple[str, int], ...]
    changed_at: datetime | None
    routes: tuple[str, ...]
    over: bool


def overview(
    watch: Watch,
    studies: int,
    standings: Sequence[Standing],
    routes: Iterable[Route],
    today: date,
    *,
    counts: bool = True,
    changed_at: datetime | None = None,
) -> Overview:
    """A watch of so many studies: those of `standings`, and some that were never asked for.

    Where there are too many for that, nothing `counts`, and `changed_at` is when one of them last changed.
    """
    latest = (standing.changed_at for standing in standings if standing.changed_at)
    return Overview(
        watch=watch,
        studies=studies,
        statuses=_statuses(studies, standings) if counts else (),
        changed_at=max(latest, default=changed_at),
        routes=tuple(route.name for route in routes if route.enabled and _hears(route, watch)),
        over=watch.is_over(today),
    )


def labels_of(watches: Iterable[Watch]) -> dict[str, str]:
    """The user's own word for each study that has one: that of the first watch, where several differ."""
    labels: dict[str, str] = {}
    for study in (study for watch in watches for study in watch.studies if study.label):
        labels.setdefault(study.nct_id, study.label)
    return labels


def _hears(route: Route, watch: Watch) -> bool:
    return not route.watches or watch.name in route.watches


def _statuses(studies: int, standings: Sequence[Standing]) -> tuple[tuple[str, int], ...]:
    found = Counter(map(_status, standings))
    if studies > len(standings):
        found[NEVER_SEEN] += studies - len(standings)
    return tuple(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))


def _status(standing: Standing) -> str:
    if standing.state == ABSENT or not standing.version:
        return NEVER_SEEN
    return STATES.get(standing.state, "").capitalize() or status_label(standing.status)
