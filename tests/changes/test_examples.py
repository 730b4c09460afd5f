"""One example for every kind that is read: what stood there, what stands there, and what the reader is told.

A new row or verb of the table fails here until it has its example. The first example of a kind is the one to copy.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.builders import ABSENT, NCT, changes, kinds, record, site, the
from watcher.changes import event
from watcher.changes.table import KINDS
from watcher.model import Severity

ALPHA = site("Alpha Hospital", "Berlin", "Germany")
BETA = site("Beta Clinic", "Lyon", "France")
TOLD_OF_ALPHA = "Alpha Hospital, Berlin, Germany"

NOT_YET, RECRUITING, BY_INVITATION = "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION"
ACTIVE, COMPLETED = "ACTIVE_NOT_RECRUITING", "COMPLETED"
SUSPENDED, TERMINATED, WITHDRAWN, UNKNOWN = "SUSPENDED", "TERMINATED", "WITHDRAWN", "UNKNOWN"
AVAILABLE, PAUSED, ENDED, APPROVED = (
    "AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "APPROVED_FOR_MARKETING",
)


class Example(NamedTuple):
    """Two records, said as in tests/builders.py, and the change of this kind that lies between them.

    `beside` are the kinds of the other changes that the two records show, if any.
    """

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    severity: str
    sentence: str
    beside: tuple[str, ...] = ()


def overall(kind: str, old: str, new: str, severity: str, sentence: str) -> Example:
    """A move of the overall status alone, in a study whose sites show no status."""
    silent = [site(status=ABSENT)]
    return Example(kind, {"status": old, "sites": silent}, {"status": new, "sites": silent}, severity, sentence)


def at_alpha(kind: str, severity: str, sentence: str, before: dict[str, Any], after: dict[str, Any]) -> Example:
    """Something that happens to one of two sites."""
    return Example(
        kind, {"sites": [{**ALPHA, **before}, BETA]}, {"sites": [{**ALPHA, **after}, BETA]}, severity, sentence
    )


def dated(kind: str, old: Any, new: Any, severity: str, sentence: str) -> Example:
    """A move of one date."""
    field = kind.split(".")[1]
    return Example(kind, {field: old}, {field: new}, severity, sentence)


def enrolled(kind: str, old: Any, new: Any, severity: str, sentence: str) -> Example:
    """A move of the number of participants."""
    return Example(kind, {"enrollment": old}, {"enrollment": new}, severity, sentence)


EXAMPLES: tuple[Example, ...] = (
    # --- overall status ---
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
        "The registry now shows Unknown status (was Recruiting) (last known: Recruiting). It computes this itself for "
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
    # --- expanded access ---
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
    # --- why stopped ---
    Example(
        "why_stopped.added",
        {"status": SUSPENDED},
        {"status": SUSPENDED, "why_stopped": "Slow accrual"},
        "major",
        'Sponsor\'s reason: "Slow accrual"',
    ),
    Example(
        "why_stopped.changed",
        {"status": SUSPENDED, "why_stopped": "Slow accrual"},
        {"status": SUSPENDED, "why_stopped": "Safety review"},
        "major",
        'Sponsor\'s reason reworded: "Slow accrual" -> "Safety review"',
    ),
    Example(
        "why_stopped.removed",
        {"status": SUSPENDED, "why_stopped": "Slow accrual"},
        {"status": SUSPENDED},
        "minor",
        'Sponsor\'s reason removed; it was: "Slow accrual"',
    ),
    # --- dates ---
    dated(
        "date.start.slipped",
        "2026-09-01",
        "2026-10-15",
        "minor",
        "Study start date slipped by 44 days: 2026-09-01 -> 2026-10-15 (estimated).",
    ),
    dated(
        "date.start.slipped",
        "2026-09",
        "2027-01",
        "major",
        "Study start date slipped by 4 months: 2026-09 -> 2027-01 (estimated).",
    ),
    dated(
        "date.start.pulled_in",
        "2026-09-01",
        "2026-08-01",
        "minor",
        "Study start date pulled in by 1 month: 2026-09-01 -> 2026-08-01 (estimated).",
    ),
    dated(
        "date.start.actualized",
        "2026-05",
        "2026-05-12 actual",
        "minor",
        "Study start date reached: 2026-05 (estimated) -> 2026-05-12 (actual).",
    ),
    dated(
        "date.start.actualized",
        "2026-01-10",
        "2026-05-10 actual",
        "major",
        "Study start date reached: 2026-01-10 (estimated) -> 2026-05-10 (actual), 4 months later than last estimated.",
    ),
    dated(
        "date.start.corrected",
        "2026-05-12 actual",
        "2026-04-30 actual",
        "minor",
        "Study start date corrected by 12 days: 2026-05-12 -> 2026-04-30 (actual), earlier.",
    ),
    dated(
        "date.start.type_reverted",
        "2026-05-12 actual",
        "2026-09",
        "major",
        "Study start date is no longer actual: 2026-05-12 (actual) -> 2026-09 (estimated).",
    ),
    dated(
        "date.start.refined",
        "2026-09",
        "2026-09-15",
        "noise",
        "Study start date stated more or less precisely: 2026-09 -> 2026-09-15 (estimated).",
    ),
    dated("date.start.added", ABSENT, "2026-09", "minor", "Study start date given: 2026-09 (estimated)."),
    dated("date.start.removed", "2026-09", ABSENT, "minor", "Study start date removed: it was 2026-09 (estimated)."),
    dated(
        "date.primary_completion.slipped",
        "2027-06-30",
        "2027-11-30",
        "major",
        "Primary completion date slipped by 5 months: 2027-06-30 -> 2027-11-30 (estimated).",
    ),
    dated(
        "date.primary_completion.slipped",
        "2027-06-30",
        "2027-07-20",
        "minor",
        "Primary completion date slipped by 20 days: 2027-06-30 -> 2027-07-20 (estimated).",
    ),
    dated(
        "date.primary_completion.slipped",
        "2027-06",
        "2028-06",
        "critical",
        "Primary completion date slipped by 12 months: 2027-06 -> 2028-06 (estimated).",
    ),
    dated(
        "date.primary_completion.pulled_in",
        "2027-06-30",
        "2027-01-15",
        "major",
        "Primary completion date pulled in by 166 days, about 5 months: 2027-06-30 -> 2027-01-15 (estimated).",
    ),
    dated(
        "date.primary_completion.actualized",
        "2026-05-31",
        "2026-05-31 actual",
        "minor",
        "Primary completion date reached: 2026-05-31 (estimated) -> 2026-05-31 (actual).",
    ),
    dated(
        "date.primary_completion.corrected",
        "2026-03-10 actual",
        "2026-04-10 actual",
        "major",
        "Primary completion date corrected by 1 month: 2026-03-10 -> 2026-04-10 (actual), later.",
    ),
    dated(
        "date.primary_completion.type_reverted",
        "2026-03-10 actual",
        "2026-12",
        "major",
        "Primary completion date is no longer actual: 2026-03-10 (actual) -> 2026-12 (estimated).",
    ),
    dated(
        "date.primary_completion.refined",
        "2027-06",
        "2027-06-30",
        "noise",
        "Primary completion date stated more or less precisely: 2027-06 -> 2027-06-30 (estimated).",
    ),
    dated(
        "date.primary_completion.added",
        ABSENT,
        "2027-06",
        "minor",
        "Primary completion date given: 2027-06 (estimated).",
    ),
    dated(
        "date.primary_completion.removed",
        "2027-06",
        ABSENT,
        "major",
        "Primary completion date removed: it was 2027-06 (estimated).",
    ),
    dated(
        "date.completion.slipped",
        "2028-12-31",
        "2029-06-30",
        "minor",
        "Study completion date slipped by 6 months: 2028-12-31 -> 2029-06-30 (estimated).",
    ),
    dated(
        "date.completion.slipped",
        "2028-12-31",
        "2030-12-31",
        "major",
        "Study completion date slipped by 24 months: 2028-12-31 -> 2030-12-31 (estimated).",
    ),
    dated(
        "date.completion.pulled_in",
        "2028-12",
        "2027-12",
        "minor",
        "Study completion date pulled in by 12 months: 2028-12 -> 2027-12 (estimated).",
    ),
    dated(
        "date.completion.actualized",
        "2026-04",
        "2026-05-02 actual",
        "minor",
        "Study completion date reached: 2026-04 (estimated) -> 2026-05-02 (actual), 1 month later than last estimated.",
    ),
    dated(
        "date.completion.corrected",
        "2026-05-02 actual",
        "2026-02-02 actual",
        "minor",
        "Study completion date corrected by 3 months: 2026-05-02 -> 2026-02-02 (actual), earlier.",
    ),
    dated(
        "date.completion.type_reverted",
        "2026-05-02 actual",
        "2027-01",
        "major",
        "Study completion date is no longer actual: 2026-05-02 (actual) -> 2027-01 (estimated).",
    ),
    dated(
        "date.completion.refined",
        "2028-12-31",
        "2028-12",
        "noise",
        "Study completion date stated more or less precisely: 2028-12-31 -> 2028-12 (estimated).",
    ),
    dated("date.completion.added", ABSENT, "2028-12", "minor", "Study completion date given: 2028-12 (estimated)."),
    dated(
        "date.completion.removed",
        "2028-12",
        ABSENT,
        "minor",
        "Study completion date removed: it was 2028-12 (estimated).",
    ),
    # --- enrolment ---
    enrolled("enrollment.target_increased", 100, 110, "minor", "Target enrolment raised from 100 to 110 (+10 %)."),
    enrolled("enrollment.target_increased", 100, 125, "major", "Target enrolment raised from 100 to 125 (+25 %)."),
    enrolled("enrollment.target_increased", 5000, 5500, "major", "Target enrolment raised from 5000 to 5500 (+10 %)."),
    enrolled("enrollment.target_decreased", 60, 40, "major", "Target enrolment cut from 60 to 40 (−33 %)."),
    enrolled("enrollment.target_decreased", 100, 90, "minor", "Target enrolment cut from 100 to 90 (−10 %)."),
    enrolled("enrollment.actualized", 65, "58 actual", "minor", "Actual enrolment reported: 58 (target 65, −11 %)."),
    enrolled("enrollment.actualized", 65, "65 actual", "minor", "Actual enrolment reported: 65 (target 65)."),
    enrolled("enrollment.actualized", 65, "20 actual", "major", "Actual enrolment reported: 20 (target 65, −69 %)."),
    enrolled("enrollment.actualized", 65, "90 actual", "minor", "Actual enrolment reported: 90 (target 65, +38 %)."),
    enrolled(
        "enrollment.actual_corrected",
        "58 actual",
        "59 actual",
        "minor",
        "Actual enrolment corrected from 58 to 59 (+2 %).",
    ),
    enrolled(
        "enrollment.actual_corrected",
        "58 actual",
        "29 actual",
        "major",
        "Actual enrolment corrected from 58 to 29 (−50 %).",
    ),
    enrolled("enrollment.zeroed", 100, "0 actual", "critical", "Enrolment set to 0 (was 100 (estimated))."),
    enrolled(
        "enrollment.type_reverted",
        "58 actual",
        65,
        "major",
        "Enrolment is no longer actual: 58 (actual) -> 65 (estimated).",
    ),
    enrolled("enrollment.added", ABSENT, 65, "minor", "Enrolment given: 65 (estimated)."),
    enrolled("enrollment.removed", 65, ABSENT, "minor", "Enrolment removed: it was 65 (estimated)."),
    # --- sites ---
    Example(
        "site.added",
        {"sites": [BETA]},
        {"sites": [BETA, {**ALPHA, "status": NOT_YET}]},
        "minor",
        f"New site: {TOLD_OF_ALPHA}, Not yet recruiting; 2 sites now.",
    ),
    Example(
        "site.removed",
        {"sites": [ALPHA, BETA]},
        {"sites": [BETA]},
        "major",
        f"Site no longer listed: {TOLD_OF_ALPHA} (was Recruiting); 1 site now.",
    ),
    Example(
        "site.removed",
        {"sites": [{**ALPHA, "status": WITHDRAWN}, BETA]},
        {"sites": [BETA]},
        "minor",
        f"Site no longer listed: {TOLD_OF_ALPHA} (entry deleted; it was Withdrawn); 1 site now.",
    ),
    at_alpha(
        "site.opened",
        "minor",
        f"Site opened: {TOLD_OF_ALPHA} (Not yet recruiting -> Recruiting).",
        {"status": NOT_YET},
        {"status": RECRUITING},
    ),
    at_alpha(
        "site.closed",
        "minor",
        f"Site closed to enrolment: {TOLD_OF_ALPHA} (Recruiting -> Active, not recruiting).",
        {"status": RECRUITING},
        {"status": ACTIVE},
    ),
    at_alpha(
        "site.completed",
        "minor",
        f"Site completed: {TOLD_OF_ALPHA} (Recruiting -> Completed).",
        {"status": RECRUITING},
        {"status": COMPLETED},
    ),
    at_alpha(
        "site.withdrawn",
        "major",
        f"Site withdrawn: {TOLD_OF_ALPHA} (Recruiting -> Withdrawn).",
        {"status": RECRUITING},
        {"status": WITHDRAWN},
    ),
    at_alpha(
        "site.suspended",
        "major",
        f"Site suspended: {TOLD_OF_ALPHA} (Recruiting -> Suspended).",
        {"status": RECRUITING},
        {"status": SUSPENDED},
    ),
    at_alpha(
        "site.terminated",
        "major",
        f"Site terminated: {TOLD_OF_ALPHA} (Active, not recruiting -> Terminated).",
        {"status": ACTIVE},
        {"status": TERMINATED},
    ),
    at_alpha(
        "site.reopened",
        "major",
        f"Site reopened: {TOLD_OF_ALPHA} (Suspended -> Recruiting).",
        {"status": SUSPENDED},
        {"status": RECRUITING},
    ),
    at_alpha(
        "site.stepped_back",
        "minor",
        f"Site status moved: {TOLD_OF_ALPHA} (Recruiting -> Not yet recruiting).",
        {"status": RECRUITING},
        {"status": NOT_YET},
    ),
    Example(
        "site.status_shown",
        {"status": NOT_YET, "sites": [site(status=ABSENT)]},
        {"status": RECRUITING, "sites": [site()]},
        "noise",
        f"Site status shown: {TOLD_OF_ALPHA} (no status -> Recruiting).",
        ("status.opened",),
    ),
    Example(
        "site.status_cleared",
        {"status": RECRUITING, "sites": [site()]},
        {"status": COMPLETED, "sites": [site(status=ABSENT)]},
        "noise",
        f"Site status no longer shown: {TOLD_OF_ALPHA} (Recruiting -> no status).",
        ("status.completed",),
    ),
    at_alpha(
        "site.renamed",
        "noise",
        "Site renamed: Alpha Hospital -> ALPHA Hospital.",
        {"facility": "Alpha Hospital"},
        {"facility": "ALPHA Hospital"},
    ),
    at_alpha(
        "site.address_corrected",
        "noise",
        f"Site address corrected: {TOLD_OF_ALPHA}: zip 10115 -> zip 10117.",
        {"zip": "10115"},
        {"zip": "10117"},
    ),
    Example(
        "site.duplicate_collapsed",
        {"sites": [ALPHA, ALPHA, BETA]},
        {"sites": [ALPHA, BETA]},
        "noise",
        f"Duplicate row of a site: {TOLD_OF_ALPHA}.",
    ),
    at_alpha(
        "site.contact_changed",
        "noise",
        f"Site contact changed: {TOLD_OF_ALPHA}.",
        {"contacts": [{"name": "A. Doe", "phone": "1"}]},
        {"contacts": [{"name": "A. Doe", "phone": "2"}]},
    ),
    at_alpha(
        "site.geo_changed",
        "noise",
        f"Site coordinates changed: {TOLD_OF_ALPHA}.",
        {"geoPoint": {"lat": 52.5, "lon": 13.4}},
        {"geoPoint": {"lat": 52.6, "lon": 13.4}},
    ),
    # --- results, titles, the record itself ---
    Example(
        "results.posted",
        {},
        {"has_results": True, "results_posted": "2026-05-20", "results": {"moreInfoModule": {}}},
        "critical",
        "Results posted on 2026-05-20.",
    ),
    Example(
        "results.removed",
        {"has_results": True, "results_posted": "2026-05-20", "results": {"moreInfoModule": {}}},
        {},
        "critical",
        "Results removed from the public record.",
    ),
    Example(
        "title.changed",
        {"title": "Phase I Study of Examplinib"},
        {"title": "Phase 1/2 Study of Examplinib"},
        "minor",
        'Brief title changed: "Phase I Study of Examplinib" -> "Phase 1/2 Study of Examplinib".',
    ),
    Example(
        "title.changed",
        {"title": "Old"},
        {"title": "New", "acronym": "EX-1"},
        "minor",
        'Brief title changed: "Old" -> "New". Acronym changed: none -> "EX-1".',
    ),
    Example(
        "record.touched",
        {"submitted": "2026-01-12", "posted": "2026-01-14", "verified": "2026-01"},
        {"submitted": "2026-05-20", "posted": "2026-05-22", "verified": "2026-05"},
        "noise",
        "Filed again, nothing else moved: submitted 2026-01-12, posted 2026-01-14, verified 2026-01 -> "
        "submitted 2026-05-20, posted 2026-05-22, verified 2026-05.",
    ),
    Example(
        "record.changed",
        {"keywords": ["one"]},
        {"keywords": ["one", "two"]},
        "noise",
        "Other differences: conditionsModule.keywords[1].",
    ),
    Example(
        "record.merged",
        {},
        {"aliases": ["NCT00000002"]},
        "major",
        "NCT00000002 was merged into NCT00000001.",
    ),
)

# What the registry's answers say of a record, not the comparison of two versions.
EVENTS: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("record.discovered", {"title": "Examplinib"}, "noise", "First seen: Examplinib."),
    (
        "record.merged",
        {"told": "NCT00000001 was merged into NCT00000002"},
        "major",
        "NCT00000001 was merged into NCT00000002.",
    ),
    (
        "record.not_found",
        {"first": "2026-05-30", "second": "2026-06-01"},
        "critical",
        "The registry no longer has this record: it answered 'not found' on 2026-05-30 and again on 2026-06-01.",
    ),
    ("record.restored", {}, "major", "The record is back in the registry."),
)


def _named(example: Example) -> str:
    return f"{example.kind}-{example.severity}"


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
def test_an_example_reads_as_it_should(example):
    found = changes(record(**example.before), record(**example.after))
    told = the(example.kind, found)
    assert told.sentence == example.sentence
    assert told.severity is Severity.of(example.severity)
    assert sorted(kinds(found)) == sorted([example.kind, *example.beside])


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
def test_filing_dates_that_move_along_add_nothing(example):
    if example.kind == "record.touched":
        pytest.skip("it is about them")
    found = changes(record(**example.before), record(**example.after, filed="2026-05-20"))
    assert the(example.kind, found).severity is Severity.of(example.severity)
    assert sorted(kinds(found)) == sorted([example.kind, *example.beside])


@pytest.mark.parametrize(("kind", "words", "severity", "sentence"), EVENTS, ids=[event[0] for event in EVENTS])
def test_an_event_reads_as_it_should(kind, words, severity, sentence):
    told = event(kind.removeprefix("record."), NCT, words=words)
    assert (told.kind, told.nct_id, told.severity, told.sentence) == (kind, NCT, Severity.of(severity), sentence)


def test_every_kind_has_an_example():
    shown = {example.kind for example in EXAMPLES} | {kind for kind, *_ in EVENTS}
    missing = [kind.name for kind in KINDS.values() if kind.read and kind.name not in shown]
    assert not missing, "add to EXAMPLES in tests/changes/test_examples.py, with its sentence: " + ", ".join(missing)
    strange = sorted(shown - {kind.name for kind in KINDS.values() if kind.read})
    assert not strange, "the table does not read these any more: " + ", ".join(strange)


def test_the_first_example_of_a_kind_that_is_never_raised_or_lowered_has_its_default_severity():
    for example in EXAMPLES:
        kind = KINDS[example.kind]
        if not kind.rule.steps:
            assert Severity.of(example.severity) is kind.severity, example.kind
