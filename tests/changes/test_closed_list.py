"""The kinds that exist are those of the closed list, each with its default severity."""

from __future__ import annotations

import csv
import re

import pytest

from tests.realdata import shared
from watcher.changes.table import KINDS, ROWS

NAME = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*){1,2}")


@pytest.fixture
def closed_list() -> dict[str, str]:
    with shared("domain/kinds.tsv").open(encoding="utf-8", newline="") as lines:
        return {row["kind"]: row["severity"] for row in csv.DictReader(lines, delimiter="\t")}


def test_the_kinds_are_those_of_the_closed_list_in_name_and_default_severity(closed_list):
    assert {kind.name: kind.severity.word for kind in KINDS.values()} == closed_list


def test_every_kind_is_noun_dot_verb_and_has_a_meaning():
    for name, kind in KINDS.items():
        assert NAME.fullmatch(name), name
        assert name == kind.name
        assert kind.meaning.strip(), name


def test_no_meaning_is_cut_short():
    # One that was clipped to a length ends in the middle of a word, or in a comma.
    cut = [name for name, kind in KINDS.items() if len(kind.meaning) >= 95 and kind.meaning[-1] in ", "]
    cut += [name for name, kind in KINDS.items() if kind.meaning.endswith((" versi", " rati"))]
    assert cut == []


def test_every_verb_of_a_comparer_has_its_rule_and_every_rule_its_verb():
    for row in ROWS:
        assert set(row.rules) == set(row.compare.verbs), row.name


def test_no_two_rows_claim_the_same_kind():
    named = [f"{row.name}.{verb}" for row in ROWS for verb in row.rules]
    assert len(named) == len(set(named))


def test_a_rule_reads_like_a_sentence():
    assert str(KINDS["date.primary_completion.slipped"].rule) == "minor; major from 90 days; critical from 365 days"
    assert str(KINDS["enrollment.target_increased"].rule) == "minor; major from 25 % or from 500 participants"
    assert str(KINDS["site.removed"].rule) == "minor; major where it was recruiting and the study still recruits"
