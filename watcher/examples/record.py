"""Examples: the record itself."""

from __future__ import annotations

from watcher.examples.shape import Example

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
    (
        "search.entered",
        {
            "search": ' "KRAS G12D"',
            "why": 'Beta Bio, Phase 1/2, 14 sites, start 2027-01; matched on intervention "KRAS G12D"',
        },
        "major",
        'Entered your search "KRAS G12D": Beta Bio, Phase 1/2, 14 sites, start 2027-01; matched on intervention '
        '"KRAS G12D".',
    ),
    (
        "search.left",
        {"search": ' "KRAS G12D"', "why": "its status went from Recruiting to Completed"},
        "minor",
        'Left your search "KRAS G12D": its status went from Recruiting to Completed.',
    ),
)


EXAMPLES: tuple[Example, ...] = (
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
        {"first_submitted": "2023-11-02"},
        {"first_submitted": "2023-11-03"},
        "noise",
        "Other differences: statusModule.studyFirstSubmitDate.",
    ),
    Example(
        "record.merged",
        {},
        {"aliases": ["NCT00000002"]},
        "major",
        "NCT00000002 was merged into NCT00000001.",
    ),
)
