"""Edits of outcome measures."""

from __future__ import annotations

import re
from random import Random

from benchmarks.semantics.edits.shape import (
    OM,
    Doing,
    Edit,
    Record,
    append,
    by_stage,
    edit,
    edits_in,
    one,
    put,
    rows,
    without,
)

PRIMARY, SECONDARY, OTHER = (f"{OM}.{name}Outcomes" for name in ("primary", "secondary", "other"))
SWITCHED = by_stage("minor", "major", "critical")
LESSER = by_stage("minor", "minor", "major")
_SPAN = re.compile(r"\b(\d{1,3})( (?:month|week|day|year|hour)s?)\b", re.IGNORECASE)
_THRESHOLD = re.compile(r"(\d+)( ?(?:%|mg|points?|mm|cm|kg|mL))")


def _gone(path: str) -> Doing:
    """One of several outcomes goes."""

    def do(record: Record, chance: Random) -> bool:
        found = rows(record, path)
        return len(found) > 1 and without(record, path, chance.choice(found))

    return do


def _moved(source: str, target: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        found = rows(record, source)
        if len(found) < 2:
            return False
        item = chance.choice(found)
        return without(record, source, item) and append(record, target, item)

    return do


def _new(path: str, measure: str) -> Doing:
    item = {"measure": measure, "description": "As judged by a blinded panel.", "timeFrame": "Week 52"}
    return lambda record, chance: bool(rows(record, path)) and append(record, path, item)


def _span(path: str) -> Doing:
    """Another time span in the time frame of one outcome."""

    def do(record: Record, chance: Random) -> bool:
        found = [item for item in rows(record, path) if len(_SPAN.findall(item.get("timeFrame", ""))) == 1]
        if not found:
            return False
        item = chance.choice(found)
        return put(item, "timeFrame", _SPAN.sub(lambda span: f"{int(span[1]) * 3}{span[2]}", item["timeFrame"]))

    return do


def _threshold(path: str) -> Doing:
    """Another threshold in the measure of one outcome."""

    def do(record: Record, chance: Random) -> bool:
        found = [item for item in rows(record, path) if _THRESHOLD.search(item["measure"])]
        if not found:
            return False
        item = chance.choice(found)
        return put(
            item, "measure", _THRESHOLD.sub(lambda size: f"{int(size[1]) + 15}{size[2]}", item["measure"], count=1)
        )

    return do


def _without_detail(path: str, field: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        found = [item for item in rows(record, path) if item.get(field)]
        return bool(found) and chance.choice(found).pop(field, None) is not None

    return do


def _reworded(path: str) -> Doing:
    """Capitals, a stop, and another word for the same people."""

    def do(record: Record, chance: Random) -> bool:
        item = one(record, path, chance)
        if item is None:
            return False
        measure = item["measure"].replace("patients", "participants").replace("Number of", "The number of")
        return put(item, "measure", f"{measure.upper()}." if measure == item["measure"] else measure)

    return do


LISTS = (
    Edit("a primary outcome removed", ("outcome.primary_removed",), _gone(PRIMARY), SWITCHED),
    Edit("a primary outcome added", ("outcome.primary_added",), _gone(PRIMARY), SWITCHED, (), True),
    Edit(
        "a new primary outcome",
        ("outcome.primary_added",),
        _new(PRIMARY, "Time to loss of independent walking"),
        SWITCHED,
    ),
    Edit("a primary outcome demoted", ("outcome.demoted",), _moved(PRIMARY, SECONDARY), SWITCHED),
    Edit("a primary outcome demoted to other", ("outcome.demoted",), _moved(PRIMARY, OTHER), SWITCHED),
    Edit("a secondary outcome promoted", ("outcome.promoted",), _moved(SECONDARY, PRIMARY), SWITCHED),
    Edit("a secondary outcome removed", ("outcome.secondary_removed",), _gone(SECONDARY), LESSER),
    Edit("a secondary outcome added", ("outcome.secondary_added",), _gone(SECONDARY), LESSER, (), True),
    Edit("a new secondary outcome", ("outcome.secondary_added",), _new(SECONDARY, "Nights spent in hospital"), LESSER),
    Edit("another outcome removed", ("outcome.other_changed",), _gone(OTHER), "minor"),
    Edit("another outcome added", ("outcome.other_changed",), _gone(OTHER), "minor", (), True),
)

TEXTS = (
    Edit("a primary time frame", ("outcome.primary_timeframe_changed",), _span(PRIMARY), SWITCHED),
    Edit("a primary threshold", ("outcome.primary_measurement_changed",), _threshold(PRIMARY), SWITCHED),
    Edit(
        "a primary description added",
        ("outcome.primary_detail_added",),
        _without_detail(PRIMARY, "description"),
        "minor",
        (),
        True,
    ),
    Edit(
        "a primary time frame added",
        ("outcome.primary_detail_added",),
        _without_detail(PRIMARY, "timeFrame"),
        "minor",
        (),
        True,
    ),
    Edit(
        "a primary description removed",
        ("outcome.primary_detail_removed",),
        _without_detail(PRIMARY, "description"),
        LESSER,
    ),
    Edit(
        "a primary time frame removed",
        ("outcome.primary_detail_removed",),
        _without_detail(PRIMARY, "timeFrame"),
        LESSER,
    ),
    Edit("a primary outcome reworded", ("outcome.primary_reworded",), _reworded(PRIMARY), "noise"),
    Edit("a secondary time frame", ("outcome.secondary_changed",), _span(SECONDARY), LESSER),
    Edit("a secondary threshold", ("outcome.secondary_changed",), _threshold(SECONDARY), LESSER),
    Edit("a secondary outcome reworded", ("outcome.secondary_reworded",), _reworded(SECONDARY), "noise"),
    Edit("another time frame", ("outcome.other_changed",), _span(OTHER), "minor"),
)


_EQUAL = {
    "12 months": "1 year",
    "24 months": "2 years",
    "1 year": "12 months",
    "2 years": "24 months",
    "4 weeks": "28 days",
}


@edit("a primary time frame in other units", "outcome.primary_reworded", "noise")
def other_units(record: Record, chance: Random) -> bool:
    """The same span in another unit."""
    found = [item for item in rows(record, PRIMARY) if item.get("timeFrame", "").lower() in _EQUAL]
    if not found:
        return False
    item = chance.choice(found)
    return put(item, "timeFrame", _EQUAL[item["timeFrame"].lower()])


EDITS = edits_in(globals())
