"""Examples: titles."""

from __future__ import annotations

from watcher.examples.shape import Example

EXAMPLES: tuple[Example, ...] = (
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
)
