"""Mass changes: what is the registry's doing is held back, what somebody filed is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import change
from watcher.changes.mass import APPROVED, DISMISSED, NOTHING_HELD, OPEN, Compared, Held, held_back, hold_id

REFRESH = "2026-06-01T09:00:00"
COUNTRY = "protocolSection.contactsLocationsModule.locations[{}].country"
SWAP = "country.added in protocolSection.contactsLocationsModule.locations[].country: nothing -> Türkiye"


def swap(place: int = 0, new: str = "Türkiye", **more: object) -> object:
    said = {"subject": new, "old": "0 sites", "new": "1 site", "paths": (COUNTRY.format(place),), **more}
    return change("country.added", "major", **said)


def study(number: int, *changes: object, filed: bool = False) -> Compared:
    numbered = tuple(replace(told, id=place) for place, told in enumerate(changes))  # type: ignore[type-var]
    return Compared(f"NCT{number:08}", numbered, filed)  # type: ignore[arg-type]


def held(page: list[Compared], sampled: int = 0, decided: dict[str, str] | None = None) -> Held:
    return held_back(page, sampled or len(page), REFRESH, decided or {})


def test_the_same_mutation_in_a_tenth_of_a_page_is_held():
    page = [study(number, swap(number)) for number in range(10)]
    found = held(page, 100)
    assert [mass.fingerprint for mass in found.masses] == [SWAP]
    assert (found.masses[0].studies, found.masses[0].sampled, len(found.masses[0].examples)) == (10, 100, 5)
    assert len(found.changes) == 10


@pytest.mark.parametrize(("studies", "sampled"), [(4, 4), (9, 100), (4, 40)])
def test_a_few_studies_are_news(studies, sampled):
    assert held([study(number, swap()) for number in range(studies)], sampled) == NOTHING_HELD


def test_five_studies_of_a_small_watch_are_enough():
    assert held([study(number, swap()) for number in range(5)], 6).masses


def test_what_a_sponsor_filed_is_told():
    stopped = change("status.terminated", old="RECRUITING", new="TERMINATED", paths=("s.overallStatus",))
    assert held([study(number, stopped, filed=True) for number in range(15)], 20) == NOTHING_HELD


@pytest.mark.parametrize(("studies", "is_held"), [(8, False), (60, True)])
def test_studies_that_become_unknown_are_news_but_for_a_flood_of_them(studies, is_held):
    silent = change("status.became_unknown", "major", old="RECRUITING", new="UNKNOWN", paths=("s.overallStatus",))
    assert bool(held([study(number, silent) for number in range(studies)], 60).masses) is is_held


def test_weeks_off_are_told():
    page = [
        study(number, change("date.completion.slipped", new=f"2027-{number % 12 + 1:02}", paths=("p.d",)), filed=True)
        for number in range(100)
    ]
    assert held(page) == NOTHING_HELD


def test_half_of_a_large_page_is_held_also_where_everybody_filed():
    page = [study(number, swap(), filed=True) for number in range(60)]
    assert len(held(page, 100).changes) == 60
    assert held(page[:45], 100) == NOTHING_HELD


def test_a_study_that_filed_on_the_same_day_is_held_with_the_others():
    page = [study(number, swap(), filed=number == 3) for number in range(12)]
    assert len(held(page).changes) == 12


def test_another_country_that_a_sponsor_filed_is_told_on_the_day_of_a_sweep():
    page = [study(number, swap()) for number in range(12)]
    assert not any(
        nct_id == "NCT00000012" for nct_id, _ in held([*page, study(12, swap(new="Peru"), filed=True)]).changes
    )


def test_a_site_that_a_sponsor_filed_is_told_on_the_day_of_a_sweep_of_sites():
    def added(name: str) -> object:
        return change("site.added", old="not listed", new="RECRUITING", subject=name, paths=("p.locations[1]",))

    page = [study(number, added(f"Respelt {number}")) for number in range(12)]
    found = held([*page, study(12, added("New"), filed=True)])
    assert {nct_id for nct_id, _ in found.changes} == {f"NCT{number:08}" for number in range(12)}


def test_what_else_happened_to_a_study_goes_out():
    stopped = change("status.terminated", old="RECRUITING", new="TERMINATED", paths=("s.overallStatus",))
    found = held([study(number, *([stopped] if number == 3 else []), swap()) for number in range(8)])
    assert set(found.changes) == {(f"NCT{number:08}", 1 if number == 3 else 0) for number in range(8)}


def test_what_folds_under_a_held_change_is_held_with_it():
    child = change("site.added", "minor", new="Izmir", paths=("x[1]",), parent=0)
    found = held([study(number, swap(), child) for number in range(6)])
    assert len(found.changes) == 12
    assert len(found.masses) == 1


def test_the_same_sweep_with_other_values_is_held_where_nothing_was_filed():
    rare = [study(90, swap(new="Czechia")), study(91, swap(new="Czechia"), filed=True)]
    found = held([*(study(number, swap()) for number in range(10)), *rare])
    assert ("NCT00000090", 0) in found.changes
    assert ("NCT00000091", 0) not in found.changes


def test_a_new_field_is_held_by_its_path():
    new = change("record.changed", "noise", paths=("protocolSection.newModule", "derivedSection.x[3]"))
    found = held([study(number, new) for number in range(10)])
    assert len(found.changes) == 10
    assert len(found.masses) == 1


def test_texts_that_are_laid_out_otherwise_are_held_only_in_a_large_share():
    def text(number: int) -> object:
        long = f"Study {number} " * 20
        return change("description.changed", "minor", old=long, new=f"* {long} otherwise", paths=("d.briefSummary",))

    assert len(held([study(number, text(number)) for number in range(40)], 100).changes) == 40
    assert held([study(number, text(number)) for number in range(30)], 100) == NOTHING_HELD
    assert held([study(number, text(number), filed=True) for number in range(90)], 100) == NOTHING_HELD


def test_a_touched_record_is_no_mass():
    page = [study(number, change("record.touched", "noise", old="a", new="b", paths=("x",))) for number in range(90)]
    assert held(page) == NOTHING_HELD


@pytest.mark.parametrize(("decision", "expected"), [(OPEN, 1), (DISMISSED, 1), (APPROVED, 0)])
def test_a_later_page_of_the_refresh_follows_the_decision(decision, expected):
    assert len(held([study(1, swap())], 28, {SWAP: decision}).changes) == expected


def test_what_was_approved_is_not_held_again_however_often_it_comes():
    assert held([study(number, swap()) for number in range(50)], decided={SWAP: APPROVED}) == NOTHING_HELD


def test_a_later_page_gives_the_same_mass_the_same_name():
    first = held([study(number, swap()) for number in range(10)])
    later = held([study(99, swap(7))], 50, {SWAP: OPEN})
    assert first.masses[0].id == later.masses[0].id == hold_id(SWAP, REFRESH)
    assert hold_id(SWAP, "2026-06-02T09:00:00") != first.masses[0].id


_CHANGES = st.lists(st.sampled_from([swap(), swap(new="Czechia"), swap(3)]), max_size=3)


@given(st.lists(st.tuples(_CHANGES, st.booleans()), max_size=30), st.randoms())
def test_the_order_of_a_page_means_nothing(said, chance):
    page = [study(number, *changes, filed=filed) for number, (changes, filed) in enumerate(said)]
    turned = chance.sample(page, len(page))
    assert held(turned) == held(page)
