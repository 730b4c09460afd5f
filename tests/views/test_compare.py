"""Two records side by side: every field that differs, and no other."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import record, site
from watcher.views.compare import MOST_FIELDS, Field, comparison
from watcher.views.words import Fate

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b c"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.sampled_from(["id", "name", "x"]), VALUES, max_size=3)


def fields(old, new, ids=None) -> tuple[Field, ...]:
    return comparison(old, new, ids).fields


def texts(field: Field) -> tuple[str, str]:
    return "".join(piece.text for piece in field.old), "".join(piece.text for piece in field.new)


def told(found: tuple[Field, ...]) -> list[tuple[str, str, str, str]]:
    return [(field.label, field.item, *texts(field)) for field in found]


@given(RECORDS)
def test_a_record_does_not_differ_from_itself(said):
    assert fields(said, said) == ()


@given(RECORDS, RECORDS)
def test_what_is_marked_as_gone_stands_left_and_what_came_stands_right(old, new):
    for field in fields(old, new):
        assert all(piece.fate is not Fate.COME for piece in field.old)
        assert all(piece.fate is not Fate.GONE for piece in field.new)
        assert field.in_old or field.in_new


@given(RECORDS, RECORDS)
def test_backwards_the_same_number_of_sides_is_found(old, new):
    assert bool(fields(old, new)) == bool(fields(new, old))


def test_fields_have_the_label_of_the_table_and_codes_the_registrys_words():
    found = fields(record(), record(status="ACTIVE_NOT_RECRUITING", primary_completion="2027-09"))
    assert told(found) == [
        ("Overall recruitment status", "", "Recruiting", "Active, not recruiting"),
        ("Primary completion date", "", "2027-06-30", "2027-09"),
    ]
    assert found[0].path == "protocolSection.statusModule.overallStatus"


def test_the_order_of_a_list_is_no_difference():
    rows = [site("A"), site("B"), site("C")]
    assert fields(record(sites=rows), record(sites=rows[::-1])) == ()


def test_sites_are_known_by_their_identifiers_whatever_they_are_called():
    old, new = record(sites=[site("A"), site("B")]), record(sites=[site("B2"), site("A2")])
    found = fields(old, new, (("a", "b"), ("b", "a")))
    assert [texts(field) for field in found] == [("B", "B2"), ("A", "A2")]
    assert [field.path.rpartition(".")[0][-3:] for field in found] == ["[0]", "[1]"]


def test_an_item_that_came_is_an_outline_and_names_itself():
    old = record(secondary_outcomes=[{"measure": "Survival", "timeFrame": "2 years"}])
    new = record(
        secondary_outcomes=[{"measure": "Survival", "timeFrame": "2 years"}, {"measure": "Pain", "timeFrame": "9 days"}]
    )
    (field,) = fields(old, new)
    assert (field.item, field.in_old, field.in_new) == ("Pain", False, True)
    assert texts(field) == ("", "measure: Pain\ntime frame: 9 days")


def test_a_reworded_item_is_set_against_what_it_was():
    old = record(primary_outcomes=[{"measure": "Overall survival at two years"}, {"measure": "Pain"}])
    new = record(primary_outcomes=[{"measure": "Pain"}, {"measure": "Overall survival at five years"}])
    (field,) = fields(old, new)
    assert texts(field) == ("Overall survival at two years", "Overall survival at five years")


def test_an_empty_text_is_not_an_absent_one():
    (field,) = fields({"x": ""}, {})
    assert (field.in_old, field.in_new, texts(field)) == (True, False, ("", ""))


def test_of_very_many_fields_the_rest_is_counted():
    found = comparison({f"k{n}": 1 for n in range(1_000)}, {f"k{n}": 2 for n in range(1_000)})
    assert (len(found.fields), found.more) == (MOST_FIELDS, 1_000 - MOST_FIELDS)


def test_hostile_records_are_compared_in_time():
    words = " ".join(f"w{number}" for number in range(200_000))
    old = record(summary=words, sites=[site(f"A{n}", zip=str(n)) for n in range(2_000)])
    new = record(summary=words[::-1], sites=[site(f"B{n}", zip=str(-n)) for n in range(2_000)])
    started = time.thread_time()
    found = comparison(old, new)
    assert time.thread_time() - started < 10
    assert all(len(piece.text) < 5_000 for field in found.fields for piece in (*field.old, *field.new))
