"""Everything that a store tells, to compare it before and after."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from watcher.alerts.schedule import DeliveryStatus
from watcher.store.contracts import StoreContract

FAR = date(9999, 1, 1)
DATA_REFRESHES = ("2026-06-01T09:00:00",)


def picture(store: StoreContract, refreshes: Collection[str] = DATA_REFRESHES) -> dict[str, object]:
    """What the reading verbs say of everything in the store; `refreshes` are those whose holds are asked for."""
    studies = [study.nct_id for study in store.reports.studies()]
    searches = store.searches.all()
    deliveries = store.deliveries.listed(tuple(DeliveryStatus))
    return {
        "health": store.reports.health(),
        "studies": store.observing.latest(studies),
        "versions": {nct_id: store.reports.versions(nct_id) for nct_id in studies},
        "changes": store.reports.changes(),
        "clocks": [(due.nct_id, due.raised, due.new) for due in store.clocks.studies(studies)],
        "due": store.clocks.due(FAR),
        "searches": [(s, store.searches.members(s.watch), store.searches.under_way(s.watch)) for s in searches],
        "unseen": {s.watch: store.searches.unseen(s.watch) for s in searches},
        "deliveries": [(one, store.deliveries.alerts(one.id)) for one in deliveries],
        "holds": (store.holds.all(), {refresh: store.holds.decided(refresh) for refresh in refreshes}),
        "silences": store.silences.all(),
        "noise": store.answers.noise(),
        "polls": store.meta.poll_state(),
        "kind": (store.meta.instance, store.meta.rehearsal),
    }


def alert_ids(store: StoreContract) -> list[int]:
    """The numbers of the alerts that somebody is owed, oldest first."""
    listed = store.deliveries.listed(tuple(DeliveryStatus))
    return sorted({told.id for delivery in listed for told in store.deliveries.alerts(delivery.id)})
