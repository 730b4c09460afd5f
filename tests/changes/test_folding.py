"""Folding: a cause takes its consequences under it, and nothing else."""

from __future__ import annotations

import pytest

from tests.builders import ABSENT, changes, kinds, record, site, the
from watcher.model import Change, Severity

NOT_YET, RECRUITING = "NOT_YET_RECRUITING", "RECRUITING"
ACTIVE, COMPLETED = "ACTIVE_NOT_RECRUITING", "COMPLETED"
SUSPENDED, TERMINATED, WITHDRAWN, UNKNOWN = "SUSPENDED", "TERMINATED", "WITHDRAWN", "UNKNOWN"


def sites(*statuses: object) -> list[dict[str, object]]:
    return [site(f"Hospital {number}", status=status) for number, status in enumerate(statuses)]


def parents(found: tuple[Change, ...]) -> dict[str, set[str]]:
    """Kind -> the kinds of the causes it folds under ("" for what stands by itself)."""
    by_id = {change.id: change.kind for change in found}
    told: dict[str, set[str]] = {}
    for change in found:
        told.setdefault(change.kind, set()).add("" if change.parent is None else by_id[change.parent])
    return told


def test_a_suspension_takes_its_reason_and_every_site_that_follows():
    found = changes(
        record(status=RECRUITING, sites=sites(*[RECRUITING] * 9, NOT_YET, ACTIVE)),
        record(status=SUSPENDED, why_stopped="Safety review", sites=sites(*[SUSPENDED] * 11)),
    )
    assert len(found) == 13
    assert parents(found) == {
        "status.suspended": {""},
        "why_stopped.added": {"status.suspended"},
        "site.suspended": {"status.suspended"},
    }


def test_a_site_that_does_not_follow_stands_by_itself():
    found = changes(
        record(status=SUSPENDED, why_stopped="Safety review", sites=sites(SUSPENDED, SUSPENDED, SUSPENDED)),
        record(status=RECRUITING, sites=sites(RECRUITING, RECRUITING, WITHDRAWN)),
    )
    assert parents(found) == {
        "status.resumed": {""},
        "why_stopped.removed": {"status.resumed"},
        "site.reopened": {"status.resumed"},
        "site.withdrawn": {""},
    }


def test_only_the_majority_of_the_sites_follows_a_termination():
    found = changes(
        record(status=RECRUITING, sites=sites(RECRUITING, RECRUITING, RECRUITING)),
        record(status=TERMINATED, sites=sites(TERMINATED, TERMINATED, WITHDRAWN)),
    )
    assert parents(found)["site.terminated"] == {"status.terminated"}
    assert parents(found)["site.withdrawn"] == {""}


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (ACTIVE, "status.enrollment_closed"),
        (COMPLETED, "status.completed"),
        (TERMINATED, "status.terminated"),
        (SUSPENDED, "status.suspended"),
        (WITHDRAWN, "status.withdrawn"),
        (UNKNOWN, "status.became_unknown"),
    ],
)
def test_what_vanishes_with_the_status_is_told_under_it(new, kind):
    before = [{**row, "contacts": [{"name": "A. Doe"}]} for row in sites(RECRUITING, RECRUITING)]
    found = changes(record(status=RECRUITING, sites=before), record(status=new, sites=sites(ABSENT, ABSENT)))
    assert parents(found) == {kind: {""}, "site.status_cleared": {kind}, "site.contact_changed": {kind}}


def test_what_appears_with_the_status_is_told_under_it():
    after = [{**row, "contacts": [{"name": "A. Doe"}]} for row in sites(RECRUITING, NOT_YET)]
    found = changes(record(status=NOT_YET, sites=sites(ABSENT, ABSENT)), record(status=RECRUITING, sites=after))
    opened = "status.opened"
    assert parents(found) == {opened: {""}, "site.status_shown": {opened}, "site.contact_changed": {opened}}


def test_contacts_that_change_beside_the_status_stand_by_themselves():
    before, after = ([{**site(), "contacts": [{"name": name}]}] for name in ("A. Doe", "B. Roe"))
    found = changes(record(status=ACTIVE, sites=before), record(status=COMPLETED, sites=after))
    assert parents(found)["site.contact_changed"] == {""}


def test_without_a_move_of_the_status_nothing_folds():
    found = changes(
        record(sites=sites(RECRUITING, RECRUITING)), record(sites=sites(SUSPENDED, WITHDRAWN), why_stopped="x")
    )
    assert set(kinds(found)) >= {"site.suspended", "site.withdrawn", "why_stopped.added"}
    assert all(change.parent is None for change in found)


@pytest.mark.parametrize("new", [ACTIVE, COMPLETED, TERMINATED])
def test_dates_reached_with_the_end_of_a_study_are_told_under_it(new):
    found = changes(
        record(status=RECRUITING, primary_completion="2026-05", completion="2026-05"),
        record(status=new, primary_completion="2026-05-10 actual", completion="2026-05-20 actual"),
    )
    status = next(kind for kind in kinds(found) if kind.startswith("status."))
    assert parents(found)["date.primary_completion.actualized"] == {status}
    assert parents(found)["date.completion.actualized"] == {status}


@pytest.mark.parametrize("old", [RECRUITING, COMPLETED, SUSPENDED])
def test_the_reason_of_a_termination_is_told_under_it(old):
    found = changes(record(status=old), record(status=TERMINATED, why_stopped="Slow accrual"))
    (status,) = (kind for kind in kinds(found) if kind.startswith("status."))
    assert parents(found)["why_stopped.added"] == {status}


@pytest.mark.parametrize("last_known", [ABSENT, RECRUITING, ACTIVE])
def test_the_reason_of_a_stop_after_a_silence_is_told_under_the_stop(last_known):
    before = record(status=UNKNOWN, last_known=last_known)
    found = changes(before, record(status=TERMINATED, why_stopped="Slow accrual"))
    stop = "status.revived" if last_known is ABSENT else "status.terminated"
    assert parents(found)["why_stopped.added"] == {stop}


def test_an_enrolment_of_nobody_is_told_under_the_withdrawal():
    found = changes(record(status=NOT_YET), record(status=WITHDRAWN, enrollment="0 actual", why_stopped="Funding"))
    assert parents(found)["enrollment.zeroed"] == {"status.withdrawn"}
    assert parents(found)["why_stopped.added"] == {"status.withdrawn"}


def test_an_enrolment_of_nobody_stands_by_itself_elsewhere():
    found = changes(record(status=RECRUITING), record(status=TERMINATED, enrollment="0 actual"))
    assert parents(found)["enrollment.zeroed"] == {""}


def test_a_reason_that_goes_with_the_reopening_is_told_under_it():
    found = changes(record(status=TERMINATED, why_stopped="Funding"), record(status=RECRUITING))
    assert parents(found)["why_stopped.removed"] == {"status.reopened"}


def test_the_flood_of_a_restored_record_folds_under_its_restoration():
    bare = {
        "protocolSection.designModule": ABSENT,
        "protocolSection.contactsLocationsModule": ABSENT,
        "protocolSection.conditionsModule": ABSENT,
    }
    dates = dict.fromkeys(("start", "primary_completion", "completion"), ABSENT)
    found = changes(record(bare, status="WITHHELD", **dates), record(status=RECRUITING))
    alone = [change.kind for change in found if change.parent is None and change.severity > Severity.NOISE]
    assert alone == ["status.restored"]
    assert {"date.start.added", "enrollment.added", "site.added"} <= set(kinds(found))


# --- two dates that move together ------------------------------------------------------


@pytest.mark.parametrize(
    ("completion", "folds"),
    [("2029-03-31", True), ("2029-04-30", True), ("2029-05-15", False), ("2029-02-28", True), ("2029-01-15", False)],
)
def test_the_completion_date_follows_the_primary_one_by_about_the_same_span(completion, folds):
    found = changes(
        record(primary_completion="2027-06-30", completion="2028-12-31"),
        record(primary_completion="2027-09-28", completion=completion),
    )
    expected = the("date.primary_completion.slipped", found).id if folds else None
    assert the("date.completion.slipped", found).parent == expected


def test_pulled_in_together_is_told_together():
    found = changes(
        record(primary_completion="2027-06-30", completion="2028-12-31"),
        record(primary_completion="2027-03-31", completion="2028-09-30"),
    )
    assert parents(found)["date.completion.pulled_in"] == {"date.primary_completion.pulled_in"}


def test_dates_that_part_are_told_apart():
    found = changes(
        record(primary_completion="2027-06-30", completion="2028-12-31"),
        record(primary_completion="2027-06-10", completion="2029-01-10"),
    )
    assert all(change.parent is None for change in found)


def test_start_and_title_never_fold():
    found = changes(
        record(status=RECRUITING, start="2026-05", title="Old"),
        record(status=SUSPENDED, start="2026-05-04 actual", title="New"),
    )
    assert parents(found)["date.start.actualized"] == {""}
    assert parents(found)["title.changed"] == {""}
