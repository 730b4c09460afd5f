"""Examples: overall status, expanded access, why stopped."""

from __future__ import annotations

from watcher.examples.plain import site
from watcher.examples.shape import (
    ACTIVE,
    APPROVED,
    AVAILABLE,
    BY_INVITATION,
    COMPLETED,
    ENDED,
    NOT_YET,
    PAUSED,
    RECRUITING,
    SUSPENDED,
    TERMINATED,
    UNKNOWN,
    WITHDRAWN,
    Example,
    overall,
)

EXAMPLES: tuple[Example, ...] = (
    overall("status.opened", NOT_YET, RECRUITING, "major", "Recruitment started: Not yet recruiting -> Recruiting."),
    Example(
        "status.opened",
        {
            "status": NOT_YET,
            "sites": [site(status=NOT_YET), site("Beta", status=NOT_YET), site("Gamma", status=NOT_YET)],
        },
        {"status": RECRUITING, "sites": [site(), site("Beta"), site("Gamma", status=NOT_YET)]},
        "major",
        "Recruitment started: Not yet recruiting -> Recruiting. 2 of 3 sites open.",
        ("site.opened", "site.opened"),
    ),
    overall(
        "status.enrollment_closed",
        RECRUITING,
        ACTIVE,
        "major",
        "Enrolment closed: Recruiting -> Active, not recruiting.",
    ),
    overall("status.completed", ACTIVE, COMPLETED, "major", "Study completed: Active, not recruiting -> Completed."),
    overall("status.suspended", RECRUITING, SUSPENDED, "critical", "Study suspended: Recruiting -> Suspended."),
    overall("status.terminated", RECRUITING, TERMINATED, "critical", "Study terminated: Recruiting -> Terminated."),
    overall("status.withdrawn", NOT_YET, WITHDRAWN, "critical", "Study withdrawn: Not yet recruiting -> Withdrawn."),
    overall("status.resumed", SUSPENDED, RECRUITING, "critical", "Study resumed: Suspended -> Recruiting."),
    overall("status.resumed", SUSPENDED, ACTIVE, "major", "Study resumed: Suspended -> Active, not recruiting."),
    overall("status.reopened", COMPLETED, RECRUITING, "major", "Study reopened: Completed -> Recruiting."),
    overall("status.reopened", TERMINATED, RECRUITING, "critical", "Study reopened: Terminated -> Recruiting."),
    overall(
        "status.invitation_only",
        RECRUITING,
        BY_INVITATION,
        "minor",
        "Enrolment now by invitation only: Recruiting -> Enrolling by invitation.",
    ),
    overall(
        "status.open_to_all",
        BY_INVITATION,
        RECRUITING,
        "minor",
        "Enrolment now open to all: Enrolling by invitation -> Recruiting.",
    ),
    overall(
        "status.stepped_back", RECRUITING, NOT_YET, "minor", "Status stepped back: Recruiting -> Not yet recruiting."
    ),
    overall(
        "status.stepped_back", COMPLETED, ACTIVE, "major", "Status stepped back: Completed -> Active, not recruiting."
    ),
    overall("status.relabelled", TERMINATED, COMPLETED, "major", "Final status relabelled: Terminated -> Completed."),
    overall(
        "status.relabelled", COMPLETED, TERMINATED, "critical", "Final status relabelled: Completed -> Terminated."
    ),
    Example(
        "status.became_unknown",
        {"status": RECRUITING},
        {"status": UNKNOWN, "last_known": RECRUITING},
        "major",
        "The registry now shows Unknown status (was Recruiting). It computes this itself for "
        "a study past its completion date that nobody has verified for two years; nobody filed anything.",
    ),
    Example(
        "status.revived",
        {"status": UNKNOWN, "last_known": RECRUITING},
        {"status": RECRUITING},
        "minor",
        "The silent record was updated: Unknown status -> Recruiting.",
    ),
    Example(
        "status.revived",
        {"status": UNKNOWN, "last_known": ACTIVE},
        {"status": TERMINATED},
        "critical",
        "The silent record was updated: Unknown status -> Terminated.",
        ("status.terminated",),
    ),
    overall("status.withheld", RECRUITING, "WITHHELD", "critical", "The record is withheld: Recruiting -> Withheld."),
    overall(
        "status.restored", "WITHHELD", RECRUITING, "major", "The record is no longer withheld: Withheld -> Recruiting."
    ),
    overall("status.other", RECRUITING, "PAUSED_BY_MOON", "major", "Status: Recruiting -> PAUSED_BY_MOON."),
    overall("status.other", RECRUITING, AVAILABLE, "major", "Status: Recruiting -> Available."),
    overall(
        "expanded_access.available",
        PAUSED,
        AVAILABLE,
        "major",
        "Expanded access is available: Temporarily not available -> Available.",
    ),
    overall(
        "expanded_access.paused",
        AVAILABLE,
        PAUSED,
        "critical",
        "Expanded access paused: Available -> Temporarily not available.",
    ),
    overall(
        "expanded_access.ended",
        AVAILABLE,
        ENDED,
        "critical",
        "Expanded access ended: Available -> No longer available.",
    ),
    overall(
        "expanded_access.approved",
        AVAILABLE,
        APPROVED,
        "critical",
        "Expanded access ended by approval: Available -> Approved for marketing.",
    ),
    Example(
        "expanded_access.linked",
        {"expanded_access": {"hasExpandedAccess": False}},
        {"expanded_access": {"hasExpandedAccess": True, "nctId": "NCT00000009", "statusForNctId": AVAILABLE}},
        "major",
        "Expanded access stated: none -> NCT00000009.",
    ),
    Example(
        "expanded_access.unlinked",
        {"expanded_access": {"hasExpandedAccess": True, "nctId": "NCT00000009", "statusForNctId": AVAILABLE}},
        {},
        "major",
        "Expanded access no longer stated: NCT00000009 -> none.",
    ),
    Example(
        "expanded_access.status_changed",
        {"expanded_access": {"hasExpandedAccess": True, "nctId": "NCT00000009", "statusForNctId": AVAILABLE}},
        {"expanded_access": {"hasExpandedAccess": True, "nctId": "NCT00000009", "statusForNctId": ENDED}},
        "minor",
        "Status of the expanded access NCT00000009: Available -> No longer available.",
    ),
    Example(
        "why_stopped.added",
        {"status": SUSPENDED},
        {"status": SUSPENDED, "why_stopped": "Slow accrual"},
        "major",
        'Sponsor\'s reason: "Slow accrual" [accrual]',
    ),
    Example(
        "why_stopped.changed",
        {"status": SUSPENDED, "why_stopped": "Slow accrual"},
        {"status": SUSPENDED, "why_stopped": "Safety review"},
        "major",
        'Sponsor\'s reason reworded: "Slow accrual" -> "Safety review" [safety]',
    ),
    Example(
        "why_stopped.removed",
        {"status": SUSPENDED, "why_stopped": "Slow accrual"},
        {"status": SUSPENDED},
        "minor",
        'Sponsor\'s reason removed; it was: "Slow accrual"',
    ),
)
