"""The plan of a study, read from its newest record: what a board shows of it without reading the record again."""

from __future__ import annotations

from watcher.changes.clocks.results_due import results_deadline
from watcher.changes.reading import Version
from watcher.model import Milestone, Plan
from watcher.record import PartialDate

_STATUS = "protocolSection.statusModule"
_ENROLLMENT = "protocolSection.designModule.enrollmentInfo"
_TYPES = frozenset({"ACTUAL", "ESTIMATED"})
# No study has so many participants: a number beyond it is a slip of the keyboard, and nothing to reckon with.
_MOST = 10**12


def plan_of(version: Version) -> Plan:
    """Dates and enrolment; what is no date or no number is left out."""
    count = version.at(f"{_ENROLLMENT}.count")
    counts = isinstance(count, int) and not isinstance(count, bool) and 0 <= count < _MOST
    return Plan(
        start=_milestone(version, "startDateStruct"),
        primary_completion=_milestone(version, "primaryCompletionDateStruct"),
        completion=_milestone(version, "completionDateStruct"),
        enrollment=count if counts else None,
        enrollment_type=_type(version.text(f"{_ENROLLMENT}.type")) if counts else "",
        results_due=_results_due(version),
        has_results=version.at("hasResults") is True,
    )


def _milestone(version: Version, name: str) -> Milestone:
    day = PartialDate.parse(version.text(f"{_STATUS}.{name}.date"))
    return Milestone(day.text, _type(version.text(f"{_STATUS}.{name}.type"))) if day else Milestone()


def _results_due(version: Version) -> Milestone:
    deadline = results_deadline(version)
    if deadline is None:
        return Milestone()
    return Milestone(deadline.due.text, "ESTIMATED" if deadline.estimated else "ACTUAL")


def _type(said: str) -> str:
    return said if said in _TYPES else ""
