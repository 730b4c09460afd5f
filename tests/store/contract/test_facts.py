"""Facts about a store, how polling stands, which watches were confirmed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.store.contract.kinds import KINDS, Opener
from tests.store.pages import DATA, LATER, NOW
from watcher.model import Search, Watch, WatchedStudy
from watcher.store.contracts import StoreContract
from watcher.store.values import PollState


def test_the_instance_id_survives_a_restart_and_is_never_shared(
    opener: Opener, store_kind: str, tmp_path: Path
) -> None:
    with opener() as store:
        assert store.meta.known_instance == ""
        first = store.meta.instance
        assert store.meta.instance == store.meta.known_instance == first
    with opener() as store:
        assert store.meta.instance == first
    another = tmp_path / "another"
    another.mkdir()
    with KINDS[store_kind](another)() as store:
        assert store.meta.instance != first


def test_the_kind_of_data_is_decided_once(store: StoreContract) -> None:
    assert store.meta.rehearsal is None
    store.meta.decide_rehearsal(True)
    store.meta.decide_rehearsal(False)
    assert store.meta.rehearsal is True


def test_a_rehearsal_has_a_present_of_its_own(store: StoreContract) -> None:
    store.meta.set_poll_state(PollState(last_success_at=NOW))
    assert store.meta.present(LATER) == LATER
    store.meta.decide_rehearsal(True)
    assert store.meta.present(LATER) == NOW
    store.meta.set_poll_state(PollState())
    assert store.meta.present(LATER) == LATER


def test_the_poll_state_survives_a_restart(opener: Opener) -> None:
    state = PollState(LATER, 3, "no answer", NOW, DATA)
    with opener() as store:
        assert store.meta.poll_state() == PollState()
        store.meta.set_poll_state(state)
    with opener() as store:
        assert store.meta.poll_state() == state


def test_a_watch_is_confirmed_until_its_studies_change(store: StoreContract) -> None:
    one, two = WatchedStudy("NCT00000001"), WatchedStudy("NCT00000002", "label")
    watch = Watch("pipeline", (one, two))
    assert store.watches.unconfirmed((watch,)) == (watch,)
    store.watches.confirm(watch, NOW)
    turned = Watch("pipeline", (replace(two, label=""), one))
    assert store.watches.unconfirmed((turned,)) == ()
    shorter = Watch("pipeline", (one,))
    assert store.watches.unconfirmed((shorter,)) == (shorter,)


def test_a_watch_that_is_a_search_is_confirmed_until_it_asks_for_something_else(store: StoreContract) -> None:
    watch = Watch("open", search=Search((("filter.overallStatus", "RECRUITING"),)))
    for _ in range(2):
        store.watches.confirm(watch, NOW)
    other = replace(watch, search=Search((("filter.overallStatus", "COMPLETED"),)))
    assert store.watches.unconfirmed((other, watch)) == (other,)


def test_the_first_moment_of_work_is_kept(opener: Opener) -> None:
    with opener() as store:
        assert store.meta.began_at(NOW) == NOW
        store.meta.prove_writable(LATER)
    with opener() as store:
        assert store.meta.began_at(LATER) == NOW


def test_a_store_has_a_name_for_messages(opener: Opener) -> None:
    with opener() as first:
        name = first.name
    with opener(read_only=True) as second:
        assert name
        assert second.name == name
