"""The phase, as the registry's own field has it: what a title says of a phase is never read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.language.words import phase_label
from watcher.changes.reading import MISSHAPEN, Finding, Pair, Row, Verb, Version

PHASES = "protocolSection.designModule.phases"


class Phases:
    """The set of phases; "not applicable" and no phase at all are the same."""

    verbs: Mapping[str, Verb] = {"changed": Verb("another set of phases", "Phase changed: {was} -> {now}.")}

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding."""
        old, new = _phases(pair.old), _phases(pair.new)
        if old is None or new is None or old == new:
            return
        before, after = (phase_label(sorted(side, key=_place)) for side in (old, new))
        shown = {"was": before or "not applicable", "now": after or "not applicable"}
        yield Finding("changed", row.paths, old=before or None, new=after or None, words=shown)


def _phases(side: Version) -> frozenset[str] | None:
    value = side.value(PHASES, list)
    if value is None:
        return frozenset()
    if value is MISSHAPEN or not all(isinstance(phase, str) for phase in value):
        return None
    return frozenset(phase.strip() for phase in value) - {"NA", ""}


def _place(phase: str) -> tuple[bool, str]:
    return not phase.startswith("EARLY"), phase
