"""Long texts are shown around what differs, and whole where they are short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.changes.language.excerpts import differing

_FILLER = " ".join(f"word{i}" for i in range(80))


def test_short_texts_are_shown_whole():
    assert differing("at 12  months", "at 24 months") == ("at 12 months", "at 24 months")


def test_long_texts_are_cut_around_what_differs():
    old, new = differing(f"{_FILLER} at 12 months {_FILLER}", f"{_FILLER} at 24 months {_FILLER}")
    assert old == "… word75 word76 word77 word78 word79 at 12 months word0 word1 word2 word3 word4 …"
    assert new == "… word75 word76 word77 word78 word79 at 24 months word0 word1 word2 word3 word4 …"


def test_what_one_side_lacks_shows_where_it_stood():
    old, new = differing(f"{_FILLER} by the investigator {_FILLER}", f"{_FILLER} {_FILLER}")
    assert "by the investigator" in old
    assert old.startswith("… word74")
    assert new.startswith("… word74")


@pytest.mark.parametrize("longest", [40, 280])
@given(st.text(max_size=600), st.text(max_size=600))
def test_an_excerpt_is_never_longer_than_it_may_be(longest, old, new):
    assert all(len(part) <= longest + 4 for part in differing(old, new, longest))
