"""A study's plan as its record says it: when, and how many."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date of the plan in the registry's spelling ("2027-03", "2027-03-14", "" for none).

    `type` is ACTUAL, ESTIMATED, or "" where the record does not say.
    """

    date: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Dates and enrolment of one version.

    `results_due` is the day on which results appear due, ESTIMATED where it follows from an estimated date; none where
    they do not appear due, or are submitted.
    """

    start: Milestone = Milestone()
    primary_completion: Milestone = Milestone()
    completion: Milestone = Milestone()
    enrollment: int | None = None
    enrollment_type: str = ""
    results_due: Milestone = Milestone()
    has_results: bool = False
