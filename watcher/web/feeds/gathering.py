"""From the database to feeds and calendars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from watcher.alerts.accounts import Asked
from watcher.audience import followed
from watcher.changes.clocks.results_due import results_deadline
from watcher.changes.reading import ODD, Version
from watcher.errors import MalformedRecord, StoreError, UsageError
from watcher.model import Watch
from watcher.store import Store
from watcher.store.moves import Move
from watcher.store.shown import Glance
from watcher.views.dates import CALLED_OFF_SHOWN, Planned, ends_results, entries
from watcher.views.updates import Update, concerns, update_of_alert, update_of_step
from watcher.views.watches import labels_of
from watcher.web.feeds.calendar import Marked
from watcher.web.feeds.feed import Feed, Item
from watcher.web.feeds.places import Followed, authority, base_url, tag, titled
from watcher.web.render import compare_url, record_url, study_url
from watcher.web.visit import Visit

NEWEST = 50
MOST_IN_CALENDAR = 5_000
# What a watch's readers are not told of is left out afterwards, and some alerts tell nothing: so more are asked for.
_MORE = 2 * NEWEST


@dataclass(frozen=True, slots=True)
class Members:
    """The studies of a watch: their numbers (None: every study there is), and the labels of those that have one."""

    numbers: tuple[str, ...] | None
    labels: Mapping[str, str]


def members(watch: Watch, store: Store) -> Members:
    """The studies of a watch as it stands."""
    if watch.search is None:
        (lasting,) = followed((watch,), store)
        return Members(tuple(study.nct_id for study in lasting.studies), labels_of([lasting]))
    if watch.search.is_everything:
        return Members(None, {})
    return Members(store.searches.members(watch.name), {})


def label_of(nct_id: str, watches: Sequence[Watch]) -> str:
    """The first label that a watch has for a study."""
    return next(filter(None, (watch.label_of(nct_id) for watch in watches)), "")


# --- feeds -------------------------------------------------------------------------


def watch_updates(visit: Visit, watch: Watch) -> list[Update]:
    """What happened to the studies of a watch."""
    held, rehearsal = members(watch, visit.store), bool(visit.store.meta.rehearsal)
    steps = [step for step in visit.store.updates.newest(held.numbers, _MORE) if concerns(step, watch.name)]
    return [update_of_step(step, held.labels.get(step.nct_id, ""), rehearsal=rehearsal) for step in steps[:NEWEST]]


def study_updates(visit: Visit, nct_id: str) -> list[Update]:
    """What happened to a study."""
    label, rehearsal = label_of(nct_id, visit.config.watches), bool(visit.store.meta.rehearsal)
    return [update_of_step(step, label, rehearsal=rehearsal) for step in visit.store.updates.newest([nct_id], NEWEST)]


def route_updates(visit: Visit, route: str) -> list[Update]:
    """The alerts of a route, but for those of which a silence keeps everything back."""
    told = [account.alert for account in visit.store.accounts.find(Asked(route=route, limit=_MORE))]
    rehearsal = bool(visit.store.meta.rehearsal)
    return [update_of_alert(alert, rehearsal=rehearsal) for alert in told if alert.changes][:NEWEST]


def feed(visit: Visit, followed_: Followed, file: str, updates: Sequence[Update]) -> Feed:
    """The feed of these updates."""
    base, store = base_url(visit), visit.store
    items = tuple(_item(update, base, store) for update in updates)
    return Feed(
        id=tag(store, f"{followed_.sort}/{followed_.name}"),
        title=titled(visit, f"{followed_.name} ({followed_.sort}) · nct-watcher"),
        url=base + followed_.path(file),
        page=base + followed_.page,
        updated=max((update.at for update in updates), default=datetime(2026, 1, 1, tzinfo=UTC)),
        items=items,
    )


def _item(update: Update, base: str, store: Store) -> Item:
    return Item(
        id=tag(store, f"update/{update.key}"),
        update=update,
        page=base + study_url(update.nct_id),
        record=record_url(update.nct_id),
        compare=compare_url(update.nct_id),
    )


# --- calendars ----------------------------------------------------------------------


def dated_members(watch: Watch, store: Store) -> Members:
    """The studies of a watch, also where it is everything; UsageError where they are more than any calendar shows.

    Those of a search are counted before they are read: calendars ask every hour, also for the whole registry.
    """
    if watch.search is None:
        return members(watch, store)
    _require_few(next((state.members for state in store.searches.all() if state.watch == watch.name), 0))
    return Members(store.searches.members(watch.name), {})


def _require_few(studies: int) -> None:
    if studies > MOST_IN_CALENDAR:
        raise UsageError(
            f"these are {studies} studies, and a calendar holds the dates of {MOST_IN_CALENDAR} at most: "
            "ask for those of a smaller watch, or of single studies"
        )


def marked(visit: Visit, numbers: Sequence[str], labels: Mapping[str, str]) -> list[Marked]:
    """The expected dates of these studies, by day; UsageError where they are more than any calendar shows."""
    _require_few(len(numbers))
    store, base = visit.store, base_url(visit)
    today, rehearsal, whose = visit.now.date(), bool(store.meta.rehearsal), authority(store)
    found = [
        Marked(f"{e.nct_id}-{e.sort}@{whose}", e, base + study_url(e.nct_id), record_url(e.nct_id))
        for planned in _planned(visit, numbers, labels)
        for e in entries(planned, today, rehearsal=rehearsal)
    ]
    return sorted(found, key=lambda one: (one.entry.day, one.uid))


def _planned(visit: Visit, numbers: Sequence[str], labels: Mapping[str, str]) -> Iterator[Planned]:
    store, since = visit.store, visit.now - CALLED_OFF_SHOWN
    moves = store.moves.of(numbers)
    for study in store.boards.glances(numbers, most_read=MOST_IN_CALENDAR):
        moved = moves.get(study.nct_id, ())
        yield Planned(study, labels.get(study.nct_id, ""), moved, _due_before(store, study, moved, since))


def _due_before(store: Store, study: Glance, moves: Sequence[Move], since: datetime) -> str:
    """When results appeared due until, lately, something ended that: the version before says."""
    if study.plan is None or study.plan.results_due.date:
        return ""
    lately = [move for move in reversed(moves) if move.observed_at >= since and ends_results(move.change.kind)]
    for move in lately:
        try:
            deadline = results_deadline(Version(store.observing.snapshot(study.nct_id, move.since or 1).record))
        except (StoreError, MalformedRecord, *ODD):
            # One version that is not read any more is no reason to show no calendar.
            continue
        if deadline is not None:
            return deadline.due.text
    return ""
