"""Normal forms: what differs in writing only is equal, what differs in words stays apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.record import folded, tidy


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("Terminated ", "Terminated"),
        ("two\r\n\r\n  lines\tand\u2028more", "two lines and more"),
        ("no\u00a0break \u2003 here", "no break here"),
        (r"age \> 18 \* \[n\]", "age > 18 * [n]"),
        (r"a \\ b", r"a \ b"),
        (r"C:\path", r"C:\path"),
        ("‘single’ “double” „low“", '\'single\' "double" "low"'),
        ("a‐b‑c‒d–e—f−g", "a-b-c-d-e-f-g"),
        ("≥ 18 and ≤ 65", ">= 18 and <= 65"),
        ("soft\u00adhyphen, zero\u200bwidth, \ufeffmark", "softhyphen, zerowidth, mark"),
        ("ｆｕｌｌ width, ﬁne", "full width, fine"),
        ("Hôpital", "Hôpital"),
        ("Ho\u0302pital", "Hôpital"),
        ("北京协和医院", "北京协和医院"),
        ("", ""),
    ],
)
def test_tidy_text_is_one_straight_line(written, tidied):
    assert tidy(written) == tidied


@given(st.text())
def test_tidy_text_has_single_blanks_and_no_edges(text):
    assert tidy(text) == " ".join(tidy(text).split())


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hôpital Saint-Louis", "hopital saint louis"),
        ("CHU de Nantes – Hôtel-Dieu", "CHU de Nantes - Hotel-Dieu"),
        ("St. Luke's Medical Center", "ST LUKE’S MEDICAL CENTER"),
        (r"Site \#12", "site 12"),
        ("Universitätsklinikum", "UNIVERSITA\u0308TSKLINIKUM"),
        ("Straße", "STRASSE"),
        ("Łódź", "ŁÓDŹ"),
        ("北京 协和医院", "北京　协和医院"),
        ("ОНКОЛОГИЯ", "онкология"),
    ],
)
def test_spellings_of_the_same_words_are_equal(a, b):
    assert folded(a) == folded(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Site 12", "Site 13"),
        ("Alpha", "Alpha 2"),
        ("北京协和医院", "北京大学医院"),
        ("Больница 1", "Больница 2"),
        ("Больница", "Клиника"),
        ("مستشفى الملك", "مستشفى الأمير"),
        ("Hospital 北京", "Hospital 上海"),
    ],
)
def test_different_words_stay_apart(a, b):
    assert folded(a) != folded(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ガン病院", "カン病院"),  # Japanese: the voicing mark is part of the letter, not an accent
        ("दिल्ली अस्पताल", "दील्ला अस्पताल"),  # Hindi: vowel signs are marks too
        ("โรงพยาบาลศิริ", "โรงพยาบาลศีรี"),  # Thai: likewise
    ],
)
def test_names_without_latin_letters_keep_their_marks(a, b):
    assert folded(a) != folded(b)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_case_never_counts(text):
    assert folded(text.upper()) == folded(text.lower())
