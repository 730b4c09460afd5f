"""What feeds and calendars say, without any database: titles, folding, and dates that move."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NCT, change
from watcher.alerts.routes import Step
from watcher.model import Milestone, Plan, StudyFacts
from watcher.store.moves import Move
from watcher.store.shown import Glance
from watcher.store.values import MERGED
from watcher.views.dates import Entry, Planned, entries
from watcher.views.updates import LONGEST_TITLE, concerns, update_of_step

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TODAY = AT.date()


def step(*found: Any, occasion: str = "version:2", **facts: Any) -> Step:
    return Step(NCT, occasion, AT, found or (change(),), StudyFacts(NCT, **facts), 1, 2)


def moved(kind: str, *, days: int = 30, was: str = "2027-01-31", at: datetime = AT, **more: Any) -> Move:
    return Move(change(kind, "minor", detail={"days": days, "from": was}, **more), at, 1)


def planned(plan: Plan, *moves: Move, label: str = "", **more: Any) -> Planned:
    return Planned(Glance(NCT, first_seen_at=AT, plan=plan, **{"state": "listed", **more}), label, moves)


def only(found: Planned) -> Entry:
    (entry,) = entries(found, TODAY, rehearsal=False)
    return entry


# --- updates --------------------------------------------------------------------------


def test_a_title_says_the_severest_line_and_how_many_more_there_are() -> None:
    found = [change(sentence="Suspended."), change("enrollment.raised", "minor", sentence="More.", id=1)]
    assert update_of_step(step(*found), "EX-1", rehearsal=False).title == f"CRITICAL {NCT} EX-1: Suspended. (+1 more)"
    assert update_of_step(step(*found[:1], acronym="EXAM"), "", rehearsal=True).title == (
        f"REHEARSAL CRITICAL {NCT} EXAM: Suspended."
    )


def test_consequences_fold_under_their_cause_and_do_not_count_as_more() -> None:
    found = [change(sentence="Suspended."), change("site.suspended", "major", sentence="A site.", id=1, parent=0)]
    update = update_of_step(step(*found), "", rehearsal=False)
    assert update.title.endswith("Suspended.")
    assert [(line.text, line.under) for line in update.lines] == [("Suspended.", ("A site.",))]


@given(st.text(max_size=600), st.text(max_size=100))
def test_a_title_is_one_line_of_bounded_length_whatever_it_is_made_of(sentence: str, label: str) -> None:
    title = update_of_step(step(change(sentence=sentence)), label, rehearsal=True).title
    assert len(title) <= LONGEST_TITLE
    assert len(title.splitlines()) == 1


@pytest.mark.parametrize(
    ("occasion", "is_news"),
    [
        ("version:2", True),
        ("search:mine:entered:x", True),
        ("search:other:entered:x", False),
        ("clock:stale:6:x", True),
    ],
)
def test_what_happened_to_another_search_is_no_news_of_a_watch(occasion: str, is_news: bool) -> None:
    assert concerns(step(occasion=occasion), "mine") is is_news


# --- dates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("milestone", "summary", "day"),
    [
        (Milestone("2027-03-14", "ESTIMATED"), "primary completion (estimated)", date(2027, 3, 14)),
        (Milestone("2027-03", "ESTIMATED"), "primary completion in March 2027 (estimated)", date(2027, 3, 31)),
        (Milestone("2027", "ESTIMATED"), "primary completion in 2027 (estimated)", date(2027, 12, 31)),
        (Milestone("2026-05-14", "ACTUAL"), "primary completion (actual)", date(2026, 5, 14)),
        (Milestone("2027-03-14"), "primary completion (type not stated)", date(2027, 3, 14)),
    ],
)
def test_a_summary_says_what_and_how_sure_it_is(milestone: Milestone, summary: str, day: date) -> None:
    entry = only(planned(Plan(primary_completion=milestone), label="EX-1"))
    assert (entry.summary, entry.day) == (f"{NCT} EX-1: {summary}", day)


@pytest.mark.parametrize("text", ["", "soon", "2027-02-30", "0001-01-01", "9999-12-31"])
def test_what_is_no_date_that_a_calendar_has_is_no_entry(text: str) -> None:
    assert list(entries(planned(Plan(completion=Milestone(text, "ESTIMATED"))), TODAY, rehearsal=False)) == []


def test_a_study_without_a_plan_has_no_entries() -> None:
    assert list(entries(Planned(Glance(NCT, "absent")), TODAY, rehearsal=False)) == []


def test_only_its_own_moves_move_an_entry() -> None:
    plan = Plan(completion=Milestone("2028-01-31", "ESTIMATED"))
    own, other = moved("date.completion.slipped"), moved("date.primary_completion.slipped", at=AT + timedelta(days=1))
    assert only(planned(plan, own, other)).sequence == 1
    assert only(planned(plan, own, other)).modified == AT
    assert only(planned(plan, other)).sequence == 0


def test_a_move_that_only_made_it_more_precise_is_none_in_words_and_one_in_sequence() -> None:
    plan = Plan(completion=Milestone("2028-01-31", "ESTIMATED"))
    entry = only(planned(plan, moved("date.completion.refined", days=0)))
    assert entry.sequence == 1
    assert not any("moved" in line for line in entry.lines)


def test_results_move_with_primary_completion_and_say_so() -> None:
    plan = Plan(results_due=Milestone("2027-08-31", "ESTIMATED"))
    entry = only(planned(plan, moved("date.primary_completion.slipped", was="2026-05-31")))
    assert entry.sequence == 1
    assert "Primary completion was 2026-05-31 until 2026-06-01, moved once." in entry.lines
    assert any("an inference" in line for line in entry.lines)


@pytest.mark.parametrize(("days", "shown"), [(0, True), (90, True), (91, False)])
def test_what_is_called_off_stays_for_a_while(days: int, shown: bool) -> None:
    removed = moved("date.completion.removed", at=AT - timedelta(days=days), old="2028-01-31 (estimated)")
    found = list(entries(planned(Plan(), removed), TODAY, rehearsal=False))
    assert [(entry.called_off, entry.day) for entry in found] == [(True, date(2028, 1, 31))] * shown


def test_the_dates_of_a_merged_study_are_called_off_by_the_name_of_the_other() -> None:
    plan = Plan(completion=Milestone("2028-01-31", "ESTIMATED"))
    merged = Move(change("record.merged", "major"), AT, None)
    entry = only(planned(plan, merged, state=MERGED, merged_into="NCT00000002"))
    assert entry.called_off
    assert entry.summary.endswith("study completion (merged into NCT00000002)")


@given(st.lists(st.sampled_from(["slipped", "pulled_in", "refined", "removed", "added", "actualized"]), max_size=8))
def test_a_sequence_never_shrinks_while_the_history_grows(verbs: list[str]) -> None:
    moves = [moved(f"date.completion.{verb}", old="2028-01-31 (estimated)") for verb in verbs]
    plan = Plan(completion=Milestone("2028-01-31", "ESTIMATED"))
    sequences = [only(planned(plan, *moves[:number])).sequence for number in range(len(moves) + 1)]
    assert sequences == list(range(len(moves) + 1))
