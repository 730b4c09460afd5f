"""Dates, enrolment and sites from version to version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ABSENT, record, site
from watcher.record import snapshot_of
from watcher.views.life import Glimpse, glimpse_of
from watcher.views.plan_over_time import enrolment_life, primary_completion_life
from watcher.views.sites_over_time import sites_life

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OPEN, SOON, DONE = "RECRUITING", "NOT_YET_RECRUITING", "COMPLETED"


def versions(*records, ids=None) -> list[Glimpse]:
    """These records, seen ten days apart; `ids` are the identifiers of each one's sites."""
    seen = [snapshot_of(said, seen_at=FIRST + timedelta(days=10 * at)) for at, said in enumerate(records)]
    return [glimpse_of(at + 1, one, ids[at] if ids else ()) for at, one in enumerate(seen)]


def completions(*dates: str) -> list[Glimpse]:
    return versions(*(record(primary_completion=date or ABSENT) for date in dates))


def slips(*dates: str) -> list[int | None]:
    return [step.slip for step in primary_completion_life(completions(*dates), 0).steps]


def test_a_slip_is_counted_from_the_date_first_seen_and_a_month_as_its_last_day():
    assert slips("2027-01-31", "2027-03", "2027-01-01") == [0, 59, -30]


def test_another_precision_is_no_slip():
    assert slips("2027-01", "2027-01-15", "2027-02-15") == [0, 0, 15]


def test_a_version_without_a_date_is_a_gap_and_the_first_date_counts():
    assert slips("", "2027-01-01", "", "2027-01-02") == [None, 0, None, 1]


@pytest.mark.parametrize(
    ("dates", "often", "told"),
    [
        (("2027-01-31", "2027-08-03"), 3, "Primary completion: 2027-01-31 (estimated) at first, "
         "2027-08-03 (estimated) now; "
         "slips +184 d since first seen, 3 slips."),
        (("2027-01-31", "2027-01-30"), 0, "Primary completion: 2027-01-31 (estimated) at first, "
         "2027-01-30 (estimated) now; "
         "pulled in −1 d since first seen."),
        (("2027-01", "2027-01"), 0, "Primary completion: 2027-01 (estimated); unchanged since first seen."),
        (("2027-01", "2027-05", "2027-01"), 1,
         "Primary completion: 2027-01 (estimated); back where it was first seen, 1 slip."),
        (("2027-01",), 0, "One version so far, with the primary completion date 2027-01 (estimated)."),
        (("2027-01", ""), 0, "The primary completion date was 2027-01 (estimated); the newest version gives none."),
        (("",), 0, "No version gives a primary completion date."),
    ],
)  # fmt: skip
def test_what_became_of_the_date_is_a_sentence(dates, often, told):
    assert primary_completion_life(completions(*dates), often).told == told


def test_enrolment_is_told_from_first_to_last():
    life = enrolment_life(versions(record(enrollment="100"), record(enrollment=ABSENT), record(enrollment="80 actual")))
    assert life.told == "Enrolment: 100 (estimated) at first, 80 (actual) now (−20 %)."
    assert [number and number.actual for _, number in life.steps] == [False, None, True]
    assert not enrolment_life(versions(record())).moved


def lived(*columns: tuple[str | None, ...]):
    """The sites A, B, ... by what each version says of them, None where it does not list them."""
    records, ids = [], []
    for rows in zip(*columns, strict=True):
        named = [(name, status) for name, status in zip("ABCDE", rows, strict=False) if status is not None]
        records.append(record(sites=[site(name, status=status or ABSENT) for name, status in named]))
        ids.append([name for name, _ in named])
    return sites_life(versions(*records, ids=ids))


def test_a_site_has_its_stays_with_their_days():
    ((country,),) = [lived((SOON, OPEN, OPEN, DONE)).countries]
    (life,) = country.sites
    assert [(stay.status, stay.version, stay.days) for stay in life.stays] == [
        (SOON, 1, 10),
        (OPEN, 2, 20),
        (DONE, 4, None),
    ]
    assert life.from_start


def test_a_site_that_is_gone_says_since_when_and_stands_last():
    (country,) = lived((OPEN, None, None), (DONE, DONE, DONE)).countries
    assert [(life.id, life.gone and life.gone.isoformat()) for life in country.sites] == [
        ("B", None),
        ("A", "2026-01-15"),
    ]
    assert country.told == "1 site, 0 open, 1 no longer listed"


def test_sites_without_a_status_are_not_said_to_be_closed():
    life = lived(("", ""), (OPEN, None))
    assert life.told == "1 site in 1 country, no site status given; 2 sites, 1 open, when first seen."
    assert lived((OPEN, None)).countries[0].told == "none now, 1 no longer listed"


def test_a_site_that_comes_back_has_a_gap():
    (country,) = lived((OPEN, None, OPEN)).countries
    (site_,) = country.sites
    assert [(stay.label, stay.version, stay.days) for stay in site_.stays] == [
        ("Recruiting", 1, 10),
        ("not listed", 2, 10),
        ("Recruiting", 3, None),
    ]
    assert site_.open
    assert (site_.since, site_.before) == ("2026-01-25", "not listed 10 d; Recruiting at least 10 d")


def test_a_site_that_goes_twice_is_gone_since_the_second_time():
    (country,) = lived((SOON, None, OPEN, None, None), (OPEN,) * 5).countries
    life = country.sites[1]
    assert (str(life.gone), life.now.label, life.now.days) == ("2026-02-04", "Recruiting", 10)
    assert life.before == "not listed 10 d; Not yet recruiting at least 10 d"


def test_a_renamed_site_stays_one_site_under_its_newest_name():
    said = [record(sites=[site(name)]) for name in ("Old Name", "New Name")]
    (country,) = sites_life(versions(*said, ids=[["A"], ["A"]])).countries
    assert [life.row.facility for life in country.sites] == ["New Name"]


def test_statuses_are_counted_by_version_open_ones_first_and_none_last():
    life = lived((OPEN, OPEN), (SOON, ""), (DONE, DONE))
    assert [(row.label, row.numbers) for row in life.statuses] == [
        ("Recruiting", (1, 1)),
        ("Not yet recruiting", (1, 0)),
        ("Completed", (1, 1)),
        ("no status", (0, 1)),
    ]
    assert life.told == "3 sites in 1 country, 1 open; 3 sites, 1 open, when first seen."


def test_a_record_that_invents_statuses_does_not_get_a_band_for_each():
    life = sites_life(versions(record(sites=[site(f"S{n}", status=f"ODD {n}") for n in range(300)])))
    assert len(life.statuses) <= 11
    assert sum(row.numbers[0] for row in life.statuses) == 300


STATUSES = st.none() | st.sampled_from([OPEN, SOON, DONE, ""])
LIVES = st.integers(1, 6).flatmap(lambda many: st.lists(st.tuples(*[STATUSES] * many), min_size=1, max_size=5))


@given(LIVES)
def test_the_counts_of_a_version_add_up_to_its_sites_and_stays_fill_the_time_listed(columns):
    life = lived(*columns)
    for at, seen in enumerate(life.versions):
        assert sum(row.numbers[at] for row in life.statuses) == len(seen.sites)
    for site_life in (each for country in life.countries for each in country.sites):
        column = columns["ABCDE".index(site_life.id)]
        assert (site_life.gone is None) == (column[-1] is not None)
        assert site_life.now.status == [status for status in column if status is not None][-1]
        assert all(stay.days is None or stay.days >= 10 for stay in site_life.stays)
        till_now = (life.versions[-1].day - site_life.now.since).days
        listed = sum(till_now if stay.days is None else stay.days for stay in site_life.stays if stay.listed)
        assert listed == 10 * sum(1 for status in column[:-1] if status is not None)
