"""Sweeps of a registry that misbehaves: nothing false is told, and no sweep goes on without end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.builders import record
from tests.test_poll import A, B, C, day
from tests.test_sweep import RECRUITING, Searches, days
from watcher.audience import Audience
from watcher.errors import RegistryError
from watcher.model import Route, Search, Watch, WatchedStudy

__all__ = ["days"]

Page = dict[str, Any]


@dataclass
class Odd:
    """A registry that answers pages as it is told to; `asked` counts its pages."""

    server: HTTPServer
    on: int = 0
    pages: Callable[[Request], Page | Response] = lambda request: {"studies": []}
    asked: int = 0
    most: int = 60

    def __post_init__(self) -> None:
        self.server.expect_request("/version").respond_with_handler(
            lambda _: _json({"dataTimestamp": f"{day(self.on)}T09:00:00"})
        )
        self.server.expect_request("/studies").respond_with_handler(self._page)

    def _page(self, request: Request) -> Response:
        self.asked += 1
        if self.asked > self.most:
            return Response("asked without end", 403)
        # By number alone every study is there: what a search leaves out has not left the registry.
        by_number = "filter.ids" in request.args and "filter.overallStatus" not in request.args
        page = listed(*request.args["filter.ids"].split("|")) if by_number else self.pages(request)
        return page if isinstance(page, Response) else _json(page)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")


def _json(value: object) -> Response:
    return Response(json.dumps(value), content_type="application/json")


@pytest.fixture
def odd(httpserver: HTTPServer) -> Odd:
    return Odd(httpserver)


def numbers(first: int, last: int) -> list[str]:
    return [f"NCT{number:08}" for number in range(first, last + 1)]


def listed(*nct_ids: str, **said: Any) -> Page:
    return {"studies": [record(nct_id=nct_id) for nct_id in nct_ids], "totalCount": len(nct_ids), **said}


def test_a_second_page_that_is_refused_every_time_ends_the_poll(days: Searches, odd: Odd) -> None:
    def pages(request: Request) -> Page | Response:
        return Response("Bad token", 400) if "pageToken" in request.args else listed(A, B, nextPageToken="next")

    odd.pages = pages
    days.put(0, A)
    for _ in range(3):
        before = odd.asked
        with pytest.raises(RegistryError, match="answered 400"):
            days.poll(0, odd.url)
        assert odd.asked - before <= 3


def test_a_token_that_is_repeated_ends_the_poll(days: Searches, odd: Odd) -> None:
    odd.pages = lambda request: listed(A, B, nextPageToken="same")
    days.put(0, A)
    for _ in range(2):
        with pytest.raises(RegistryError, match="repeats a page token"):
            days.poll(0, odd.url)


def test_a_search_whose_pages_never_end_ends_the_poll(
    days: Searches, odd: Odd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.sweep.reading.MOST_PAGES", 10)
    odd.pages = lambda request: listed(A, B, nextPageToken=f"token-{odd.asked}")
    days.put(0, A)
    with pytest.raises(RegistryError, match="pages"):
        days.poll(0, odd.url)


def test_an_answer_that_was_not_whole_is_asked_again(days: Searches, odd: Odd) -> None:
    odd.pages = lambda request: listed(A, totalCount=3)
    days.put(0, A)
    with pytest.raises(RegistryError, match="returned 1 of the 3 studies"):
        days.poll(0, odd.url)
    odd.pages = lambda request: listed(A, B, C)
    days.poll(0, odd.url)
    assert days.members() == (A, B, C)


def test_what_was_suspected_once_and_was_fine_again_is_suspected_anew(days: Searches, odd: Odd) -> None:
    everyone = numbers(1, 30)
    served = {0: everyone, 1: everyone[:5], 2: everyone, 3: everyone[:5], 4: everyone}
    odd.pages = lambda request: listed(*served[odd.on])
    days.put(0, A)
    for number in served:
        odd.on = number
        days.poll(0, odd.url)
    assert (days.told(), days.members()) == ([], tuple(everyone))


@pytest.mark.parametrize("size", [5, 15, 20, 25])
def test_a_search_that_returns_nothing_for_a_day_loses_nobody(days: Searches, odd: Odd, size: int) -> None:
    everyone = numbers(1, size)
    served = {0: everyone, 1: [], 2: everyone}
    odd.pages = lambda request: listed(*served[odd.on])
    days.put(0, A)
    for number in served:
        odd.on = number
        days.poll(0, odd.url)
    assert (days.told(), days.members()) == ([], tuple(everyone))


def test_many_that_come_at_once_are_believed_on_the_second_refresh(days: Searches, odd: Odd) -> None:
    days.put(0, A)
    many = [f"NCT{number:08}" for number in range(1, 31)]
    odd.pages = lambda request: listed(*(many[:3] if odd.on == 0 else many))
    for odd.on in (0, 1):
        days.poll(0, odd.url)
    assert (days.told(), len(days.members())) == ([], 3)
    assert days.notices()[-1] == 'Search "open": 30 studies at once, 3 before'
    odd.on = 2
    days.poll(0, odd.url)
    assert sorted(days.told()) == [f"{nct_id} search.entered" for nct_id in many[3:]]


def test_a_page_that_is_sent_twice_is_not_a_whole_answer(days: Searches, odd: Odd) -> None:
    days.put(0, A)
    odd.pages = lambda request: {
        **listed(A, B),
        "totalCount": 4,
        **({} if "pageToken" in request.args else {"nextPageToken": "second"}),
    }
    with pytest.raises(RegistryError, match="returned 2 of the 4 studies"):
        days.poll(0, odd.url)
    assert not days.stands().begun


def test_a_large_search_in_which_many_are_missing_is_swept_whole_again_at_the_next_refresh(
    days: Searches, odd: Odd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.sweep.plan.SMALL", 1)
    everyone, whole = numbers(1, 30), "AREA[LastUpdatePostDate]"
    odd.pages = lambda request: listed() if whole in request.args.get("filter.advanced", "") else listed(*everyone)
    days.put(0, A)
    for number in (0, 7):
        odd.on = number
        days.clock.moment += timedelta(days=number)
        days.poll(0, odd.url)
        everyone = everyone[:5]
    assert days.stands().suspected.startswith(str(day(7)))
    odd.on = 8
    days.poll(0, odd.url)
    assert (days.stands().suspected, days.stands().completed[:10]) == ("", str(day(8)))


def test_a_record_that_is_nested_too_deep_enters_without_harm(days: Searches, odd: Odd) -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    bomb = record(nct_id=B)
    bomb["protocolSection"]["conditionsModule"] = {"conditions": deep}
    odd.pages = lambda request: listed(A)
    days.put(0, A)
    days.poll(0, odd.url)
    odd.on = 1
    odd.pages = lambda request: {"studies": [record(nct_id=A), bomb, record(nct_id=C)], "totalCount": 3}
    days.poll(0, odd.url)
    assert f"{C} search.entered" in days.told()
    assert days.members() == (A, C)


_SHAPES = {
    "design": ("designModule",),
    "sites": ("contactsLocationsModule", "locations"),
    "status": ("statusModule",),
    "sponsor": ("sponsorCollaboratorsModule", "leadSponsor"),
    "title": ("identificationModule", "briefTitle"),
}


@pytest.mark.parametrize("where", _SHAPES)
@pytest.mark.parametrize("odd_value", [{"a": 1}, 7, [1, None, {"b": []}], None, True])
def test_a_record_of_another_shape_enters_without_harm(days: Searches, odd: Odd, where: str, odd_value: Any) -> None:
    strange = record(nct_id=B)
    *path, last = _SHAPES[where]
    part = strange["protocolSection"]
    for name in path:
        part = part.setdefault(name, {})
    part[last] = odd_value
    odd.pages = lambda request: listed(A)
    days.put(0, A)
    days.poll(0, odd.url)
    odd.on = 1
    odd.pages = lambda request: {"studies": [record(nct_id=A), strange, record(nct_id=C)], "totalCount": 3}
    days.poll(0, odd.url)
    assert f"{C} search.entered" in days.told()


@dataclass
class Both(Searches):
    """A study is watched by number, too, and only the search's watch has a route."""

    only: tuple[str, ...] = ("open",)

    @property
    def audience(self) -> Audience:
        base = super().audience
        watches = (*base.watches, Watch("pipeline", (WatchedStudy(A), WatchedStudy(B))))
        return replace(base, watches=watches, routes=(Route("everything", watches=self.only, to=("team",)),))


def test_a_route_over_a_search_hears_of_a_study_that_is_watched_by_number_too(days: Searches) -> None:
    both = Both(days.folder, days.database)
    both.put(0, A)
    both.put(0, B)
    both.poll(0)
    both.put(1, A, enrollment=999, status="COMPLETED")
    both.poll(1)
    assert sorted(both.told()) == [f"{A} enrollment.target_increased", f"{A} search.left", f"{A} status.completed"]


def test_what_is_learnt_of_an_heir_is_told_to_the_other_search_that_holds_it(days: Searches) -> None:
    completed = Search((("filter.overallStatus", "COMPLETED"),))
    both = Both(days.folder, days.database, watches={"done": completed, "open": RECRUITING})
    both.put(0, C)
    both.put(0, "NCT00000004", status="COMPLETED")
    both.poll(0)
    both.hide("NCT00000004")
    both.put(1, C, enrollment=999, aliases=["NCT00000004"])
    both.poll(1)
    assert f"{C} enrollment.target_increased" in both.told()
