"""Silences, acknowledgements and noise, through the command, alone and beside a running watcher."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import site
from tests.steered import beside_a_watcher, configured, polled, said, watcher
from tests.test_poll import A, B, Days


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


@pytest.fixture
def config(days: Days) -> Path:
    """Two studies of which one was suspended on the second day: one alert, number 1, that nobody was told yet."""
    days.watch(A, B)
    for number in range(6):
        days.put(number, A, status="RECRUITING" if number == 0 else "SUSPENDED", why_stopped=number and "Supply")
        days.put(number, B, sites=[site(facility=f"Clinic {place}") for place in range(1 if number < 2 else 6)])
    path = configured(days)
    polled(days, path, (0, 1))
    return path


# --- silences -----------------------------------------------------------------------


def test_what_is_silenced_is_recorded_and_told_to_nobody(days: Days, config: Path) -> None:
    until = days.clock.now().date() + timedelta(days=3)
    told = watcher(
        config, "silence", "add", "--study", B.lower(), "--kind", "site.*", "--until", until, "--reason", "start-up"
    )
    assert f"silence 1 holds until {until} 23:59 UTC: site.* of {B}" in told
    polled(days, config, (2,))
    (held,) = said(config, "silence", "list")
    assert (held["nct_id"], held["kinds"], held["reason"], held["alerts"]) == (B, "site.*", "start-up", 1)
    assert held["changes"] >= 5
    assert all("site.added" not in str(claim.alerts[0].changes) for claim in days.alerts())
    (quiet, _) = said(config, "alerts")
    assert (quiet["study"], quiet["outcome"], quiet["silenced"]) == (B, "silenced", held["changes"])
    assert f"{held['changes']} changes of 1 alert " in watcher(config, "silence", "list")
    assert "start-up" in watcher(config, "status")


def test_a_silence_is_ended_and_what_comes_next_is_told(days: Days, config: Path) -> None:
    watcher(config, "silence", "add", "--study", B, "--until", "14d", "--reason", "x")
    assert "silence 1 is over" in watcher(config, "silence", "end", 1)
    assert watcher(config, "silence", "list") == "nothing is silenced\n"
    assert said(config, "silence", "list", "--all")[0]["ended_at"] is not None
    assert "ended" in watcher(config, "silence", "list", "--all")
    polled(days, config, (2,))
    assert {alert["outcome"] == "silenced" for alert in said(config, "alerts")} == {False}


def test_a_silence_expires_by_itself(days: Days, config: Path) -> None:
    watcher(config, "silence", "add", "--everything", "--until", "2h", "--reason", "x")
    polled(days, config, (2,))
    assert watcher(config, "silence", "list") == "nothing is silenced\n"
    assert said(config, "alerts")[0]["silenced"] == 0


def test_several_studies_are_several_silences(config: Path) -> None:
    made = said(config, "silence", "add", "--study", A, "--study", B, "--until", "2030-01-01", "--reason", "both")
    assert [(one["id"], one["nct_id"], one["reason"]) for one in made] == [(1, A, "both"), (2, B, "both")]
    assert all(one["until"].startswith("2030-01-01T23:59:59") for one in made)


def test_a_silence_over_what_waits_is_heard_by_nobody(days: Days, config: Path) -> None:
    watcher(config, "silence", "add", "--study", A, "--until", "1d", "--reason", "x")
    (alert,) = said(config, "alerts")
    assert (alert["outcome"], alert["changes"]) == ("silenced", 0)


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ((), "--everything"),
        (("--study", "NCT00000003"), 'unknown study "NCT00000003"'),
        (("--study", "nonsense"), "no watch has it"),
        (("--kind", "sites.*"), 'did you mean "site.*"?'),
        (("--route", "everythin"), 'did you mean "everything"?'),
        (("--everything", "--until", "2020-01-01"), "is over already"),
        (("--everything", "--until", "soon"), "expected a day such as 2026-12-24"),
        (("--everything", "--until", "2026-02-31"), "expected a day such as 2026-12-24"),
        (("--everything", "--reason", " "), "--reason is empty"),
    ],
)
def test_what_cannot_be_silenced_is_named_with_what_can(config: Path, about: tuple[str, ...], told: str) -> None:
    assert told in watcher(config, "silence", "add", "--until", "1d", "--reason", "x", *about, expect=2)
    assert said(config, "silence", "list", "--all") == []


def test_an_unknown_silence_is_an_error(config: Path) -> None:
    assert "there is no silence 7" in watcher(config, "silence", "end", 7, expect=2)


# --- answers ------------------------------------------------------------------------


def test_an_alert_is_acknowledged_under_the_number_that_messages_show(config: Path) -> None:
    assert [alert["alert"] for alert in said(config, "alerts", "--unacknowledged")] == [1]
    assert said(config, "status")["unacknowledged_critical"] == 1
    assert "critical    1 of the last 30 days" in watcher(config, "status")
    assert watcher(config, "ack", "#1") == "acknowledged 1\n"
    assert said(config, "alerts", "--unacknowledged") == []
    assert said(config, "status")["unacknowledged_critical"] == 0
    assert "acknowledged" in watcher(config, "alerts")


def test_noise_is_counted_by_route_and_kind(config: Path) -> None:
    (answer,) = said(config, "noise", "1", "#1")
    assert answer["alert"] == 1
    assert answer["noise_at"] is not None
    counts = said(config, "status")["noise"]
    assert {"route": "everything", "kind": "status.suspended", "noise": 1, "alerts": 1} in counts
    assert "noise       1 of 1 alerts with status.suspended on route everything" in watcher(config, "status")


@pytest.mark.parametrize("command", ["ack", "noise"])
def test_what_is_no_alert_is_an_error_and_nothing_is_done(config: Path, command: str) -> None:
    assert "there is no alert 99" in watcher(config, command, "1", "99", expect=2)
    assert "'twelve' is no alert" in watcher(config, command, "twelve", expect=2)
    (alert,) = said(config, "alerts")
    assert (alert["acknowledged_at"], alert["noise_at"]) == (None, None)


def test_beside_a_running_watcher_it_steers_just_as_well(days: Days, config: Path) -> None:
    silence = ("silence", "add", "--study", A, "--until", "1d", "--reason", "x", "--json")
    (made,) = json.loads(beside_a_watcher(days, config, *silence))
    assert (made["id"], made["nct_id"], made["alerts"]) == (1, A, 1)
    assert beside_a_watcher(days, config, "ack", "1") == "acknowledged 1\n"
    assert beside_a_watcher(days, config, "noise", "1") == "recorded as noise: 1\n"
    assert "is over" in beside_a_watcher(days, config, "silence", "end", "1")


# --- alerts -------------------------------------------------------------------------


def test_alerts_are_listed_with_what_they_said_and_what_became_of_them(days: Days, config: Path) -> None:
    polled(days, config, (2,))
    newest, first = said(config, "alerts")
    assert (first["alert"], first["study"], first["label"], first["severity"]) == (1, A, "EX-1", "critical")
    assert first["first_line"].startswith("Study suspended")
    assert newest["first_line"].startswith("5 sites added: ")
    assert newest["outcome"].startswith("due ")
    assert "Study suspended" in watcher(config, "alerts", "--study", A.lower())
    assert said(config, "alerts", "--route", "nobody") == []
    assert said(config, "alerts", "--limit", 1) == [newest]
    assert said(config, "alerts", "--min-severity", "critical") == [first]
    assert said(config, "alerts", "--since", days.clock.now().date()) == [newest]
    assert watcher(config, "alerts", "--route", "nobody") == "no such alert\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("alerts", "--limit", "9223372036854775808"),
        ("templates", "preview", "9223372036854775808"),
        ("silence", "end", "99999999999999999999"),
        ("deliveries", "retry", "99999999999999999999"),
        ("silence", "add", "--everything", "--until", "2d", "--reason", "x" * 501),
    ],
)
def test_a_number_or_a_text_beyond_all_bounds_is_refused_in_words(config: Path, arguments: tuple[str, ...]) -> None:
    assert "Traceback" not in watcher(config, *arguments, expect=2)


def test_a_trial_may_last_until_the_last_day_there_is(config: Path) -> None:
    assert "Replayed" in watcher(config, "routes", "test", "--until", "9999-12-31")
