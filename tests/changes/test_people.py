"""Sponsors and people: one organisation under two names, one person under two spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import changes, kinds, only, record, the
from watcher.changes.people.organisations import same_organisation
from watcher.changes.people.persons import same_person
from watcher.model import Severity

ADA = {"name": "Ada Doe, MD", "affiliation": "Alpha Hospital", "role": "PRINCIPAL_INVESTIGATOR"}
BEN = {"name": "Ben Roe", "affiliation": "Beta Clinic", "role": "PRINCIPAL_INVESTIGATOR"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Daiichi Sankyo", "Daiichi Sankyo Co., Ltd."),
        ("Novartis", "Novartis Pharmaceuticals"),
        ("Hôpital Haut Lévêque", "Hopital Haut-Leveque"),
        ("M.D. Anderson Cancer Center", "The University of Texas MD Anderson Cancer Center"),
        ("Zhejiang University", "Second Affiliated Hospital, School of Medicine, Zhejiang University"),
        ("National Cancer Institute (NCI)", "National Cancer Institute"),
        ("Univeristy of Exeter", "University of Exeter"),
        ("Merck Sharp & Dohme LLC", "Merck Sharp & Dohme Corp."),
        ("Exemplar BioSciences, Inc.", "Exemplar Oncology, Inc."),
        ("Department of Medicine, University of Exeter", "University of Exeter"),
    ],
)
def test_one_organisation_under_two_names(one, other):
    assert same_organisation(one, other)
    assert same_organisation(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The First Affiliated Hospital of Zhengzhou University",
            "The Second Affiliated Hospital of Zhengzhou University",
        ),
        ("University of Florida", "University of South Florida"),
        ("Columbia University", "University of British Columbia"),
        ("University of California, Davis", "University of California, San Diego"),
        ("Merck KGaA, Darmstadt, Germany", "Merck Sharp & Dohme LLC"),
        ("Bayer", "Baxter"),
        ("University of Exeter", "Medical University of Exeter"),
        ("Technical University of Exeter", "University of Exeter"),
        ("Sun Therapeutics", "Sun Oncology"),
        ("University Hospital", "University Hospital of Exeter"),
        ("Hospital 301", "Hospital 302"),
        ("BeiGene", "BeOne Medicines"),
        ("", "Example Pharma"),
    ],
)
def test_two_organisations_however_alike_their_names(one, other):
    assert not same_organisation(one, other)
    assert not same_organisation(other, one)


def test_another_class_makes_another_sponsor_of_a_longer_name():
    found = changes(
        record(sponsor="Example", sponsor_class="INDUSTRY"),
        record(sponsor="Example Foundation", sponsor_class="OTHER"),
    )
    assert the("sponsor.changed", found).severity is Severity.CRITICAL
    assert the("sponsor.class_changed", found).parent == the("sponsor.changed", found).id


def test_a_sponsor_that_takes_the_name_of_the_organisation_that_keeps_the_record_is_renamed():
    found = only(changes(record(organization="Novexa"), record(organization="Novexa", sponsor="Novexa")))
    assert (found.kind, found.old, found.new) == ("sponsor.renamed", "Example Pharma", "Novexa")


def test_a_transfer_moves_both_names_and_is_told_once():
    found = only(changes(record(), record(sponsor="Sample Biotech", organization="Sample Biotech")))
    assert (found.kind, found.severity) == ("sponsor.changed", Severity.CRITICAL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Doe", "Ada Doe, MD, PhD"),
        ("Ada Doe, M.D.", "Prof. Ada Doe"),
        ("Doe, Ada", "Ada Doe"),
        ("A. Doe", "Ada Doe"),
        ("Ada B. Doe", "Ada Doe"),
        ("Adá Döe", "ADA DOE"),
        ("陈伟", "陈伟"),
        ("Jun Ma, MA", "Jun Ma"),
    ],
)
def test_one_person_under_two_spellings(one, other):
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Doe", "Amy Doe"),
        ("Ada Doe", "Ada Roe"),
        ("B. Doe", "Ada Doe"),
        ("", "Ada Doe"),
        ("陈伟", "王芳"),
        ("Jun Ma", "Jun Do"),
    ],
)
def test_two_persons(one, other):
    assert not same_person(one, other)


def test_an_official_who_takes_over_is_told_once_with_both_names():
    found = only(changes(record(officials=[ADA]), record(officials=[BEN])))
    assert (found.kind, found.subject, found.severity) == ("investigator.changed", "Ben Roe", Severity.MAJOR)
    assert "Ada Doe" in found.sentence


def test_officials_in_another_order_with_one_more_are_one_change():
    more = {"name": "Cy Poe", "role": "STUDY_CHAIR"}
    found = only(changes(record(officials=[ADA, BEN]), record(officials=[more, BEN, ADA])))
    assert (found.subject, found.severity) == ("Cy Poe", Severity.MINOR)


def test_an_official_who_moves_is_followed_beside_one_who_comes():
    found = changes(record(officials=[ADA]), record(officials=[BEN, {**ADA, "affiliation": "Gamma Institute"}]))
    assert {change.subject for change in found} == {"Ada Doe, MD", "Ben Roe"}


def test_the_same_number_in_another_module_is_the_same_identifier():
    found = changes(record(org_id="EX-7"), record(org_id="EX-7", secondary_ids=[{"id": "ex 7"}]))
    assert kinds(found) == ["record.changed"]


def test_a_number_that_takes_the_place_of_another_is_told_as_gone_and_as_new():
    assert kinds(changes(record(org_id="EX-7"), record(org_id="EX-8"))) == ["identifier.added", "identifier.removed"]


def test_a_collaborator_under_a_longer_name_is_no_news():
    names = ("National Cancer Institute", "National Cancer Institute (NCI)")
    before, after = ([{"name": name, "class": "NIH"}] for name in names)
    assert only(changes(record(collaborators=before), record(collaborators=after))).severity is Severity.NOISE


_NAMES = st.text(alphabet="aAbdé. ,-(", max_size=12)


@given(_NAMES, _NAMES)
def test_it_does_not_matter_which_name_is_the_older(one, other):
    assert same_person(one, other) == same_person(other, one)
    assert same_organisation(one, other) == same_organisation(other, one)


@given(_NAMES)
def test_every_name_is_its_own_in_capitals_too(name):
    assert same_person(name, name.upper())
    assert same_organisation(name, f" {name.upper()}.")
