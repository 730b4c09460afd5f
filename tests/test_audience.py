"""The audience of a day, through real polls: watches that end, silences, places, several routes to one inbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import site
from tests.test_poll import DAY, Days, day
from watcher.audience import Audience
from watcher.model import Route, Scope, Severity, Silence
from watcher.poll import PollReport
from watcher.store import opened


@pytest.fixture
def days(tmp_path: Path) -> Days:
    found = Days(tmp_path / "captures", tmp_path / "watcher.db")
    found.put(0, sites=[site(city="Berlin", country="Germany")])
    found.put(1, sites=[site(city="Berlin", country="Germany")], status="SUSPENDED")
    found.poll(0)
    return found


def poll(days: Days, number: int, audience: Audience) -> PollReport:
    with days.poller(number) as (poller, _):
        poller._audience = audience
        return poller.poll()


def routed(days: Days, *routes: Route) -> Audience:
    return replace(days.audience, routes=routes)


def told(days: Days) -> list[tuple[str, int]]:
    """Each route that told the first inbox, with how many changes."""
    first = [claim for claim in days.alerts() if claim.target.name == "a@example.org"]
    return sorted((claim.route, sum(len(alert.changes) for alert in claim.alerts)) for claim in first)


def test_a_watch_that_has_ended_asks_for_nothing_and_the_operator_is_told_once(days: Days) -> None:
    (watch,) = days.audience.watches
    ended = replace(days.audience, watches=(replace(watch, until=DAY),))
    assert poll(days, 1, ended).asked == 0
    assert poll(days, 2, ended).asked == 0
    assert days.notices().count('Watch "pipeline" has ended') == 1


def test_a_watch_lasts_through_its_last_day(days: Days) -> None:
    (watch,) = days.audience.watches
    assert poll(days, 1, replace(days.audience, watches=(replace(watch, until=day(1)),))).asked == 1


def test_what_is_silenced_when_it_is_seen_is_recorded_and_reaches_nobody(days: Days) -> None:
    now = days.clock.now()
    with opened(days.database) as store:
        store.silences.add("wish", Silence(0, "audit", now, now + timedelta(days=9), nct_id="NCT00000001"))
    assert days.poll(1).alerts == 1
    assert days.alerts() == []
    with days.store() as store:
        (entry,) = store.silences.all()
    assert (entry.alerts, entry.changes > 0) == (1, True)


def test_two_routes_to_one_inbox_tell_each_change_once(days: Days) -> None:
    stops = Route("stops", to=("team",), kinds=("status.*",))
    poll(
        days,
        1,
        routed(days, Route("everything", to=("team",), when="weekly mon 08:00"), stops, Route("again", ("team",))),
    )
    assert [route for route, _ in told(days)] == ["stops"]


def test_a_route_that_names_a_place_hears_of_studies_there(days: Days) -> None:
    here, there = (Route(name, ("team",), scope=Scope(countries=(name,))) for name in ("Germany", "France"))
    poll(days, 1, routed(days, here, there))
    assert [route for route, _ in told(days)] == ["Germany"]


def test_that_a_record_is_gone_reaches_a_route_that_asks_for_its_sponsor(days: Days) -> None:
    with days.store() as store:
        facts = store.reports.study("NCT00000001").facts
    assert facts is not None
    audience = routed(days, Route("theirs", ("team",), scope=Scope(sponsors=(facts.sponsor,))))
    days.put(0, "NCT00000009")
    days.hide("NCT00000001")
    poll(days, 1, audience)
    poll(days, 2, audience)
    assert told(days) == [("theirs", 1)]


def test_a_sleeping_route_hears_nothing(days: Days) -> None:
    poll(
        days,
        1,
        routed(days, Route("asleep", ("team",), enabled=False), Route("mild", ("team",), min_severity=Severity.MINOR)),
    )
    assert [route for route, _ in told(days)] == ["mild"]
