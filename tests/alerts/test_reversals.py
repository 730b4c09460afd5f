"""A digest tells what went to and fro inside it as a note."""

from __future__ import annotations

from datetime import timedelta

from tests.alerts.examples import NOW, alert
from tests.builders import change
from watcher.alerts.render import Parcel, message_for
from watcher.alerts.reversals import collapsed
from watcher.model import Severity

THERE = change("date.completion.slipped", "major", "Slipped: A -> B.", old="A", new="B")
BACK = change("date.completion.pulled_in", "minor", "Pulled in: B -> A.", old="B", new="A")
OTHER = change("title.changed", "minor", "Title changed.", old="X", new="Y", id=1)


def later(*changes, version: int = 4):
    return alert(*changes, key=f"version:{version}", version=version, since=version - 1, observed_at=NOW + timedelta(1))


def test_to_and_fro_is_a_note_and_the_rest_stays():
    (told,) = collapsed([alert(THERE), later(BACK, OTHER)])
    assert told.changes == (OTHER,)
    assert told.severity is Severity.MINOR
    assert told.notes == ("Changed and changed back by 2026-06-02: Slipped: A -> B.",)


def test_a_step_of_which_only_a_note_is_left_still_tells_it():
    (told,) = collapsed([alert(THERE), later(BACK)])
    assert (told.changes, len(told.notes)) == ((), 1)
    message = message_for(Parcel("1", (alert(THERE), later(BACK))))
    assert "Changed and changed back" in message.subject
    assert "* NOTE  Changed and changed back by 2026-06-02: Slipped: A -> B." in message.text
    assert "Changed and changed back" in message.html
    assert "Evidence" not in message.text + message.html


def test_there_back_and_there_again_is_one_note_and_one_change():
    again = later(THERE, version=5)
    assert [len(told.changes) for told in collapsed([alert(THERE), later(BACK), again])] == [0, 1]


def test_the_order_in_which_alerts_are_handed_over_does_not_matter():
    assert collapsed([later(BACK), alert(THERE)]) == collapsed([alert(THERE), later(BACK)])


def test_two_studies_do_not_take_each_other_back():
    other = later(BACK)
    assert len(collapsed([alert(THERE), alert(BACK, nct_id="NCT00000009", version=4, key="x")])) == 2
    assert other.notes == ()


def test_what_folds_under_a_change_taken_back_goes_with_it():
    stop = change("status.suspended", "critical", "Suspended.", old="RECRUITING", new="SUSPENDED", id=0)
    site = change("site.suspended", "major", "Site suspended.", subject="S", old="R", new="S", id=1, parent=0)
    resumed = change("status.resumed", "critical", "Resumed.", old="SUSPENDED", new="RECRUITING", id=0)
    reopened = change("site.reopened", "major", "Site reopened.", subject="S", old="S", new="R", id=1, parent=0)
    (told,) = collapsed([alert(stop, site), later(resumed, reopened)])
    assert told.changes == ()
    assert told.notes == ("Changed and changed back by 2026-06-02: Suspended.",)


def _site(number: int, old: str, new: str, *, parent: int | None = 0):
    kind = "site.suspended" if new == "S" else "site.reopened"
    return change(kind, "major", f"Site {number}.", subject=str(number), old=old, new=new, id=number, parent=parent)


def test_a_route_that_hears_of_the_sites_alone_is_told_that_they_came_back():
    (told,) = collapsed([alert(_site(1, "R", "S")), later(_site(1, "S", "R"))])
    assert told.notes == ("Changed and changed back by 2026-06-02: Site 1.",)
    assert message_for(Parcel("1", (alert(_site(1, "R", "S")), later(_site(1, "S", "R"))))).text


def test_what_folds_under_a_change_that_stays_is_a_note_of_its_own():
    resumed = change("status.resumed", "critical", "Resumed.", old="SUSPENDED", new="RECRUITING", id=0)
    kept, told = collapsed([alert(OTHER, _site(5, "R", "S", parent=None)), later(resumed, _site(5, "S", "R"))])
    assert kept.changes == (OTHER,)
    assert (told.changes, told.notes) == ((resumed,), ("Changed and changed back by 2026-06-02: Site 5.",))


def test_many_notes_are_counted():
    there, back = ([_site(n, *way) for n in range(1, 301)] for way in (("R", "S"), ("S", "R")))
    (told,) = collapsed([alert(*there), later(*back)])
    assert len(told.notes) == 11
    assert told.notes[-1] == "290 more changed and changed back."
