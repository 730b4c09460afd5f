"""Which row is which: spelling, codes, stand-ins, towns and countries, whatever the order of the lists."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import ABSENT, changes, kinds, only, record, site, the
from watcher.changes.sites.countries import country_name, same_country
from watcher.changes.sites.identity import site_ids, sites_of
from watcher.changes.sites.labels import label_of
from watcher.changes.sites.matching import match
from watcher.changes.sites.plain import plain
from watcher.model import Change

BETA = site("Beta Clinic", "Lyon", "France", zip="69003")


def moved(old: list[Any], new: list[Any], **overall: str) -> tuple[Change, ...]:
    return changes(record(sites=old, **overall), record(sites=new, **overall))


# --- labels -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Northfield Cancer Center ( Site 0010)", "10"),
        ("Northfield Hospital /ID# 207547", "207547"),
        ("Northfield Cáncer Center ( Síte 0010)", "10"),
        ("Local Institution - 0012", "12"),
        ("Investigational Site Number : 8400001", "8400001"),
        ("Investigational Site Number: DE12", "de12"),
        ("Northfield Allergy Clinic Site Number : 8400012", "8400012"),
        ("Research Site 101", "101"),
        ("Research facility ID ORG-001021", "org001021"),
        ("Hospital 12 de Octubre", ""),
        ("City Clinical Hospital No. 7", ""),
        ("Northfield Clinic, 4800 Main Street", ""),
    ],
)
def test_a_sponsors_code_is_read_out_of_the_label(text, code):
    assert "+".join(label_of(text).codes) == code


@pytest.mark.parametrize(
    "text",
    ["", "Research Site", "GSK Investigational Site", "Novartis Investigative Site", "Novartis Investigator Site",
     "Local Institution - 0012", "Local Institution", "Regeneron Study Site", "Exelixis Clinical Site", "Study Site",
     "Boehringer Ingelheim Investigational Site", "Investigational Site Number : 8400001", "Zai Lab Site 2001",
     "For additional information regarding investigative sites for this trial, contact 1-877-555-0100",
     "RESEARCH SITE"],
)  # fmt: skip
def test_a_stand_in_names_nobody(text):
    assert label_of(text).generic


@pytest.mark.parametrize(
    "text",
    ["Duke Clinical Research Site", "Synergy Research Site", "Northfield Research", "Hospital", "Contact Lens Clinic",
     "Lilly Pavilion Hospital", "Clinical Research of South Florida", "P3 Research"],
)  # fmt: skip
def test_a_name_with_the_words_of_a_stand_in_is_a_name(text):
    assert not label_of(text).generic


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hôpital Saint-Louis", "Hopital Saint Louis"),
        ("Hôpital Foch", "Hôpital Foch".encode().decode("latin-1")),
        ("Hôpital Foch", 'Hă"Pital Foch'),
        ("CHU Nantes - Hôpital Laënnec", 'Chu Nantes - Hă"Pital Laă<Nnec'),
        ("Universitätsklinikum Köln", "Universit�tsklinikum K�ln"),
        ("Universitätsklinikum Köln", "Universitaetsklinikum Koeln"),
        ("Universitätsspital Zürich", "University Hospital Zurich"),
        ("Universitair Ziekenhuis Gent", "University Hospital Gent"),
        ("St. Luke's Medical Center", "Saint Lukes Medical Centre"),
        ("M.D. Anderson Cancer Center", "MD Anderson Cancer Centre"),
        ("Boston Children&#39;s Hospital", "Boston Children's Hospital"),
        ("Northfield Univ. Hosp., Dept. of Oncology", "Northfield University Hospital, Department of Oncology"),
        ("Northfield Clinic S.A. de C.V.", "Northfield Clinic SA de CV"),
        ("Northfield Clinic", "Northfield Clinic /ID# 207547"),
        ("Northfield Medical Center", "Northfeild Medical Center"),
        ("Sint-Jan", "SintJan"),
    ],
)
def test_another_spelling_is_a_rename_at_most_and_never_more_than_noise(old, new):
    for before, after in ((old, new), (new, old)):
        assert kinds(moved([site(before), BETA], [BETA, site(after)])) == ["site.renamed"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Hôpital".encode().decode("latin-1"), "hopital"),
        ("Universitätsklinikum".encode().decode("cp1252"), "universitatsklinikum"),
        ('Hă"Pital Foch', "hopital foch"),
        ("Spitalul Clinic Județean, Timișoară", "spitalul clinic judetean timisoara"),  # nothing is wrong with it
        ("Ângela (Âncora)", "angela ancora"),
        ("Łódź", "lodz"),
    ],
)
def test_a_wrong_decoding_is_undone_and_a_right_one_left_alone(text, whole):
    assert plain(text) == whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Research Site", "Reserch Site"),
        ("Research Site", "Research Site - Oncology Dept."),
        ("Investigational Site Number: DE12", "Investigational Site Numebr: DE12"),
    ],
)
def test_a_mistyped_stand_in_names_nobody_either(old, new):
    for before, after in ((old, new), (new, old)):
        assert kinds(moved([site(before, zip="1"), BETA], [BETA, site(after, zip="1")])) == ["site.renamed"]


def test_a_site_renamed_and_withdrawn_is_told_as_both():
    found = moved([site("Alpha Hospital"), BETA], [BETA, site("ALPHA HOSPITAL (Site 0010)", status="WITHDRAWN")])
    assert kinds(found) == ["site.withdrawn", "site.renamed"]
    assert found[0].detail["site_id"] == found[1].detail["site_id"]


# --- codes ------------------------------------------------------------------------


def test_the_same_code_in_a_country_is_the_same_site_wherever_it_stands():
    old = site("Local Institution - 0012", "Phoenix", "United States", geoPoint={"lat": 33.4, "lon": -112.1})
    new = site("Local Institution - 0012", "Boston", "United States", geoPoint={"lat": 42.4, "lon": -71.1})
    assert kinds(moved([old], [new])) == ["site.address_corrected"]


def test_different_codes_are_never_the_same_site():
    rows = [site(f"Northfield Clinic ( Site {code})", zip="10115") for code in ("0010", "0011")]
    assert sorted(kinds(moved([rows[0]], [rows[1]]))) == ["site.added", "site.removed"]


# --- stand-ins --------------------------------------------------------------------


def test_stand_ins_are_counted_by_place():
    there = site("Research Site", "Boston", "United States", zip="02114")
    assert kinds(moved([there, BETA], [there, BETA, there])) == ["site.added"]
    assert kinds(moved([there, BETA, there], [BETA, there])) == ["site.removed"]


def test_one_of_several_stand_ins_at_a_place_gets_its_name():
    there = site("Research Site", "Boston", "United States", zip="02114")
    found = only(moved([there, there], [there, {**there, "facility": "Northfield Hospital"}]))
    assert (found.kind, found.severity.word, found.old, found.new) == (
        "site.identified",
        "minor",
        "Research Site",
        "Northfield Hospital",
    )


def test_a_stand_in_and_a_name_in_another_part_of_town_are_two_sites():
    old = site("Research Site", "Boston", "United States", zip="02114")
    new = site("Northfield Hospital", "Boston", "United States", zip="02215")
    assert sorted(kinds(moved([old], [new]))) == ["site.added", "site.removed"]


def test_another_stand_in_at_the_same_place_is_a_new_label():
    old = site("GSK Investigational Site", "Boston", "United States", zip="02114")
    assert kinds(moved([old], [{**old, "facility": "Research Site"}])) == ["site.renamed"]


# --- towns ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"), [("München", "Munich"), ("Kyiv", "Kiev"), ("Kawasaki", "Kawasaki-shi"), ("Bethesda", "Bethseda")]
)
def test_a_city_under_another_name_or_spelling_is_a_corrected_address(old, new):
    assert kinds(moved([site(city=old), BETA], [site(city=new), BETA])) == ["site.address_corrected"]


def test_a_facility_never_moves_further_than_fifty_kilometres():
    here, there = {"lat": 52.52, "lon": 13.4}, {"lat": 48.14, "lon": 11.58}
    near = {"lat": 52.4, "lon": 13.15}
    old = site("Northfield Clinic", "Berlin", geoPoint=here)
    assert kinds(moved([old], [site("Northfield Clinic", "Potsdam", geoPoint=near)])) == ["site.address_corrected"]
    far = moved([old], [site("Northfield Clinic", "Munich", geoPoint=there)])
    assert sorted(kinds(far)) == ["site.added", "site.removed"]


def test_houses_of_a_chain_are_told_apart_by_town():
    def house(city: str, lat: float) -> dict[str, Any]:
        return site("Northfield Oncology PLLC", city, "United States", geoPoint={"lat": lat, "lon": -86.8})

    found = moved(
        [house("Nashville", 36.16), house("Franklin", 35.93)], [house("Nashville", 36.16), house("Brentwood", 36.0)]
    )
    assert sorted(kinds(found)) == ["site.added", "site.removed"]


def test_one_city_name_in_two_states_is_two_towns():
    old = site("Northfield Clinic", "Columbus", "United States", state="Ohio", zip="43215")
    new = site("Northfield Clinic", "Columbus", "United States", state="Georgia", zip="31904")
    assert sorted(kinds(moved([old], [new]))) == ["site.added", "site.removed"]


def test_a_shared_contact_speaks_for_a_rename_unless_every_site_has_it():
    def row(name: str, mail: str, zip_: str = "10065") -> dict[str, Any]:
        return site(name, "New York", "United States", zip=zip_, contacts=[{"name": "J. Doe", "email": mail}])

    old, new = "Weill Medical College of Cornell University", "NewYork-Presbyterian/Weill Cornell Medicine"
    assert kinds(moved([row(old, "j@example.org"), BETA], [row(new, "j@example.org"), BETA])) == ["site.renamed"]
    central = row("Southfield Clinic", "all@example.org", "10011")
    found = moved([row("Northfield", "all@example.org"), central], [row("Weston", "all@example.org"), central])
    assert "site.renamed" not in kinds(found)


def test_a_facility_that_is_listed_before_and_after_replaces_nobody():
    old = [site("Northfield Clinic", "Berlin", zip="1"), site("University Hospital", "Munich", zip="2")]
    new = [site("University Hospital", "Berlin", zip="1"), site("Northfield Clinic", "Munich", zip="2")]
    assert sorted(kinds(moved(old, new))) == ["site.added", "site.added", "site.removed", "site.removed"]


def test_a_possible_replacement_tells_the_status_too():
    old = site("University of Chicago", "Chicago", "United States", status="NOT_YET_RECRUITING")
    new = site("University of Chicago Comer Children's Hospital", "Chicago", "United States")
    found = moved([old], [new])
    assert kinds(found) == ["site.opened", "site.possibly_replaced"]
    assert found[1].detail["confidence"] < 0.6
    assert found[1].detail["replaces"] != found[1].detail["site_id"]


@pytest.mark.parametrize(("old", "new"), [("WITHDRAWN", "NOT_YET_RECRUITING"), ("RECRUITING", "NOT_YET_RECRUITING")])
def test_a_stand_in_that_would_have_to_go_back_is_another_site_told_by_its_postcode(old, new):
    before, after = (
        site("Research Site", "Houston", "United States", zip=code, status=status)
        for code, status in (("77030", old), ("77401", new))
    )
    assert {(change.kind, change.subject) for change in moved([before], [after])} == {
        ("site.removed", "Research Site, Houston, 77030, United States"),
        ("site.added", "Research Site, Houston, 77401, United States"),
    }


def test_a_stand_in_that_went_forward_is_the_same_site_and_the_way_back_makes_two_of_it():
    early = site("Research Site", zip="2", status="RECRUITING")
    late = site("Research Site", status="WITHDRAWN")
    assert kinds(moved([early], [late])) == ["site.withdrawn", "site.address_corrected"]
    assert {(change.kind, change.subject) for change in moved([late], [early])} == {
        ("site.removed", "Research Site, Berlin, Germany"),
        ("site.added", "Research Site, Berlin, 2, Germany"),
    }


def test_of_two_pairings_that_are_equally_good_the_same_is_taken_either_way():
    name = "Alpha Hospital"
    old = [site(name, "Lyon", zip="1"), site(name.upper()), *[site(name.upper(), "Lyon")] * 2]
    new = [site(name, "Lyon", zip="2"), site(name.upper(), zip="2"), *[site(name.upper(), zip="1")] * 2]
    there, back = match(sites_of(old), sites_of(new)), match(sites_of(new), sites_of(old))
    assert {(pair.old.canonical, pair.new.canonical) for pair in there.same} == {
        (pair.new.canonical, pair.old.canonical) for pair in back.same
    }


# --- countries --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "today"),
    [
        ("Korea, Republic of", "South Korea"),
        ("Turkey", "Turkey (Türkiye)"),
        ("Czech Republic", "Czechia"),
        ("Russian Federation", "Russia"),
        ("Viet Nam", "Vietnam"),
        ("Iran, Islamic Republic of", "Iran"),
        ("Moldova, Republic of", "Moldova"),
        ("Tanzania, United Republic of", "Tanzania"),
        ("Syrian Arab Republic", "Syria"),
        ("Lao People's Democratic Republic", "Laos"),
        ("Libyan Arab Jamahiriya", "Libya"),
        ("Macedonia, The Former Yugoslav Republic of", "North Macedonia"),
        ("Swaziland", "Eswatini"),
        ("Taiwan, Province of China", "Taiwan"),
        ("Cape Verde", "Cabo Verde"),
    ],
)
def test_the_registrys_other_name_of_a_country_is_nothing(before, today):
    assert country_name(before) == today
    put = "derivedSection.miscInfoModule.removedCountries"
    old = record({put: [before]}, sites=[site(country=before), BETA])
    new = record({put: [today]}, sites=[BETA, site(country=today)])
    assert changes(old, new) == changes(new, old) == ()


@pytest.mark.parametrize(
    ("a", "b"), [("South Korea", "North Korea"), ("China", "Taiwan"), ("Austria", "Australia"), ("Niger", "Nigeria"),
                 ("Congo", "Democratic Republic of the Congo"), ("United States", "U.S. Virgin Islands")],
)  # fmt: skip
def test_two_countries_with_like_names_are_two(a, b):
    assert not same_country(a, b)


def test_a_country_takes_its_sites_under_it():
    japan = [site(f"Hospital {number}", city, "Japan") for number, city in enumerate(("Tokyo", "Osaka", "Kyoto"))]
    for verb, found in (("added", moved([BETA], [BETA, *japan])), ("removed", moved([*japan, BETA], [BETA]))):
        country = the(f"country.{verb}", found)
        assert (country.subject, country.severity.word, country.detail) == (
            "Japan",
            "major",
            {"country": "Japan", "sites": 3},
        )
        assert [change.parent for change in found if change.kind == f"site.{verb}"] == [country.id] * 3


def test_the_first_list_of_sites_brings_no_country():
    for nothing in (ABSENT, []):
        assert kinds(changes(record(sites=nothing), record(sites=[BETA]))) == ["site.added"]


def test_the_last_list_of_sites_takes_its_countries_along():
    assert kinds(changes(record(sites=[BETA]), record(sites=ABSENT))) == ["country.removed", "site.removed"]


def test_the_registrys_list_of_removed_countries_is_part_of_the_removal():
    put = "derivedSection.miscInfoModule.removedCountries"
    old = record(sites=[BETA, site(country="Japan")])
    new = record({put: ["Japan"]}, sites=[BETA])
    assert kinds(changes(old, new)) == ["country.removed", "site.removed"]
    assert put in changes(old, new)[0].paths
    assert kinds(changes(new, old)) == ["country.added", "site.added"]


def test_a_country_listed_as_removed_whose_sites_did_not_move_is_noise():
    put = "derivedSection.miscInfoModule.removedCountries"
    found = only(changes(record(sites=[BETA]), record({put: ["Japan"]}, sites=[BETA])))
    assert (found.kind, found.severity.word) == ("record.changed", "noise")


def test_sites_that_a_withdrawn_study_loses_are_told_under_the_withdrawal():
    found = changes(record(sites=[BETA]), record(status="WITHDRAWN", sites=ABSENT))
    withdrawn = the("status.withdrawn", found)
    assert {change.parent for change in found if change.kind in {"country.removed", "site.removed"}} == {withdrawn.id}


# --- laws -------------------------------------------------------------------------

_NAMES = (
    "Duke Cancer Center",
    "Duke Eye Center",
    "Duke Cancer Center (Site 0010)",
    "Duke Clinic (Site 12)",
    "Research Site",
    "Novartis Investigative Site",
    "University Hospital",
    'Hă"Pital Foch',
    "Hôpital Foch",
    "Northfield Clinic",
    "Northfeild Clinic",
)
_ROWS = st.lists(
    st.builds(
        site,
        facility=st.sampled_from((*_NAMES, ABSENT)),
        city=st.sampled_from(("Durham", "Durhan", "Paris", ABSENT)),
        country=st.sampled_from(("United States", "France", "Korea, Republic of", "South Korea")),
        zip=st.sampled_from(("27710", "27701", ABSENT)),
        status=st.sampled_from(("RECRUITING", "WITHDRAWN", ABSENT)),
        contacts=st.sampled_from((ABSENT, [{"email": "a@example.org"}], [{"email": "b@example.org"}])),
    ),
    max_size=8,
)


def _said(found: tuple[Change, ...]) -> list[str]:
    return sorted(
        repr((change.kind, change.severity, change.subject, change.old, change.new, change.sentence, change.detail))
        for change in found
    )


@given(_ROWS, _ROWS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=150)
def test_the_order_of_either_list_never_decides_what_is_told_nor_which_identifier_a_row_keeps(old, new, random):
    turned = [list(rows) for rows in (old, new)]
    for rows in turned:
        random.shuffle(rows)
    assert _said(moved(*turned)) == _said(moved(old, new))
    if old:
        assert sorted(site_ids(turned[1], before=turned[0])) == sorted(site_ids(new, before=old))


@given(_ROWS, _ROWS)
@settings(deadline=None, max_examples=100)
def test_identifiers_are_as_many_as_rows_and_no_two_are_equal(old, new):
    ids = site_ids(new, before=old)
    assert len(set(ids)) == len(ids) == len(new)


@pytest.mark.parametrize(
    "row", [None, 5, "Alpha", [], [{}], {"facility": 5}, {"facility": ["x"], "city": {}, "country": 7, "zip": None},
            {"facility": "x" * 5000}, {"geoPoint": {"lat": 1e999, "lon": "x"}}, {"contacts": {"email": 5}},
            {"facility": "\x00\x07", "city": "\ud7ff"}, {"status": {"RECRUITING": 1}}],
    ids=str,
)  # fmt: skip
def test_a_row_of_any_shape_is_read(row):
    for old, new in (([BETA], [BETA, row]), ([row, BETA], [BETA]), ([row], [site("x" * 4999 + "y")]), ([BETA], [row])):
        moved(old, new)
    assert len(site_ids([BETA, row], before=[row])) == 2


def test_five_hundred_sites_that_all_changed_are_read_in_well_under_a_second():
    rows = [
        site(
            f"{name} Hospital {number}", f"Town {number % 90}", ("France", "Spain")[number % 2], zip=str(10000 + number)
        )
        for number, name in enumerate(["Duke", "Northfield", "Saint Mary", "Emory", "Weston"] * 100)
    ]
    new = [
        {**row, "facility": f"{row['facility']} (Site {number})", "status": "SUSPENDED"}
        for number, row in enumerate(rows)
    ]
    new = new[1::2] + new[::2]
    start = time.process_time()
    found = moved(rows, new)
    assert time.process_time() - start < 1
    assert sorted(kinds(found)) == ["site.renamed"] * 500 + ["site.suspended"] * 500
