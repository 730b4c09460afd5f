"""A version at a glance: as the record says, also where it says what no record should."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ABSENT, ENROLLMENT, LOCATIONS, PRIMARY, STATUS, P, record, site, snapshot
from tests.realdata import captures_folder
from watcher.changes.sites.identity import site_ids
from watcher.store.shown import StoredVersion
from watcher.views.life import Glimpse, glimpse_of, life_of

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def glimpse(*ids: str, **said) -> Glimpse:
    return glimpse_of(1, snapshot(record(**said)), ids)


def test_dates_come_with_their_type_and_as_intervals():
    seen = glimpse(primary_completion="2027-06", start="2024-01-15 actual")
    assert (str(seen.primary_completion), seen.primary_completion.day.last.isoformat()) == (
        "2027-06 (estimated)",
        "2027-06-30",
    )
    assert (seen.start.actual, seen.primary_completion.actual) == (True, False)


def test_a_date_that_is_none_keeps_its_text_and_has_no_day():
    seen = glimpse(primary_completion={"date": "soon", "type": "ESTIMATED"})
    assert (seen.primary_completion.text, seen.primary_completion.day) == ("soon", None)
    assert glimpse(primary_completion=ABSENT).primary_completion is None


@pytest.mark.parametrize("count", [99_999_999, -1, True, "100", 10**15, None, 1.5])
def test_a_number_of_participants_that_is_none_is_not_shown(count):
    assert glimpse(put={f"{ENROLLMENT}.count": count}).enrolment is None


def test_sites_stand_under_the_identifiers_that_were_recorded():
    assert list(glimpse("one", "two").sites) == ["one", "two"]
    assert glimpse("one", "two").sites["two"].city == "Lyon"


def test_identifiers_that_do_not_fit_are_made_as_at_first_sight():
    rows = record()[P]["contactsLocationsModule"]["locations"]
    assert tuple(glimpse().sites) == tuple(glimpse("one").sites) == site_ids(rows)


def test_a_list_of_sites_that_is_no_list_has_no_sites():
    assert glimpse(put={LOCATIONS: "everywhere"}).sites == {}
    odd = glimpse(put={LOCATIONS: [3, site(), None, {"facility": ["x"], "status": {}}]})
    assert [row.facility for row in odd.sites.values()] == ["Alpha Hospital", ""]


@given(
    st.sampled_from([PRIMARY, f"{PRIMARY}.date", ENROLLMENT, LOCATIONS, f"{P}.statusModule", f"{P}.designModule"]), JUNK
)
def test_whatever_stands_in_a_record_it_is_read_without_an_error(path, junk):
    seen = glimpse(put={path: junk})
    assert isinstance(seen, Glimpse)


# Read forgivingly is what holds a part of another shape: this one says nothing by itself.
ODD_PART = {f"{STATUS}.completionDateStruct": 3}


@given(st.sampled_from([f"{PRIMARY}.date", f"{PRIMARY}.type", LOCATIONS, f"{ENROLLMENT}.count"]), JUNK)
def test_an_odd_part_does_not_change_what_is_read_of_the_others(path, junk):
    seen, beside = glimpse(put={path: junk}), glimpse(put={path: junk} | ODD_PART)
    assert replace(seen, completion=None) == beside


def test_it_does_not_in_real_records_either():
    for path in sorted(captures_folder().glob("*/*.json"))[::40]:
        told = orjson.loads(path.read_bytes())
        seen = glimpse_of(1, snapshot(told))
        told["protocolSection"]["statusModule"]["completionDateStruct"] = 3
        assert replace(seen, completion=None) == glimpse_of(1, snapshot(told)), path


def test_a_site_that_stays_as_it_is_is_held_once_for_all_versions():
    """Thousands of sites in hundreds of versions would take a gigabyte."""
    stays, moves = site("Alpha"), [site("Beta", status=status) for status in ("RECRUITING", "COMPLETED")]
    seen = [snapshot(record(sites=[stays, moving])) for moving in moves]
    stored = [StoredVersion(at + 1, one.seen_at, "", one, ()) for at, one in enumerate(seen)]
    old, new = (glimpse.sites for glimpse in life_of(reversed(stored)).glimpses)
    assert old == glimpse_of(1, seen[0]).sites
    assert new == glimpse_of(2, seen[1]).sites
    (alpha, before), (again, after) = old.items(), new.items()
    assert alpha[1] is again[1]
    assert (before[1].status, after[1].status) == ("RECRUITING", "COMPLETED")
