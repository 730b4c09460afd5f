"""Notices of the law on registration and results: FDAAA 801 violations, as the registry shows them (42 CFR 11.66)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.fields.members import Item, both_at, matched
from watcher.changes.language.words import clipped, label
from watcher.changes.reading import MISSHAPEN, Finding, Pair, Row, Verb

VIOLATION = "protocolSection.oversightModule.fdaaa801Violation"
EVENTS = "annotationSection.annotationModule.violationAnnotation.violationEvents"
_DATES = ("creationDate", "issuedDate", "releaseDate", "postedDate")


class Violations:
    """The mark of a violation, and the events in it."""

    verbs: Mapping[str, Verb] = {"fdaaa_violation": Verb("a violation notice, or a step in one", "{told}")}

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each new event; the mark alone where it came or went without one."""
        told = list(_events(pair))
        old, new = (side.value(VIOLATION, bool) for side in (pair.old, pair.new))
        if not told and MISSHAPEN not in (old, new) and bool(old) != bool(new):
            shown = ["marked" if value else "not marked" for value in (old, new)]
            sentence = f"FDAAA 801 violation: {shown[0]} -> {shown[1]}."
            told = [Finding("fdaaa_violation", (VIOLATION,), "", shown[0], shown[1], {"told": sentence})]
        yield from told


def _events(pair: Pair) -> Iterator[Finding]:
    if (sides := both_at(pair, EVENTS)) is None:
        return
    for event in matched(*sides, _step_and_days, _step).new:
        words = clipped(event.get("description"))
        days = ", ".join(f"{key.removesuffix('Date')} {event.get(key)}" for key in _DATES if event.get(key))
        name = label(event.get("type")) or "Step"
        told = f"FDAAA 801 violation: {name}{days and f' ({days})'}.{words and f' {words}'}"
        yield Finding("fdaaa_violation", (event.path,), name, "not listed", days or "listed", {"told": told})


def _step(item: Item) -> str:
    return item.get("type")


def _step_and_days(item: Item) -> str:
    return "|".join((item.get("type"), item.get("creationDate"), item.get("issuedDate")))
