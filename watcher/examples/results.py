"""Examples: results, from submission to posting and beyond."""

from __future__ import annotations

from typing import Any

from watcher.examples.shape import Example

_TRACKING = "submission_tracking"


def _submitted(*steps: dict[str, Any]) -> dict[str, Any]:
    return {_TRACKING: {"submissionInfos": list(steps)}}


def _posted(results: dict[str, Any]) -> dict[str, Any]:
    return {"has_results": True, "results_posted": "2026-05-20", "results": results}


def _deaths(number: str, comment: str = "As treated") -> dict[str, Any]:
    group = {"id": "EG000", "title": "Examplinib", "deathsNumAffected": number, "description": comment}
    return {"adverseEventsModule": {"eventGroups": [group]}}


EXAMPLES: tuple[Example, ...] = (
    Example(
        "results.submitted",
        {},
        _submitted({"releaseDate": "2026-05-12"}),
        "major",
        "Results submitted: released 2026-05-12; in quality control, not public yet.",
    ),
    Example(
        "results.submitted",
        _submitted({"releaseDate": "2026-02-01", "resetDate": "2026-02-20"}),
        _submitted({"releaseDate": "2026-02-01", "resetDate": "2026-02-20"}, {"releaseDate": "2026-05-12"}),
        "major",
        "Results submitted: released 2026-05-12 (submission 2); in quality control, not public yet.",
    ),
    Example(
        "results.returned",
        _submitted({"releaseDate": "2026-02-01"}),
        _submitted({"releaseDate": "2026-02-01", "resetDate": "2026-02-20"}),
        "minor",
        "Results returned to the sponsor by quality control on 2026-02-20 (released 2026-02-01).",
    ),
    Example(
        "results.cancelled",
        _submitted({"releaseDate": "2026-02-01"}),
        _submitted({"releaseDate": "2026-02-01", "unreleaseDate": "2026-02-11"}),
        "major",
        "Submission of results cancelled by the sponsor on 2026-02-11 (released 2026-02-01).",
    ),
    Example(
        "results.delayed",
        {},
        {"certified": "2026-02-19", "certificate_posted": "2026-02-20"},
        "major",
        "Results delayed: certificate or extension of delay submitted 2026-02-19, posted 2026-02-20.",
    ),
    Example(
        "results.waived",
        {},
        {"results_waived": True},
        "major",
        "Results waived: the registry shows a waiver of the duty to submit them.",
    ),
    Example(
        "results.posted",
        {},
        {"has_results": True, "results_posted": "2026-05-20"},
        "critical",
        "Results posted on 2026-05-20.",
    ),
    Example(
        "results.updated",
        _posted(_deaths("3")),
        _posted(_deaths("5")),
        "major",
        "Results updated: Adverse Events (1 number).",
    ),
    Example(
        "results.updated",
        _posted(_deaths("3")),
        _posted(_deaths("3", "All participants who took a dose")),
        "minor",
        "Results updated: Adverse Events (1 text).",
    ),
    Example(
        "results.removed",
        {"has_results": True, "results_posted": "2026-05-20", "results": {"moreInfoModule": {}}},
        {},
        "critical",
        "Results removed from the public record.",
    ),
)
