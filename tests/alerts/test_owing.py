"""Who is owed what: nothing twice to one target, quiet hours, escalation, digests that may stay empty."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.examples import NOW, alert, family, route, step, watch
from tests.builders import change
from watcher.alerts.owing import Owed, announced, owed
from watcher.alerts.routes import alerts_for
from watcher.alerts.schedule import quiet_window
from watcher.model import Change, Escalation, Form, Quiet, Route, Rule, Severity, Target, Timing

EMAIL, PHONE = Target("team", "desk@example.org"), Target("phone", "duty")
TARGETS = {"team": [EMAIL], "phone": [PHONE]}
DAY, NIGHT = Quiet(time(9), time(17)), Quiet(time(22), time(7))


def of(routes: list[Route], *changes: Change) -> tuple[Owed, ...]:
    """What the routes owe for one step."""
    return owed(alerts_for(step(*changes), routes, [watch()]), routes, TARGETS)


def told(entries: tuple[Owed, ...], routes: list[Route], *changes: Change) -> dict[str, list[int]]:
    """The ids of the changes that each route tells the one target."""
    alerts = {found.key: found for found in alerts_for(step(*changes), routes, [watch()])}
    return {
        entry.route: [c.id for c in alerts[entry.alert_key].changes if c.id not in entry.without] for entry in entries
    }


# --- nothing twice --------------------------------------------------------------------


def test_the_route_that_is_due_first_tells_and_the_other_tells_the_rest():
    weekly, now = route("weekly", when="weekly mon 08:00"), route("now", kinds=("status.*",))
    entries = of([weekly, now], *family())
    assert told(entries, [weekly, now], *family()) == {"now": [0, 1, 3, 4], "weekly": [2]}


def test_of_two_routes_at_the_same_time_the_first_in_the_configuration_tells():
    first, second = route("first", kinds=("site.*",)), route("second")
    entries = of([first, second], *family())
    assert told(entries, [first, second], *family()) == {"first": [1, 2], "second": [0, 3, 4]}


def test_two_channels_of_one_route_hear_the_same():
    entries = of([route(to=("team", "phone"))], *family())
    assert [(entry.target, entry.without) for entry in entries] == [(EMAIL, ()), (PHONE, ())]


def test_a_digest_and_an_alert_of_two_steps_are_no_doubles():
    alerts = [alert(), alert(key="desk|NCT00000001|version:4", occasion="version:4", version=4)]
    assert len(owed(alerts, [route()], TARGETS)) == 2


@given(
    picks=st.lists(st.sets(st.sampled_from(["status.*", "site.*", "why_stopped.*", "record.*"])), max_size=4),
    whens=st.lists(st.sampled_from(["now", "daily 08:00", "weekly mon 08:00"]), min_size=4, max_size=4),
)
def test_whatever_the_routes_each_target_is_told_everything_that_any_selects_exactly_once(picks, whens):
    routes = [route(f"r{n}", kinds=tuple(sorted(pick)), when=whens[n]) for n, pick in enumerate(picks)]
    entries = of(routes, *family())
    asked = {c.id for found in alerts_for(step(*family()), routes, [watch()]) for c in found.changes}
    heard = [number for ids in told(entries, routes, *family()).values() for number in ids]
    assert sorted(heard) == sorted(asked)


# --- times of rules -------------------------------------------------------------------


def test_what_a_rule_has_told_at_once_takes_the_rest_of_its_update_with_it():
    urgent = Rule(("status.*",), Severity.NOISE, Timing.NOW, "urgent")
    mixed = route(when="daily 08:00", rules=(urgent,))
    (entry,) = of([mixed], *family())
    assert (entry.form, entry.due_at, entry.without) == (Form.ALERT, NOW, ())


def test_what_no_rule_has_told_at_once_waits_for_the_routes_time():
    urgent = Rule(("results.*",), Severity.NOISE, Timing.NOW, "urgent")
    (entry,) = of([route(when="daily 08:00", rules=(urgent,))], *family())
    assert (entry.form, entry.window, entry.due_at) == (Form.DIGEST, "2026-06-01", datetime(2026, 6, 1, 8, tzinfo=UTC))


# --- quiet hours ----------------------------------------------------------------------


def test_in_quiet_hours_a_message_waits_for_their_end_with_all_others_of_its_route():
    major = change("site.withdrawn", "major")
    entries = [
        entry
        for nct_id in ("NCT00000001", "NCT00000002")
        for entry in owed([alert(major, key=f"desk|{nct_id}|x", nct_id=nct_id)], [route(quiet=NIGHT)], TARGETS)
    ]
    assert {(entry.key, entry.due_at) for entry in entries} == {
        ("desk|quiet 2026-06-01>team/desk@example.org", datetime(2026, 6, 1, 7, tzinfo=UTC))
    }


def test_what_is_as_severe_as_the_bypass_is_told_in_quiet_hours():
    (entry,) = of([route(quiet=NIGHT)], change("status.suspended", "critical"))
    assert (entry.form, entry.due_at) == (Form.ALERT, NOW)
    (entry,) = of([route(quiet=Quiet(time(22), time(7), Severity.MAJOR))], change("site.withdrawn", "major"))
    assert entry.due_at == NOW


def test_a_digest_comes_at_the_time_its_reader_named_whatever_the_quiet_hours():
    (entry,) = of([route(quiet=Quiet(time(6), time(12)), when="daily 08:00")], change("site.withdrawn", "major"))
    assert entry.due_at == datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "quiet", "closes"),
    [
        ((21, 59), NIGHT, None),
        ((22, 0), NIGHT, (2, 7)),
        ((23, 59), NIGHT, (2, 7)),
        ((0, 0), NIGHT, (1, 7)),
        ((6, 59), NIGHT, (1, 7)),
        ((7, 0), NIGHT, None),
        ((8, 59), DAY, None),
        ((9, 0), DAY, (1, 17)),
        ((16, 59), DAY, (1, 17)),
        ((17, 0), DAY, None),
    ],
)
def test_quiet_hours_run_from_wall_clock_to_wall_clock(clock, quiet, closes):
    now = datetime(2026, 6, 1, *clock, tzinfo=ZoneInfo("Asia/Tokyo"))
    window = quiet_window(now, quiet, "Asia/Tokyo")
    wanted = datetime(2026, 6, *closes, tzinfo=ZoneInfo("Asia/Tokyo")) if closes else None
    assert (window.closes if window else None) == wanted


@given(
    minutes=st.integers(0, 3 * 366 * 24 * 60),
    start=st.times(),
    end=st.times(),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "UTC"]),
)
def test_quiet_hours_end_within_a_day_and_never_in_the_past_whatever_the_clocks_do(minutes, start, end, zone):
    quiet = Quiet(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    window = quiet_window(moment, quiet, zone)
    assert window is None or moment <= window.closes <= moment + timedelta(hours=26)


# --- escalation -----------------------------------------------------------------------


def test_a_critical_alert_is_repeated_later_to_another_channel():
    worried = route(escalation=Escalation(timedelta(hours=4), ("phone",)))
    first, second = of([worried], *family())
    assert (first.target, first.form, first.due_at) == (EMAIL, Form.ALERT, NOW)
    assert (second.target, second.form, second.due_at) == (PHONE, Form.ESCALATION, NOW + timedelta(hours=4))
    assert second.key == f"escalation|{first.alert_key}>{PHONE.key}"


def test_what_is_less_than_critical_is_not_repeated():
    worried = route(escalation=Escalation(timedelta(hours=4), ("phone",)))
    assert [entry.form for entry in of([worried], change("site.withdrawn", "major"))] == [Form.ALERT]


def test_two_routes_that_worry_repeat_a_step_to_one_target_once():
    worried = Escalation(timedelta(hours=4), ("phone",))
    entries = of([route("a", escalation=worried), route("b", escalation=worried)], *family())
    assert [entry.form for entry in entries].count(Form.ESCALATION) == 1


# --- digests that may stay empty ------------------------------------------------------


def test_only_routes_that_ask_for_it_are_to_hear_that_nothing_changed():
    routes = [
        route("asks", when="daily 08:00", say_nothing_changed=True),
        route("does not", when="daily 08:00"),
        route("sends at once", say_nothing_changed=True),
        route("sleeps", when="daily 08:00", say_nothing_changed=True, enabled=False),
    ]
    assert [entry.route for entry in announced(routes, TARGETS, NOW)] == ["asks"]


def test_an_announced_digest_is_the_one_that_alerts_of_its_window_join():
    daily = route(when="daily 08:00", say_nothing_changed=True)
    (empty,) = announced([daily], TARGETS, NOW)
    (full,) = of([daily], *family())
    assert (empty.key, empty.due_at, empty.window) == (full.key, full.due_at, full.window)
    assert empty.alert_key == ""
