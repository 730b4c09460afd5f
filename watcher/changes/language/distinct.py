"""What every comparer of lists owes its reader: no two findings that look like one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from watcher.changes.reading import Finding


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, those of the same verb and subject numbered from the second on."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        key = finding.verb, finding.subject
        seen[key] += 1
        yield finding if seen[key] == 1 else replace(finding, subject=f"{finding.subject} ({seen[key]})".strip())
