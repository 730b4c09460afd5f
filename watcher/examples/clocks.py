"""Examples: clocks."""

from __future__ import annotations

from typing import Any

from watcher.examples.shape import COMPLETED, NOT_YET, Rings

# A trial whose results appear due: FDA-regulated, begun after 2017-01-18, its primary completion reached.
_REGULATED: dict[str, Any] = {
    "status": COMPLETED,
    "phases": ["PHASE3"],
    "fda_drug": True,
    "start": "2021-03-01 actual",
    "primary_completion": "2025-11-30 actual",
    "completion": "2026-02-28 actual",
}
_BECAUSE = "interventional, FDA-regulated drug, Phase 3, started 2021-03-01; primary completion 2025-11-30 (actual)"

RINGS: tuple[Rings, ...] = (
    Rings(
        "clock.start_overdue",
        {"status": NOT_YET, "start": "2026-04-15"},
        "2026-05-16",
        "minor",
        "Start overdue: estimated for 2026-04-15, 31 days ago; status: Not yet recruiting.",
    ),
    Rings(
        "clock.start_overdue",
        {"status": NOT_YET, "start": "2026-04-15", "verified": "2026-10"},
        "2026-10-13",
        "major",
        "Start overdue: estimated for 2026-04-15, 181 days ago; status: Not yet recruiting.",
        (("start_overdue", 30, "2026-04-15"),),
    ),
    Rings(
        "clock.primary_completion_near",
        {"primary_completion": "2026-07"},
        "2026-05-02",
        "minor",
        "Primary completion in 90 days: estimated for 2026-07 (counted as its last day); status: Recruiting.",
    ),
    Rings(
        "clock.primary_completion_near",
        {"primary_completion": "2026-07"},
        "2026-07-01",
        "major",
        "Primary completion in 30 days: estimated for 2026-07 (counted as its last day); status: Recruiting.",
        (("primary_completion_near", 90, "2026-07"),),
    ),
    Rings(
        "clock.primary_completion_passed",
        {"primary_completion": "2026-05-31"},
        "2026-06-01",
        "major",
        "Primary completion date passed: estimated for 2026-05-31, not stated as reached; status: Recruiting.",
        (("primary_completion_near", 30, "2026-05-31"),),
    ),
    Rings(
        "clock.completion_passed",
        {"primary_completion": "2025-10-31 actual", "completion": "2026-05"},
        "2026-06-01",
        "major",
        "Study completion date passed: estimated for 2026-05 (counted as its last day), not stated as reached; "
        "status: Recruiting.",
    ),
    Rings(
        "clock.stale",
        {"verified": "2026-01"},
        "2026-08-01",
        "minor",
        "Not verified for more than 6 months: last in 2026-01; status: Recruiting.",
    ),
    Rings(
        "clock.stale",
        {"verified": "2026-01"},
        "2027-02-01",
        "major",
        "Not verified for more than 12 months: last in 2026-01; status: Recruiting.",
        (("stale", 6, "2026-01"),),
    ),
    Rings(
        "clock.results_due",
        _REGULATED,
        "2026-09-01",
        "major",
        f"Results appear due in 90 days, on 2026-11-30, because: {_BECAUSE}.",
    ),
    Rings(
        "clock.results_due",
        {**_REGULATED, "status": "RECRUITING", "primary_completion": "2025-11-30", "completion": "2028-12-31"},
        "2026-10-31",
        "major",
        "Results appear due in 30 days, on 2026-11-30 if the estimated date holds, because: "
        f"{_BECAUSE.replace('actual', 'estimated')}.",
        (("primary_completion_passed", 0, "2025-11-30"), ("results_due", 90, "2026-11-30"), ("stale", 6, "2026-01")),
    ),
    Rings(
        "clock.results_overdue",
        _REGULATED,
        "2026-12-30",
        "critical",
        f"Results appear overdue: due on 2026-11-30, 30 days ago, none submitted, because: {_BECAUSE}.",
        (("results_due", 30, "2026-11-30"),),
    ),
    Rings(
        "clock.cleared",
        {"primary_completion": "2026-12-31"},
        "2026-06-10",
        "minor",
        "Cleared: primary completion date passed (2026-05-31). Primary completion is now 2026-12-31 (estimated).",
        (("primary_completion_passed", 0, "2026-05-31"),),
    ),
    Rings(
        "clock.cleared",
        {**_REGULATED, "certified": "2026-10-15"},
        "2026-10-16",
        "minor",
        "Cleared: results appear due (2026-11-30). Results appear due on 2028-10-15, because: "
        f"{_BECAUSE}; certificate of delay submitted 2026-10-15.",
        (("results_due", 90, "2026-11-30"),),
    ),
    Rings(
        "clock.cleared",
        {**_REGULATED, "results_submitted": "2026-11-20"},
        "2026-11-21",
        "minor",
        "Cleared: results appear due (2026-11-30). Results were submitted.",
        (("results_due", 30, "2026-11-30"),),
    ),
)
