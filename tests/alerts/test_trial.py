"""The trial of routes: what is counted, and which rule is suggested."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.alerts.examples import NOW, route, step, watch
from tests.builders import change
from watcher.alerts.presets import rules_of
from watcher.alerts.quieter import Suggestion, suggested, unseen
from watcher.alerts.routes import Step
from watcher.alerts.rules import rule_for
from watcher.alerts.trial import Counting, Setting, Stops, Tally, replayed, silent_digests
from watcher.alerts.verdicts import Why
from watcher.model import Escalation, Quiet, Route, Scope, Severity, Silence, Target, Timing, Watch

TARGETS = {"team": (Target("team", "one"),), "chat": (Target("chat", "one"),)}
SLIP = "date.start.slipped"


def setting(*routes: Route, watches: tuple[Watch, ...] = (), silences: tuple[Silence, ...] = ()) -> Setting:
    return Setting(routes or (route(),), watches or (watch(),), silences, TARGETS)


def days(number: int, kind: str = SLIP, severity: str = "minor") -> list[Step]:
    """One such change on each of so many days."""
    return [
        replace(step(change(kind, severity)), occasion=f"version:{n}", observed_at=NOW + timedelta(days=n))
        for n in range(number)
    ]


def tally(steps: list[Step], *routes: Route, noise: tuple[str, ...] = (), samples: int = 0, **more: Any) -> Tally:
    """What the first of the routes would have sent."""
    counting = Counting(setting(*routes, **more), noise, samples)
    for one in steps:
        counting.add(one)
    return next(iter(counting.tallies.values()))


def marked(number: int) -> tuple[str, ...]:
    return tuple(f"desk|NCT00000001|version:{n}" for n in range(number))


# --- counting ------------------------------------------------------------------------


def test_messages_are_counted_at_once_in_digests_and_after_quiet_hours():
    two_channels = route(to=("team", "chat"))
    assert (found := tally(days(3), two_channels)).at_once == found.messages == 6
    weekly = tally(days(8), route(when="weekly mon 08:00"))
    assert (weekly.alerts, len(weekly.digests), weekly.messages, weekly.at_once) == (8, 2, 2, 0)
    quiet = tally(days(2), route(quiet=Quiet(NOW.time(), (NOW + timedelta(hours=1)).time())))
    assert (len(quiet.quiet), quiet.at_once, quiet.messages) == (2, 0, 2)


def test_messages_fall_into_the_week_in_which_they_are_due():
    assert tally(days(1), route(when="weekly mon 06:00")).weeks == {"2026-W24": 1}
    assert tally(days(8)).weeks == {"2026-W23": 7, "2026-W24": 1}


def test_repeated_alerts_are_counted_apart():
    escalated = route(escalation=Escalation(timedelta(hours=1), ("chat",)))
    found = tally(days(2, "status.suspended", "critical"), escalated)
    assert (found.messages, found.repeated) == (2, 2)


def test_a_watch_counts_until_its_last_day_and_a_silence_for_its_time():
    ended = replace(watch(), until=NOW.date() + timedelta(days=1))
    assert tally(days(4), watches=(ended,)).alerts == 2
    hushed = Silence(1, "x", NOW + timedelta(days=1), NOW + timedelta(days=3))
    assert ((found := tally(days(4), silences=(hushed,))).alerts, found.silenced) == (2, 2)
    assert tally(days(4), silences=(replace(hushed, ended_at=NOW + timedelta(days=2)),)).silenced == 1


def test_the_newest_messages_are_kept_whole():
    found = tally(days(6), route(when="weekly mon 08:00"), samples=1)
    ((_, alerts),) = found.samples
    assert len(alerts) == 5
    assert [alerts[0].occasion for _, alerts in tally(days(6), samples=2).samples] == ["version:4", "version:5"]


def test_digests_that_say_that_nothing_changed_are_counted():
    asked = route(when="daily 08:00", say_nothing_changed=True)
    found = tally(days(2), asked)
    assert silent_digests(found, NOW, NOW + timedelta(days=7), TARGETS) == 5
    assert silent_digests(replace(found, route=route()), NOW, NOW + timedelta(days=7), TARGETS) == 0


def test_a_step_is_replayed_with_the_routes_that_are_enabled():
    assert replayed(step(), setting(route(enabled=False))) == ((), ())


def test_what_stops_a_route_is_counted_in_its_words():
    stops = Stops(setting(route(kinds=("site.*",))), route(kinds=("site.*",)))
    for one in days(3):
        stops.add(one)
    assert stops.found == {Why.KIND: {"not one of its kinds (site.*)": 3}}


def test_countries_that_no_study_has_are_named_with_the_nearest():
    asked = route(scope=Scope(countries=("Germnay", "Czech Republic")))
    assert (
        unseen(asked, {"Germany", "Czechia"}) == 'no study that changed has a site in Germnay; did you mean "Germany"?'
    )
    assert unseen(asked, {"Germnay", "Czechia"}) == ""


# --- quieter -------------------------------------------------------------------------


def suggestion(steps: list[Step], asked: Route, noise: int) -> Suggestion | None:
    return suggested(tally(steps, asked, noise=marked(noise)), days=30)


@pytest.mark.parametrize(("alerts", "noise", "wanted"), [(3, 3, True), (6, 3, True), (7, 3, False), (2, 2, False)])
def test_three_marks_that_are_half_of_a_kind_are_enough(alerts, noise, wanted):
    assert (suggestion(days(alerts), route(), noise) is not None) is wanted


@pytest.mark.parametrize(
    ("asked", "severity", "timing"),
    [
        (route(), "minor", Timing.DIGEST),
        (route(), "critical", Timing.DIGEST),
        (route(when="daily 08:00"), "minor", Timing.NEVER),
        (route(when="daily 08:00"), "critical", None),
        (route(preset="investor", rules=rules_of("investor"), when="daily 07:00"), "major", Timing.NEVER),
    ],
)
def test_what_is_sent_at_once_is_collected_and_what_is_collected_is_muted_unless_it_is_critical(
    asked, severity, timing
):
    found = suggestion(days(4, severity=severity), asked, 4)
    if timing is None:
        assert found is None
        return
    assert found is not None
    *_, rule = [rule for rule in found.route.rules if rule.name == "quieter"]
    assert (rule.timing, rule.kinds) == (timing, (SLIP,))
    told = rule_for(found.route, change(SLIP, severity))
    assert (told is None) is (timing is Timing.NEVER)
    assert rule_for(found.route, change(SLIP, "critical")) is not None


def test_the_lines_are_toml_and_say_where_they_belong_beside_other_rules():
    found = suggestion(days(4), route(), 4)
    assert found is not None
    said = tomllib.loads(found.toml)
    assert said == {"digest": "daily 08:00", "rules": [{"kinds": [SLIP], "when": "digest"}]}
    assert found.why == "marked as noise by its readers: date.start.slipped 4 of 4"
    own = replace(found.route, rules=tuple(replace(rule, name="rule 1") for rule in found.route.rules))
    again = suggestion(days(4), own, 4)
    assert again is not None
    assert again.toml.startswith("# before the other rules of the route:")


def test_a_loud_route_is_told_its_loudest_kinds_but_never_to_collect_what_is_critical():
    steps = [*days(7), *days(9, "status.suspended", "critical")]
    found = suggested(tally(steps), days=2)
    assert found is not None
    assert found.why == "8.0 messages a day; the loudest kinds sent at once: date.start.slipped 7"
    assert suggested(tally(steps), days=4) is None
    assert suggested(tally(days(20, "status.suspended", "critical")), days=2) is None


def test_the_quieter_route_tells_the_rest_as_before():
    found = suggestion(days(4), route(), 4)
    assert found is not None
    other = rule_for(found.route, change("site.added", "minor"))
    assert other is not None
    assert other.timing is Timing.NOW
    assert other.min_severity <= Severity.MINOR
