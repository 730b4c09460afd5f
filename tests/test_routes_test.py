"""`watcher routes test`: a replay of the stored history says what the routes would have sent, and nothing else."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from tests.builders import site
from tests.steered import ROUTE, audience, beside_a_watcher, configured, polled, said, watcher
from tests.test_mass import NUMBERS, sweep
from tests.test_poll import A, B, C, Days
from watcher.alerts.presets import PRESETS
from watcher.alerts.trial import Setting, replayed
from watcher.model import Severity
from watcher.requests import Desk, carry_out, request
from watcher.store import opened
from watcher.store.history import Span

ROUTES = """
[[route]]
name = "desk"
to = ["team"]
preset = "competitive-intelligence"
quiet = "06:00-10:00"
[[route]]
name = "germany"
to = ["team", "chat"]
countries = ["Germany"]
min_severity = "noise"
[[route]]
name = "clinics"
to = ["chat"]
preset = "patient"
sites = ["Clinic 2"]
[[route]]
name = "compliance"
to = ["team"]
preset = "compliance"
timezone = "Asia/Tokyo"
[[route]]
name = "rival"
to = ["chat"]
sponsors = ["Rival*"]
when = "daily 12:00"
rules = [{ kinds = ["status.*"], when = "never" }]
[[route]]
name = "phones"
to = ["chat"]
min_severity = "critical"
escalate_after = "1h"
escalate_to = ["team"]
[[route]]
name = "asleep"
to = ["chat"]
enabled = false
"""
STATUSES = ("RECRUITING", "SUSPENDED", "ACTIVE_NOT_RECRUITING", "COMPLETED")
COUNTRIES = ("Germany", "France")


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


# --- the replay and the alerts that were made -----------------------------------------


def some_record(random: Random) -> dict[str, Any]:
    sites = [
        site(facility=f"Clinic {n}", city="X", country=random.choice(COUNTRIES)) for n in range(random.randint(1, 6))
    ]
    return {
        "status": random.choice(STATUSES),
        "sites": sites,
        "enrollment": f"{random.choice((40, 100, 400))} estimated",
        "primary_completion": random.choice(("2026-06-05", "2026-12-01", "2027-12-01")),
        "sponsor": random.choice(("Example Pharma", "Rival Bio")),
    }


def lived(days: Days, config: Path, random: Random) -> None:
    """Eight days of three studies: they move, one silence comes and goes, a study leaves and comes back."""
    gone = set(random.sample((A, B, C), 1))
    for number in range(8):
        for nct_id in (A, B, C):
            if number == 3 and nct_id in gone:
                days.hide(nct_id)
            if number == 6 and nct_id in gone:
                days.show(nct_id)
            elif nct_id not in gone or number < 3:
                days.put(number, nct_id, **some_record(random))
        polled(days, config, (number,))
        # An hour later, and before there is anything to be kept back: what waits already would be silenced, too.
        if number == 0:
            about = {"study": B, "kinds": "site.*", "route": "", "reason": "x", "until": "2027-01-01T00:00+00:00"}
            steered(days, config, "silence", **about)
        if number == 4:
            steered(days, config, "end silence", silence=1)


def steered(days: Days, config: Path, verb: str, **about: Any) -> None:
    with opened(days.database) as store:
        carry_out(Desk(store, audience(config), days.clock.now() + timedelta(hours=1)), request(verb, **about))


def made(database: Path) -> Iterator[tuple[Any, ...]]:
    """Every alert that was recorded, with what it tells, and the outbox rows it is in."""
    db = sqlite3.connect(database)
    asked = "SELECT id, key, severity, label, reason, facts, since, version, observed_at FROM alert"
    for number, key, *rest, observed_at in db.execute(asked).fetchall():
        numbers = (
            "SELECT number FROM alert_change JOIN change ON change.id = change_id WHERE alert_id = ? AND silence_id IS"
        )
        told = {row[0] for row in db.execute(f"{numbers} NULL", [number])}
        kept = {row[0] for row in db.execute(f"{numbers} NOT NULL", [number])}
        owed = (
            "SELECT key, without, first_due_at FROM delivery JOIN delivery_alert ON delivery.id = delivery_id "
            "WHERE alert_id = ?"
        )
        yield key, *rest, observed_at, frozenset(told), frozenset(kept), frozenset(db.execute(owed, [number]))
    db.close()


def would_be_made(database: Path, config: Path) -> Iterator[tuple[Any, ...]]:
    """The same from the replay."""
    from watcher.store.codec import facts_json
    from watcher.store.connection import stamp

    today = audience(config)
    with opened(database, read_only=True) as store:
        silences = tuple(entry.silence for entry in store.silences.all())
        setting = Setting(today.routes, today.watches, silences, today.targets)
        steps = store.history.steps(Span(), as_it_was=True)
        for alerts, owed in (replayed(step, setting) for step in steps):
            for alert in alerts:
                due = (
                    (entry.key, orjson.dumps(entry.without).decode(), stamp(entry.due_at))
                    for entry in owed
                    if entry.alert_key == alert.key
                )
                yield (
                    *(alert.key, int(alert.severity), alert.label, alert.reason, facts_json(alert.study)),
                    *(alert.since, alert.version, stamp(alert.observed_at)),
                    *(frozenset(c.id for c in alert.changes), frozenset(alert.silenced), frozenset(due)),
                )


@pytest.mark.parametrize("seed", range(6))
def test_a_replay_makes_exactly_the_alerts_that_were_made(days: Days, seed: int) -> None:
    days.watch(A, B, C)
    config = configured(days, ROUTES)
    lived(days, config, Random(seed))  # noqa: S311 - no secret
    was = sorted(made(days.database), key=lambda alert: alert[0])
    assert len(was) > 10
    assert sorted(would_be_made(days.database, config), key=lambda alert: alert[0]) == was


def test_what_was_released_is_replayed_as_it_was_told(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10, status="TERMINATED")
    config = configured(days, ROUTES)
    polled(days, config, (1,))
    with opened(days.database) as store:
        for hold in store.holds.all()[:1]:
            carry_out(Desk(store, audience(config), days.clock.now()), request("approve", holds=[hold.id]))
    was = sorted(made(days.database))
    assert any("hold:" in alert[0] for alert in was)
    assert sorted(would_be_made(days.database, config)) == was
    tried = said(config, "routes", "test")
    with opened(days.database, read_only=True) as store:
        waiting = sum(hold.changes for hold in store.holds.all(open_only=True))
    assert tried["held_back"] == waiting > 0
    assert f"left out: {waiting} held back" in watcher(config, "routes", "test")


# --- the command --------------------------------------------------------------------


@pytest.fixture
def moved(days: Days) -> Days:
    """Two studies: one adds a site every day, the other is suspended on the fourth and resumed on the fifth."""
    days.watch(A, B)
    for number in range(6):
        days.put(number, A, sites=[site(facility=f"Clinic {n}", country="Germany") for n in range(number + 1)])
        days.put(number, B, status="SUSPENDED" if number == 3 else "RECRUITING", sites=[site(country="France")])
    return days


def test_it_says_what_each_route_would_have_sent(moved: Days) -> None:
    config = configured(moved, ROUTE + '[[route]]\nname = "weekly"\nto = ["chat"]\nwhen = "weekly mon 08:00"\n')
    polled(moved, config, range(6))
    before = moved.content()
    tried = said(config, "routes", "test", "--samples", 2)
    assert moved.content() == before
    everything, weekly = tried["routes"]
    with opened(moved.database, read_only=True) as store:
        alerts = [account for account in store.accounts.find(_all()) if account.alert.route == "everything"]
    assert everything["alerts"] == everything["messages"] == everything["at_once"] == len(alerts)
    assert sum(everything["by_week"].values()) == everything["messages"]
    assert everything["by_kind"]["site.added"] == 5
    assert everything["by_severity"]["critical"] == sum(
        account.alert.severity is Severity.CRITICAL for account in alerts
    )
    assert everything["loudest_studies"][A] == 5
    assert (weekly["alerts"], weekly["at_once"], weekly["digests"], weekly["messages"]) == (len(alerts), 0, 1, 1)
    assert list(weekly["by_week"]) == ["2026-W24"]
    assert len(everything["samples"]) == 2
    assert A in everything["samples"][0]["text"]
    assert "Example" in everything["samples"][0]["text"]
    text = watcher(config, "routes", "test")
    assert "Nothing is sent." in text
    assert f"messages    {len(alerts)}: {len(alerts)} at once" in text
    assert "messages    1: 1 as digests" in text
    assert "    | " in text


def _all() -> Any:
    from watcher.alerts.accounts import Asked

    return Asked(limit=10_000)


def test_days_and_routes_can_be_chosen(moved: Days) -> None:
    config = configured(moved, ROUTE + '[[route]]\nname = "asleep"\nto = ["chat"]\nenabled = false\n')
    polled(moved, config, range(6))
    (one,) = said(config, "routes", "test", "--since", "2026-06-03", "--until", "2026-06-03", "--route", "everything")[
        "routes"
    ]
    assert one["by_kind"] == {"site.added": 1}
    everything, asleep = said(config, "routes", "test")["routes"]
    assert (asleep["messages"], asleep["enabled"]) == (0, False)
    assert "--route" in asleep["nothing_because"]
    (tried,) = said(config, "routes", "test", "--route", "asleep")["routes"]
    assert tried["messages"] == everything["messages"]
    assert 'did you mean "asleep"?' in watcher(config, "routes", "test", "--route", "aslep", expect=2)


@pytest.mark.parametrize(
    ("keys", "because"),
    [
        (
            'countries = ["Germnay"]',
            'no study of its watches that changed has a site in "Germnay"; did you mean "Germany"?',
        ),
        ('kinds = ["expanded_access.*"]', "not one of its kinds (expanded_access.*)"),
        ('watches = ["other"]', "no study of its watches changed"),
        ('sponsors = ["Nobody"]', "the study has not its sponsor (Nobody)"),
        ('rules = [{ when = "never" }]', "its rule 1 has every kind never told"),
    ],
)
def test_a_route_that_would_have_sent_nothing_says_why(moved: Days, keys: str, because: str) -> None:
    other = f'[[watch]]\nname = "pipeline"\nstudies = ["{A}", "{B}"]\n[[watch]]\nname = "other"\nstudies = ["{C}"]\n'
    config = configured(moved, f'{ROUTE}[[route]]\nname = "quiet"\nto = ["chat"]\n{keys}\n', other)
    polled(moved, config, range(6))
    (route,) = said(config, "routes", "test", "--route", "quiet")["routes"]
    assert (route["messages"], route["alerts"]) == (0, 0)
    assert because in route["nothing_because"]
    assert f"would have sent nothing: {route['nothing_because']}" in watcher(config, "routes", "test")


def test_a_country_that_no_study_has_is_named_also_where_something_is_sent(moved: Days) -> None:
    config = configured(moved, '[[route]]\nname = "two"\nto = ["chat"]\ncountries = ["France", "Germnay"]\n')
    (route,) = _tried(moved, config)
    assert route["messages"] > 0
    assert route["unseen_places"] == 'no study that changed has a site in Germnay; did you mean "Germany"?'
    assert route["unseen_places"] in watcher(config, "routes", "test")


def test_a_route_of_which_others_tell_everything_or_that_is_silenced_says_so(moved: Days) -> None:
    config = configured(moved, f'{ROUTE}[[route]]\nname = "second"\nto = ["team"]\n')
    watcher_routes = {route["route"]: route for route in _tried(moved, config)}
    assert watcher_routes["second"]["nothing_because"] == "all that it selects is told to its channels by other routes"
    assert watcher_routes["second"]["told_by_other_routes"] == watcher_routes["second"]["alerts"] > 0


def _tried(days: Days, config: Path) -> list[dict[str, Any]]:
    polled(days, config, range(6))
    found: list[dict[str, Any]] = said(config, "routes", "test")["routes"]
    return found


def test_what_was_silenced_is_not_counted_as_sent(moved: Days) -> None:
    config = configured(moved)
    polled(moved, config, (0,))
    watcher(config, "silence", "add", "--everything", "--until", "2030-01-01", "--reason", "x")
    polled(moved, config, range(1, 6))
    (route,) = said(config, "routes", "test")["routes"]
    assert (route["messages"], route["alerts"]) == (0, 0)
    assert route["nothing_because"] == f"all that it selects was silenced ({route['silenced']} alerts)"


def pasted(routes: str, toml: str) -> str:
    return f"{routes}{toml}\n"


def test_the_quieter_rule_can_be_pasted_and_saves_what_it_says(moved: Days) -> None:
    config = configured(moved)
    polled(moved, config, range(6))
    loud = [alert["alert"] for alert in said(config, "alerts") if alert["study"] == A]
    watcher(config, "noise", *loud[:3])
    (before,) = said(config, "routes", "test")["routes"]
    assert before["noise"] == 3
    suggestion = before["suggestion"]
    assert "site.added 3 of 5" in suggestion["why"]
    assert 'kinds = ["' in suggestion["toml"]
    assert 'digest = "daily 08:00"' in suggestion["toml"]
    text = watcher(config, "routes", "test")
    assert f"this rule would have saved {suggestion['saves']} messages" in text
    configured(moved, pasted(ROUTE, suggestion["toml"]))
    (after,) = said(config, "routes", "test")["routes"]
    assert before["messages"] - after["messages"] == suggestion["saves"]
    assert after["by_kind"] == before["by_kind"]


def test_what_is_collected_already_and_is_noise_is_not_told_any_more(moved: Days) -> None:
    routes = '[[route]]\nname = "everything"\nto = ["team"]\nkinds = ["site.*"]\nwhen = "daily 08:00"\n'
    config = configured(moved, routes)
    polled(moved, config, range(6))
    watcher(config, "noise", *[alert["alert"] for alert in said(config, "alerts")])
    (before,) = said(config, "routes", "test")["routes"]
    suggestion = before["suggestion"]
    assert 'when = "never"' in suggestion["toml"]
    assert suggestion["saves"] == before["messages"] == before["digests"] > 0
    configured(moved, pasted(routes, suggestion["toml"]))
    (after,) = said(config, "routes", "test")["routes"]
    assert after["messages"] == 0


def test_a_very_loud_route_is_told_its_loudest_kinds(days: Days) -> None:
    numbers = [f"NCT{number:08}" for number in range(1, 8)]
    days.watch(*numbers)
    for day_number in range(2):
        for place, nct_id in enumerate(numbers):
            days.put(day_number, nct_id, enrollment=f"{100 + day_number * (1 + place)} estimated")
    config = configured(days)
    polled(days, config, range(2))
    (route,) = said(config, "routes", "test")["routes"]
    assert route["messages"] == 7
    assert "7.0 messages a day; the loudest kinds sent at once: enrollment." in route["suggestion"]["why"]
    assert route["suggestion"]["saves"] == 6


def test_beside_a_running_watcher_it_answers(moved: Days) -> None:
    config = configured(moved)
    polled(moved, config, range(2))
    assert "Nothing is sent." in beside_a_watcher(moved, config, "routes", "test")


def test_an_empty_history_says_so(days: Days) -> None:
    days.put(0)
    config = configured(days)
    polled(days, config, (0,))
    assert "would have sent nothing: nothing changed in this time" in watcher(config, "routes", "test")


# --- lists --------------------------------------------------------------------------


def test_routes_are_listed_in_words(days: Days) -> None:
    config = configured(days, ROUTES)
    text = watcher(config, "routes", "list")
    assert text.count("Route ") == 7
    assert "what the preset patient selects" in text
    assert [(r["name"], r["enabled"]) for r in said(config, "routes", "list")][-1] == ("asleep", False)


def test_presets_are_printed_as_tables() -> None:
    listed, one = _presets(), _presets("patient")
    assert "weekly mon 09:00" in listed
    assert all(name in listed for name in PRESETS)
    assert "sites (of a route that names a place)" in " ".join(one.split())
    rows = json.loads(_presets("investor", "--json"))["rows"]
    assert [row["row"] for row in rows] == list(PRESETS["investor"].rows)
    stops = {"row": "stops", "at_once_from": "major", "collected_from": "minor", "only_with_a_place": False}
    assert stops.items() <= rows[0].items()


def _presets(*arguments: str) -> str:
    command = [sys.executable, "-m", "watcher", "routes", "presets", *arguments]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environ).stdout
