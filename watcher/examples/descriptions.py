"""Examples: titles, texts, conditions, keywords and identifiers."""

from __future__ import annotations

from watcher.examples.shape import Example

_SUMMARY = "This study compares examplinib with placebo in adults with exemplary disease over two years"

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
    Example(
        "condition.added",
        {"conditions": ["Exemplary Disease"]},
        {"conditions": ["Asthma", "Exemplary disease"]},
        "minor",
        "Condition added: Asthma.",
    ),
    Example(
        "condition.removed",
        {"conditions": ["Exemplary Disease", "Asthma"]},
        {"conditions": ["Exemplary Disease"]},
        "minor",
        "Condition removed: Asthma.",
    ),
    Example(
        "keyword.changed",
        {"keywords": ["examplinib", "open label"]},
        {"keywords": ["placebo", "examplinib"]},
        "noise",
        'Keywords changed: "open label" -> "placebo".',
    ),
    Example(
        "description.changed",
        {"summary": _SUMMARY},
        {"summary": "Adults with exemplary disease receive examplinib or placebo, then join an extension"},
        "minor",
        f'Brief summary changed (69 % of the words): "{_SUMMARY}" -> '
        '"Adults with exemplary disease receive examplinib or placebo, then join an extension".',
    ),
    Example(
        "description.changed",
        {"summary": _SUMMARY},
        {"summary": _SUMMARY.replace("two", "three")},
        "noise",
        f'Brief summary changed (7 % of the words): "{_SUMMARY}" -> "{_SUMMARY.replace("two", "three")}".',
    ),
    Example(
        "identifier.added",
        {},
        {"secondary_ids": [{"id": "2024-512345-67-00", "type": "CTIS"}]},
        "minor",
        "Identifier added: 2024-512345-67-00 (EU CT number).",
    ),
    Example(
        "identifier.removed",
        {"secondary_ids": [{"id": "CTR-77", "type": "REGISTRY", "domain": "Exemplary Registry"}]},
        {},
        "minor",
        "Identifier removed: CTR-77 (Registry identifier, Exemplary Registry).",
    ),
)
