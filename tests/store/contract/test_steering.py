"""What readers and operators steer: silences, answers, requests, announced digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders import NCT, change
from tests.store.contract.looking import alert_ids
from tests.store.pages import INBOX, LATER, LEASE, NOW, alert, page, version
from watcher.alerts.owing import Owed
from watcher.alerts.schedule import DeliveryStatus, Settlement
from watcher.errors import UsageError
from watcher.model import Change, Form, Severity, Silence
from watcher.store.contracts import StoreContract
from watcher.store.shown import NoiseCount
from watcher.store.values import Claimed, Observation, Outcome


def silence(**about: str) -> Silence:
    return Silence(0, "a site audit", NOW, NOW + timedelta(days=7), **about)


# --- silences ---------------------------------------------------------------------


def test_a_silence_holds_until_it_expires_by_itself(store: StoreContract) -> None:
    added = store.silences.add("wish", silence(kinds="site.*"))
    assert store.silences.active(NOW) == (added,)
    assert store.silences.active(NOW + timedelta(days=7)) == ()


def test_the_same_wish_twice_is_one_silence(store: StoreContract) -> None:
    assert store.silences.add("wish", silence()) == store.silences.add("wish", silence())
    assert len(store.silences.all()) == 1


def test_a_silence_that_is_ended_holds_no_more_and_is_still_listed(store: StoreContract) -> None:
    added = store.silences.add("wish", silence())
    assert store.silences.end(added.id, LATER).ended_at == LATER
    assert store.silences.active(LATER) == ()
    assert [entry.silence.id for entry in store.silences.all()] == [added.id]


def test_a_silence_that_is_not_there_cannot_be_ended(store: StoreContract) -> None:
    with pytest.raises(UsageError, match="there is no silence 9"):
        store.silences.end(9, NOW)


def test_a_silence_keeps_back_also_what_waits_untried(store: StoreContract) -> None:
    store.observing.commit(page())
    store.silences.add("wish", silence(nct_id=NCT))
    assert store.outbox.claim_deliveries(NOW, LEASE, 10) == ()
    (entry,) = store.silences.all()
    assert (entry.alerts, entry.changes) == (1, 1)


def test_a_silence_of_one_route_leaves_what_waits_as_another_may_have_left_it_to_that(
    store: StoreContract,
) -> None:
    store.observing.commit(page())
    store.silences.add("wish", silence(route=alert(1).route))
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert claimed.alerts[0].changes


def test_a_silence_leaves_alone_what_somebody_may_have_got_already(store: StoreContract) -> None:
    store.observing.commit(page())
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(claimed.id, Settlement(DeliveryStatus.PENDING, LATER, "busy"), NOW)
    store.silences.add("wish", silence(nct_id=NCT))
    (again,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert again.alerts == claimed.alerts


@pytest.mark.parametrize("about", [{"nct_id": "NCT00000009"}, {"kinds": "outcome.*"}, {"route": "other"}])
def test_a_silence_about_something_else_keeps_nothing_back(store: StoreContract, about: dict[str, str]) -> None:
    store.observing.commit(page())
    store.silences.add("wish", silence(**about))
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert claimed.alerts[0].changes


def test_what_a_silence_keeps_back_of_a_new_alert_is_recorded_with_it(store: StoreContract) -> None:
    added = store.silences.add("wish", silence())
    told = replace(alert(1), changes=(), silenced={0: added.id})
    store.observing.commit(replace(page(), alerts=(told,), owed=()))
    (entry,) = store.silences.all()
    assert (entry.alerts, entry.changes) == (1, 1)


# --- answers ----------------------------------------------------------------------


def test_the_first_acknowledgement_counts(store: StoreContract) -> None:
    store.observing.commit(page())
    for moment in (NOW, LATER):
        store.answers.acknowledge(alert_ids(store), moment)
    assert acknowledged(store) == {"everything": NOW}


def test_an_unknown_alert_is_named_and_none_is_answered(store: StoreContract) -> None:
    store.observing.commit(page())
    (known,) = alert_ids(store)
    with pytest.raises(UsageError, match=f"there is no alert {known + 7}, {known + 8}"):
        store.answers.acknowledge([known, known + 7, known + 8], NOW)
    assert acknowledged(store) == {"everything": None}


def acknowledged(store: StoreContract) -> dict[str, datetime | None]:
    """When the alerts that somebody is owed were acknowledged, by route."""
    told = [one for listed in store.deliveries.listed() for one in store.deliveries.alerts(listed.id)]
    return {one.route: datetime.fromisoformat(one.acknowledged_at) if one.acknowledged_at else None for one in told}


def two_routes(*changes: Change, second: tuple[int, ...]) -> Observation:
    """A page of one version that the route "everything" tells, and the route "pager" these changes of."""
    one = replace(alert(1), changes=changes)
    other = replace(alert(1, route="pager"), changes=tuple(changes[number] for number in second))
    owed = (
        Owed(f"{one.key}>{INBOX.key}", INBOX, NOW, one.key, route="everything"),
        Owed(f"{other.key}>{INBOX.key}", INBOX, NOW, other.key, route="pager", without=(0,)),
        Owed(f"escalation|{other.key}>{INBOX.key}", INBOX, NOW, other.key, Form.ESCALATION, "pager"),
    )
    return replace(page(1), versions=(version(1, None, *changes),), alerts=(one, other), owed=owed)


STOP = change("status.suspended", "critical")
SITE = change("site.removed", "minor", id=1)


def test_who_acknowledges_what_one_route_told_has_seen_what_another_would_repeat(store: StoreContract) -> None:
    store.observing.commit(two_routes(STOP, second=(0,)))
    store.answers.acknowledge(alert_ids(store)[:1], NOW)
    assert store.answers.unacknowledged(NOW) == 0
    assert Form.ESCALATION not in {told.form for told in store.outbox.claim_deliveries(NOW, LEASE, 9)}


def test_an_acknowledgement_leaves_open_what_is_worse_than_what_was_seen(store: StoreContract) -> None:
    store.observing.commit(two_routes(STOP, SITE, second=(1,)))
    store.answers.acknowledge(alert_ids(store)[1:], NOW)
    assert acknowledged(store) == {"everything": None, "pager": NOW}


def test_an_alert_is_as_severe_as_what_its_target_is_told_of_it(store: StoreContract) -> None:
    store.observing.commit(two_routes(STOP, SITE, second=(0, 1)))
    told = {delivery.alerts[0].route: delivery.alerts[0] for delivery in claimed_alerts(store)}
    assert {route: found.severity for route, found in told.items()} == {
        "everything": Severity.CRITICAL,
        "pager": Severity.MINOR,
    }


def test_what_is_left_of_an_alert_is_not_repeated_where_the_worst_of_it_is_silenced(store: StoreContract) -> None:
    store.observing.commit(two_routes(STOP, SITE, second=(0, 1)))
    store.silences.add("wish", silence(kinds="status.*"))
    assert {delivery.form for delivery in store.outbox.claim_deliveries(NOW, LEASE, 9)} == {Form.ALERT}


def claimed_alerts(store: StoreContract) -> list[Claimed]:
    """What is due and is no repetition."""
    return [found for found in store.outbox.claim_deliveries(NOW, LEASE, 9) if found.form is Form.ALERT]


def test_noise_is_counted_by_route_and_kind_among_all_of_that_route(store: StoreContract) -> None:
    for number in (1, 2, 3):
        store.observing.commit(page(number))
    first, _, third = alert_ids(store)
    store.answers.mark_as_noise([first, third], NOW)
    assert store.answers.noise() == (NoiseCount("everything", "status.suspended", 2, 3),)


# --- requests ---------------------------------------------------------------------


def test_what_came_of_a_request_is_known_once_and_for_all(store: StoreContract) -> None:
    assert store.requests.outcome("a") is None
    store.requests.settle("a", "silence", Outcome("done"), NOW)
    store.requests.settle("a", "silence", Outcome("again", failed=True), LATER)
    assert store.requests.outcome("a") == Outcome("done")


# --- announced digests ------------------------------------------------------------


def digest(key: str = "desk|2026-06-01") -> Owed:
    return Owed(f"{key}>{INBOX.key}", INBOX, LATER, form=Form.DIGEST, route="desk", window="2026-06-01")


def test_an_announced_digest_is_opened_once_and_waits_for_its_time(store: StoreContract) -> None:
    for _ in range(2):
        store.observing.announce([digest()])
    assert store.outbox.claim_deliveries(NOW, LEASE, 10) == ()
    (claimed,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert (claimed.form, claimed.route, claimed.window, claimed.alerts) == (Form.DIGEST, "desk", "2026-06-01", ())


def test_an_alert_joins_the_digest_that_was_announced(store: StoreContract) -> None:
    store.observing.announce([digest()])
    store.observing.commit(replace(page(), owed=(replace(digest(), alert_key=alert(1).key),)))
    store.observing.announce([digest()])
    (claimed,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert [told.key for told in claimed.alerts] == [alert(1).key]


def test_an_announced_digest_whose_alerts_are_silenced_is_sent_and_says_so(store: StoreContract) -> None:
    store.observing.commit(replace(page(), owed=(replace(digest(), alert_key=alert(1).key),)))
    store.observing.announce([digest()])
    store.silences.add("wish", silence())
    (claimed,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert (claimed.alerts, claimed.silenced) == ((), 1)


def test_a_digest_that_was_sent_is_not_announced_again(store: StoreContract) -> None:
    store.observing.announce([digest()])
    (claimed,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    store.outbox.settle(claimed.id, Settlement(DeliveryStatus.DELIVERED), LATER)
    store.observing.announce([digest()])
    assert store.outbox.claim_deliveries(LATER, LEASE, 10) == ()


def test_a_target_is_not_told_again_what_another_route_tells_it(store: StoreContract) -> None:
    whole = page()
    store.observing.commit(replace(whole, owed=tuple(replace(entry, without=(0,)) for entry in whole.owed)))
    assert store.outbox.claim_deliveries(NOW, LEASE, 10) == ()
