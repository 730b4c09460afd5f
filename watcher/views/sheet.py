"""A board as a table for spreadsheets: CSV that one opens and does not execute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

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
    rows.writerows([_cell(value) for value in _values(line)] for line in lines)
    return held.getvalue()


def _cell(value: str | int | None) -> str:
    """Numbers stay numbers: one below zero is no formula."""
    return cell(value) if isinstance(value, str) else "" if value is None else str(value)


def _values(line: Line) -> tuple[str | int | None, ...]:
    facts, plan, ahead = line.facts, line.plan, line.ahead
    dates = (plan.start, plan.primary_completion, plan.completion, plan.results_due)
    return (
        *(line.nct_id, line.label, facts.title, facts.acronym, facts.sponsor, facts.phase, line.status, line.trouble),
        *(plan.enrollment, plan.enrollment_type.lower()),
        *(value for milestone in dates for value in (milestone.date, milestone.type.lower())),
        "yes" if plan.has_results else "no",
        *((ahead.name, ahead.day.text, ahead.days) if ahead else ("", "", None)),
        *(line.quiet, line.first_completion, line.slip, "; ".join(line.clocks), line.heir),
    )
