"""Every kind that is read has an example in `watcher/examples`, and each example reads as it says."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import NCT, changes, kinds, record, the
from watcher.changes import event
from watcher.changes.clocks.ringing import ringing
from watcher.changes.reading import Version
from watcher.changes.table import KINDS
from watcher.examples import EVENTS, EXAMPLES, RINGS
from watcher.examples.shape import Example
from watcher.model import Raised, Severity


def _named(example: Example) -> str:
    return f"{example.kind}-{example.severity}"


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
def test_an_example_reads_as_it_should(example):
    found = changes(record(**example.before), record(**example.after))
    told = the(example.kind, found)
    assert told.sentence == example.sentence
    assert told.severity is Severity.of(example.severity)
    assert sorted(kinds(found)) == sorted([example.kind, *example.beside])


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
def test_filing_dates_that_move_along_add_nothing(example):
    if example.kind == "record.touched":
        pytest.skip("it is about them")
    found = changes(record(**example.before), record(**example.after, filed="2026-05-20"))
    assert the(example.kind, found).severity is Severity.of(example.severity)
    assert sorted(kinds(found)) == sorted([example.kind, *example.beside])


@pytest.mark.parametrize(("kind", "words", "severity", "sentence"), EVENTS, ids=[event[0] for event in EVENTS])
def test_an_event_reads_as_it_should(kind, words, severity, sentence):
    told = event(kind, NCT, words=words)
    assert (told.kind, told.nct_id, told.severity, told.sentence) == (kind, NCT, Severity.of(severity), sentence)


@pytest.mark.parametrize("rings", RINGS, ids=_named)
def test_a_clock_rings_as_it_should(rings):
    before = [Raised(*standing) for standing in rings.standing]
    found = ringing(Version(record(**rings.record)), NCT, before, date.fromisoformat(rings.day))
    (told,) = found.told
    assert (told.kind, told.severity) == (rings.kind, Severity.of(rings.severity))
    assert told.sentence == rings.sentence


def test_every_kind_has_an_example():
    shown = {example.kind for example in EXAMPLES} | {kind for kind, *_ in EVENTS} | {rings.kind for rings in RINGS}
    missing = [kind.name for kind in KINDS.values() if kind.name not in shown]
    assert not missing, "add to EXAMPLES in watcher/examples, with its sentence: " + ", ".join(missing)
    strange = sorted(shown - set(KINDS))
    assert not strange, "the table does not read these any more: " + ", ".join(strange)


def test_the_first_example_of_a_kind_that_is_never_raised_or_lowered_has_its_default_severity():
    for example in (*EXAMPLES, *RINGS):
        kind = KINDS[example.kind]
        if not kind.rule.steps:
            assert Severity.of(example.severity) is kind.severity, example.kind
