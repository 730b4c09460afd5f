"""Examples: results."""

from __future__ import annotations

from watcher.examples.shape import Example

EXAMPLES: tuple[Example, ...] = (
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
)
