"""The five tables: every row is about something, none changes a severity, and each reader gets what they want."""

from __future__ import annotations

import pytest

from tests.alerts.examples import route
from tests.builders import change
from watcher.alerts.presets import GROUPS, PRESETS, rules_of
from watcher.alerts.rules import at_once, matches, rule_for
from watcher.changes.table import KINDS
from watcher.model import Severity

NOW, LATER, NEVER = "now", "later", "never"


def timing(preset: str, kind: str, severity: str, *, local: bool = False) -> str:
    """When a reader with this preset hears of such a change."""
    desk = route(preset=preset, rules=rules_of(preset, local=local), when=PRESETS[preset].when)
    told = change(kind, severity)
    return NEVER if rule_for(desk, told) is None else NOW if at_once(desk, [told]) else LATER


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_is_about_some_kind(group):
    assert any(matches(GROUPS[group], kind) for kind in KINDS)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_row_of_a_preset_decides_about_some_kind_that_no_row_before_it_does(preset):
    for local in (False, True):
        rows = [*(PRESETS[preset].local if local else ()), *PRESETS[preset].rows]
        deciding = {next((row for row in rows if matches(GROUPS[row], kind)), None) for kind in KINDS}
        assert set(rows) <= deciding


@pytest.mark.parametrize("preset", PRESETS)
def test_noise_reaches_nobody(preset):
    assert {timing(preset, kind, "noise", local=True) for kind in KINDS} == {NEVER}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_worse_change_of_a_kind_is_never_told_later_than_a_lesser_one(preset):
    order = [NEVER, LATER, NOW]
    for kind in KINDS:
        told = [order.index(timing(preset, kind, level.word)) for level in Severity]
        assert told == sorted(told), kind


@pytest.mark.parametrize("preset", PRESETS)
def test_a_stop_that_is_critical_reaches_everybody(preset):
    for kind in ("status.terminated", "status.suspended", "status.withdrawn"):
        assert timing(preset, kind, "critical") == (LATER if preset == "compliance" else NOW)


@pytest.mark.parametrize("preset", PRESETS)
def test_that_a_record_is_gone_reaches_everybody_at_once(preset):
    for kind, level in (("record.not_found", "critical"), ("record.merged", "major"), ("status.withheld", "critical")):
        assert timing(preset, kind, level) == NOW


# What the five readers want most, and what none of them wants.
WANTED = [
    ("competitive-intelligence", "date.primary_completion.pulled_in", "minor", NOW),
    ("competitive-intelligence", "date.primary_completion.slipped", "minor", LATER),
    ("competitive-intelligence", "outcome.demoted", "major", NOW),
    ("competitive-intelligence", "search.entered", "major", NOW),
    ("competitive-intelligence", "site.added", "minor", LATER),
    ("competitive-intelligence", "clock.stale", "minor", NEVER),
    ("site-operations", "site.withdrawn", "major", NOW),
    ("site-operations", "country.added", "major", NOW),
    ("site-operations", "eligibility.criterion_changed", "minor", LATER),
    ("site-operations", "investigator.changed", "minor", LATER),
    ("site-operations", "outcome.demoted", "major", NEVER),
    ("patient", "status.opened", "major", NOW),
    ("patient", "status.enrollment_closed", "major", NOW),
    ("patient", "eligibility.criterion_changed", "minor", NOW),
    ("patient", "results.posted", "critical", NOW),
    ("patient", "clock.stale", "minor", LATER),
    ("patient", "enrollment.target_decreased", "major", NEVER),
    ("patient", "site.opened", "minor", NEVER),
    ("compliance", "outcome.secondary_changed", "minor", NOW),
    ("compliance", "clock.results_overdue", "critical", NOW),
    ("compliance", "results.returned", "minor", NOW),
    ("compliance", "site.withdrawn", "major", NEVER),
    ("investor", "enrollment.target_decreased", "major", NOW),
    ("investor", "results.submitted", "major", NOW),
    ("investor", "outcome.secondary_changed", "minor", NEVER),
    ("investor", "eligibility.age_changed", "major", NEVER),
]


@pytest.mark.parametrize(("preset", "kind", "severity", "wanted"), WANTED)
def test_each_reader_hears_what_they_want_when_they_want_it(preset, kind, severity, wanted):
    assert timing(preset, kind, severity) == wanted


def test_a_patient_who_names_a_place_hears_of_its_sites_at_once():
    assert timing("patient", "site.opened", "minor", local=True) == NOW
