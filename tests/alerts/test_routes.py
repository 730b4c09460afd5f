"""Routes: who hears of which changes, in how many alerts, and when it is owed to whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.alerts.examples import NOW, OTHER, alert, family, route, step, watch
from tests.builders import NCT, change
from watcher.alerts.owing import Owed, owed
from watcher.alerts.routes import alerts_for
from watcher.alerts.rules import rule_for
from watcher.model import Alert, Change, Form, Severity, Target

EMAIL, CHAT = Target("team", "desk@example.org"), Target("chat", "chat")


def drawn(
    *changes: Change, watches: tuple[object, ...] = (), watches_asked: tuple[str, ...] = (), **asked: object
) -> Alert | None:
    """The alert that one route, of the watches asked, draws from one step; None where it selects nothing."""
    found = alerts_for(step(*changes), [route(watches=watches_asked, **asked)], watches or (watch(),))
    assert len(found) <= 1
    return found[0] if found else None


def told(found: Alert | None) -> list[str]:
    return [change.kind for change in found.changes] if found else []


# --- membership -----------------------------------------------------------------


def test_a_study_of_no_watch_is_nobodys_business():
    assert alerts_for(step(), [route()], [watch("pipeline", OTHER)]) == ()
    assert alerts_for(step(), [route()], []) == ()


def test_a_route_without_watches_hears_of_every_watch():
    assert drawn(watches=(watch("a", OTHER), watch("b", NCT))) is not None


def test_a_route_with_watches_hears_of_those_alone():
    assert alerts_for(step(), [route(watches=("b",))], [watch("a"), watch("b", OTHER)]) == ()
    (found,) = alerts_for(step(), [route(watches=("a",))], [watch("a"), watch("b", OTHER)])
    assert found.reason.endswith('watch "a"')


def test_a_change_about_a_search_reaches_only_the_routes_of_its_watch():
    about_search, other = change("search.entered", detail={"watch": "KRAS"}), change("site.added", "major", id=1)
    both = (watch("pipeline"), watch("KRAS"))
    assert told(drawn(about_search, other, watches=both)) == ["search.entered", "site.added"]
    assert told(drawn(about_search, other, watches=both, watches_asked=("KRAS",))) == ["search.entered", "site.added"]
    assert told(drawn(about_search, other, watches=both, watches_asked=("pipeline",))) == ["site.added"]
    assert drawn(about_search, watches=both, watches_asked=("pipeline",)) is None


def test_what_folds_under_a_change_about_a_search_goes_with_it_only_where_it_is_told():
    family = change("search.left", detail={"watch": "KRAS"}), change("site.removed", "noise", id=1, parent=0)
    both = (watch("pipeline"), watch("KRAS"))
    assert told(drawn(*family, watches=both, watches_asked=("KRAS",))) == ["search.left", "site.removed"]
    assert drawn(*family, watches=both, watches_asked=("pipeline",)) is None


def test_a_study_of_several_watches_makes_one_alert_that_names_them():
    found = drawn(watches=(watch("a"), watch("b"), watch("c", OTHER)))
    assert found is not None
    assert found.reason == 'route "desk" (minor or worse; every kind), watches "a", "b"'


def test_the_label_is_the_users_own_word_from_the_first_watch_that_has_one():
    found = drawn(watches=(watch("a"), watch("b", (NCT, "BALLI-01")), watch("c", (NCT, "other"))))
    assert found is not None
    assert found.label == "BALLI-01"


def test_a_label_of_a_watch_that_the_route_does_not_follow_is_not_used():
    (found,) = alerts_for(step(), [route(watches=("a",))], [watch("a"), watch("b", (NCT, "secret"))])
    assert found.label == ""


# --- kinds and severities ---------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "kind", "wanted"),
    [
        ((), "status.suspended", True),
        (("status.suspended",), "status.suspended", True),
        (("status.*",), "status.suspended", True),
        (("date.*",), "date.primary_completion.slipped", True),
        (("date.*.slipped",), "date.primary_completion.slipped", True),
        (("*.slipped",), "date.primary_completion.slipped", True),
        (("*",), "record.changed", True),
        (("site.*", "status.suspended"), "status.suspended", True),
        (("status",), "status.suspended", False),
        (("STATUS.*",), "status.suspended", False),
        (("site.*",), "status.suspended", False),
        (("status.?uspended",), "status.suspended", True),
    ],
)
def test_kinds_are_globs_over_whole_names(asked, kind, wanted):
    assert (rule_for(route(kinds=asked), change(kind)) is not None) is wanted


@pytest.mark.parametrize("asked", list(Severity))
@pytest.mark.parametrize("said", list(Severity))
def test_a_route_hears_what_is_as_severe_as_it_asks_or_worse(asked, said):
    assert (rule_for(route(min_severity=asked), change(severity=said.word)) is not None) is (said >= asked)


def test_noise_is_not_sent_unless_it_is_asked_for():
    noise = change("record.touched", "noise")
    assert drawn(noise) is None
    assert told(drawn(noise, min_severity="noise")) == ["record.touched"]


def test_severity_and_kind_must_both_hold():
    assert drawn(change("site.added", "minor"), kinds=("site.*",), min_severity="major") is None
    assert drawn(change("site.withdrawn", "major"), kinds=("status.*",), min_severity="major") is None


def test_a_step_without_changes_is_no_alert():
    nothing = step()
    assert alerts_for(type(nothing)(NCT, "version:3", NOW, (), nothing.study), [route()], [watch()]) == ()


# --- causes and consequences --------------------------------------------------------


def test_what_folds_under_a_selected_cause_comes_along_however_small():
    assert told(drawn(*family(), kinds=("status.*",), min_severity="critical")) == [
        "status.suspended",
        "site.suspended",
        "why_stopped.added",
        "site.status_cleared",
    ]


def test_what_stands_by_itself_must_be_asked_for():
    assert "site.withdrawn" in told(drawn(*family(), min_severity="major"))
    assert "record.changed" not in told(drawn(*family()))


def test_a_consequence_that_is_asked_for_comes_alone_where_its_cause_is_not():
    found = drawn(*family(), kinds=("why_stopped.*",))
    assert told(found) == ["why_stopped.added"]
    assert found is not None
    assert found.severity is Severity.MAJOR


def test_a_change_is_in_an_alert_once_whatever_selects_it():
    selected = told(drawn(*family(), min_severity="noise"))
    assert len(selected) == len(family())


def test_changes_keep_their_order():
    found = drawn(*family(), min_severity="noise")
    assert found is not None
    assert [change.id for change in found.changes] == list(range(6))


# --- the alert -----------------------------------------------------------------------


def test_an_alert_says_everything_about_itself():
    found = drawn(*family(), kinds=("status.*", "site.*"), min_severity="major")
    assert found is not None
    assert found.key == "desk|NCT00000001|version:3"
    assert (found.since, found.version, found.observed_at) == (2, 3, NOW)
    assert found.severity is Severity.CRITICAL
    assert found.reason == 'route "desk" (major or worse; status.*, site.*), watch "pipeline"'
    assert found.study.title == "Examplinib in Exemplary Disease"


def test_an_event_without_a_version_has_its_own_key():
    event = step(change("record.not_found"), version=None, occasion="not_found:2026-06-01")
    (found,) = alerts_for(event, [route()], [watch()])
    assert found.key == "desk|NCT00000001|not_found:2026-06-01"
    assert (found.since, found.version) == (None, None)


def test_every_route_draws_its_own_alert():
    routes = [route("all"), route("sites", kinds=("site.*",)), route("dates", kinds=("date.*",))]
    found = alerts_for(step(*family()), routes, [watch()])
    assert [alert.route for alert in found] == ["all", "sites"]
    assert len({alert.key for alert in found}) == 2


# --- who is owed what, and when --------------------------------------------------------


def due(*targets: Target, **asked: object) -> tuple[Owed, ...]:
    by_channel = {"team": [target for target in targets if target.channel == "team"]}
    by_channel["chat"] = [target for target in targets if target.channel == "chat"]
    return owed([alert()], [route(**asked)], by_channel)


def test_at_once_is_owed_the_moment_it_was_seen_under_the_alerts_own_key():
    (entry,) = due(EMAIL)
    key = "desk|NCT00000001|version:3"
    assert entry == Owed(f"{key}>team/desk@example.org", EMAIL, NOW, key, Form.ALERT, "desk")


def test_every_recipient_of_every_channel_is_owed_its_own_message():
    second = Target("team", "lab@example.org")
    entries = due(EMAIL, second, CHAT, to=("team", "chat"))
    assert [entry.target for entry in entries] == [EMAIL, second, CHAT]
    assert len({entry.key for entry in entries}) == 3


def test_a_channel_named_twice_is_owed_once():
    assert len(due(EMAIL, to=("team", "team"))) == 1


def test_a_channel_without_recipients_is_owed_nothing():
    assert due(CHAT) == ()
    assert owed([alert()], [route()], {}) == ()


def test_a_digest_is_owed_when_its_window_closes_under_one_key_for_all_its_alerts():
    alerts = [alert(), alert(key="desk|NCT00000002|version:9", nct_id=OTHER)]
    digest = route(when="daily 07:00", timezone="Europe/Berlin")
    entries = owed(alerts, [digest], {"team": [EMAIL]})
    # 06:30 UTC is 08:30 in Berlin: too late for the digest of that day.
    assert {entry.key for entry in entries} == {"desk|2026-06-02>team/desk@example.org"}
    assert {entry.due_at for entry in entries} == {datetime(2026, 6, 2, 5, 0, tzinfo=UTC)}
    assert [entry.alert_key for entry in entries] == [alert.key for alert in alerts]


def test_what_two_routes_select_is_told_to_one_recipient_once():
    alerts = [alert(), alert(key="lab|NCT00000001|version:3", route="lab")]
    entries = owed(alerts, [route(), route("lab")], {"team": [EMAIL]})
    assert [entry.route for entry in entries] == ["desk"]
