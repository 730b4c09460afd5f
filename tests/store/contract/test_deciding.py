"""What is held back until somebody decides: released whole and once, or kept in the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.builders import NCT
from tests.store.contract.looking import picture
from tests.store.pages import DATA, INBOX, LATER, LEASE, NOW, page
from watcher.alerts.owing import Owed
from watcher.alerts.routes import Step
from watcher.changes.mass import APPROVED, DISMISSED, OPEN, Held, Mass
from watcher.errors import StoreError, UsageError
from watcher.model import Alert, Severity
from watcher.store.contracts import StoreContract
from watcher.store.values import Observation

MASS = Mass("mass-1", "site.moved|Atlantis", 9, 10, ("Atlantis became the Kingdom of Atlantis",))
HELD = Held((MASS,), {(NCT, 0): MASS.id})


def shown(number: int = 1, nct_id: str = NCT) -> Observation:
    """A page whose change is held back."""
    held = replace(HELD, changes={(nct_id, 0): MASS.id})
    return replace(page(number, nct_id=nct_id), alerts=(), owed=(), held=held)


def routed(steps: Sequence[Step]) -> tuple[Sequence[Alert], Sequence[Owed]]:
    """One alert for each step, to one inbox."""
    alerts = [
        Alert(f"desk|{step.nct_id}|{step.occasion}", "desk", step.nct_id, step.occasion, step.observed_at,
              Severity.CRITICAL, step.changes, step.study, "because")
        for step in steps
    ]  # fmt: skip
    return alerts, [Owed(f"{alert.key}>{INBOX.key}", INBOX, LATER, alert.key, route="desk") for alert in alerts]


@pytest.fixture
def holding(store: StoreContract) -> StoreContract:
    """A store that holds one mass change of two studies."""
    store.observing.commit(shown())
    store.observing.commit(shown(nct_id="NCT00000002"))
    return store


def test_what_is_held_is_recorded_and_counted_and_told_to_nobody(holding: StoreContract) -> None:
    (held,) = holding.holds.all()
    assert (held.id, held.decision, held.studies, held.changes) == (MASS.id, OPEN, 2, 2)
    assert holding.holds.decided(DATA) == {MASS.fingerprint: OPEN}
    assert holding.holds.decided("2026-06-02T09:00:00") == {}
    assert [one.nct_id for one in holding.holds.changes(MASS.id, 9)] == [NCT, "NCT00000002"]
    assert holding.observing.earlier(NCT) == ()
    assert holding.outbox.claim_deliveries(LATER, LEASE, 10) == ()


def test_what_is_held_is_listed_from_any_place_on(holding: StoreContract) -> None:
    first, second = holding.holds.held(MASS.id)
    assert (first.change.nct_id, second.change.nct_id) == (NCT, "NCT00000002")
    assert holding.holds.held(MASS.id, first.place) == (second,)
    assert holding.holds.held(MASS.id, limit=1) == (first,)
    assert holding.holds.held(MASS.id, second.place) == ()


def test_what_an_approval_would_hand_over_is_what_it_hands_over(holding: StoreContract) -> None:
    handed: list[Step] = []
    shown_before = holding.holds.steps(MASS.id, LATER)

    def routing(steps: Sequence[Step]) -> tuple[Sequence[Alert], Sequence[Owed]]:
        handed.extend(steps)
        return routed(steps)

    holding.holds.approve(MASS.id, routing, LATER)
    assert list(shown_before) == handed


def test_what_is_approved_goes_out_whole_and_once(holding: StoreContract) -> None:
    assert holding.holds.approve(MASS.id, routed, LATER) == 2
    before = picture(holding)
    assert holding.holds.approve(MASS.id, routed, LATER) == 0
    assert picture(holding) == before
    claimed = holding.outbox.claim_deliveries(LATER, LEASE, 10)
    assert [(one.alerts[0].nct_id, len(one.alerts[0].changes)) for one in claimed] == [(NCT, 1), ("NCT00000002", 1)]
    assert holding.holds.get(MASS.id).decision == APPROVED
    assert len(holding.observing.earlier(NCT)) == 1


def test_whoever_routes_what_is_released_may_ask_the_store(holding: StoreContract) -> None:
    asked = []

    def knowing(steps: Sequence[Step]) -> tuple[Sequence[Alert], Sequence[Owed]]:
        asked.append(holding.searches.finders([step.nct_id for step in steps]))
        return routed(steps)

    assert (holding.holds.approve(MASS.id, knowing, LATER), asked) == (2, [{}])


def test_an_approval_that_fails_leaves_the_hold_open_and_nothing_owed(holding: StoreContract) -> None:
    def broken(steps: Sequence[Step]) -> tuple[Sequence[Alert], Sequence[Owed]]:
        alerts, owed = routed(steps)
        return [*alerts, alerts[0]], owed

    before = picture(holding)
    with pytest.raises(StoreError):
        holding.holds.approve(MASS.id, broken, LATER)
    assert picture(holding) == before
    assert holding.holds.approve(MASS.id, routed, LATER) == 2


def test_what_is_dismissed_stays_in_the_history_and_may_still_be_approved(holding: StoreContract) -> None:
    holding.holds.dismiss(MASS.id, NOW)
    first = holding.holds.get(MASS.id)
    holding.holds.dismiss(MASS.id, LATER)
    assert (first.decision, holding.holds.get(MASS.id)) == (DISMISSED, first)
    assert holding.holds.all(open_only=True) == ()
    assert len(holding.reports.changes()) == 2
    assert holding.outbox.claim_deliveries(LATER, LEASE, 10) == ()
    assert holding.holds.approve(MASS.id, routed, LATER) == 2


def test_what_was_approved_can_no_longer_be_dismissed(holding: StoreContract) -> None:
    holding.holds.approve(MASS.id, routed, LATER)
    with pytest.raises(UsageError):
        holding.holds.dismiss(MASS.id, LATER)


def test_a_page_that_was_judged_before_the_approval_is_refused_whole(holding: StoreContract) -> None:
    holding.holds.approve(MASS.id, routed, NOW)
    before = picture(holding)
    with pytest.raises(StoreError):
        holding.observing.commit(shown(nct_id="NCT00000003"))
    assert picture(holding) == before


def test_a_hold_that_is_not_there_is_the_users_mistake(store: StoreContract) -> None:
    for verb in (store.holds.get, lambda one: store.holds.dismiss(one, NOW)):
        with pytest.raises(UsageError):
            verb("nothing")
