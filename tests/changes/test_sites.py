"""Sites: rows that come, go and move, told by name and never by their place in the list."""

from __future__ import annotations

import itertools

import pytest

from tests.builders import ABSENT, LOCATIONS, changes, kinds, only, record, site, the
from watcher.changes.sites.moves import status_verb
from watcher.model import Change

NOT_YET, RECRUITING, BY_INVITATION = "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION"
ACTIVE, COMPLETED = "ACTIVE_NOT_RECRUITING", "COMPLETED"
SUSPENDED, TERMINATED, WITHDRAWN = "SUSPENDED", "TERMINATED", "WITHDRAWN"

ALPHA = site("Alpha Hospital", "Berlin", "Germany", zip="10115", state="BE")
BETA = site("Beta Clinic", "Lyon", "France", zip="69003")
GAMMA = site("Gamma Centre", "Lyon", "France", zip="69003")
DELTA = site("Delta Hospital", "Hamburg", "Germany", zip="20095")  # so that Germany stays when Berlin goes


def moved(old: list[object], new: list[object], **overall: str) -> tuple[Change, ...]:
    return changes(record(sites=old, **overall), record(sites=new, **overall))


def told(found: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.severity.word, change.subject) for change in found]


# --- the verbs of a status ----------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "verb"),
    [
        (NOT_YET, RECRUITING, "opened"),
        (NOT_YET, BY_INVITATION, "opened"),
        ("", RECRUITING, "opened"),
        ("", BY_INVITATION, "opened"),
        (RECRUITING, ACTIVE, "closed"),
        (BY_INVITATION, ACTIVE, "closed"),
        (RECRUITING, COMPLETED, "completed"),
        (ACTIVE, COMPLETED, "completed"),
        (RECRUITING, WITHDRAWN, "withdrawn"),
        ("", WITHDRAWN, "withdrawn"),
        (COMPLETED, TERMINATED, "terminated"),
        (NOT_YET, SUSPENDED, "suspended"),
        (ACTIVE, RECRUITING, "reopened"),
        (COMPLETED, RECRUITING, "reopened"),
        (SUSPENDED, RECRUITING, "reopened"),
        (TERMINATED, BY_INVITATION, "reopened"),
        (WITHDRAWN, RECRUITING, "reopened"),
        (RECRUITING, NOT_YET, "stepped_back"),
        (RECRUITING, BY_INVITATION, "stepped_back"),
        (COMPLETED, ACTIVE, "stepped_back"),
        (NOT_YET, ACTIVE, "stepped_back"),
        (SUSPENDED, NOT_YET, "stepped_back"),
        (RECRUITING, "A_NEW_VALUE", "stepped_back"),
        (RECRUITING, "", "status_cleared"),
        (WITHDRAWN, "", "status_cleared"),
    ],
)
def test_the_verb_of_a_sites_move(old, new, verb):
    assert status_verb(old, new, overall_moved=False) == verb


@pytest.mark.parametrize("new", [RECRUITING, NOT_YET, ACTIVE, COMPLETED, SUSPENDED, WITHDRAWN])
def test_a_status_that_appears_with_the_overall_one_is_only_shown(new):
    assert status_verb("", new, overall_moved=True) == "status_shown"


def test_a_row_that_moves_with_the_overall_status_keeps_its_verb():
    assert status_verb(SUSPENDED, RECRUITING, overall_moved=True) == "reopened"
    assert status_verb(RECRUITING, SUSPENDED, overall_moved=True) == "suspended"
    assert status_verb(RECRUITING, "", overall_moved=True) == "status_cleared"


def test_a_site_with_a_status_of_another_shape_is_never_told_as_closed():
    found = moved([ALPHA], [{**ALPHA, "status": ["RECRUITING"]}])
    assert all(change.severity == 0 for change in found)


# --- coming and going -----------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "overall", "severity"),
    [
        (RECRUITING, RECRUITING, "major"),
        (BY_INVITATION, RECRUITING, "major"),
        (RECRUITING, BY_INVITATION, "major"),
        (RECRUITING, ACTIVE, "minor"),
        (NOT_YET, RECRUITING, "minor"),
        (WITHDRAWN, RECRUITING, "minor"),
        (ABSENT, RECRUITING, "minor"),
    ],
)
def test_a_removal_is_major_where_the_study_loses_an_open_site(status, overall, severity):
    row = site("Gone Hospital", status=status)
    assert only(moved([row, DELTA], [DELTA], status=overall)).severity.word == severity


@pytest.mark.parametrize("status", [WITHDRAWN, TERMINATED, COMPLETED])
def test_the_removal_of_an_ended_row_is_the_deletion_of_an_entry(status):
    assert "entry deleted; it was" in only(moved([{**ALPHA, "status": status}, DELTA], [DELTA])).sentence


def test_an_added_site_is_added_whatever_its_status():
    for status in (RECRUITING, NOT_YET, WITHDRAWN, COMPLETED, ABSENT):
        found = only(moved([DELTA], [DELTA, site("New Hospital", status=status)]))
        assert (found.kind, found.severity.word) == ("site.added", "minor")


def test_sites_come_and_go_in_one_step():
    assert told(moved([ALPHA, BETA, DELTA], [BETA, GAMMA, DELTA])) == [
        ("site.removed", "major", "Alpha Hospital, Berlin, Germany"),
        ("site.added", "minor", "Gamma Centre, Lyon, France"),
    ]


def test_a_study_without_sites_gets_its_first():
    assert kinds(changes(record(sites=ABSENT), record(sites=[ALPHA, BETA]))) == ["site.added", "site.added"]


def test_every_site_is_told_once():
    found = moved([], [site(f"Hospital {number}") for number in range(43)])
    assert len(found) == len({change.subject for change in found}) == 43
    assert all("43 sites now" in change.sentence for change in found)


def test_paths_point_into_the_newer_record_or_the_older_where_the_site_is_gone():
    found = moved([ALPHA, BETA, DELTA], [GAMMA, {**BETA, "status": WITHDRAWN}, DELTA])
    paths = {change.kind: change.paths for change in found}
    assert paths == {
        "site.removed": (f"{LOCATIONS}[0]",),
        "site.added": (f"{LOCATIONS}[0]",),
        "site.withdrawn": (f"{LOCATIONS}[1].status",),
    }


# --- identity ---------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_order_of_the_rows_means_nothing(order):
    rows = [ALPHA, BETA, GAMMA, site("Alpha Hospital", "Berlin", "Germany", zip="10117")]
    assert moved(rows, [rows[place] for place in order]) == ()


def test_rows_alike_but_for_their_status_may_change_places():
    rows = [ALPHA, {**ALPHA, "status": WITHDRAWN}]
    assert moved(rows, rows[::-1]) == ()


def test_rows_alike_but_for_their_contacts_may_change_places():
    rows = [{**ALPHA, "contacts": [{"name": name}]} for name in ("A. Doe", "B. Roe")]
    assert moved(rows, rows[::-1]) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hôpital Saint-Louis", "Hopital Saint Louis"),
        ("St. Luke's Medical Center", "ST LUKE’S MEDICAL CENTER"),
        ("Alpha Hospital ", "Alpha  Hospital"),
        ("北京 协和医院", "北京　协和医院"),
    ],
)
def test_another_spelling_is_the_same_site(old, new):
    found = moved([site(old), BETA], [site(new, status=WITHDRAWN), BETA])
    assert {"site.withdrawn"} <= set(kinds(found)) <= {"site.withdrawn", "site.renamed"}


@pytest.mark.parametrize(
    ("a", "b"), [("北京协和医院", "北京大学医院"), ("ガン病院", "カン病院"), ("Клиника 1", "Клиника 2")]
)
def test_sites_in_other_scripts_stay_apart(a, b):
    assert sorted(kinds(moved([site(a)], [site(b)]))) == ["site.added", "site.removed"]


def test_sites_of_one_name_are_told_apart_by_postcode():
    here, there = (site("Research Site", "Seoul", "South Korea", zip=zip_) for zip_ in ("03080", "06351"))
    found = only(moved([here, there], [here, {**there, "status": WITHDRAWN}]))
    assert (found.kind, found.subject) == ("site.withdrawn", "Research Site, Seoul, 06351, South Korea")
    assert "06351" in found.sentence


def test_a_name_that_stands_once_needs_no_postcode():
    assert only(moved([ALPHA], [{**ALPHA, "status": WITHDRAWN}])).subject == "Alpha Hospital, Berlin, Germany"


def test_each_of_two_alike_rows_keeps_its_own_history():
    here, there = (site("Research Site", "Seoul", "South Korea", zip=zip_) for zip_ in ("03080", "06351"))
    new = [{**there, "status": SUSPENDED}, {**here, "status": WITHDRAWN}]
    assert told(moved([here, there], new)) == [
        ("site.suspended", "major", "Research Site, Seoul, 06351, South Korea"),
        ("site.withdrawn", "major", "Research Site, Seoul, 03080, South Korea"),
    ]


def test_a_generic_label_with_another_postcode_is_another_site():
    # Sponsors that hide their sites call all of them "Research Site": a new row is a new site, not a copy.
    here, there = (site("Research Site", "Kyoto", "Japan", zip=zip_) for zip_ in ("606-8507", "602-8566"))
    assert told(moved([here], [here, there])) == [("site.added", "minor", "Research Site, Kyoto, 602-8566, Japan")]
    assert told(moved([here, there], [here])) == [("site.removed", "major", "Research Site, Kyoto, 602-8566, Japan")]


def test_one_of_two_equal_rows_is_a_duplicate():
    assert kinds(moved([ALPHA, ALPHA], [ALPHA])) == ["site.duplicate_collapsed"]
    assert kinds(moved([ALPHA], [ALPHA, ALPHA])) == ["site.duplicate_collapsed"]


def test_a_duplicate_that_vanishes_takes_no_status_with_it():
    assert kinds(moved([ALPHA, {**ALPHA, "status": WITHDRAWN}], [ALPHA])) == ["site.duplicate_collapsed"]


def test_rows_without_a_name_are_rows_all_the_same():
    nameless = only(moved([BETA], [BETA, {"status": RECRUITING}]))
    assert (nameless.kind, nameless.severity.word, nameless.subject) == ("site.added", "minor", "unnamed")


# --- the same site ---------------------------------------------------------------


def test_a_rename_in_spelling_names_both():
    found = the("site.renamed", moved([site("Alpha Hospital")], [site("ALPHA HOSPITAL")]))
    assert (found.old, found.new, found.severity.word) == ("Alpha Hospital", "ALPHA HOSPITAL", "noise")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("MD Anderson Cancer Center", "The University of Texas MD Anderson Cancer Center"),
        ('Hă"Pital Foch', "Hôpital Foch"),
        ("Keimyung University Dongsan Hospital", "Keimyung University"),
    ],
)
def test_the_only_row_of_its_town_that_changed_keeps_its_identity_under_a_like_name(old, new):
    found = moved([site(old, "Houston", zip="77030"), ALPHA], [ALPHA, site(new, "Houston", zip="77030")])
    assert kinds(found) == ["site.renamed"]


@pytest.mark.parametrize(
    ("name", "city", "postcode"),
    [
        ("Northfield Clinic", "Houston", "77030"),  # another name altogether
        ("Texas Cancer Center", "Dallas", "75201"),  # another town
        ("Northfield Cancer Center", "Houston", "77099"),  # another name and postcode
    ],
)
def test_a_row_that_shares_too_little_with_the_one_that_left_is_another_site(name, city, postcode):
    old = site("Cancer Center of Texas", "Houston", zip="77030")
    assert sorted(kinds(moved([old], [site(name, city, zip=postcode)]))) == ["site.added", "site.removed"]


def test_rows_that_changed_in_one_town_are_paired_as_well_as_all_of_them_can_be():
    old = [site(name, "Durham", zip="27710") for name in ("Duke Cancer Institute", "Northfield Clinic")]
    new = [site(name, "Durham", zip="27710") for name in ("Northfield Clinics, Inc.", "Duke Cancer Center")]
    found = moved(old, new)
    assert [(change.kind, change.old, change.new) for change in found] == [
        ("site.renamed", "Duke Cancer Institute", "Duke Cancer Center"),
        ("site.renamed", "Northfield Clinic", "Northfield Clinics, Inc."),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Duke Eye Center", "Duke Cancer Center"),
        ("City Clinical Hospital No. 4", "City Clinical Hospital No. 7"),
        ("First Affiliated Hospital of Zhejiang University", "Second Affiliated Hospital of Zhejiang University"),
        ("Xiangya Hospital of Central South University", "Second Xiangya Hospital of Central South University"),
        ("Johns Hopkins Asthma and Allergy Center", "Johns Hopkins University"),
        ("Northfield Clinic (Site 0012)", "Northfield Clinic (Site 0044)"),
    ],
)
def test_two_houses_of_one_institution_are_never_told_as_one(old, new):
    assert "site.renamed" not in kinds(moved([site(old)], [site(new)]))


def test_a_corrected_address_names_what_moved():
    found = only(moved([ALPHA], [{**ALPHA, "zip": "10117", "state": "Berlin"}]))
    assert (found.kind, found.old, found.new) == (
        "site.address_corrected",
        "state BE, zip 10115",
        "state Berlin, zip 10117",
    )
    assert found.paths == (f"{LOCATIONS}[0].state", f"{LOCATIONS}[0].zip")


def test_the_point_that_moves_with_the_address_is_part_of_it():
    old, new = ({"lat": 52.5, "lon": 13.4}, {"lat": 52.6, "lon": 13.4})
    found = moved([{**ALPHA, "geoPoint": old}], [{**ALPHA, "zip": "10117", "geoPoint": new}])
    assert kinds(found) == ["site.address_corrected"]


def test_a_point_that_moves_alone_is_the_registrys_doing():
    found = only(moved([{**ALPHA, "geoPoint": {"lat": 1, "lon": 2}}], [{**ALPHA, "geoPoint": {"lat": 1, "lon": 3}}]))
    assert (found.kind, found.severity.word, found.old, found.new) == ("site.geo_changed", "noise", "1, 2", "1, 3")


@pytest.mark.parametrize("point", [ABSENT, None, "52.5, 13.4", [], {}, {"lat": "x"}])
def test_a_point_of_any_shape_is_at_most_noise(point):
    old, new = site(geoPoint={"lat": 52.5, "lon": 13.4}), site(geoPoint=point)
    assert all(change.severity == 0 for change in (*moved([old], [new]), *moved([new], [old])))


def test_a_country_code_that_appears_is_the_registrys_doing_too():
    assert kinds(moved([ALPHA], [{**ALPHA, "countryCode": "DE"}])) == ["site.geo_changed"]


def test_the_order_of_contacts_means_nothing():
    doe, roe = {"name": "A. Doe", "phone": "1"}, {"name": "B. Roe", "email": "b@example.org"}
    assert moved([{**ALPHA, "contacts": [doe, roe]}], [{**ALPHA, "contacts": [roe, doe]}]) == ()


def test_the_order_of_contacts_never_decides_which_of_two_alike_rows_is_which():
    doe, roe = {"name": "A. Doe"}, {"name": "B. Roe"}
    old = [{**ALPHA, "status": NOT_YET}, {**ALPHA, "status": COMPLETED}]
    new = [{**ALPHA, "status": RECRUITING, "contacts": [doe, roe]}, {**ALPHA, "status": ACTIVE, "contacts": [doe]}]
    turned = [{**new[0], "contacts": [roe, doe]}, new[1]]
    assert told(moved(old, turned)) == told(moved(old, new))


@pytest.mark.parametrize("contacts", [ABSENT, [], [{"name": "B. Roe"}], "A. Doe", None, [None], [["A. Doe"]]])
def test_contacts_are_noise(contacts):
    found = moved([site(contacts=[{"name": "A. Doe"}])], [site(contacts=contacts)])
    assert kinds(found) == ["site.contact_changed"]
    assert found[0].severity.word == "noise"


def test_an_unknown_field_of_a_site_is_shown_with_its_path():
    found = only(moved([ALPHA, BETA], [ALPHA, {**BETA, "capacity": 12}]))
    assert (found.kind, found.paths) == ("record.changed", (f"{LOCATIONS}[1].capacity",))


def test_an_unknown_field_is_shown_beside_what_is_read():
    found = moved([ALPHA, BETA], [{**BETA, "capacity": 12, "status": WITHDRAWN}, ALPHA])
    assert kinds(found) == ["site.withdrawn", "record.changed"]
    assert found[1].paths == (f"{LOCATIONS}[0].capacity",)


@pytest.mark.parametrize("garbage", ["none", 5, True, {"facility": "Alpha Hospital"}])
def test_a_list_of_sites_that_is_no_list_is_shown_raw_and_not_told_as_removals(garbage):
    found = changes(record(sites=[ALPHA, BETA]), record(sites=garbage))
    assert kinds(found) == ["record.changed"]
    assert found[0].paths == (LOCATIONS,)


def test_a_row_that_is_no_row_is_shown_raw():
    found = only(moved([ALPHA], [ALPHA, "Beta Clinic"]))
    assert (found.kind, found.paths) == ("record.changed", (f"{LOCATIONS}[1]",))
