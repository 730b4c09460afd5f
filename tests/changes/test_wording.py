"""What two texts say: form is nothing, signs are something, and a message shows the part that differs."""

from __future__ import annotations

import pytest

from watcher.changes.wording import alike, excerpts, singular


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


def test_short_texts_are_shown_whole():
    assert excerpts("Slow accrual", "Funding") == ("Slow accrual", "Funding")


def test_of_long_texts_the_part_that_differs_is_shown_with_some_words_around_it():
    words = [f"word{number}" for number in range(200)]
    old, new = excerpts(" ".join(words), " ".join([*words[:100], "CHANGED", *words[101:]]))
    assert old == "… word96 word97 word98 word99 word100 word101 word102 word103 word104 …"
    assert new == old.replace("word100", "CHANGED")


def test_words_at_the_end_of_a_long_text_are_shown():
    long = "word " * 100
    assert excerpts(long, long + "more") == ("… word word word word", "… word word word word more")


@pytest.mark.parametrize("text", ["x" * 50_000, "x " * 25_000, ""])
def test_an_excerpt_is_short_whatever_the_text(text):
    assert max(map(len, excerpts(text, "y" + text))) < 400
    assert max(map(len, excerpts("y " * 20_000, text))) < 400
