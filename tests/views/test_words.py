"""Texts side by side: nothing is lost, nothing is made up, and what stayed is not marked."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from watcher.views.words import Fate, Piece, shortened, word_differences

WORDS = st.lists(
    st.sampled_from(["18", "years", "or", "older", ",", "\n", "  ", "≥", "2026-03-01", "é", "_"]), max_size=40
)
TEXTS = WORDS.map("".join) | st.text(max_size=60)


def side(pieces: tuple[Piece, ...], without: Fate) -> str:
    return "".join(piece.text for piece in pieces if piece.fate is not without)


@given(TEXTS, TEXTS)
def test_without_what_came_it_is_the_old_text_and_without_what_went_the_new_one(old, new):
    pieces = word_differences(old, new)
    assert side(pieces, Fate.COME) == old
    assert side(pieces, Fate.GONE) == new


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(piece.fate is Fate.SAME for piece in word_differences(text, text))


@given(TEXTS, TEXTS)
def test_no_piece_is_empty(old, new):
    assert all(piece.text for piece in word_differences(old, new))


def test_a_word_in_a_sentence_is_marked_alone():
    assert word_differences("adults aged 18 years", "adults aged 21 years") == (
        Piece(Fate.SAME, "adults aged "),
        Piece(Fate.GONE, "18"),
        Piece(Fate.COME, "21"),
        Piece(Fate.SAME, " years"),
    )


def test_a_date_and_a_decimal_are_one_word():
    assert word_differences("on 2026-03-01", "on 2026-04-01")[1:] == (
        Piece(Fate.GONE, "2026-03-01"),
        Piece(Fate.COME, "2026-04-01"),
    )
    assert Piece(Fate.GONE, "1.5") in word_differences("1.5 mg", "1.8 mg")


def test_neighbouring_words_are_marked_as_one_phrase():
    assert word_differences("until disease progression is seen", "until death is seen")[1:3] == (
        Piece(Fate.GONE, "disease progression"),
        Piece(Fate.COME, "death"),
    )


def test_hostile_texts_of_a_megabyte_are_compared_at_once_and_whole():
    old, new = ("".join(f"{start}{number} " for number in range(150_000)) for start in ("a", "b"))
    started = time.thread_time()
    pieces = word_differences(old, new)
    assert time.thread_time() - started < 5
    assert (side(pieces, Fate.COME), side(pieces, Fate.GONE)) == (old, new)


def test_of_a_long_text_the_surroundings_of_a_change_are_shown():
    pieces = word_differences(f"{'before ' * 900}old{' after' * 900}", f"{'before ' * 900}new{' after' * 900}")
    first, gone, come, last = shortened(pieces, around=50, longest=100)
    assert (gone.text, come.text) == ("old", "new")
    assert first.text.startswith(" … ")
    assert first.text.endswith("before ")
    assert last.text.startswith(" after")
    assert len(first.text) < 60 > len(last.text)


def test_what_went_is_cut_where_it_is_endless_and_says_so():
    (gone,) = shortened([Piece(Fate.GONE, "x" * 5_000)], around=50, longest=1_000)
    assert gone.text == "x" * 1_000 + " … (4,000 more characters)"
