"""The passing of days: whose turn it is, and what a day brings in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders import NCT, change
from tests.store.contract.looking import picture
from tests.store.pages import INBOX, LEASE, NOW, page, seen, version
from watcher.alerts.owing import Owed
from watcher.alerts.routes import Step
from watcher.errors import StoreError
from watcher.model import Alert, Raised, Severity, StudyFacts
from watcher.store.contracts import StoreContract
from watcher.store.values import GONE, LISTED, DayBrought, Due, FirstLook, Observation, Standing

SECOND = "NCT00000002"
TODAY = NOW.date()
CLOCK = Raised("completion.near", 90, "2026-08-30")


def rung(clock: Raised = CLOCK, nct_id: str = NCT) -> DayBrought:
    """A day on which a clock rings and is told."""
    told = (change("date.passed", "major", nct_id=nct_id),)
    step = Step(nct_id, clock.occasion, NOW, told, StudyFacts(nct_id))
    alert = Alert(f"desk|{nct_id}|{clock.occasion}", "desk", nct_id, clock.occasion, NOW, Severity.MAJOR, told,
                  step.study, "because")  # fmt: skip
    owed = (Owed(f"{alert.key}>{INBOX.key}", INBOX, NOW, alert.key),)
    looked = ((nct_id, TODAY + timedelta(days=30)),)
    return DayBrought(NOW, looked, raised=((nct_id, clock),), steps=(step,), alerts=(alert,), owed=owed)


def test_a_study_is_due_until_it_was_looked_at_and_again_on_its_day(store: StoreContract) -> None:
    for nct_id in (SECOND, NCT):
        store.observing.commit(page(1, nct_id=nct_id))
    assert store.clocks.due(TODAY) == [NCT, SECOND]
    store.clocks.commit(DayBrought(NOW, ((NCT, TODAY + timedelta(days=3)), (SECOND, None))))
    assert store.clocks.due(TODAY + timedelta(days=2)) == []
    assert store.clocks.due(TODAY + timedelta(days=3)) == [NCT]


def test_a_study_that_is_gone_or_was_never_seen_is_not_due(store: StoreContract) -> None:
    store.observing.commit(page(1))
    gone = (Standing(NCT, GONE), Standing(SECOND, LISTED))
    store.observing.commit(Observation(NOW, "2026-06-02T09:00:00", standings=gone))
    assert store.clocks.due(date(2099, 1, 1)) == []


def test_a_new_version_is_looked_at_on_its_day(store: StoreContract) -> None:
    store.observing.commit(page(1))
    store.clocks.commit(DayBrought(NOW, ((NCT, None),)))
    assert store.clocks.due(TODAY) == []
    store.observing.commit(page(2))
    assert store.clocks.due(TODAY) == [NCT]


def test_a_first_look_is_a_baseline(store: StoreContract) -> None:
    silent = replace(CLOCK, silent=True)
    look = FirstLook((silent,), TODAY + timedelta(days=9))
    new = replace(version(1, seen(NCT)), look=look)
    store.observing.commit(Observation(NOW, "d", standings=(Standing(NCT, LISTED),), versions=(new,)))
    assert store.clocks.studies([NCT, "NCT00000009"]) == [Due(NCT, seen(NCT), (silent,))]
    assert store.clocks.due(TODAY + timedelta(days=8)) == []


def test_what_a_day_brings_is_recorded_and_owed(store: StoreContract) -> None:
    store.observing.commit(Observation(NOW, "d", standings=(Standing(NCT, LISTED),), versions=(version(),)))
    assert [due.new for due in store.clocks.studies([NCT])] == [True]
    store.clocks.commit(rung())
    assert store.clocks.studies([NCT]) == [Due(NCT, seen(NCT), (CLOCK,))]
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert claimed.alerts[0].occasion == CLOCK.occasion


def test_a_clock_that_is_cleared_is_no_longer_open(store: StoreContract) -> None:
    store.observing.commit(page(1))
    store.clocks.commit(rung())
    store.clocks.commit(DayBrought(NOW, closed=((NCT, CLOCK),)))
    assert store.clocks.studies([NCT])[0].raised == (replace(CLOCK, open=False),)


@pytest.mark.parametrize("part", ["raised", "alerts"])
def test_a_day_is_recorded_whole_or_not_at_all(store: StoreContract, part: str) -> None:
    for nct_id in (NCT, SECOND):
        store.observing.commit(page(1, nct_id=nct_id))
    store.clocks.commit(rung())
    before = picture(store)
    again, other = rung(), rung(nct_id=SECOND)
    mixed = replace(other, closed=((NCT, CLOCK),), **{part: (*getattr(other, part), *getattr(again, part))})
    with pytest.raises(StoreError):
        store.clocks.commit(mixed)
    assert picture(store) == before
    store.clocks.commit(other)
    assert store.clocks.studies([SECOND])[0].raised == (CLOCK,)


def test_after_a_setback_nothing_waits_for_a_day_that_nobody_meant(store: StoreContract) -> None:
    whole = page(1)
    far = NOW + timedelta(days=200)
    store.observing.commit(replace(whole, owed=tuple(replace(entry, due_at=far) for entry in whole.owed)))
    store.clocks.commit(DayBrought(NOW, ((NCT, far.date()),)))
    assert (store.setbacks.undo(NOW), store.setbacks.undo(NOW)) == (1, 0)
    assert store.clocks.due(TODAY) == [NCT]
    assert len(store.outbox.claim_deliveries(NOW, LEASE, 10)) == 1
