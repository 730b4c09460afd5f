"""Saved searches, swept from a rehearsal registry into a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.builders import record
from tests.test_poll import INBOXES, OPERATOR, A, B, C, Crash, Days, day
from watcher.audience import Audience
from watcher.errors import RegistryError
from watcher.model import EVERYTHING, Route, Search, Searched, Watch
from watcher.registry.client import Registry
from watcher.store import opened
from watcher.sweep.reading import Reading

RECRUITING = Search((("filter.overallStatus", "RECRUITING"),))


@dataclass
class Searches(Days):
    """Days on which searches are swept; `watches` are searches by the name of their watch."""

    watches: dict[str, Search] = field(default_factory=lambda: {"open": RECRUITING})

    @property
    def audience(self) -> Audience:
        watches = tuple(Watch(name, search=search) for name, search in self.watches.items())
        return Audience(watches, (Route("everything", to=("team",)),), {"team": INBOXES, "ops": OPERATOR}, OPERATOR)

    def stands(self, watch: str = "open") -> Searched:
        with self.store() as store:
            return next(state for state in store.searches.all() if state.watch == watch)

    def members(self, watch: str = "open") -> tuple[str, ...]:
        with self.store() as store:
            return store.searches.members(watch)

    def told(self) -> list[str]:
        """What the first inbox is told, change by change."""
        claims = [claim for claim in self.alerts() if claim.target == INBOXES[0]]
        return [f"{c.nct_id} {c.kind}" for claim in claims for alert in claim.alerts for c in alert.changes]


@pytest.fixture
def days(tmp_path: Path) -> Searches:
    return Searches(tmp_path / "captures", tmp_path / "watcher.db")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Registry.page

    def short(self: Registry, *about: Any, **how: Any) -> Any:
        return page(self, *about, **{**how, "size": 2})

    monkeypatch.setattr(Registry, "page", short)


# --- the baseline -----------------------------------------------------------------


def test_the_baseline_of_a_search_is_silent_and_the_operator_is_told_once(days: Searches) -> None:
    days.put(0, A)
    days.put(0, B)
    days.put(0, C, status="COMPLETED")
    for number in range(3):
        days.poll(number)
    assert (days.members(), days.told(), days.kinds()) == ((A, B), [], [])
    assert days.notices() == ['Search "open": 2 studies']
    assert days.stands().begun.startswith(str(day(0)))


def test_a_search_without_a_result_is_told_to_the_operator_and_begins_all_the_same(days: Searches) -> None:
    days.put(0, A, status="COMPLETED")
    days.poll(0)
    assert days.notices() == ['Search "open": 0 studies']
    days.put(1, A)
    days.poll(1)
    assert days.told() == [f"{A} search.entered"]


def test_an_unmoved_registry_is_asked_for_its_version_alone(days: Searches) -> None:
    days.put(0, A)
    days.poll(0)
    days.poll(0)
    assert days.requests == 1


# --- who comes and who goes ---------------------------------------------------------


def test_a_new_study_enters_once(days: Searches) -> None:
    days.put(0, A)
    days.poll(0)
    days.put(1, B)
    for number in (1, 2):
        days.poll(number)
    assert (days.told(), days.members()) == ([f"{B} search.entered"], (A, B))


def test_a_study_that_changes_into_the_search_is_one_message(days: Searches) -> None:
    days.watches["all"] = EVERYTHING
    days.put(0, A)
    days.put(0, B, status="NOT_YET_RECRUITING")
    days.poll(0)
    days.put(1, B)
    days.poll(1)
    # The watch of everything is swept first or second: either way the status and the entry are told once each.
    assert sorted(days.told()) == [f"{B} search.entered", f"{B} status.opened"]


def test_a_study_that_changes_out_of_the_search_is_told_with_its_change_and_then_no_more(days: Searches) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.put(1, B, status="COMPLETED")
    days.poll(1)
    assert sorted(days.told()) == [f"{B} search.left", f"{B} status.completed"]
    assert len({claim.key for claim in days.alerts() if claim.target == INBOXES[0]}) == 1
    days.put(2, B, status="COMPLETED", enrollment=77)
    days.poll(2)
    assert len(days.told()) == 2
    assert days.members() == (A,)


def test_a_study_that_is_merged_leaves_and_its_heir_does_not_enter(days: Searches) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.hide(B)
    days.put(1, A, aliases=[B])
    days.poll(1)
    assert days.members() == (A,)
    assert f"{B} search.left" in days.told()
    assert not any("entered" in told for told in days.told())


def test_a_study_that_is_gone_leaves_when_a_second_refresh_has_said_so(days: Searches) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.hide(B)
    days.poll(1)
    assert (days.told(), days.members()) == ([], (A, B))
    days.poll(2)
    assert sorted(days.told()) == [f"{B} record.not_found", f"{B} search.left"]
    assert days.members() == (A,)


def test_everything_loses_only_what_the_registry_has_lost(days: Searches) -> None:
    days.watches = {"open": EVERYTHING}
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.put(1, A, status="COMPLETED")
    days.hide(B)
    for number in (1, 2):
        days.poll(number)
    assert sorted(days.told()) == [f"{A} status.completed", f"{B} record.not_found", f"{B} search.left"]


def test_many_that_are_missing_at_once_are_believed_on_the_second_refresh(
    days: Searches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.sweep.plan.MANY_LEFT", 1)
    for nct_id in (A, B, C):
        days.put(0, nct_id)
    days.poll(0)
    for nct_id in (A, B):
        days.put(1, nct_id, status="COMPLETED")
    days.poll(1)
    assert (days.told(), days.members()) == ([], (A, B, C))
    assert days.notices()[-1] == 'Search "open": 2 of 3 studies are missing at once'
    days.poll(2)
    assert sorted(told for told in days.told() if "left" in told) == [f"{A} search.left", f"{B} search.left"]


def test_what_a_page_missed_has_not_left(days: Searches, httpserver: HTTPServer) -> None:
    """A study that the pages do not show, and the search shows when it is asked about that one alone."""
    everyone = [record(nct_id=nct_id) for nct_id in (A, B)]
    served = {"on": "2026-06-01T09:00:00", "pages": everyone}

    def studies(request: Request) -> Response:
        rows = everyone if "filter.ids" in request.args else served["pages"]
        return Response(json.dumps({"studies": rows, "totalCount": len(rows)}), content_type="application/json")

    httpserver.expect_request("/version").respond_with_handler(
        lambda _: Response(json.dumps({"dataTimestamp": served["on"]}), content_type="application/json")
    )
    httpserver.expect_request("/studies").respond_with_handler(studies)
    days.put(0, A)
    days.poll(0, httpserver.url_for(""))
    served.update(on="2026-06-02T09:00:00", pages=everyone[:1])
    days.poll(0, httpserver.url_for(""))
    assert (days.told(), days.members()) == ([], (A, B))


def test_a_search_that_asks_for_something_else_begins_anew(days: Searches) -> None:
    days.put(0, A)
    days.put(0, B, status="COMPLETED")
    days.poll(0)
    days.watches["open"] = Search((("filter.overallStatus", "COMPLETED"),))
    days.poll(1)
    assert (days.members(), days.told()) == ((B,), [])


def test_a_search_that_nobody_watches_any_more_is_forgotten(days: Searches) -> None:
    days.put(0, A)
    days.poll(0)
    days.watches = {"other": RECRUITING}
    days.poll(1)
    with days.store() as store:
        assert [state.watch for state in store.searches.all()] == ["other"]


def test_members_of_a_search_have_clocks(days: Searches) -> None:
    days.put(0, A, primary_completion=str(day(5)), verified="2026-06")
    days.poll(0)
    days.poll(6)
    assert days.told() == [f"{A} clock.primary_completion_passed"]


# --- sweeps that stop ---------------------------------------------------------------


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("after", range(1, 12))
def test_a_death_in_mid_sweep_loses_and_doubles_nothing(
    days: Searches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    calm = Searches(tmp_path / "captures", tmp_path / "calm.db")
    for nct_id in (A, B, C, "NCT00000004", "NCT00000005"):
        days.put(0, nct_id)
    for one in (days, calm):
        one.poll(0)
    days.put(1, A, status="SUSPENDED")
    days.put(1, B, enrollment=78)
    days.put(1, "NCT00000006")
    _die(monkeypatch, after)
    with suppress(Crash):
        days.poll(1)
    monkeypatch.undo()
    days.poll(1)
    with monkeypatch.context() as again:
        again.setattr(Registry, "page", _short(Registry.page))
        calm.poll(1)
    assert days.content() == calm.content()
    assert (days.members(), sorted(days.told())) == (calm.members(), sorted(calm.told()))
    assert len(calm.told()) == 4


def _short(page: Any) -> Any:
    return lambda self, *about, **how: page(self, *about, **{**how, "size": 2})


def _die(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Die at the so-and-so-many-th call of a verb of the sweep: half of them before it is done, half after."""
    from watcher.store.observing import Observing
    from watcher.store.searches import Searches as Verbs

    counted = iter(range(1000))

    def dying(verb: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(counted) == after:
                raise Crash
            done = verb(*args, **kwargs)
            if next(counted) == after:
                raise Crash
            return done

        return call

    for owner, name in ((Observing, "commit"), (Verbs, "begin"), (Verbs, "finish"), (Verbs, "stand")):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


@pytest.mark.usefixtures("small_pages")
def test_a_sweep_goes_on_with_the_page_where_it_was_left(days: Searches) -> None:
    for number in range(1, 8):
        days.put(0, f"NCT0000000{number}")
    answers: Iterator[bool] = iter([False, False, True, True, True])
    with days.poller(0) as (poller, _):
        assert not poller.poll(stop=lambda: next(answers)).complete
    with days.store() as store:
        under_way = store.searches.under_way("open")
        assert under_way is not None
        assert under_way.pages == 2
    days.poll(0)
    # The version twice, and two pages of four.
    assert (len(days.members()), days.requests) == (7, 4)


@pytest.mark.usefixtures("small_pages")
def test_data_that_are_refreshed_in_mid_sweep_begin_it_anew(days: Searches, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 8):
        days.put(0, f"NCT0000000{number}")
    days.put(1, A, status="COMPLETED")
    turn = Reading._turn

    def refreshing(self: Reading, task: Any, sweep: Any, page: Any) -> Any:
        if sweep.pages == 1:
            server.set_date(day(1))
        return turn(self, task, sweep, page)

    from watcher.registry.rehearsal import Captures, RehearsalServer

    monkeypatch.setattr(Reading, "_turn", refreshing)
    with RehearsalServer(Captures(days.folder), date=day(0)) as server:
        days.poll(0, server.base_url)
    assert days.stands().begun.startswith(str(day(1)))
    assert A not in days.members()
    assert len(days.members()) == 6


def test_a_token_that_the_registry_forgot_begins_the_sweep_anew(days: Searches, small_pages: None) -> None:
    for number in range(1, 8):
        days.put(0, f"NCT0000000{number}")
    answers: Iterator[bool] = iter([False, False, True, True, True])
    with days.poller(0) as (poller, _):
        poller.poll(stop=lambda: next(answers))
    with opened(days.database) as store, store._connection.writing() as db:
        db.conn.execute("UPDATE sweep SET token = 'forgotten'")
    days.poll(0)
    assert len(days.members()) == 7


def test_a_search_that_the_registry_refuses_keeps_no_other_from_its_readers(days: Searches) -> None:
    days.watches = {"odd": Search((("filter.overallStatus", "NO_SUCH"),)), "open": RECRUITING}
    days.put(0, A)
    with pytest.raises(RegistryError, match='search "odd": the registry answered 400'):
        days.poll(0)
    assert days.members() == (A,)


def test_an_answer_that_is_not_whole_concludes_nothing(days: Searches, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/version").respond_with_json({"dataTimestamp": "2026-06-01T09:00:00"})
    httpserver.expect_request("/studies").respond_with_json({"studies": [record(nct_id=A)], "totalCount": 3})
    days.put(0, A)
    with pytest.raises(RegistryError, match="returned 1 of the 3 studies"):
        days.poll(0, httpserver.url_for(""))
    assert not days.stands().begun


def test_a_large_search_is_swept_whole_at_its_own_pace(days: Searches, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.sweep.plan.SMALL", 1)
    asked: list[dict[str, str]] = []
    page = Registry.page

    def noted(self: Registry, query: Any, *about: Any, **how: Any) -> Any:
        asked.append(dict(query))
        return page(self, {"filter.overallStatus": "RECRUITING"}, *about, **how)

    monkeypatch.setattr(Registry, "page", noted)
    for nct_id in (A, B, C):
        days.put(0, nct_id)
    for number in range(9):
        days.poll(number)
    whole = {"filter.overallStatus": "RECRUITING"}
    lately = [{**whole, "filter.advanced": f"AREA[LastUpdatePostDate]RANGE[{day(n)},MAX]"} for n in range(-3, 3)]
    assert asked == [
        whole,
        *lately,
        whole,
        {**whole, "filter.advanced": f"AREA[LastUpdatePostDate]RANGE[{day(4)},MAX]"},
    ]
