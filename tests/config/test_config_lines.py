"""On which line a key stands."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config.lines import Lines

TEXT = """\
# a remark with [brackets] and a key = "value"
title = "a # no remark"
[registry]
base_url = 'https://x/[y]'   # remark ] [
"quoted key" = 1
a.b . "c d" = 2

[[route]]
kinds = [
  "status.*",
  # "none.*",
  "a, ] # b", "same line",

  [ "inner",
    "deeper" ],
]
to = ["team"]
[route.extra]
x = 1
[[route]]
text = \"\"\"
[[route]]
kinds = ["not here"]
quotes: "" \"\"\"
literal = '''
[nowhere]
'''
studies = [ { nct_id = "NCT1", label = "}" },
  { nct_id = "NCT2" } ]
to = []
[[route.parts]]
y = 1
[[route.parts]]
y = 2
"""

PLACES = [
    ((), 1),
    (("title",), 2),
    (("registry",), 3),
    (("registry", "base_url"), 4),
    (("registry", "quoted key"), 5),
    (("registry", "a"), 6),
    (("registry", "a", "b", "c d"), 6),
    (("registry", "missing"), 3),
    (("route",), 8),
    (("route", 0), 8),
    (("route", 0, "kinds"), 9),
    (("route", 0, "kinds", 0), 10),
    (("route", 0, "kinds", 1), 12),
    (("route", 0, "kinds", 2), 12),
    (("route", 0, "kinds", 3), 14),
    (("route", 0, "kinds", 3, 1), 15),
    (("route", 0, "kinds", 9), 9),
    (("route", 0, "to", 0), 17),
    (("route", 0, "extra", "x"), 19),
    (("route", 1), 20),
    (("route", 1, "kinds"), 20),
    (("route", 1, "text"), 21),
    (("route", 1, "literal"), 25),
    (("route", 1, "studies", 0, "label"), 28),
    (("route", 1, "studies", 1, "nct_id"), 29),
    (("route", 1, "to"), 30),
    (("route", 1, "parts", 1, "y"), 34),
    (("nowhere", 3, "x"), 1),
]


def test_the_example_is_good_toml():
    assert tomllib.loads(TEXT)["route"][1]["to"] == []


@pytest.mark.parametrize(("path", "line"), PLACES)
def test_the_line_of_a_key(path, line):
    assert Lines(TEXT).line_of(path) == line


@pytest.mark.parametrize(("path", "line"), PLACES)
def test_line_ends_of_windows_change_nothing(path, line):
    assert Lines(TEXT.replace("\n", "\r\n")).line_of(path) == line


def test_up_to_two_quotes_may_stand_before_the_end_of_a_text():
    text = "a = \"\"\"x\"\"\"\"\"\nb = '''y'''''\nc = 1\n"
    assert tomllib.loads(text)["c"] == 1
    assert Lines(text).line_of(("c",)) == 3


def test_deep_nesting_ends():
    assert Lines("a = " + "[" * 100_000).line_of(("a", 0)) == 1


steps = st.text(max_size=3) | st.integers(0, 3)
pieces = st.sampled_from([*"[]{}=,.#'\"\\\n ", '"""', "'''", "[[", "]]", "a", "route", "\r\n", "é"])


@given(st.lists(pieces).map("".join) | st.text(), st.lists(steps, max_size=5).map(tuple))
def test_any_text_gives_a_line_of_the_file(text, path):
    lines = Lines(text)
    places = {lines.line_of(path), *(lines.line_of(known) for known in lines._lines)}
    assert places <= set(range(1, text.count("\n") + 2))


keys = st.text("abc-_1", min_size=1, max_size=4)


@given(st.lists(st.tuples(keys, st.integers(1, 3), st.integers(0, 2)), unique_by=lambda entry: entry[0]))
def test_every_entry_of_every_list_is_found_on_its_own_line(entries):
    text = ""
    for key, size, gap in entries:
        text += "\n" * gap + f"[[t]]\n{key} = [\n" + f'  "{key}]", # [\n' * size + "]\n"
    found = Lines(text)
    rows = text.split("\n")
    for number, (key, size, _) in enumerate(entries):
        first = rows.index(f"{key} = [") + 1
        assert [found.line_of(("t", number, key, i)) for i in range(size)] == [first + 1 + i for i in range(size)]
