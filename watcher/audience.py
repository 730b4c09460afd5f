"""Who listens today: the watches as they stand, the routes over them, what is silenced, and every target."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from watcher.alerts.owing import Owed, owed
from watcher.alerts.routes import Step, alerts_for
from watcher.model import Alert, Route, Silence, Target, Watch
from watcher.store.contracts import StoreContract

NOBODY: Mapping[str, frozenset[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Audience:
    """Who listens: the routes over the watches, the targets of every channel, and the operator's own."""

    watches: tuple[Watch, ...]
    routes: tuple[Route, ...]
    targets: Mapping[str, Sequence[Target]]
    operator: Sequence[Target] = ()
    silences: tuple[Silence, ...] = ()

    @property
    def searches(self) -> tuple[Watch, ...]:
        """The watches that are searches."""
        return tuple(watch for watch in self.watches if watch.search is not None)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every watched number once."""
        return tuple(dict.fromkeys(study.nct_id for watch in self.watches for study in watch.studies))

    def routed(self, steps: Iterable[Step]) -> tuple[tuple[Alert, ...], tuple[Owed, ...]]:
        """The alerts that the routes draw from these steps, and who is owed them."""
        alerts = tuple(alert for step in steps for alert in alerts_for(step, self.routes, self.watches, self.silences))
        return alerts, owed(alerts, self.routes, self.targets)


def of_today(audience: Audience, store: StoreContract, now: datetime) -> Audience:
    """The audience as it stands at `now`.

    Without watches that have expired, with the numbers that merged studies stand under, with what is silenced.
    """
    watches = tuple(watch for watch in audience.watches if not watch.is_over(now.date()))
    lasting = replace(audience, watches=watches, silences=store.silences.active(now))
    return replace(lasting, watches=followed(watches, store))


def knowing(
    audience: Audience,
    store: StoreContract,
    nct_ids: Collection[str],
    more: Mapping[str, frozenset[str]] = NOBODY,
) -> Audience:
    """The audience whose searches know which of these studies they have found, and `more` by the names of watches."""
    return replace(audience, watches=with_members(audience.watches, store, nct_ids, more))


def routed_with_members(
    audience: Audience, store: StoreContract, steps: Iterable[Step]
) -> tuple[tuple[Alert, ...], tuple[Owed, ...]]:
    """The alerts that the routes draw from these steps, and who is owed them, by what the searches hold."""
    told = tuple(steps)
    return knowing(audience, store, [step.nct_id for step in told]).routed(told)


def with_members(
    watches: Sequence[Watch],
    store: StoreContract,
    nct_ids: Collection[str],
    more: Mapping[str, frozenset[str]] = NOBODY,
) -> tuple[Watch, ...]:
    """The watches, each search with those of these studies that it has found."""
    if all(watch.search is None for watch in watches):
        return tuple(watches)
    found = store.searches.finders(nct_ids)
    none: frozenset[str] = frozenset()
    return tuple(
        watch
        if watch.search is None
        else replace(watch, members=found.get(watch.name, none) | more.get(watch.name, none))
        for watch in watches
    )


def with_all_members(watches: Sequence[Watch], store: StoreContract) -> tuple[Watch, ...]:
    """The watches, each search with everything it has found: for a replay, which may ask about any study."""
    return tuple(
        watch if watch.search is None else replace(watch, members=frozenset(store.searches.members(watch.name)))
        for watch in watches
    )


def followed(watches: Sequence[Watch], store: StoreContract) -> tuple[Watch, ...]:
    """The watches with every number that a merged study has stood under since beside its old one, under its label."""
    heirs = _heirs_of(store, {study.nct_id for watch in watches for study in watch.studies})
    return tuple(_followed(watch, heirs) for watch in watches)


def _heirs_of(store: StoreContract, numbers: Set[str]) -> dict[str, str]:
    """What merged studies of these stand under: that one may have been merged in its turn."""
    heirs: dict[str, str] = {}
    asked = set(numbers)
    while asked:
        found = store.observing.heirs(asked)
        heirs |= found
        asked = set(found.values()) - heirs.keys()
    return heirs


def _followed(watch: Watch, heirs: Mapping[str, str]) -> Watch:
    if not heirs:
        return watch
    studies = {study.nct_id: study for study in watch.studies}
    for study in watch.studies:
        for heir in _heirs(study.nct_id, heirs):
            studies.setdefault(heir, replace(study, nct_id=heir, label=study.label or study.nct_id))
    return replace(watch, studies=tuple(studies.values())) if len(studies) > len(watch.studies) else watch


def _heirs(nct_id: str, heirs: Mapping[str, str]) -> Iterator[str]:
    """The numbers that a study has stood under since, each once, also where they lead round in a circle."""
    passed = {nct_id}
    while (heir := heirs.get(nct_id)) is not None and heir not in passed:
        passed.add(heir)
        yield heir
        nct_id = heir
