"""A page is recorded whole or not at all, and comes back as it went in."""

from __future__ import annotations

import pytest

from tests.builders import NCT, snapshot
from tests.store.contract.looking import picture
from tests.store.pages import DATA, NOW, page
from watcher.errors import StoreError, UsageError
from watcher.store.contracts import StoreContract
from watcher.store.values import LISTED, Malformed, Observation


def test_a_page_is_committed_whole(store: StoreContract) -> None:
    store.observing.commit(page())
    health = store.reports.health()
    assert (health.studies, health.versions, health.alerts, health.deliveries) == ({LISTED: 1}, 1, 1, {"pending": 1})
    known = store.observing.latest([NCT, "NCT00000002"])
    assert (known[NCT].version, known[NCT].checked_at) == (1, DATA)
    assert (known["NCT00000002"].state, known["NCT00000002"].checked_at) == ("absent", None)


def test_a_version_that_moved_meanwhile_is_refused_whole(store: StoreContract) -> None:
    store.observing.commit(page(1))
    before = picture(store)
    with pytest.raises(StoreError, match="moved while it was being read"):
        store.observing.commit(page(1))
    with pytest.raises(StoreError, match="moved while it was being read"):
        store.observing.commit(page(3))
    assert picture(store) == before


def test_a_snapshot_comes_back_byte_for_byte(store: StoreContract) -> None:
    head = b'{"nctId" : "NCT00000001",\t"briefTitle":"\\u00fc \xc3\xbc"}'
    spaced = b' { "protocolSection" : {"identificationModule":' + head + b" } } \n"
    store.observing.commit(page(seen=snapshot(spaced)))
    back = store.observing.snapshot(NCT, 1)
    assert back.raw == spaced
    assert back == snapshot(spaced)


def test_a_version_that_is_not_there_is_a_clear_error(store: StoreContract) -> None:
    with pytest.raises(StoreError, match=f"no version 4 of {NCT}"):
        store.observing.snapshot(NCT, 4)


def test_a_study_that_was_never_asked_for_is_the_users_mistake(store: StoreContract) -> None:
    with pytest.raises(UsageError, match=NCT):
        store.reports.study(NCT)


def test_a_malformed_record_is_kept_once(store: StoreContract) -> None:
    broken = Malformed("digest", NCT, "no reason", b"{")
    for _ in range(2):
        store.observing.commit(Observation(NOW, DATA, malformed=(broken,)))
    assert store.reports.health().malformed == ((NCT, "no reason"),)
