"""The overall status: every transition there is, and the circumstances that a transition is told in."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from tests.builders import ABSENT, LOCATIONS, changes, kinds, only, record, site, the
from tests.realdata import shared
from watcher.changes import History
from watcher.changes.language.words import status_label
from watcher.changes.status.moves import kind_of_move
from watcher.model import Severity

STATUSES = (
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED", "SUSPENDED",
    "TERMINATED", "WITHDRAWN", "UNKNOWN", "AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "NO_LONGER_AVAILABLE",
    "APPROVED_FOR_MARKETING", "WITHHELD",
)  # fmt: skip
SILENT = {LOCATIONS: [site(status=ABSENT)]}

BY_HAND = [
    ("RECRUITING", "SUSPENDED", "status.suspended", "critical"),
    ("SUSPENDED", "NOT_YET_RECRUITING", "status.resumed", "major"),
    ("SUSPENDED", "ENROLLING_BY_INVITATION", "status.resumed", "critical"),
    ("SUSPENDED", "TERMINATED", "status.terminated", "critical"),
    ("SUSPENDED", "COMPLETED", "status.completed", "major"),
    ("COMPLETED", "SUSPENDED", "status.suspended", "critical"),
    ("COMPLETED", "WITHDRAWN", "status.relabelled", "critical"),
    ("WITHDRAWN", "COMPLETED", "status.relabelled", "major"),
    ("WITHDRAWN", "RECRUITING", "status.reopened", "critical"),
    ("ACTIVE_NOT_RECRUITING", "RECRUITING", "status.reopened", "major"),
    ("ACTIVE_NOT_RECRUITING", "NOT_YET_RECRUITING", "status.stepped_back", "minor"),
    ("NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "status.enrollment_closed", "major"),
    ("UNKNOWN", "SUSPENDED", "status.revived", "critical"),
    ("UNKNOWN", "WITHHELD", "status.withheld", "critical"),
    ("WITHHELD", "UNKNOWN", "status.restored", "major"),
    ("AVAILABLE", "RECRUITING", "status.other", "major"),
    ("AVAILABLE", "UNKNOWN", "status.became_unknown", "major"),
    ("RECRUITING", "", "status.other", "major"),
    ("", "RECRUITING", "status.other", "major"),
    ("RECRUITING", "A_NEW_VALUE", "status.other", "major"),
    ("A_NEW_VALUE", "TERMINATED", "status.other", "major"),
]


def moved(old: str, new: str) -> tuple[str, str]:
    found = only(changes(record(SILENT, status=old), record(SILENT, status=new)))
    return found.kind, found.severity.word


@pytest.mark.parametrize(("old", "new", "kind", "severity"), BY_HAND)
def test_a_transition_pinned_by_hand(old, new, kind, severity):
    assert kind_of_move(old, new) == kind
    assert moved(old, new) == (kind, severity)


def test_every_transition_is_as_the_domain_lists_it():
    with shared("domain/status_transitions.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) == len(STATUSES) * (len(STATUSES) - 1)
    wrong = [
        (row["from"], row["to"], row["kind"], row["severity"], moved(row["from"], row["to"]))
        for row in rows
        if moved(row["from"], row["to"]) != (row["kind"], row["severity"])
        or kind_of_move(row["from"], row["to"]) != row["kind"]
    ]
    assert wrong == []


@pytest.mark.parametrize("old", STATUSES)
def test_no_transition_between_known_statuses_goes_untold(old):
    for new in STATUSES:
        if new != old:
            assert moved(old, new)[1] != "noise"


def test_a_status_that_stays_is_no_change():
    assert (
        changes(record(status="RECRUITING"), record(status="RECRUITING", filed="2026-05-20"))[0].kind
        == "record.touched"
    )


def test_trailing_blanks_are_no_transition():
    found = changes(record(status="TERMINATED"), record(status="TERMINATED "))
    assert all(change.severity is Severity.NOISE for change in found)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_a_label(status):
    assert status_label(status) != status


def test_an_unknown_status_is_shown_raw():
    assert (status_label("A_NEW_VALUE"), status_label("")) == ("A_NEW_VALUE", "no status")


# --- UNKNOWN and back ---------------------------------------------------------


def test_unknown_is_the_registrys_doing():
    found = only(changes(record(status="RECRUITING"), record(status="UNKNOWN", last_known="RECRUITING")))
    assert found.registry_side
    assert (found.old, found.new) == ("RECRUITING", "UNKNOWN (last known RECRUITING)")
    assert "nobody filed anything" in found.sentence


def test_other_moves_are_the_sponsors_doing():
    assert not only(changes(record(SILENT, status="RECRUITING"), record(SILENT, status="SUSPENDED"))).registry_side


def revived(last_known: object, new: str) -> list[tuple[str, str]]:
    before = record(SILENT, status="UNKNOWN", last_known=last_known)
    return [(change.kind, change.severity.word) for change in changes(before, record(SILENT, status=new))]


def test_a_revived_study_with_its_last_known_status_is_minor():
    assert revived("RECRUITING", "RECRUITING") == [("status.revived", "minor")]


def test_a_revived_study_whose_last_known_status_is_absent_is_told_once():
    assert revived(ABSENT, "COMPLETED") == [("status.revived", "minor")]


def test_a_revived_study_with_another_status_is_told_that_move_too():
    assert revived("RECRUITING", "COMPLETED") == [("status.completed", "major"), ("status.revived", "minor")]
    assert revived("NOT_YET_RECRUITING", "RECRUITING") == [("status.opened", "major"), ("status.revived", "minor")]
    assert revived("ACTIVE_NOT_RECRUITING", "WITHDRAWN") == [
        ("status.revived", "critical"),
        ("status.withdrawn", "critical"),
    ]


def test_a_silent_study_that_is_withheld_is_withheld_and_not_revived():
    assert revived("RECRUITING", "WITHHELD") == [("status.withheld", "critical")]


# --- what the history adds ----------------------------------------------------


def test_a_resumed_study_says_for_how_long_it_stood():
    before = record(SILENT, status="SUSPENDED", filed="2024-02-12")
    after = record(SILENT, status="RECRUITING", filed="2024-05-20")
    history = History(status_since=date(2024, 2, 12))
    told = the("status.resumed", changes(before, after, history=history))
    assert told.sentence == "Study resumed after 98 days: Suspended -> Recruiting."


def test_without_a_history_nothing_is_said_of_it():
    told = only(changes(record(SILENT, status="SUSPENDED"), record(SILENT, status="RECRUITING")))
    assert "after" not in told.sentence


def test_sites_without_any_status_are_not_counted():
    assert (
        "open." not in only(changes(record(SILENT, status="SUSPENDED"), record(SILENT, status="RECRUITING"))).sentence
    )


def test_the_reason_for_stopping_keeps_the_sponsors_own_words():
    reason = 'Not due to safety; "business" {decision} \\> 50 %'
    found = changes(record(SILENT, status="RECRUITING"), record(SILENT, status="TERMINATED", why_stopped=reason))
    told = the("why_stopped.added", found)
    assert told.new == reason
    assert reason in told.sentence


@pytest.mark.parametrize("layout", ["Slow  accrual", "slow accrual", " Slow accrual\n", "Slow\u00a0accrual"])
def test_layout_of_the_reason_is_never_news(layout):
    before = record(status="TERMINATED", why_stopped="Slow accrual")
    found = changes(before, record(status="TERMINATED", why_stopped=layout))
    assert [change.severity for change in found] in ([], [Severity.NOISE])
    assert "why_stopped.changed" not in kinds(found)
