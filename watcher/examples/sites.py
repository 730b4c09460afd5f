"""Examples: sites."""

from __future__ import annotations

from watcher.examples.plain import ABSENT, site
from watcher.examples.shape import (
    ACTIVE,
    ALPHA,
    BETA,
    COMPLETED,
    NOT_YET,
    RECRUITING,
    SUSPENDED,
    TERMINATED,
    TOLD_OF_ALPHA,
    WITHDRAWN,
    Example,
    at_alpha,
)

DELTA = site("Delta Hospital", "Hamburg", "Germany")
STAND_IN = site("Local Institution - 0012", "Phoenix", "United States", zip="85054")
NAMED = site("Mayo Clinic Arizona", "Phoenix", "United States", zip="85054")
MIE = site("Mie University Hospital", "Tsu", "Japan", status=NOT_YET)
CHICAGO = site("University of Chicago", "Chicago", "United States")
COMER = site("University of Chicago Comer Children's Hospital", "Chicago", "United States")

EXAMPLES: tuple[Example, ...] = (
    Example(
        "site.added",
        {"sites": [DELTA]},
        {"sites": [DELTA, {**ALPHA, "status": NOT_YET}]},
        "minor",
        f"New site: {TOLD_OF_ALPHA}, Not yet recruiting; 2 sites now.",
    ),
    Example(
        "site.removed",
        {"sites": [ALPHA, DELTA]},
        {"sites": [DELTA]},
        "major",
        f"Site no longer listed: {TOLD_OF_ALPHA} (was Recruiting); 1 site now.",
    ),
    Example(
        "site.removed",
        {"sites": [{**ALPHA, "status": WITHDRAWN}, DELTA]},
        {"sites": [DELTA]},
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
    Example(
        "site.identified",
        {"sites": [STAND_IN, BETA]},
        {"sites": [NAMED, BETA]},
        "minor",
        "Site now listed by name: Local Institution - 0012 -> Mayo Clinic Arizona.",
    ),
    Example(
        "site.anonymised",
        {"sites": [NAMED, BETA]},
        {"sites": [STAND_IN, BETA]},
        "minor",
        "Site no longer listed by name: Mayo Clinic Arizona -> Local Institution - 0012.",
    ),
    Example(
        "site.possibly_replaced",
        {"sites": [CHICAGO, BETA]},
        {"sites": [COMER, BETA]},
        "minor",
        "Site no longer listed: University of Chicago, Chicago, United States; listed now in the same town: "
        "University of Chicago Comer Children's Hospital, Chicago, United States. A rename cannot be excluded.",
    ),
    Example(
        "country.added",
        {"sites": [ALPHA, BETA]},
        {"sites": [ALPHA, BETA, MIE, site("Osaka General Hospital", "Osaka", "Japan", status=NOT_YET)]},
        "major",
        "Country added: Japan, 2 sites.",
        ("site.added", "site.added"),
    ),
    Example(
        "country.removed",
        {"sites": [ALPHA, BETA, MIE]},
        {"sites": [ALPHA, BETA]},
        "major",
        "Country removed: Japan, 1 site before, none now.",
        ("site.removed",),
    ),
)
