"""What each endpoint answers: from the database, as the objects that the commands print, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from watcher.alerts.accounts import Asked as Wanted
from watcher.alerts.schedule import DeliveryStatus
from watcher.changes.table import KINDS
from watcher.errors import UsageError
from watcher.model import Severity
from watcher.store.deliveries import OPEN
from watcher.store.lock import holder
from watcher.store.shown import Study
from watcher.views.kinds import KindObject, kind_object
from watcher.views.objects import (
    AlertObject,
    EntryObject,
    RecordedObject,
    WholeAlertObject,
    alert_object,
    change_object,
    history_entries,
    whole_alert_object,
)
from watcher.views.operating import (
    RECENT,
    DeliveryObject,
    HoldObject,
    SilencingObject,
    StatusObject,
    Steered,
    WatchObject,
    WholeHoldObject,
    delivery_object,
    hold_object,
    search_object,
    silence_object,
    status_object,
    watch_object,
    whole_hold_object,
)
from watcher.web.api.parameters import Asked
from watcher.web.visit import Visit

# More changes of one study than this are not told at once: no study has had so many.
_MOST_CHANGES = 100_000


def status(visit: Visit, _asked: Asked) -> StatusObject:
    """How the watcher is."""
    store, now = visit.store, visit.now
    steered = Steered(store.silences.active(now), store.answers.noise(), store.answers.unacknowledged(now - RECENT))
    return status_object(store.reports.health(), store.path, holder(store.path), steered)


def studies(visit: Visit, asked: Asked) -> Sequence[Study]:
    """The studies by number."""
    return visit.store.reports.studies(asked["after"], asked["limit"])


def study(visit: Visit, asked: Asked) -> Study:
    """One study."""
    return visit.store.reports.study(asked["nct"])


def history(visit: Visit, asked: Asked) -> Sequence[EntryObject]:
    """What happened to a study."""
    known = visit.store.reports.study(asked["nct"])
    versions = visit.store.reports.versions(known.nct_id)
    return history_entries(versions, visit.store.reports.changes(nct_id=known.nct_id, limit=_MOST_CHANGES))


def version(visit: Visit, asked: Asked) -> dict[str, Any]:
    """A record as it was."""
    known = visit.store.reports.study(asked["nct"])
    if asked["version"] > known.version:
        has = f"the newest is {known.version}" if known.version else "no version of it was ever seen"
        raise UsageError(f"there is no version {asked['version']} of {known.nct_id}: {has}")
    return visit.store.observing.snapshot(known.nct_id, asked["version"]).record


def changes(visit: Visit, asked: Asked) -> Sequence[RecordedObject]:
    """Stored changes."""
    found = visit.store.reports.changes(
        nct_id=asked["study"] or None,
        since=asked["since"],
        min_severity=Severity.of(asked["min_severity"]),
        limit=asked["limit"],
    )
    return [change_object(change) for change in found]


def alerts(visit: Visit, asked: Asked) -> Sequence[AlertObject]:
    """What was told."""
    wanted = Wanted(
        nct_id=asked["study"],
        route=asked["route"],
        since=asked["since"],
        min_severity=Severity.of(asked["min_severity"]),
        unacknowledged=asked["unacknowledged"],
        limit=asked["limit"],
    )
    return [alert_object(account) for account in visit.store.accounts.find(wanted)]


def alert(visit: Visit, asked: Asked) -> WholeAlertObject:
    """One alert whole."""
    return whole_alert_object(visit.store.accounts.of(asked["number"]))


def deliveries(visit: Visit, asked: Asked) -> Sequence[DeliveryObject]:
    """What is owed, and what became of it."""
    found = visit.store.deliveries.listed(_statuses(asked["status"]), channel=asked["channel"], limit=asked["limit"])
    return [delivery_object(delivery) for delivery in found]


def _statuses(word: str) -> tuple[DeliveryStatus, ...]:
    if not word:
        return OPEN
    return tuple(DeliveryStatus) if word == "all" else (DeliveryStatus(word),)


def silences(visit: Visit, asked: Asked) -> Sequence[SilencingObject]:
    """What is silenced."""
    found = visit.store.silences.all()
    return [silence_object(entry) for entry in found if asked["all"] or entry.silence.holds_at(visit.now)]


def holds(visit: Visit, asked: Asked) -> Sequence[HoldObject]:
    """What is held back."""
    return [hold_object(hold) for hold in visit.store.holds.all(open_only=not asked["all"])]


def hold(visit: Visit, asked: Asked) -> WholeHoldObject:
    """One mass change."""
    found = visit.store.holds.get(asked["id"])
    return whole_hold_object(found, visit.store.holds.changes(found.id, asked["limit"]))


def kinds(_visit: Visit, _asked: Asked) -> Sequence[KindObject]:
    """What the watcher can say."""
    return [kind_object(kind) for kind in KINDS.values()]


def watches(visit: Visit, _asked: Asked) -> Sequence[WatchObject]:
    """What is watched, as the configuration has it."""
    store = visit.store
    stands = {state.watch: state for state in store.searches.all()}
    return [
        watch_object(
            watch,
            search_object(watch.name, watch.search, stands.get(watch.name), store.searches.under_way(watch.name))
            if watch.search is not None
            else None,
        )
        for watch in visit.config.watches
    ]
