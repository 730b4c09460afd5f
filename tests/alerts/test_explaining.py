"""Explaining: what became of an alert, and why a route tells a change or does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.alerts.examples import NOW, OTHER, alert, family, route, step, watch
from tests.builders import change
from watcher.alerts.accounts import Account, Handover, Recorded, Told
from watcher.alerts.explaining import fate, fates, first_line, lines_of, outcome_of
from watcher.alerts.presets import rules_of
from watcher.alerts.routes import alerts_for
from watcher.alerts.schedule import DeliveryStatus
from watcher.alerts.verdicts import THEN, Why, explained, obstacles
from watcher.model import Change, Form, Near, Place, Rule, Scope, Severity, Timing

PRESET = {"preset": "investor", "rules": rules_of("investor")}


def handover(status: str = "pending", **more: Any) -> Handover:
    said: dict[str, Any] = {
        "id": 7,
        "form": Form.ALERT,
        "route": "desk",
        "window": "",
        "target": "team/a@example.org",
        "due_at": NOW,
        "attempts": 0,
        "message_id": "m7",
    }
    return Handover(**{**said, "status": DeliveryStatus(status), **more})


# --- lines ----------------------------------------------------------------------


def test_forty_sites_are_one_line_and_three_are_three():
    sites = [change("site.added", "minor", f"Site added: {n}.", subject=str(n), id=n) for n in range(40)]
    assert lines_of(sites) == ("40 sites added: 0; 1; 2 and 37 more.",)
    assert lines_of(sites[:3]) == ("Site added: 0.", "Site added: 1.", "Site added: 2.")


def test_the_first_line_is_the_worst_cause():
    assert first_line(family()) == "Study suspended: Recruiting -> Suspended."
    assert first_line(family()[1:2]) == "Site suspended: Alpha."
    assert first_line(()) == ""


# --- what became of an alert ----------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"status": "delivered", "attempts": 2, "settled_at": NOW}, "told on 2026-06-01 06:30 UTC, at attempt 2,"),
        ({"form": Form.DIGEST, "window": "2026-06-02"}, "waits for the digest of 2026-06-02, which closes"),
        ({"form": Form.DIGEST, "window": "quiet 2026-06-02"}, "waits in quiet hours until 2026-06-01 06:30 UTC"),
        ({}, "due 2026-06-01 06:30 UTC"),
        ({"attempts": 3, "error": "451 later"}, "in 3 attempts, tried again at 2026-06-01 06:30 UTC: 451 later"),
        ({"status": "claimed", "attempts": 1}, "being sent, attempt 1"),
        ({"status": "dead", "attempts": 1, "error": "550 no such user"}, "given up after 1 attempt: 550 no such user"),
        ({"status": "dropped"}, "dropped: "),
        ({"status": "batched", "batch": handover("delivered", id=9)}, "in delivery 9: told, at attempt 0, message m7"),
        (
            {"status": "delivered", "form": Form.DIGEST, "window": "2026-06-02", "settled_at": NOW},
            "told on 2026-06-01 06:30 UTC in the digest of 2026-06-02",
        ),
    ],
)  # fmt: skip
def test_every_fate_of_a_delivery_is_said(said, told):
    assert told in fate(handover(**said))


def test_a_target_that_another_route_told_of_it_is_named_with_that_route():
    mine, other = alert(*family(), id=1), alert(*family(), id=2, route="second", key="second")
    here, there = handover(), handover(target="chat/chat", route="second", id=8)
    account = Account(mine, deliveries=(here,))
    beside = Account(other, deliveries=(there, handover(route="second", id=9)))
    told = dict(fates(account, [beside], route(to=("team", "chat"))))
    assert told["chat/chat"] == 'told by route "second" (alert 2): due 2026-06-01 06:30 UTC'
    assert dict(fates(account, [beside], route(to=("team",)))).keys() == {"team/a@example.org"}


def test_a_delivery_without_some_changes_says_who_tells_them():
    account = Account(alert(*family(), id=1), deliveries=(handover(without=(0, 1)),))
    beside = Account(alert(*family(), id=2, route="second"), deliveries=(handover(id=8, route="second"),))
    ((_, told),) = fates(account, [beside], route())
    assert told.endswith('; 2 of its changes are told there by route "second" (alert 2)')


@pytest.mark.parametrize(
    ("deliveries", "told"),
    [
        ((handover("delivered"), handover("delivered", id=8)), "delivered"),
        ((handover("delivered"), handover("dead", id=8)), "delivered, dead"),
        ((handover("delivered"), handover(form=Form.ESCALATION)), "delivered"),
        ((handover("batched", batch=handover(id=9)),), "batched in delivery 9"),
        ((), "told by another route, or to nobody"),
    ],
)
def test_an_alert_as_a_whole_is_told_in_few_words(deliveries, told):
    assert outcome_of(Account(alert(), deliveries=deliveries)) == told


def test_an_alert_that_is_owed_to_nobody_names_the_route_that_told_it():
    mine = Account(alert(*family(), id=1))
    other = Account(alert(*family(), id=2, route="second"), deliveries=(handover("delivered"),))
    assert outcome_of(mine, [other]) == 'told by route "second" (alert 2)'
    owed_to_nobody = replace(other, deliveries=())
    about_something_else = replace(other, alert=replace(other.alert, changes=()))
    assert outcome_of(mine, [owed_to_nobody, about_something_else]) == "told by another route, or to nobody"


def test_an_alert_of_which_all_is_kept_back_is_silenced():
    silenced = replace(alert(), changes=())
    assert outcome_of(Account(silenced, kept=(change(),), deliveries=(handover("dropped"),))) == "silenced"


# --- why a route does not tell a change -------------------------------------------


def obstacle(said: Change, /, places: Any = None, **asked: Any) -> Why | None:
    found = obstacles(route(**asked), step(said, places=places), (watch(),))
    assert list(found) == [said.id]
    verdict = found[said.id]
    return verdict.why if verdict else None


BERLIN = Place("Charité Berlin Germany", "Germany", (52.52, 13.4))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({}, None),
        ({"enabled": False}, Why.DISABLED),
        ({"watches": ("other",)}, Why.WATCH),
        ({"watches": ("other",), "min_severity": "critical"}, Why.WATCH),
        ({"scope": Scope(sponsors=("Rival",))}, Why.STUDY),
        ({"scope": Scope(phases=("Phase 3",))}, Why.STUDY),
        ({"scope": Scope(conditions=("asthma",))}, Why.STUDY),
        ({"scope": Scope(countries=("France",)), "places": (BERLIN,)}, Why.PLACE),
        ({"scope": Scope(countries=("Germany",)), "places": (BERLIN,)}, None),
        ({"scope": Scope(near=Near(48.1, 11.6, 50)), "places": (BERLIN,)}, Why.PLACE),
        ({"min_severity": "critical"}, Why.SEVERITY),
        ({"kinds": ("site.*",)}, Why.KIND),
        ({"rules": (Rule(("date.*",), Severity.NOISE, Timing.NEVER, "no dates"),)}, Why.RULE),
        (PRESET, None),
    ],
)
def test_the_first_thing_in_the_way_is_named(asked, why):
    assert obstacle(change("date.completion.slipped", "major"), **asked) is why


def test_a_change_about_a_search_is_not_for_routes_of_other_watches_and_that_is_said():
    said, watches = step(change("search.entered", "major", detail={"watch": "KRAS"})), [watch(), watch("KRAS")]
    found = obstacles(route(watches=("pipeline",), min_severity="critical"), said, watches)[0]
    assert found is not None
    assert (found.why, found.text) == (Why.WATCH, 'about the search "KRAS", which is not one of its watches')
    assert obstacles(route(watches=("pipeline", "KRAS")), said, watches)[0] is None


@pytest.mark.parametrize(
    ("kind", "severity", "text"),
    [
        ("eligibility.criterion_added", "major", "its preset investor has no row for eligibility.criterion_added"),
        ("country.added", "minor", 'the row "countries" of its preset investor tells from major on'),
    ],
)
def test_a_preset_says_which_row_is_missing_or_which_severity_it_wants(kind, severity, text):
    found = obstacles(route(**PRESET), step(change(kind, severity)), (watch(),))[0]
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize(
    "asked",
    [
        {},
        PRESET,
        {"kinds": ("site.*", "status.*"), "min_severity": "major"},
        {"scope": Scope(countries=("France",)), "places": (BERLIN,)},
        {"rules": (Rule(("site.*",), Severity.NOISE, Timing.NEVER, "x"),)},
        {"enabled": False},
        {"watches": ("other",)},
    ],
    ids=str,
)
def test_nothing_is_in_the_way_of_exactly_what_an_alert_tells(asked):
    places = asked.pop("places", None) if "places" in asked else None
    said, asked_route = step(*family(), places=places), route(**asked)
    told = {c.id for found in alerts_for(said, [asked_route], [watch()]) for c in found.changes}
    free = {number for number, verdict in obstacles(asked_route, said, [watch()]).items() if verdict is None}
    assert free == told


# --- why a recorded change was told or not ------------------------------------------


def recorded(*changes: Change, told: dict[int, tuple[Told, ...]] | None = None, **more: Any) -> Recorded:
    return Recorded(step(*changes, **more), told or {}, more.pop("holds", {}))


def the_verdict(found: Recorded, *routes: Any) -> dict[str, str]:
    (block,) = explained(found, routes or (route(),), [watch()])
    return {name: verdict.text for name, verdict in block.verdicts}


def test_what_an_alert_holds_is_told_or_kept_back_by_a_silence():
    assert the_verdict(recorded(told={0: (Told("desk", 5),)})) == {"desk": "told as alert 5"}
    assert the_verdict(recorded(told={0: (Told("desk", 5, 3),)})) == {"desk": "kept back by silence 3 (alert 5)"}


def test_a_route_that_is_gone_still_says_what_it_told():
    told = the_verdict(recorded(told={0: (Told("former", 5),)}), route(enabled=False))
    assert told == {"desk": "the route is not enabled", "former": "told as alert 5"}


def test_what_would_be_told_today_and_was_not_says_that_the_routes_were_others():
    assert the_verdict(recorded()) == {"desk": THEN.text}


def test_first_sight_is_a_baseline_on_every_route():
    first = Recorded(replace(step(version=1), since=None), {}, {})
    assert "baseline" in the_verdict(first)["desk"]


@pytest.mark.parametrize(("decision", "said"), [("open", "until it is decided"), ("dismissed", "and dismissed")])
def test_what_is_held_back_names_the_mass_change_and_its_decision(decision, said):
    held = Recorded(step(), {}, {0: ("ab12", decision)})
    assert f"held back with mass change ab12 {said}" in the_verdict(held)["desk"]
    assert the_verdict(held, route(kinds=("site.*",))) == {"desk": "not one of its kinds (site.*)"}


def test_what_was_released_and_not_told_was_not_selected_then():
    assert the_verdict(Recorded(step(), {}, {0: ("ab12", "approved")})) == {"desk": THEN.text}


def test_changes_that_share_their_verdicts_are_one_block_and_routes_that_share_one_are_one_line():
    sites = [change("site.added", "minor", id=number) for number in range(40)]
    found = explained(
        Recorded(step(*sites), {}, {}), [route(), route("b", watches=("x",)), route("c", watches=("x",))], [watch()]
    )
    (block,) = found
    assert len(block.changes) == 40
    assert block.by_text() == {THEN.text: ("desk",), "the study is not on its watches": ("b", "c")}


def test_what_is_owed_says_when_it_is_due():
    later = handover(due_at=NOW + timedelta(hours=1))
    assert outcome_of(Account(alert(), deliveries=(later,))) == "due 2026-06-01 07:30 UTC"


def test_a_study_of_no_watch_is_said_to_be_on_none():
    found = obstacles(route(), step(), [watch("pipeline", OTHER)])[0]
    assert found is not None
    assert found.text == "the study is on no watch"
