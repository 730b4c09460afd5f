"""The registry's own labels for its enumerations, and small words; an unknown value is shown raw."""

from __future__ import annotations

_STATUS = {
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "RECRUITING": "Recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "COMPLETED": "Completed",
    "SUSPENDED": "Suspended",
    "TERMINATED": "Terminated",
    "WITHDRAWN": "Withdrawn",
    "UNKNOWN": "Unknown status",
    "AVAILABLE": "Available",
    "NO_LONGER_AVAILABLE": "No longer available",
    "TEMPORARILY_NOT_AVAILABLE": "Temporarily not available",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
    "WITHHELD": "Withheld",
}
_PHASE = {
    "NA": "Not applicable",
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
}


def status_label(value: str) -> str:
    """The registry's label of a recruitment status ("Active, not recruiting")."""
    return _STATUS.get(value, value) or "no status"


def phase_label(phases: list[str]) -> str:
    """The registry's label of a list of phases ("Phase 1/Phase 2"); "" where none is given."""
    return "/".join(_PHASE.get(phase, phase) for phase in phases)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 site", "3 sites"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def ordinal(number: int) -> str:
    """A place in a row: "1st", "2nd", "11th"."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def clipped(text: str, length: int = 300) -> str:
    """At most `length` characters of `text`, with an ellipsis where more was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
