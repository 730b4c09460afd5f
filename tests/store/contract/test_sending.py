"""The outbox: leases, order, settlements, and what the operator has sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.contract.kinds import Opener
from tests.store.contract.looking import picture
from tests.store.pages import INBOX, LATER, LEASE, NOW, OTHER, TROUBLE, alert, page
from watcher.alerts.owing import Owed
from watcher.alerts.pace import Lane, Pace
from watcher.alerts.schedule import DeliveryStatus, Outage, Settlement
from watcher.errors import UsageError
from watcher.model import Form, Severity, Target
from watcher.store.contracts import StoreContract
from watcher.store.shown import Collecting
from watcher.store.values import Claimed, Observation

# --- claims -----------------------------------------------------------------------


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


# --- order ------------------------------------------------------------------------


def owed_about(nct_id: str, severity: Severity, number: int = 1, due: timedelta = timedelta()) -> Observation:
    """News of a study of this severity, due so much later."""
    whole = page(number, nct_id=nct_id)
    told = (replace(whole.alerts[0], severity=severity),)
    return replace(whole, alerts=told, owed=tuple(replace(entry, due_at=NOW + due) for entry in whole.owed))


def told_studies(claimed: Sequence[Claimed]) -> list[tuple[str, int | None]]:
    return [(claim.alerts[0].nct_id, claim.alerts[0].version) for claim in claimed]


def test_the_worst_goes_first_and_of_the_equal_the_oldest(store: StoreContract) -> None:
    store.observing.commit(owed_about("NCT00000001", Severity.MINOR))
    store.observing.commit(owed_about("NCT00000002", Severity.MAJOR, due=timedelta(minutes=2)))
    store.observing.commit(owed_about("NCT00000003", Severity.MAJOR, due=timedelta(minutes=1)))
    store.observing.commit(owed_about("NCT00000004", Severity.CRITICAL, due=timedelta(minutes=3)))
    claimed = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert [nct_id[-1] for nct_id, _ in told_studies(claimed)] == ["4", "3", "2", "1"]


def test_news_of_one_study_reach_a_target_in_their_order(store: StoreContract) -> None:
    store.observing.commit(owed_about("NCT00000001", Severity.MINOR, 1))
    store.observing.commit(owed_about("NCT00000001", Severity.CRITICAL, 2))
    store.observing.commit(owed_about("NCT00000002", Severity.MAJOR))
    assert told_studies(store.outbox.claim_deliveries(NOW, LEASE, 1)) == [("NCT00000001", 1)]
    assert told_studies(store.outbox.claim_deliveries(NOW, LEASE, 10)) == [("NCT00000002", 1)]


def test_a_lane_claims_what_is_its_own(store: StoreContract) -> None:
    chat = Target("chat", "room")
    store.observing.commit(page(targets=(INBOX, chat)))
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10, lane=Lane(frozenset({"chat"})))
    assert claimed.target == chat
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10, lane=Lane(frozenset({"chat"}), others=True))
    assert claimed.target == INBOX


def test_a_pace_holds_also_for_who_has_just_opened_the_store(opener: Opener) -> None:
    paces = {"team": Pace(per_minute=1)}
    with opener() as store:
        store.observing.commit(page(targets=(INBOX, OTHER)))
        (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10, paces)
        store.outbox.settle(claimed.id, Settlement(DeliveryStatus.DELIVERED), NOW)
    with opener() as store:
        assert store.outbox.claim_deliveries(NOW + timedelta(seconds=59), LEASE, 10, paces) == ()
        assert len(store.outbox.claim_deliveries(NOW + timedelta(seconds=61), LEASE, 10, paces)) == 1


def test_alerts_that_are_due_at_once_are_folded_into_one_that_keeps_its_id(store: StoreContract) -> None:
    for number in (1, 2, 3):
        store.observing.commit(page(1, nct_id=f"NCT{number:08}"))
    (batch,) = store.outbox.claim_deliveries(NOW, LEASE, 10, {"team": Pace(batch_from=2)})
    assert (batch.form, len(batch.alerts)) == (Form.BATCH, 3)
    store.outbox.release_claims()
    (again,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert (again.message_id, again.alerts) == (batch.message_id, batch.alerts)


# --- after an attempt -------------------------------------------------------------


@pytest.mark.parametrize(
    "settlement",
    [
        Settlement(DeliveryStatus.DELIVERED),
        Settlement(DeliveryStatus.DEAD, error="refused"),
        Settlement(DeliveryStatus.PENDING, LATER, "no answer", Outage(1, NOW, LATER)),
    ],
    ids=lambda settlement: settlement.status.value,
)
def test_to_settle_twice_is_as_good_as_once(store: StoreContract, settlement: Settlement) -> None:
    store.observing.commit(page(targets=(INBOX, OTHER)))
    (claimed, *_) = store.outbox.claim_deliveries(NOW, LEASE, 1)
    store.outbox.settle(claimed.id, settlement, NOW)
    before = picture(store), store.outbox.outage(claimed.target)
    store.outbox.settle(claimed.id, settlement, NOW)
    assert (picture(store), store.outbox.outage(claimed.target)) == before


def test_a_target_that_fails_is_put_off_whole_and_no_other(store: StoreContract) -> None:
    store.observing.commit(page(1, targets=(INBOX, OTHER)))
    store.observing.commit(page(1, nct_id="NCT00000002"))
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 1)
    outage = Outage(2, NOW, LATER)
    assert store.outbox.outage(INBOX) is None
    store.outbox.settle(claimed[0].id, Settlement(DeliveryStatus.PENDING, LATER, "down", outage), NOW)
    assert store.outbox.outage(INBOX) == outage
    assert [claim.target for claim in store.outbox.claim_deliveries(NOW, LEASE * 10, 10)] == [OTHER]
    (probe,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    store.outbox.settle(probe.id, Settlement(DeliveryStatus.DELIVERED), LATER)
    assert store.outbox.outage(INBOX) is None


def test_what_is_given_back_was_no_attempt(store: StoreContract) -> None:
    store.observing.commit(page())
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    for _ in range(2):
        store.outbox.release(claimed)
    (again,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert again == claimed[0]


def test_what_is_settled_is_not_given_back(store: StoreContract) -> None:
    store.observing.commit(page())
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(claimed[0].id, Settlement(DeliveryStatus.DELIVERED), NOW)
    store.outbox.release(claimed)
    assert store.deliveries.get(claimed[0].id).status == DeliveryStatus.DELIVERED


def test_what_a_dead_process_had_claimed_goes_on_in_the_next_one(opener: Opener) -> None:
    with opener() as store:
        store.observing.commit(page())
        (first,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    with opener() as store:
        assert (store.outbox.release_claims(), store.outbox.release_claims()) == (1, 0)
        (second,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert (second.message_id, second.alerts) == (first.message_id, first.alerts)


def test_what_is_overdue_is_what_readers_should_have_by_now(store: StoreContract) -> None:
    store.observing.commit(page(targets=(INBOX, OTHER)))
    store.notices.tell(TROUBLE, (INBOX,), NOW)
    assert store.outbox.overdue(NOW - timedelta(seconds=1)).messages == 0
    late = store.outbox.overdue(LATER)
    assert (late.since, late.messages, late.failing) == (NOW, 2, ())


# --- the operator -----------------------------------------------------------------


def dead_letters(store: StoreContract) -> list[int]:
    """Two dead letters."""
    store.observing.commit(page(targets=(INBOX, OTHER)))
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    for claim in claimed:
        store.outbox.settle(claim.id, Settlement(DeliveryStatus.DEAD, error="refused"), NOW)
    return sorted(claim.id for claim in claimed)


def test_dead_letters_are_sent_again_under_their_ids(store: StoreContract) -> None:
    numbers = dead_letters(store)
    before = {store.deliveries.get(number).message_id for number in numbers}
    assert (list(store.deliveries.dead()), store.deliveries.dead("chat")) == (numbers, ())
    store.deliveries.retry(numbers, LATER)
    claimed = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert ({claim.message_id for claim in claimed}, {claim.retried_at for claim in claimed}) == (before, {LATER})
    assert store.deliveries.dead() == ()


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_of_several_deliveries_all_are_decided_or_none(store: StoreContract, verb: str) -> None:
    numbers = dead_letters(store)
    before = picture(store)
    with pytest.raises(UsageError):
        getattr(store.deliveries, verb)([*numbers, max(numbers) + 9], LATER)
    assert picture(store) == before


def test_what_is_dropped_is_never_sent(store: StoreContract) -> None:
    numbers = dead_letters(store)
    for _ in range(2):
        store.deliveries.drop(numbers, LATER)
    assert store.outbox.claim_deliveries(LATER, LEASE, 10) == ()
    assert [one.id for one in store.deliveries.listed((DeliveryStatus.DROPPED,))] == numbers[::-1]
    assert store.deliveries.listed() == ()


def test_deliveries_are_named_counted_and_their_targets_outages_told(store: StoreContract) -> None:
    numbers = dead_letters(store)
    assert [one.id for one in store.deliveries.some(numbers[::-1])] == numbers[::-1]
    with pytest.raises(UsageError):
        store.deliveries.some([*numbers, max(numbers) + 9])
    assert dict.fromkeys(((INBOX.channel, "dead", 2),)) == dict.fromkeys(store.deliveries.counts())
    assert store.deliveries.outages() == {}
    store.observing.commit(page(2))
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    outage = Outage(2, NOW, LATER)
    store.outbox.settle(claimed.id, Settlement(DeliveryStatus.PENDING, LATER, "down", outage), NOW)
    assert store.deliveries.outages() == {INBOX: outage}


def test_a_digest_that_collects_says_when_it_closes_and_what_is_in_it(store: StoreContract) -> None:
    assert store.deliveries.collecting() == ()
    for number in (1, 2):
        made = page(number)
        owed = Owed("weekly|2026-06-08", INBOX, LATER, made.alerts[0].key, Form.DIGEST, "weekly", "2026-06-08")
        store.observing.commit(replace(made, owed=(owed,)))
    assert store.deliveries.collecting() == (Collecting("weekly", "2026-06-08", LATER, 1, 2),)
