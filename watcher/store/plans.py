"""A study's plan as the database keeps it: in every row of a study, so it is short."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from watcher.model import Milestone, Plan
from watcher.store.codec import json_of

UNREADABLE = ""
"""Stands where a plan would: the record cannot be read, and trying again would not help."""

_LETTERS = {"ACTUAL": "A", "ESTIMATED": "E", "": ""}
_TYPES = {letter: name for name, letter in _LETTERS.items()}
_values = msgspec.json.Decoder(tuple[str, str, str, str, str, int])


def plan_json(plan: Plan) -> str:
    """Start, primary completion, completion, enrolment, results due (A: actual, E: estimated), has results."""
    dates = (plan.start, plan.primary_completion, plan.completion)
    count = "" if plan.enrollment is None else str(plan.enrollment)
    enrollment = count + _LETTERS[plan.enrollment_type]
    return json_of([*map(_written, dates), enrollment, _written(plan.results_due), int(plan.has_results)])


def plan_from(text: str | None) -> Plan | None:
    """The inverse of `plan_json`; None where nobody has read it, or where it cannot be read."""
    if not text:
        return None
    start, primary, completion, enrollment, due, has_results = _values.decode(text)
    count, type_ = _parts(enrollment)
    return Plan(
        start=_milestone(start),
        primary_completion=_milestone(primary),
        completion=_milestone(completion),
        enrollment=int(count) if count else None,
        enrollment_type=type_,
        results_due=_milestone(due),
        has_results=bool(has_results),
    )


def _written(milestone: Milestone) -> str:
    return milestone.date + _LETTERS[milestone.type]


# Thousands of studies share a few thousand days.
@lru_cache(maxsize=8192)
def _milestone(text: str) -> Milestone:
    return Milestone(*_parts(text)) if text else Milestone()


def _parts(text: str) -> tuple[str, str]:
    """A value and its type."""
    letter = text[-1:]
    return (text[:-1], _TYPES[letter]) if letter in ("A", "E") else (text, "")
