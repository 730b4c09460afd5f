"""A change that leads back to where an earlier one came from says so."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import changes, only, record, site
from watcher.changes import Earlier, History
from watcher.changes.language.words import one_stop, stopped

SEEN_ON = date(2026, 5, 2)


def earlier(*steps: tuple[dict, dict]) -> History:
    """The history of steps between records, oldest first."""
    told = [(number, change) for number, (old, new) in enumerate(steps, start=2) for change in changes(old, new)]
    return History(earlier=tuple(Earlier(change, SEEN_ON, number) for number, change in reversed(told)))


FIRST, SECOND, THIRD = (record(primary_completion=day) for day in ("2027-06-30", "2027-09-30", "2027-12-31"))


def test_a_date_that_goes_back_takes_the_slip_back():
    back = only(changes(SECOND, FIRST, history=earlier((FIRST, SECOND))))
    assert back.sentence.endswith(" Back to what it was before 2026-05-02.")
    assert back.detail["takes_back"] == {"version": 2, "seen_on": "2026-05-02"}


def test_a_site_that_comes_back_takes_its_removal_back():
    with_it, without = record(sites=[site(), site("Gamma Clinic")]), record(sites=[site()])
    back = changes(without, with_it, history=earlier((with_it, without)))
    assert "takes_back" in next(change for change in back if change.kind == "site.added").detail


def test_another_value_takes_nothing_back():
    assert "takes_back" not in only(changes(SECOND, THIRD, history=earlier((FIRST, SECOND)))).detail


def test_only_the_newest_word_on_a_thing_can_be_taken_back():
    steps = earlier((FIRST, SECOND), (SECOND, THIRD))
    assert "takes_back" not in only(changes(SECOND, FIRST, history=steps)).detail


def test_without_a_history_nothing_is_said():
    assert "takes_back" not in only(changes(SECOND, FIRST)).detail


def test_it_is_said_in_a_sentence_of_its_own():
    stopped, running = record(status="SUSPENDED", why_stopped="Supply of the drug"), record(status="SUSPENDED")
    removed = only(changes(stopped, running, history=earlier((running, stopped))))
    assert removed.sentence.endswith('"Supply of the drug". Back to what it was before 2026-05-02.')


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ('It was: "a" -> "b.".', 'It was: "a" -> "b."'),
        ("Sponsor: A -> B Co., Ltd..", "Sponsor: A -> B Co., Ltd."),
        ('It was: "a".', 'It was: "a".'),
        ("It goes on...", "It goes on..."),
        ('Reason: "Supply" [other]', 'Reason: "Supply" [other]'),
    ],
)
def test_a_sentence_has_one_full_stop(sentence, told):
    assert one_stop(sentence) == told


@pytest.mark.parametrize(("sentence", "told"), [("A", "A."), ("A.", "A."), ('"A."', '"A."'), ('"A"', '"A".')])
def test_a_sentence_is_ended_before_the_next_one(sentence, told):
    assert stopped(sentence) == told
