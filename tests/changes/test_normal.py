"""What two texts say: form is nothing, signs are something, and a message shows the part that differs."""

from __future__ import annotations

import pytest

from watcher.changes.language.normal import alike, singular, unabbreviated


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Non-Small Cell Lung Cancer", "non small cell lung cancer"),
        ("Crohn’s Disease", "CROHN'S DISEASE"),
        ("Ménière Disease", "Meniere disease."),
        ("HER2+ Cancer", "HER2-positive cancer"),
        ("ECOG \\>= 2", "ECOG ≥ 2"),
        ("Two groups,\n\nside by side", "Two groups - side by side"),
        ("KADIOĞLU", "kadıoğlu"),
        ("HÃ´pital Foch", "Hôpital Foch"),
        ("Universität Köln", "UniversitÃ¤t KÃ¶ln"),
        ("IL-13Rα2", "IL-13RÎ±2"),
        ("S. João- Pneumo", "S. Joao Pneumo"),
        ("Château d’Âge", "Chateau d'Age"),
        ("København", "Kobenhavn"),
        ("Head &Amp; Neck Cancer", "HEAD &AMP; NECK CANCER"),
        ("Merck Sharp &amp; Dohme", "Merck Sharp & Dohme"),
        ("", ""),
    ],
)
def test_another_form_is_the_same_text(one, other):
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HER2+ Cancer", "HER2- Cancer"),
        ("PD-L1+ tumours", "PD-L1- tumours"),
        ("ER+", "ER-"),
        ("Stage > 2", "Stage < 2"),
        ("Stage ≥ 2", "Stage > 2"),
        ("Type 1 Diabetes", "Type 2 Diabetes"),
        ("5.0 mg", "50 mg"),
        ("協和医院", "人民医院"),
        ("α", "β"),
        ("x", ""),
    ],
)
def test_another_sign_number_or_script_is_another_text(one, other):
    assert not alike(one, other)


def test_a_plural_is_its_singular_and_a_word_in_s_stays():
    assert singular("Solid Tumors") == singular("Solid tumor")
    assert singular("AIDS") != singular("AID")
    assert singular("Sepsis") == "sepsis"
    assert singular("Fetus") == "fetus"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Non-small Cell Lung Cancer (NSCLC)", "Non-small Cell Lung Cancer"),
        ("Lung Cancer (EGFR)", "Lung Cancer (EGFR)"),
        ("Cancer (HER2+)", "Cancer (HER2+)"),
        ("(NSCLC)", "(NSCLC)"),
    ],
)
def test_an_abbreviation_in_brackets_adds_nothing_and_another_word_does(text, without):
    assert unabbreviated(text) == without
