"""The steps of a life, newest first, with their changes as messages fold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import change
from watcher.model import Change
from watcher.store.shown import Occasion, RecordedChange
from watcher.views.life import Seen
from watcher.views.timeline import Line, entries_of, lines_between, lines_of, told

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def recorded(one: Change, occasion: str = "version:2", held: str = "") -> RecordedChange:
    return RecordedChange(FIRST.isoformat(), occasion, 1, 2, one.as_dict(), held)


def sites(many: int, **more) -> list[Change]:
    return [change("site.suspended", "major", subject=f"Site {n}", id=n, **more) for n in range(1, many + 1)]


def counted(lines: tuple[Line, ...]) -> int:
    """How many changes these lines stand for."""
    return sum(len(one.under) + one.more if one.folded else 1 + counted(one.under) for one in lines)


def test_versions_and_what_happened_between_them_stand_newest_first():
    seen = [Seen(version, FIRST + version * DAY, "", True) for version in (3, 2, 1)]
    between = Occasion("clock:primary_completion_near:30:2026-02-01", FIRST + 2.5 * DAY, None, None, 1)
    with_a_version = Occasion("version:3", FIRST + 3 * DAY, 2, 3, 4)
    entries = entries_of(seen, [with_a_version, between])
    assert [(entry.title, entry.since) for entry in entries] == [
        ("Version 3", 2),
        ("Days passed, without a new version", None),
        ("Version 2", 1),
        ("Version 1, first seen", None),
    ]


def test_noise_stands_apart_and_what_is_held_back_says_so():
    changes = [recorded(change(id=0), held="M1"), recorded(change("site.geo_changed", "noise", id=1))]
    (entry,) = told(entries_of([Seen(2, FIRST, "", True)], []), changes)
    assert [(line.kind, line.held) for line in entry.lines] == [("status.suspended", "M1")]
    assert [line.kind for line in entry.noise] == ["site.geo_changed"]


def test_consequences_stand_beneath_their_cause_and_many_sites_in_one_line():
    (line,) = lines_between([change(id=0), *sites(11, parent=0)], most=50)
    (under,) = line.under
    assert under.folded
    assert under.text.startswith("11 sites suspended: Site 1; Site 10; Site 11 and 8 more")
    assert len(under.under) == 11


def test_few_sites_are_told_one_by_one():
    assert [line.folded for line in lines_between(sites(3), most=50)] == [False] * 3


def test_of_very_many_the_rest_is_counted():
    (line,) = lines_between(sites(300), most=50)
    assert (len(line.under), line.more) == (50, 250)


PARENTS = st.lists(st.none() | st.integers(0, 4), min_size=5, max_size=30)
KINDS = ("status.suspended", "site.suspended", "site.geo_changed")


@given(PARENTS, st.integers(0, 2))
def test_every_change_is_told_exactly_once(parents, shift):
    # As in the store: a cause stands by itself.
    causes = {place for place, parent in enumerate(parents) if parent is None}
    changes = [
        change(
            KINDS[(place + shift) % 3],
            "minor" if place % 2 else "noise",
            id=place,
            subject=f"Site {place}",
            parent=parent if parent in causes else None,
        )
        for place, parent in enumerate(parents)
    ]
    lines = lines_of(recorded(one) for one in changes)
    unfolded = [one for one in lines if one.folded]
    assert counted(lines) + sum(counted(each.under) for one in unfolded for each in one.under) == len(changes)


def test_a_version_that_cannot_be_read_says_so():
    (entry,) = entries_of([Seen(1, FIRST, "", False)], [])
    assert entry.damaged
    assert entry.name == "version:1"
