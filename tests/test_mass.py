"""The mass guard, polled from a rehearsal registry into a real database, and decided from the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import site
from tests.test_poll import INBOXES, Crash, Days
from watcher.errors import UsageError
from watcher.requests import Desk, carry_out, carry_out_all, leave, request
from watcher.store import opened
from watcher.store.holds import Holds
from watcher.store.lock import single_instance
from watcher.store.values import Hold

MANY = 128
NUMBERS = [f"NCT{number:08}" for number in range(1, MANY + 1)]
SITE = {"facility": "Ankara Hospital", "city": "Ankara"}


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


def sweep(days: Days, numbers: list[str], share: float = 1.0, studies: int = MANY, **news: Any) -> None:
    """A day on which the registry spells a country otherwise, and one study brings news of its own."""
    days.watch(*numbers[:studies])
    for place, nct_id in enumerate(numbers[:studies]):
        days.put(0, nct_id, sites=[site(**SITE, country="Atlantis"), site()])
        swapped = "Kingdom of Atlantis" if place < share * studies else "Atlantis"
        days.put(1, nct_id, sites=[site(**SITE, country=swapped), site()], **(news if place == 1 else {}))
    days.poll(0)


def holds(days: Days) -> tuple[Hold, ...]:
    with days.store() as store:
        return store.holds.all()


def decided(days: Days, decision: str, hold_id: str) -> int:
    with opened(days.database) as store:
        outcome = carry_out(Desk(store, days.audience, days.clock.now()), request(decision, holds=[hold_id]))
    if outcome.failed:
        raise UsageError(outcome.said)
    made = re.search(r"(\d+) alerts?$", outcome.said)
    return int(made[1]) if made else 0


def told(days: Days) -> list[str]:
    """Every kind told to the first inbox."""
    claims = [claim for claim in days.alerts() if claim.target == INBOXES[0]]
    return sorted(change.kind for claim in claims for alert in claim.alerts for change in alert.changes)


def loud(days: Days) -> list[str]:
    """Every stored kind above noise."""
    with days.store() as store:
        return sorted(
            str(change.said["kind"])
            for change in store.reports.changes(limit=10_000)
            if change.said["severity"] != "noise"
        )


# --- holding ---------------------------------------------------------------------


def test_a_country_that_is_spelt_otherwise_reaches_the_operator_and_no_reader(days: Days) -> None:
    sweep(days, NUMBERS)
    report = days.poll(1)
    assert (report.versions, report.alerts) == (MANY, 0)
    found = holds(days)
    assert found
    assert all((hold.decision, hold.studies) == ("open", MANY) for hold in found)
    notices = days.notices()[1:]
    assert notices == ["Held back: 100 of 100 studies show the same change"] * len(found)
    bodies = "".join(days.notice_text(number) for number in range(1, 1 + len(found)))
    assert all(f"watcher mass approve {hold.id}" in bodies for hold in found)
    assert days.alerts() == []


def test_news_of_a_swept_study_goes_out_as_usual(days: Days) -> None:
    sweep(days, NUMBERS[:30], studies=30, status="TERMINATED", why_stopped="Futility", filed="2026-06-01")
    days.poll(1)
    kinds = told(days)
    assert "status.terminated" in kinds
    assert not any(kind.startswith(("site", "country")) for kind in kinds)


def test_a_part_of_the_studies_is_enough(days: Days) -> None:
    sweep(days, NUMBERS[:60], 0.2, 60)
    assert days.poll(1).alerts == 0
    assert {hold.studies for hold in holds(days)} == {12}


def test_what_nobody_was_told_of_is_not_said_to_be_taken_back(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    days.poll(1)
    days.put(2, NUMBERS[0], sites=[site(**SITE, country="Atlantis"), site()], filed="2026-06-03")
    days.watch(NUMBERS[0])
    assert days.poll(2).alerts == 1
    (alert,) = {alert.key: alert for claim in days.alerts() for alert in claim.alerts}.values()
    assert "country.added" in {change.kind for change in alert.changes}
    assert not any("takes_back" in change.detail for change in alert.changes)


def test_very_many_mass_changes_are_one_notice(days: Days) -> None:
    days.watch(*NUMBERS)
    names = [f"Hospital {number}" for number in range(40)]
    for nct_id in NUMBERS:
        days.put(0, nct_id, sites=[site(facility=name, city=name) for name in names])
        days.put(1, nct_id, sites=[site(facility=name, city=name, zip=f"{len(name)}-{name}") for name in names])
    days.poll(0)
    days.poll(1)
    assert len(holds(days)) == len(names)
    assert days.notices()[1:] == ["Held back: 40 changes that many studies show alike"]
    text = days.notice_text(1)
    assert sum(hold.id in text for hold in holds(days)) == 30
    assert "and 10 more" in text


def test_a_few_studies_are_told(days: Days) -> None:
    sweep(days, NUMBERS[:60], 0.05, 60)
    assert days.poll(1).alerts == 3
    assert holds(days) == ()


def test_a_new_field_in_every_record_is_told_to_the_operator_once(days: Days) -> None:
    days.watch(*NUMBERS)
    for nct_id in NUMBERS:
        days.put(0, nct_id)
        days.put(1, nct_id, put={"protocolSection.newModule": {"newField": "YES"}})
    days.poll(0)
    days.poll(1)
    days.poll(1)
    ((hold,), notices) = holds(days), days.notices()[1:]
    assert (hold.studies, hold.changes) == (MANY, MANY)
    assert hold.fingerprint == "record.changed in protocolSection.newModule"
    assert len(notices) == 1


def test_a_sponsor_that_stops_its_program_is_told(days: Days) -> None:
    numbers = NUMBERS[:12]
    days.watch(*numbers)
    for nct_id in numbers:
        days.put(0, nct_id, filed="2026-01-12")
        days.put(1, nct_id, status="TERMINATED", why_stopped="Business decision", filed="2026-06-01")
    days.poll(0)
    assert days.poll(1).alerts == len(numbers)


def test_a_later_sweep_is_another_one(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    days.poll(1)
    for nct_id in NUMBERS[:10]:
        days.put(2, nct_id, sites=[site(**SITE, country="Atlantis"), site()])
    days.poll(2)
    assert len({hold.data_refresh for hold in holds(days)}) == 2


# --- deciding ---------------------------------------------------------------------


def test_nothing_is_lost_after_approval_and_nothing_is_told_twice(days: Days) -> None:
    sweep(days, NUMBERS[:40], studies=40, status="TERMINATED", filed="2026-06-01")
    days.poll(1)
    before = told(days)
    for hold in holds(days):
        assert decided(days, "approve", hold.id) == 40
        assert decided(days, "approve", hold.id) == 0
    assert len(told(days)) > len(before)
    assert told(days) == loud(days)
    assert [hold.decision for hold in holds(days)] == ["approved"] * len(holds(days))
    days.poll(2)
    assert told(days) == loud(days)


def test_the_operator_hears_once_what_was_decided(days: Days) -> None:
    sweep(days, NUMBERS)
    days.poll(1)
    hold = holds(days)[0]
    for _ in range(2):
        decided(days, "approve", hold.id)
    subjects = [claim.notice.subject for claim in days.owed() if claim.notice is not None]
    assert subjects.count(f"Resolved: the changes held back as {hold.id} are approved") == 1


def test_what_is_released_has_keys_of_its_own(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    days.poll(1)
    hold = holds(days)[0]
    decided(days, "approve", hold.id)
    alerts = [alert for claim in days.alerts() for alert in claim.alerts]
    assert {alert.occasion for alert in alerts} == {f"hold:{hold.id}:version:2"}
    assert {(alert.since, alert.version) for alert in alerts} == {(1, 2)}


def test_what_is_dismissed_stays_in_the_history_and_may_still_be_approved(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    days.poll(1)
    for hold in holds(days):
        decided(days, "dismiss", hold.id)
        decided(days, "dismiss", hold.id)
    assert (told(days), {hold.decision for hold in holds(days)}) == ([], {"dismissed"})
    assert len(loud(days)) >= 10
    hold = holds(days)[0]
    assert decided(days, "approve", hold.id) == 10
    with pytest.raises(UsageError, match="cannot be dismissed any more"):
        decided(days, "dismiss", hold.id)


def test_later_studies_of_the_refresh_follow_the_decision(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 10)
    sweep(days, NUMBERS[:22], studies=22)
    with days.poller(1) as (poller, _):
        answers: Iterator[bool] = iter([False, True])
        poller.poll(stop=lambda: next(answers))
    for hold in holds(days):
        assert decided(days, "approve", hold.id) == 10
    assert days.poll(1).alerts == 12
    assert told(days) == loud(days)


def test_an_unknown_mass_change_is_an_error(days: Days) -> None:
    days.put(0)
    days.poll(0)
    for decision in ("approve", "dismiss"):
        with pytest.raises(UsageError, match="there is no mass change 00000000"):
            decided(days, decision, "00000000")


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_an_approval_neither_loses_nor_doubles(
    days: Days, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    days.poll(1)
    hold, honest = holds(days)[0], Holds.approve

    def approve(self: Holds, *said: Any) -> int:
        made = honest(self, *said) if after else 0
        raise Crash(made)

    with monkeypatch.context() as patched:
        patched.setattr(Holds, "approve", approve)
        with pytest.raises(Crash):
            decided(days, "approve", hold.id)
    decided(days, "approve", hold.id)
    assert len(days.alerts()) == 10 * len(INBOXES)


def test_a_decision_left_beside_the_database_is_carried_out_once(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    days.poll(1)
    one, *others = [hold.id for hold in holds(days)]
    leave(days.database, request("approve", holds=[one]))
    leave(days.database, request("dismiss", holds=["00000000"]))
    leave(days.database, request("dismiss", holds=others))
    with opened(days.database) as store:
        for _ in range(2):
            carry_out_all(Desk(store, days.audience, days.clock.now()))
    assert {hold.decision for hold in holds(days) if hold.id != one} <= {"dismissed"}
    assert len(days.alerts()) == 10 * len(INBOXES)
    assert sorted(path.name for path in days.database.parent.glob("*.request-*")) == []


def test_without_an_operator_what_is_held_waits_all_the_same(days: Days) -> None:
    sweep(days, NUMBERS[:10], studies=10)
    with days.poller(1) as (poller, _):
        poller._audience = replace(poller._audience, operator=())
        assert poller.poll().alerts == 0
    assert holds(days)


# --- commands ----------------------------------------------------------------------


@pytest.fixture
def held(days: Days) -> Path:
    """A folder with a configuration and a database in which something is held back."""
    sweep(days, NUMBERS[:10], studies=10)
    days.poll(1)
    studies = ", ".join(f'"{nct_id}"' for nct_id in NUMBERS[:10])
    config = days.database.with_name("config.toml")
    config.write_text(
        f'[store]\npath = "watcher.db"\n[[watch]]\nname = "pipeline"\nstudies = [{studies}]\n'
        '[[channel]]\nname = "team"\nurl = "console://"\n[[route]]\nname = "everything"\nto = ["team"]\n'
    )
    return config


def watcher(config: Path, *arguments: str, expect: int = 0) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "WATCHER_CONFIG"}
    environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    command = [sys.executable, "-m", "watcher", *arguments, "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done.stdout if not expect else done.stderr


def _said_held(config: Path) -> set[str]:
    """What `watcher changes` says is held back."""
    found = json.loads(watcher(config, "changes", "--min-severity", "noise", "--limit", "1000", "--json"))
    return {change["held_back"] for change in found if "held_back" in change}


def test_the_commands_list_show_approve_and_dismiss(held: Path, days: Days) -> None:
    listed = json.loads(watcher(held, "mass", "list", "--json"))
    assert all(hold["decision"] == "open" for hold in listed)
    one, other = listed[0]["id"], listed[-1]["id"]
    shown = json.loads(watcher(held, "mass", "show", one, "--json"))
    # A country and the site that folds under it, ten times.
    assert (shown["id"], len(shown["held"])) == (one, 20)
    assert f"held back   {one}: 20 changes of 10 studies" in watcher(held, "status")
    assert {hold["id"] for hold in json.loads(watcher(held, "status", "--json"))["holds"]} == {h["id"] for h in listed}
    assert _said_held(held) == {h["id"] for h in listed}
    assert f"(held back: {one})" in watcher(held, "history", NUMBERS[0])
    for _ in range(2):
        assert json.loads(watcher(held, "mass", "approve", one, "--json"))["decision"] == "approved"
    assert len(days.alerts()) == 10
    assert one not in _said_held(held)
    assert "dismissed" in watcher(held, "mass", "dismiss", other)
    assert watcher(held, "mass", "list") == "nothing is held back\n"
    assert one in watcher(held, "mass", "list", "--all")


def test_several_mass_changes_are_decided_at_once_or_not_at_all(held: Path) -> None:
    ids = [hold["id"] for hold in json.loads(watcher(held, "mass", "list", "--json"))]
    assert "there is no mass change nonsense" in watcher(held, "mass", "dismiss", *ids, "nonsense", expect=2)
    assert len(json.loads(watcher(held, "mass", "list", "--json"))) == len(ids) > 1
    decided = json.loads(watcher(held, "mass", "dismiss", *ids, "--json"))
    assert [(hold["id"], hold["decision"]) for hold in decided] == [(hold_id, "dismissed") for hold_id in ids]


def test_an_unknown_id_is_named_and_told_where_to_look(held: Path) -> None:
    for command in ("show", "approve", "dismiss"):
        assert "there is no mass change nonsense: `watcher mass list --all`" in watcher(
            held, "mass", command, "nonsense", expect=2
        )


def test_beside_a_running_watcher_the_command_waits_for_it_to_decide(held: Path, days: Days) -> None:
    hold = holds(days)[0]
    with single_instance(days.database), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(watcher, held, "mass", "approve", hold.id, "--json")
        with opened(days.database) as store:
            until = time.monotonic() + 30
            while not asked.done() and time.monotonic() < until:
                carry_out_all(Desk(store, days.audience, days.clock.now()))
                time.sleep(0.05)
    assert json.loads(asked.result())["decision"] == "approved"
    assert len(days.alerts()) == 10 * len(INBOXES)
