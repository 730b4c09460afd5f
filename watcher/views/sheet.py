"""A board as a table for spreadsheets: CSV that one opens and does not execute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import lru_cache

from watcher.alerts.messages.attached import cell
from watcher.views.board import Line

COLUMNS = (
    *("nct_id", "label", "title", "acronym", "sponsor", "phase", "status", "standing", "enrollment"),
    *("enrollment_type", "start", "start_type", "primary_completion", "primary_completion_type", "completion"),
    *("completion_type", "results_due", "results_due_type", "has_results", "next", "next_date", "days_until_next"),
    *("days_since_change", "first_primary_completion", "slip_days", "clocks", "merged_into"),
)


def sheet(lines: Iterable[Line]) -> str:
    """The lines, a row each; texts that a spreadsheet would take for a formula begin with an apostrophe."""
    held = io.StringIO()
    rows = csv.writer(held, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows(map(_cells, lines))
    return held.getvalue()


# Many lines share sponsor, phase, status and the like.
_shared = lru_cache(maxsize=4096)(cell)


def _number(value: int | None) -> str:
    """Numbers stay numbers: one below zero is no formula."""
    return "" if value is None else str(value)


def _cells(line: Line) -> tuple[str, ...]:
    """The cells of a row; what was read as a date, or is a word of ours, needs no defusing."""
    facts, plan, ahead = line.facts, line.plan, line.ahead
    dates = (plan.start, plan.primary_completion, plan.completion, plan.results_due)
    return (
        *(line.nct_id, cell(line.label), cell(facts.title), cell(facts.acronym)),
        *(_shared(facts.sponsor), _shared(facts.phase), _shared(line.status), line.trouble),
        *(_number(plan.enrollment), plan.enrollment_type.lower()),
        *(value for milestone in dates for value in (milestone.date, milestone.type.lower())),
        "yes" if plan.has_results else "no",
        *((ahead.name, ahead.day.text, str(ahead.days)) if ahead else ("", "", "")),
        *(_number(line.quiet), _shared(line.first_completion), _number(line.slip)),
        *(_shared("; ".join(line.clocks)), _shared(line.heir)),
    )
