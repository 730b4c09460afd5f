"""Saved searches: who was found, and sweeps that go on where they were left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.store.contract.kinds import Opener
from tests.store.contract.looking import picture
from tests.store.pages import DATA, LATER, NOW
from watcher.errors import StoreError
from watcher.model import EVERYTHING, Search, Searched, Sweep, Swept
from watcher.store.contracts import StoreContract
from watcher.store.values import LISTED, Observation, Standing

A, B, C = "NCT00000001", "NCT00000002", "NCT00000003"
RECRUITING = Search((("filter.overallStatus", "RECRUITING"),))
ASKED = {"filter.overallStatus": "RECRUITING", "pageSize": "1000"}
SWEEP = Sweep("open", True, ASKED, DATA)
NEXT_DATA = "2026-06-02T09:00:00"


def find(store: StoreContract, watch: str, *nct_ids: str) -> None:
    standings = tuple(Standing(nct_id, LISTED) for nct_id in nct_ids)
    store.observing.commit(Observation(NOW, DATA, standings=standings, joined=(watch, nct_ids)))


def turn(store: StoreContract, sweep: Sweep, studies: Iterable[str], token: str = "") -> Sweep:
    """Commit the next page of a sweep."""
    shown = tuple(studies)
    turned = replace(sweep, token=token, pages=sweep.pages + 1, found=sweep.found + len(shown), total=3)
    store.observing.commit(Observation(NOW, sweep.data_refresh, swept=Swept(turned, shown)))
    return turned


@pytest.fixture
def swept(store: StoreContract) -> StoreContract:
    """A store whose search "open" has found three studies and whose whole sweep has just begun."""
    assert store.searches.stand("open", RECRUITING) == Searched("open")
    store.searches.begin(SWEEP)
    find(store, "open", C, A, B)
    return store


def test_who_was_found_is_a_member_once_and_in_order(swept: StoreContract) -> None:
    find(swept, "open", A)
    assert swept.searches.members("open") == (A, B, C)
    assert [state.members for state in swept.searches.all()] == [3]
    assert swept.searches.strangers("open", ["NCT00000009", A, "NCT00000004"]) == ("NCT00000009", "NCT00000004")


def test_who_has_left_is_no_member_and_may_come_back(swept: StoreContract) -> None:
    for _ in range(2):
        swept.observing.commit(Observation(NOW, DATA, left=("open", (B,))))
    assert (swept.searches.members("open"), swept.searches.all()[0].members) == ((A, C), 2)
    assert swept.searches.strangers("open", [A, B]) == (B,)
    find(swept, "open", B)
    assert swept.searches.members("open") == (A, B, C)


def test_every_search_that_has_found_a_study_is_named_with_it(swept: StoreContract) -> None:
    swept.searches.stand("all", EVERYTHING)
    find(swept, "all", A, "NCT00000004")
    assert swept.searches.finders([A, B, "NCT00000009"]) == {"open": frozenset({A, B}), "all": frozenset({A})}
    assert swept.searches.finders([]) == {}


def test_a_sweep_goes_on_where_its_last_committed_page_left_it(swept: StoreContract, opener: Opener) -> None:
    assert swept.searches.under_way("open") == SWEEP
    turned = turn(swept, SWEEP, [A, B], "next")
    assert swept.searches.under_way("open") == turned
    with opener(read_only=True) as beside:
        assert beside.searches.under_way("open") == turned
    assert swept.searches.under_way("other") is None


def test_what_no_page_of_a_whole_sweep_has_shown_is_unseen(swept: StoreContract) -> None:
    assert swept.searches.unseen("open") == (A, B, C)
    turn(swept, turn(swept, SWEEP, [B, "NCT00000009"], "next"), [A])
    assert swept.searches.unseen("open") == (C,)
    assert swept.searches.seen("open") == 3


def test_a_page_that_is_turned_twice_is_refused_whole(swept: StoreContract) -> None:
    turn(swept, SWEEP, [A])
    before = picture(swept)
    with pytest.raises(StoreError):
        turn(swept, SWEEP, [B])
    assert picture(swept) == before


def test_a_sweep_that_begins_anew_forgets_its_pages_and_no_member(swept: StoreContract) -> None:
    turn(swept, SWEEP, [A, B], "next")
    again = replace(SWEEP, data_refresh=NEXT_DATA)
    swept.searches.begin(again)
    assert swept.searches.under_way("open") == again
    assert swept.searches.unseen("open") == swept.searches.members("open") == (A, B, C)


def test_the_first_whole_sweep_that_ends_is_the_baseline(swept: StoreContract) -> None:
    swept.searches.finish(turn(swept, SWEEP, [A, B, C]), NOW)
    first = Searched("open", begun=DATA, swept=DATA, completed=DATA, completed_at=NOW, members=3)
    assert (swept.searches.under_way("open"), swept.searches.all()) == (None, (first,))
    again = replace(SWEEP, data_refresh=NEXT_DATA)
    swept.searches.begin(again)
    swept.searches.finish(again, LATER)
    expected = replace(first, swept=NEXT_DATA, completed=NEXT_DATA, completed_at=LATER)
    assert swept.searches.stand("open", RECRUITING) == expected


def test_a_sweep_of_what_was_updated_lately_completes_nothing(swept: StoreContract) -> None:
    lately = replace(SWEEP, whole=False)
    swept.searches.begin(lately)
    swept.searches.finish(turn(swept, lately, [A]), NOW)
    assert swept.searches.all() == (Searched("open", swept=DATA, members=3),)


def test_a_suspicion_is_kept_with_its_refresh(swept: StoreContract) -> None:
    for _ in range(2):
        swept.searches.suspect("open", DATA)
    assert swept.searches.all()[0].suspected == DATA


def test_a_suspicion_lasts_until_a_whole_sweep_of_a_later_refresh_has_ended(swept: StoreContract) -> None:
    lately = replace(SWEEP, whole=False, data_refresh=NEXT_DATA)
    whole = replace(SWEEP, data_refresh=NEXT_DATA)
    swept.searches.suspect("open", DATA)
    after: list[str] = []
    for sweep in (SWEEP, lately, whole):
        swept.searches.begin(sweep)
        swept.searches.finish(sweep, NOW)
        after.append(swept.searches.all()[0].suspected)
    assert after == [DATA, DATA, ""]


def test_a_search_that_asks_for_something_else_begins_anew(swept: StoreContract) -> None:
    turn(swept, SWEEP, [A, B])
    assert swept.searches.stand("open", EVERYTHING) == Searched("open")
    assert (swept.searches.members("open"), swept.searches.under_way("open")) == ((), None)


def test_what_nobody_watches_any_more_is_forgotten_and_the_rest_stays(swept: StoreContract) -> None:
    swept.searches.stand("all", EVERYTHING)
    find(swept, "all", A)
    for _ in range(2):
        swept.searches.give_up(["all"])
    assert [state.watch for state in swept.searches.all()] == ["all"]
    assert swept.searches.finders([A, B]) == {"all": frozenset({A})}
    assert swept.searches.under_way("open") is None
    assert swept.reports.study_count() == 3
