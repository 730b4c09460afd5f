"""Single edits of real records, each of which must be told exactly once: a stand-in for pairs we have not seen."""

from __future__ import annotations

from benchmarks.semantics.edits import eligibility, openness, outcomes, people, plan, protocol, sites
from benchmarks.semantics.edits.shape import Edit

EDITS: tuple[Edit, ...] = tuple(
    edit for part in (plan, sites, protocol, eligibility, outcomes, people, openness) for edit in part.EDITS
)

__all__ = ["EDITS", "Edit"]
