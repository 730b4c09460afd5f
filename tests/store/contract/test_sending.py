"""The outbox: leases, order, settlements, and what the operator has sent again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.pages import INBOX, LATER, LEASE, NOW, OTHER, alert, page
from watcher.alerts.schedule import DeliveryStatus, Settlement
from watcher.store.contracts import StoreContract

# --- the outbox -----------------------------------------------------------------


def test_what_is_claimed_is_whole(store: StoreContract) -> None:
    store.observing.commit(page())
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert (claimed.target, claimed.attempts, claimed.first_due_at) == (INBOX, 1, NOW)
    assert claimed.alerts == (replace(alert(1), id=1),)


def test_nothing_is_claimed_before_it_is_due(store: StoreContract) -> None:
    store.observing.commit(page())
    assert store.outbox.claim_deliveries(NOW - timedelta(seconds=1), LEASE, 10) == ()


def test_a_claim_is_a_lease(store: StoreContract) -> None:
    store.observing.commit(page())
    (first,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert store.outbox.claim_deliveries(NOW + LEASE - timedelta(seconds=1), LEASE, 10) == ()
    (second,) = store.outbox.claim_deliveries(NOW + LEASE, LEASE, 10)
    assert (second.message_id, second.attempts) == (first.message_id, 2)


def test_released_claims_are_due_at_once(store: StoreContract) -> None:
    store.observing.commit(page())
    (first,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert store.outbox.release_claims() == 1
    (second,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert second.message_id == first.message_id


@pytest.mark.parametrize("status", [DeliveryStatus.DELIVERED, DeliveryStatus.DEAD])
def test_what_is_settled_is_never_claimed_again(store: StoreContract, status: DeliveryStatus) -> None:
    store.observing.commit(page())
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(claimed.id, Settlement(status, error="so it is"), NOW)
    assert store.outbox.release_claims() == 0
    assert store.outbox.claim_deliveries(NOW + timedelta(days=99), LEASE, 10) == ()
    assert store.reports.health().deliveries == {status.value: 1}


def test_what_is_put_off_is_due_then(store: StoreContract) -> None:
    store.observing.commit(page())
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(claimed.id, Settlement(DeliveryStatus.PENDING, LATER, "greylisted"), NOW)
    assert store.outbox.claim_deliveries(LATER - timedelta(seconds=1), LEASE, 10) == ()
    assert store.reports.health().failing == (("team/a@example.org", "greylisted"),)
    (again,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert (again.first_due_at, again.attempts) == (NOW, 2)


def test_a_claim_takes_no_more_than_its_limit_and_the_rest_stays(store: StoreContract) -> None:
    store.observing.commit(page(targets=(INBOX, OTHER)))
    first = store.outbox.claim_deliveries(NOW, LEASE, 1)
    second = store.outbox.claim_deliveries(NOW, LEASE, 1)
    assert {claim.target for claim in (*first, *second)} == {INBOX, OTHER}


def test_each_target_has_a_delivery_and_a_message_id_of_its_own(store: StoreContract) -> None:
    store.observing.commit(page(targets=(INBOX, OTHER)))
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert len({claim.message_id for claim in claimed}) == 2


def test_alerts_of_one_window_share_one_delivery(store: StoreContract) -> None:
    store.observing.commit(page(1, key="everything|2026-06-01"))
    store.observing.commit(page(2, key="everything|2026-06-01"))
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert [told.version for told in claimed.alerts] == [1, 2]


@pytest.mark.parametrize("sent", [True, False])
def test_an_alert_too_late_for_its_digest_goes_by_itself(store: StoreContract, sent: bool) -> None:
    store.observing.commit(page(1, key="everything|2026-06-01"))
    (digest,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    steps = [
        lambda: store.outbox.settle(digest.id, Settlement(DeliveryStatus.DELIVERED), NOW),
        lambda: store.observing.commit(page(2, key="everything|2026-06-01")),
    ]
    for step in steps if sent else reversed(steps):
        step()
    (late,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert [told.version for told in late.alerts] == [2]
    assert late.message_id != digest.message_id


def test_two_late_alerts_are_both_kept(store: StoreContract) -> None:
    store.observing.commit(page(1, key="everything|2026-06-01"))
    (digest,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(digest.id, Settlement(DeliveryStatus.DELIVERED), NOW)
    store.observing.commit(page(2, key="everything|2026-06-01"))
    store.observing.commit(page(3, key="everything|2026-06-01"))
    late = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert sorted(told.version or 0 for claim in late for told in claim.alerts) == [2, 3]


def test_a_digest_that_failed_once_takes_nothing_more(store: StoreContract) -> None:
    """It may have arrived all the same: the same Message-ID must not get another content."""
    store.observing.commit(page(1, key="everything|2026-06-01"))
    (digest,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(digest.id, Settlement(DeliveryStatus.PENDING, NOW, "timed out"), NOW)
    store.observing.commit(page(2, key="everything|2026-06-01"))
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert sorted([told.version for told in claim.alerts] for claim in claimed) == [[1], [2]]
