"""What the passing of days brings to the watched studies, without a new version: their clocks.

A study is looked at on the days on which its newest version says that something can change, and after each new
version. Each batch is committed whole and marks its studies with their next day, so a pass that stops anywhere goes on
where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from watcher.alerts import notices
from watcher.alerts.facts import facts_of, places_of
from watcher.alerts.routes import Step
from watcher.audience import Audience, knowing, with_members
from watcher.changes.reading import ODD, Version
from watcher.errors import MalformedRecord
from watcher.store.contracts import StoreContract
from watcher.store.values import DayBrought, Due

if TYPE_CHECKING:
    from watcher.changes.clocks.ringing import Ringing

log = logging.getLogger(__name__)

BATCH = 100
# Clocks are put right by seconds all the time.
SLIP = timedelta(hours=1)


def pass_days(
    store: StoreContract,
    audience: Audience,
    now: Callable[[], datetime],
    *,
    without: Collection[str] = (),
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[DayBrought]:
    """Look at every watched study that is due today, a batch at a time; those of `without` (not answered for) wait."""
    _mend(store, now())
    due = _due(store, audience, now().date(), without)
    for start in range(0, len(due), BATCH):
        progress(start, len(due))
        if stop():
            return
        batch = due[start : start + BATCH]
        brought = bring(store.clocks.studies(batch), knowing(audience, store, batch), now())
        store.clocks.commit(brought)
        for nct_id in brought.unreadable:
            store.notices.tell(notices.no_clocks(nct_id), audience.operator, now())
        yield brought


def _mend(store: StoreContract, now: datetime) -> None:
    """Where the clock was set back since the last poll, wait for no day that was reckoned under the wrong one."""
    last = store.meta.poll_state().last_success_at
    if last is not None and last > now + SLIP:
        hurried = store.setbacks.undo(now)
        log.warning("the clock was set back from %s to %s: %s messages go at once", last, now, hurried)


def _due(store: StoreContract, audience: Audience, today: date, without: Collection[str]) -> list[str]:
    due = store.clocks.due(today)
    watched = set(audience.numbers).union(*_found_by_searches(store, audience, due)) - set(without)
    return [nct_id for nct_id in due if nct_id in watched]


def _found_by_searches(store: StoreContract, audience: Audience, nct_ids: Sequence[str]) -> Iterator[Set[str]]:
    """Those of these studies that searches have found whose time is not over."""
    yield from (watch.members for watch in with_members(audience.searches, store, nct_ids))


def bring(studies: Iterable[Due], audience: Audience, now: datetime) -> DayBrought:
    """What the day of `now` brings to these studies, ready to be committed in one transaction."""
    looks = [(study, *_look(study, now.date())) for study in studies]
    steps = tuple(step for study, rung, _ in looks for step in _steps(study, rung, now))
    alerts, due = audience.routed(steps)
    return DayBrought(
        at=now,
        looked_at=tuple((study.nct_id, next_day) for study, _, next_day in looks),
        raised=tuple((study.nct_id, clock) for study, rung, _ in looks if rung for clock in rung.raised),
        closed=tuple((study.nct_id, clock) for study, rung, _ in looks if rung for clock in rung.closed),
        steps=steps,
        alerts=alerts,
        owed=due,
        unreadable=tuple(study.nct_id for study, rung, _ in looks if rung is None),
    )


def _look(study: Due, today: date) -> tuple[Ringing | None, date | None]:
    """What rings today and the day of the next look; None, and tomorrow, where the version cannot be read."""
    tomorrow = today + timedelta(days=1)
    if study.snapshot is None:
        return None, tomorrow
    # Loaded with the first study that is due: on most polls none is.
    from watcher.changes.clocks.ringing import ringing

    try:
        rung = ringing(Version(study.snapshot.content), study.nct_id, study.raised, today, baseline=study.new)
        return rung, rung.next_day
    except (MalformedRecord, *ODD):
        # A record that our own reading trips over must not keep the others from their readers.
        log.exception("the clocks of %s cannot be read", study.nct_id)
        return None, tomorrow


def _steps(study: Due, rung: Ringing | None, now: datetime) -> list[Step]:
    """One step of a study: its occasion names clock, threshold and date, so that repeating is harmless."""
    if study.snapshot is None or rung is None or not rung.told:
        return []
    record = study.snapshot.record
    facts, places = facts_of(study.nct_id, record), places_of(record)
    return [Step(study.nct_id, rung.occasion, now, rung.told, facts, places=places)]
