"""Which studies and sites a route is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.alerts.examples import FACTS, route, step, watch
from tests.builders import change, record, site
from watcher.alerts.facts import places_of
from watcher.alerts.routes import alerts_for
from watcher.alerts.scope import covers, kilometres, lies_in
from watcher.model import Near, Place, Scope

BERLIN, PARIS = (52.52, 13.405), (48.8566, 2.3522)
CHARITE = Place("Charité Berlin 10117 Germany", "Germany", BERLIN)
LYON = Place("Centre Léon Bérard Lyon France", "France", (45.74, 4.88))


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        (Scope(), True),
        (Scope(sponsors=("example pharma",)), True),
        (
            Scope(
                sponsors=("Other", "EXAMPLE"),
            ),
            True,
        ),
        (Scope(sponsors=("Exam",)), False),
        (Scope(sponsors=("Exam*",)), True),
        (Scope(conditions=("exemplary disease",)), True),
        (Scope(conditions=("disease", "x"), phases=("Phase 2",)), True),
        (Scope(conditions=("disease",), phases=("Phase 3",)), False),
        (Scope(phases=("Phase 3", "Phase 2")), True),
    ],
)
def test_a_study_is_known_by_sponsor_condition_and_phase(scope, wanted):
    assert covers(scope, FACTS) is wanted


def test_a_study_of_two_phases_is_of_each():
    assert covers(Scope(phases=("Phase 1",)), replace(FACTS, phase="Phase 1/Phase 2"))


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        (Scope(countries=("germany",)), True),
        (Scope(countries=("France",)), False),
        (Scope(sites=("charite",)), True),
        (Scope(sites=("Berl*",)), True),
        (Scope(sites=("Berl",)), False),
        (Scope(sites=("10117",)), True),
        (Scope(near=Near(*BERLIN, 1.0)), True),
        (Scope(near=Near(*PARIS, 870.0)), False),
        (Scope(near=Near(*PARIS, 885.0)), True),
        (Scope(countries=("Germany",), sites=("Lyon",)), False),
    ],
)
def test_a_site_is_known_by_country_words_and_distance(scope, wanted):
    assert lies_in(scope, CHARITE) is wanted


def test_a_country_is_the_same_under_its_other_names():
    assert lies_in(Scope(countries=("Turkey",)), Place("Ankara", "Türkiye"))


def test_the_distance_from_berlin_to_paris_is_that_of_the_great_circle():
    assert kilometres(BERLIN, PARIS) == pytest.approx(877.5, abs=1)
    assert kilometres((0, 179.5), (0, -179.5)) == pytest.approx(111.2, abs=0.1)


def test_a_site_without_a_point_is_near_nothing():
    assert not lies_in(Scope(near=Near(*BERLIN, 100)), replace(CHARITE, point=None))


def _site(kind: str, subject: str, place: Place, number: int, **more: object) -> object:
    detail = {"country": place.country, "point": list(place.point or ())}
    return change(kind, "major", subject=subject, id=number, detail=detail, **more)


def selected(scope: Scope, places: tuple[Place, ...] | None, *changes: object) -> list[int]:
    happened = step(*changes, places=places)
    return [c.id for found in alerts_for(happened, [route(scope=scope)], [watch()]) for c in found.changes]


def test_of_sites_those_in_the_place_are_told_and_under_a_common_cause_too():
    stop = change("status.suspended", id=0)
    sites = [
        _site("site.suspended", "Charité", CHARITE, 1, parent=0),
        _site("site.suspended", "Lyon", LYON, 2, parent=0),
    ]
    assert selected(Scope(countries=("France",)), (CHARITE, LYON), stop, *sites) == [0, 2]


def test_what_is_of_the_whole_study_is_told_where_it_has_a_site_in_the_place_or_lists_none():
    stop = change("status.suspended", id=0)
    assert selected(Scope(countries=("France",)), (LYON,), stop) == [0]
    assert selected(Scope(countries=("France",)), (CHARITE,), stop) == []
    assert selected(Scope(countries=("France",)), (), stop) == [0]
    assert selected(Scope(countries=("France",)), None, stop) == [0]


def test_a_country_is_told_by_its_name_or_for_its_sites_near_the_point():
    opened = change("country.added", "major", subject="France", detail={"country": "France"}, id=0)
    lyon = _site("site.added", "Lyon", LYON, 1, parent=0)
    assert selected(Scope(countries=("France",)), (CHARITE, LYON), opened, lyon) == [0, 1]
    assert selected(Scope(near=Near(*BERLIN, 50)), (CHARITE, LYON), opened, lyon) == []
    assert selected(Scope(near=Near(45.7, 4.9, 50)), (CHARITE, LYON), opened, lyon) == [0, 1]


def test_the_places_of_a_record_are_its_sites_with_name_address_and_point():
    there = site(facility="Charité", city="Berlin", country="Germany", geoPoint={"lat": 52.52, "lon": 13.405})
    (place,) = places_of(record(sites=[there]))
    assert lies_in(Scope(countries=("Germany",), sites=("charite",), near=Near(52.5, 13.4, 5)), place)


def test_a_record_with_odd_sites_has_the_places_that_can_be_read():
    assert places_of({}) == ()
    odd = record(sites=[{"facility": 5, "geoPoint": {"lat": "x"}}, site(city="Bonn")])
    first, second = places_of(odd)
    assert (first.text, first.point) == ("", None)
    assert "Bonn" in second.text
