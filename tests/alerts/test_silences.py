"""What nobody is to hear for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.alerts.examples import NOW, family, route, step, watch
from watcher.alerts.owing import owed
from watcher.alerts.routes import alerts_for
from watcher.model import Alert, Silence, Target

TARGETS = {"team": [Target("team", "desk@example.org")]}


def silence(number: int = 7, **about: str) -> Silence:
    return Silence(number, "quiet, please", NOW, NOW + timedelta(days=30), **about)


def drawn(*silences: Silence) -> Alert:
    (found,) = alerts_for(step(*family()), [route()], [watch()], silences)
    return found


def test_what_is_silenced_is_not_told_and_stands_on_the_alert_with_its_silence():
    found = drawn(silence(kinds="site.withdrawn"))
    assert [change.kind for change in found.changes if change.kind == "site.withdrawn"] == []
    assert found.silenced == {2: 7}


def test_what_folds_under_something_silenced_is_silenced_with_it():
    assert drawn(silence(kinds="status.*")).silenced == {0: 7, 1: 7, 3: 7, 4: 7}


@pytest.mark.parametrize(
    "about",
    [{"nct_id": "NCT00000002"}, {"route": "other"}, {"kinds": "outcome.*"}, {"nct_id": "NCT00000001", "route": "x"}],
)
def test_a_silence_about_something_else_keeps_nothing_back(about):
    assert drawn(silence(**about)).silenced == {}


@pytest.mark.parametrize("about", [{}, {"nct_id": "NCT00000001"}, {"route": "desk"}])
def test_an_alert_of_which_nothing_is_left_is_recorded_and_owed_to_nobody(about):
    found = drawn(silence(**about))
    assert found.changes == ()
    assert set(found.silenced.values()) == {7}
    assert owed([found], [route()], TARGETS) == ()


def test_the_severity_of_an_alert_is_that_of_what_is_told():
    assert drawn(silence(kinds="status.*")).severity.word == "major"
    assert drawn(silence()).severity.word == "critical"


def test_two_silences_share_no_change():
    kept = drawn(silence(1, kinds="status.*"), silence(2, kinds="*")).silenced
    assert kept == {0: 1, 1: 2, 2: 2, 3: 2, 4: 2}
