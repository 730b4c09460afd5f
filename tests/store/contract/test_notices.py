"""What the operator is told: once while it lasts, and once that it is over."""

from __future__ import annotations

from datetime import timedelta

from tests.store.pages import INBOX, LATER, LEASE, NOW, OTHER, OVER, TROUBLE
from watcher.model import Notice
from watcher.store.contracts import Family, StoreContract
from watcher.store.shown import OpenNotice


def test_a_condition_is_told_once_while_it_lasts(store: StoreContract) -> None:
    assert store.notices.tell(TROUBLE, (INBOX, OTHER), NOW)
    assert not store.notices.tell(TROUBLE, (INBOX, OTHER), LATER)
    assert [claim.notice for claim in store.outbox.claim_deliveries(LATER, LEASE, 10)] == [TROUBLE, TROUBLE]


def test_its_end_is_told_once_and_it_may_come_back(store: StoreContract) -> None:
    store.notices.tell(TROUBLE, (INBOX,), NOW)
    assert store.notices.resolve("registry", OVER, (INBOX,), LATER)
    assert not store.notices.resolve("registry", OVER, (INBOX,), LATER)
    assert store.reports.health().notices == ()
    assert store.notices.tell(TROUBLE, (INBOX,), LATER)
    told = [claim.notice and claim.notice.key for claim in store.outbox.claim_deliveries(LATER, LEASE, 10)]
    assert sorted(map(str, told)) == ["registry", "registry", "registry.over"]


def test_a_second_end_is_told_again(store: StoreContract) -> None:
    for _ in range(2):
        assert store.notices.tell(TROUBLE, (INBOX,), NOW)
        assert store.notices.resolve("registry", OVER, (INBOX,), NOW)
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert len({claim.message_id for claim in claimed}) == 4


def test_what_is_over_is_not_open(store: StoreContract) -> None:
    """The news that a trouble is over is no trouble itself: `watcher status` must not list it as open."""
    store.notices.tell(TROUBLE, (INBOX,), NOW)
    assert [notice.key for notice in store.reports.health().notices] == ["registry"]
    assert store.notices.open() == (OpenNotice(TROUBLE.subject, TROUBLE.body, NOW),)
    store.notices.resolve("registry", OVER, (INBOX,), LATER)
    assert (store.reports.health().notices, store.notices.open()) == ((), ())


def test_nothing_is_over_that_was_not_open(store: StoreContract) -> None:
    assert not store.notices.resolve("registry", OVER, (INBOX,), NOW)
    assert store.outbox.claim_deliveries(NOW, LEASE, 10) == ()


def test_an_event_is_told_once_for_ever(store: StoreContract) -> None:
    event = Notice("watch:pipeline:1", "3 studies", "All found.", event=True)
    assert store.notices.tell(event, (INBOX,), NOW)
    assert not store.notices.tell(event, (INBOX,), NOW + timedelta(days=400))
    assert store.reports.health().notices == ()


def test_a_family_is_brought_to_what_stands(store: StoreContract) -> None:
    family = Family("condition:", lambda key, subject: Notice(f"{key}.over", f"Resolved: {subject}", "It is over."))
    full, silent = Notice("condition:full", "The disk is full", "b"), Notice("condition:silent", "No poll", "b")
    store.notices.tell(TROUBLE, (INBOX,), NOW)
    for standing in ((full,), (full,), (full, silent), (silent,), (silent,)):
        store.notices.stand(standing, family, (INBOX,), NOW)
    assert [notice.key for notice in store.reports.health().notices] == ["registry", "condition:silent"]
    told = [claim.notice and claim.notice.subject for claim in store.outbox.claim_deliveries(NOW, LEASE, 10)]
    assert told == [TROUBLE.subject, "The disk is full", "No poll", "Resolved: The disk is full"]
