"""The table: every field that this version reads, one row each. Proof-read it like a form.

A row says where a field stands in the registry's record, how two versions of it are compared, and how much each
outcome matters. A kind is a row's name and a verb of its comparer; `KINDS` and everything that lists kinds
(config checks, `watcher kinds`, docs/kinds.md) is derived from here. Severities step up with days, months, percent and
participants, or with a circumstance of `rules.When`. The rows stand in a module per part of the record, in the order in
which docs list them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from watcher.changes.reading import Row
from watcher.changes.rules import Rule
from watcher.changes.table import (
    arms,
    clocks,
    descriptions,
    design,
    eligibility,
    openness,
    outcomes,
    people,
    plan,
    record,
    results,
    sites,
    status,
)
from watcher.model import Severity

ROWS: tuple[Row, ...] = tuple(
    chain.from_iterable(
        part.ROWS
        for part in (
            status,
            plan,
            results,
            outcomes,
            design,
            arms,
            eligibility,
            sites,
            people,
            descriptions,
            openness,
            clocks,
            record,
        )
    )
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change: its name, severity rule and meaning."""

    name: str
    rule: Rule
    meaning: str
    label: str = ""
    paths: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """The default severity."""
        return self.rule.default


def _kinds() -> Iterator[Kind]:
    for row in ROWS:
        for verb, rule in row.rules.items():
            meaning = row.compare.verbs[verb].meaning
            yield Kind(f"{row.name}.{verb}", rule, meaning, row.label, row.paths)


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _kinds()}
