"""`watcher why`: what became of an alert, and of the changes of a study, from a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders import site
from tests.steered import audience, beside_a_watcher, configured, polled, said, watcher
from tests.test_mass import NUMBERS, sweep
from tests.test_poll import ALL_TIME, A, B, C, Days
from watcher.alerts.schedule import DeliveryStatus, Settlement
from watcher.requests import Desk, carry_out, request
from watcher.store import opened

ROUTES = """
[[route]]
name = "desk"
to = ["team"]
[[route]]
name = "morning"
to = ["chat", "team"]
when = "daily 08:00"
kinds = ["site.*"]
[[route]]
name = "france"
to = ["chat"]
countries = ["France"]
[[route]]
name = "asleep"
to = ["chat"]
enabled = false
[[route]]
name = "investor"
to = ["chat"]
preset = "investor"
"""


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


@pytest.fixture
def config(days: Days) -> Path:
    """On the second day, forty sites were added."""
    sites = [site(facility=f"Clinic {number}", country="Germany", city="Berlin") for number in range(41)]
    days.put(0, sites=sites[:1])
    days.put(1, sites=sites)
    path = configured(days, ROUTES)
    polled(days, path, (0, 1))
    return path


def alert_of(config: Path, route: str) -> int:
    (found,) = said(config, "alerts", "--route", route)
    return int(found["alert"])


def settled(days: Days, status: str, error: str = "") -> None:
    """Every delivery that is due by then has come to this."""
    with opened(days.database) as store:
        for claim in store.outbox.claim_deliveries(ALL_TIME, timedelta(minutes=10), 1000):
            due = days.clock.now() + timedelta(minutes=5)
            store.outbox.settle(claim.id, Settlement(DeliveryStatus(status), due, error), days.clock.now())


# --- alerts -------------------------------------------------------------------------


def test_an_alert_is_explained_from_its_route_to_its_targets(days: Days, config: Path) -> None:
    text = watcher(config, "why", f"#{alert_of(config, 'desk')}")
    assert f"MINOR, {A} EX-1, version 1 -> 2" in text
    assert 'chosen by route "desk" (minor or worse; every kind), watch "pipeline"' in text
    assert "what the route asks for, at once:\n    40 sites added: Clinic 1" in text
    assert "  team/console:stdout: due " in text
    settled(days, "delivered")
    (target,) = said(config, "why", alert_of(config, "desk"))["targets"]
    assert target["what"].startswith("told on 2026-06-02 ")
    assert "at attempt 1, message " in target["what"]


def test_a_target_of_which_another_route_tells_it_is_explained_by_that_route(config: Path) -> None:
    targets = {t["target"]: t["what"] for t in said(config, "why", alert_of(config, "morning"))["targets"]}
    assert targets["chat/console:stdout"].startswith(
        "waits for the digest of 2026-06-03, which closes 2026-06-03 08:00"
    )
    assert targets["team/console:stdout"].startswith(f'told by route "desk" (alert {alert_of(config, "desk")}): due')


def test_what_is_not_delivered_says_why(days: Days, config: Path) -> None:
    settled(days, "pending", "451 come back later")
    assert "not accepted in 1 attempt, tried again at" in watcher(config, "why", alert_of(config, "desk"))
    settled(days, "dead", "550 nobody of that name")
    text = watcher(config, "why", alert_of(config, "desk"))
    assert "given up after 2 attempts: 550 nobody of that name" in text


def test_what_a_silence_keeps_back_names_the_silence(config: Path) -> None:
    watcher(config, "silence", "add", "--study", A, "--until", "2030-01-01", "--reason", "we know")
    number = alert_of(config, "desk")
    text = watcher(config, "why", number)
    assert "kept back by silence 1 (every change of NCT00000001, until 2030-01-01 23:59 UTC: we know):" in text
    (kept,) = said(config, "why", number)["kept_back"]
    assert (kept["silence"], kept["changes"]) == (1, said(config, "alerts", "--route", "desk")[0]["silenced"])
    (step,) = [s for s in said(config, "why", A)["steps"] if s["version"] == 2]
    (block, *_) = step["blocks"]
    assert {r["route"]: (r["why"], r["silence"]) for r in block["routes"]}["desk"] == ("silenced", 1)


def test_a_route_that_is_gone_and_the_answers_are_said(days: Days, config: Path) -> None:
    number = alert_of(config, "desk")
    watcher(config, "ack", number)
    watcher(config, "noise", number)
    configured(days, ROUTES.replace('"desk"', '"bureau"'))
    text = watcher(config, "why", number)
    assert "that route is not configured any more" in text
    assert "acknowledged 20" in text
    assert "marked as noise 20" in text


@pytest.mark.parametrize(("about", "told"), [("99", "there is no alert 99"), ("desk", "'desk' is no alert")])
def test_what_is_neither_alert_nor_study_is_an_error(config: Path, about: str, told: str) -> None:
    assert told in watcher(config, "why", about, expect=2)


def test_beside_a_running_watcher_it_answers(days: Days, config: Path) -> None:
    assert "40 sites added" in beside_a_watcher(days, config, "why", alert_of(config, "desk"))


# --- studies ------------------------------------------------------------------------


def test_each_change_of_a_study_is_explained_on_each_route(config: Path) -> None:
    told = said(config, "why", A.lower())
    assert [step["version"] for step in told["steps"]] == [2, 1]
    sites = next(b for b in told["steps"][0]["blocks"] if b["changes"][0]["kind"] == "site.added")
    verdicts = {route["route"]: (route["why"], route["text"]) for route in sites["routes"]}
    assert verdicts["desk"] == ("told", f"told as alert {alert_of(config, 'desk')}")
    assert verdicts["morning"] == ("told", f"told as alert {alert_of(config, 'morning')}")
    assert verdicts["france"] == ("not about this place", "not about its places (France)")
    assert verdicts["asleep"] == ("route not enabled", "the route is not enabled")
    assert verdicts["investor"][1] == "its preset investor has no row for site.added"
    text = watcher(config, "why", A)
    assert text.startswith(f'{A} is on watch "pipeline" as EX-1\nversion 2 is its newest')
    assert text.count("sites added") == 1
    assert "first sight of the study: recorded as the baseline" in text
    assert "nothing changed since 2030-01-01" in watcher(config, "why", A, "--since", "2030-01-01")


def test_what_was_not_told_then_would_be_told_with_the_routes_of_today(days: Days, config: Path) -> None:
    configured(days, ROUTES + '[[route]]\nname = "late"\nto = ["chat"]\nkinds = ["site.added"]\n')
    (step, _) = said(config, "why", A)["steps"]
    verdicts = {route["route"]: route["why"] for block in step["blocks"] for route in block["routes"]}
    assert verdicts["late"] == "not selected then"


def test_what_is_held_back_says_so_until_it_is_told(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    config = configured(days)
    polled(days, config, (1,))
    text = watcher(config, "why", NUMBERS[0])
    assert "until it is decided: `watcher mass show " in text
    with opened(days.database) as store:
        for hold in store.holds.all():
            carry_out(Desk(store, audience(config), days.clock.now()), request("approve", holds=[hold.id]))
    assert "told as alert" in watcher(config, "why", NUMBERS[0])
    assert "until it is decided" not in watcher(config, "why", NUMBERS[0])


@pytest.mark.parametrize(("number", "told"), [(B, "it was never asked for"), ("NCT99999999", "is on no watch")])
def test_a_study_that_nobody_watches_is_said_to_be_on_no_watch(config: Path, number: str, told: str) -> None:
    assert told in watcher(config, "why", number)


def test_an_expired_watch_is_named_with_its_last_day(days: Days, config: Path) -> None:
    ended = f'[[watch]]\nname = "old"\nstudies = ["{A}"]\nuntil = "2026-06-01"\n'
    configured(days, ROUTES, f'{ended}[[watch]]\nname = "new"\nstudies = ["{C}"]\n')
    text = watcher(config, "why", A)
    assert 'it was on watch "old", which ended after 2026-06-01' in text
    assert "the study is on no watch" in text
    assert "no poll has asked for it yet" in watcher(config, "why", C)


def test_a_study_that_the_registry_does_not_have_is_said_to_be_missing(days: Days) -> None:
    days.watch(A, C)
    days.put(0, A)
    days.put(0, B)
    config = configured(days)
    polled(days, config, (0,))
    assert "the registry has no such record" in watcher(config, "why", C)
    days.hide(A)
    polled(days, config, (1,))
    assert "answered 'not found' once" in watcher(config, "why", A)
    polled(days, config, (2,))
    assert "no longer has its record" in watcher(config, "why", A)


def test_a_merged_study_names_its_heir(days: Days) -> None:
    days.watch(A)
    days.put(0, A)
    config = configured(days)
    polled(days, config, (0,))
    days.hide(A)
    days.put(1, B, put={"protocolSection.identificationModule.nctIdAliases": [A]})
    polled(days, config, (1,))
    assert f"it was merged into {B}, which is watched in its place" in watcher(config, "why", A)
    assert f'{B} is on watch "pipeline"' in watcher(config, "why", B)


def test_dates_are_days_in_utc(days: Days, config: Path) -> None:
    today = days.clock.now().date()
    assert datetime.combine(today, datetime.min.time(), UTC) <= days.clock.now()
    assert [step["version"] for step in said(config, "why", A, "--since", today)["steps"]] == [2]
