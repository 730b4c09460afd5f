"""Routes as they are configured: presets, rules, places, quiet hours, escalation; and what is said of a mistake."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from watcher.alerts.presets import PRESETS, rules_of
from watcher.config import describe
from watcher.model import Escalation, Near, Quiet, Rule, Scope, Severity, Timing

PLACED = "config.toml:"


@pytest.fixture
def route_of(read, good):
    """The one route of a good configuration with these lines added."""
    return lambda added: read(good + added).routes[0]


def test_a_preset_brings_its_rules_and_its_own_time(route_of):
    route = route_of('preset = "patient"\ntimezone = "Europe/Paris"')
    assert (route.preset, route.when, route.timezone) == ("patient", PRESETS["patient"].when, "Europe/Paris")
    assert route.rules == rules_of("patient")


def test_digest_moves_what_a_preset_collects_and_nothing_else(route_of):
    route = route_of('preset = "investor"\ndigest = "weekly fri 16:00"')
    assert (route.when, route.rules) == ("weekly fri 16:00", rules_of("investor"))


def test_when_moves_everything_that_a_preset_has(route_of):
    route = route_of('preset = "investor"\nwhen = "daily 06:00"')
    assert route.when == "daily 06:00"
    assert {rule.timing for rule in route.rules} == {Timing.DIGEST, Timing.NEVER}


def test_own_rules_stand_before_those_of_the_preset(route_of):
    route = route_of('preset = "investor"\nrules = [{ name = "trials", kinds = ["site.*"], when = "never" }]')
    assert route.rules == (Rule(("site.*",), Severity.NOISE, Timing.NEVER, "trials"), *rules_of("investor"))


def test_a_rule_that_never_tells_a_severity_leaves_the_worse_ones_to_the_next(route_of):
    route = route_of('rules = [{ kinds = ["site.*"], min_severity = "minor", when = "never" }]')
    assert route.rules == (Rule(("site.*",), Severity.MINOR, Timing.NEVER, "rule 1"),)


def test_a_route_that_sends_at_once_may_collect_some(route_of):
    route = route_of('digest = "daily 08:00"\nrules = [{ kinds = ["site.*"], when = "digest" }]')
    assert route.when == "daily 08:00"
    assert [(rule.kinds, rule.timing) for rule in route.rules] == [(("site.*",), Timing.DIGEST), ((), Timing.NOW)]


def test_a_patient_who_names_a_place_hears_of_sites(route_of):
    route = route_of('preset = "patient"\nnear = { latitude = 45.76, longitude = 4.83, km = 60 }')
    assert route.rules == rules_of("patient", local=True)
    assert route.scope == Scope(near=Near(45.76, 4.83, 60.0))


def test_studies_and_sites_are_chosen_by_words(route_of):
    route = route_of(
        'sponsors = ["Acme*"]\nphases = ["3", "PHASE2", "early phase 1"]\nconditions = ["AML"]\n'
        'countries = ["Japan"]\nsites = ["Osaka"]'
    )
    assert route.scope == Scope(("Acme*",), ("Phase 3", "Phase 2", "Early phase 1"), ("AML",), ("Japan",), ("Osaka",))


def test_quiet_hours_and_escalation(route_of):
    route = route_of('quiet = "22:00-7:00"\nquiet_bypass = "major"\nescalate_after = "4h"\nescalate_to = ["team"]')
    assert route.quiet == Quiet(time(22), time(7), Severity.MAJOR)
    assert route.escalation == Escalation(timedelta(hours=4), ("team",))


@pytest.mark.parametrize("written", ['"2027-12-31"', "2027-12-31"])
def test_a_watch_may_end(read, good, written):
    assert read(good.replace('name = "pipeline"', f'name = "pipeline"\nuntil = {written}')).watches[0].until == date(
        2027, 12, 31
    )


# What is put behind a good configuration of 10 lines, and the beginning of the one mistake that follows.
MISTAKES = [
    ('preset = "investors"', 'preset: unknown preset "investors"; did you mean "investor"?'),
    ('digest = "daily 08:00"', 'digest: does nothing here: use when, a preset, or a rule with when = "digest"'),
    ('digest = "now"\npreset = "patient"', 'digest: expected "daily HH:MM" or "weekly mon HH:MM"'),
    ('preset = "patient"\nwhen = "now"\ndigest = "daily 08:00"', "digest: when says already"),
    ('rules = [{ kinds = ["site.*"], when = "digest" }]', "digest: a rule collects: say when it is sent"),
    ('rules = [{ kinds = ["site.*"] }]', 'rules[0].when: a rule needs when = "now", "digest" or "never"'),
    ('rules = [{ kinds = ["site.*"], when = "nevr" }]', "rules[0].when: expected one of"),
    ('rules = [{ kinds = ["sites.*"], when = "never" }]', 'rules[0].kinds[0]: unknown kind glob "sites.*"; did you'),
    ('rules = [{ kinds = [], when = "never" }]', "rules[0].kinds: empty: the rule would be about nothing"),
    ('rules = [{ kidns = ["site.*"], when = "never" }]', 'rules[0].kidns: unknown key "kidns"; did you mean "kinds"?'),
    ('rules = ["never"]', "rules[0]: expected { kinds = "),
    ("say_nothing_changed = true", "say_nothing_changed: this route sends at once"),
    ('say_nothing_changed = "yes"', "say_nothing_changed: expected true or false, without quotes"),
    ('quiet = "22:00"', 'quiet: expected hours such as "22:00-07:00"'),
    ('quiet = "22:00-25:00"', "quiet: expected a time from 00:00 to 23:59"),
    ('quiet = "7:00-07:00"', "quiet: begins when it ends"),
    ('quiet_bypass = "major"', "quiet_bypass: does nothing without quiet hours"),
    ('escalate_after = "4h"', "escalate_to: escalate_after needs escalate_to beside it"),
    ('escalate_to = ["team"]', "escalate_after: escalate_to needs escalate_after beside it"),
    ('escalate_after = "4h"\nescalate_to = ["x"]', 'escalate_to[0]: unknown channel "x"'),
    ('escalate_after = "4h"\nescalate_to = []', "escalate_to: empty: name at least one channel"),
    ("near = { latitude = 95, longitude = 4, km = 1 }", "near.latitude: expected a number of degrees from -90 to 90"),
    ("near = { latitude = 45, longitude = 4, km = 0 }", "near.km: expected a number of kilometres"),
    ("near = { latitude = 45, longitude = 4 }", "near.km: near needs latitude and longitude in degrees, and km"),
    ('near = "Lyon"', "near: expected near = { latitude = "),
    ('phases = ["5"]', 'phases[0]: unknown phase "5"'),
    ('sponsors = ["*"]', "sponsors[0]: expected a word at least"),
    ('enabled = "no"', "enabled: expected true or false, without quotes"),
]


@pytest.mark.parametrize(("added", "said"), MISTAKES, ids=[added for added, _ in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_remedy(mistakes_of, good, added, said):
    (mistake, *more) = mistakes_of(good + added)
    assert not more
    assert said in mistake
    assert mistake.startswith(PLACED)


def test_what_is_configured_is_said_in_words(read, good):
    said = describe(
        read(
            good + 'preset = "site-operations"\ncountries = ["Germany"]\nquiet = "22:00-07:00"\nescalate_after = "4h"\n'
            'escalate_to = ["team"]\nrules = [{ kinds = ["site.added"], when = "never" }]\nsay_nothing_changed = true'
        )
    )
    for words in (
        "what the preset site-operations selects",
        'with sites in "Germany"',
        "urgent things at once, the rest collected, every day at 07:00 (UTC)",
        "Quiet from 22:00 to 07:00 (UTC), but for critical changes only",
        'Critical alerts nobody acknowledges within 4 hours are repeated to channel "team"',
        "Its rule 1: site.added, never told",
        "Says also that nothing changed",
    ):
        assert words in said


def test_a_route_that_sleeps_is_said_to(read, good):
    assert "Not enabled: it sends nothing." in describe(read(good + "enabled = false"))


def test_a_watch_that_only_a_sleeping_route_covers_is_warned_of(read, good):
    assert any("no route covers" in warning for warning in read(good + "enabled = false").warnings)
