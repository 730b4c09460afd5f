"""Many changes of one kind, told in one line: what they are called together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.changes.language.words import clipped
from watcher.model import Change

NAMES_SHOWN = 3
_LONGEST_NAME = 100

# Things that a study has many of, whose verbs read as they stand: "5 sites added".
_THINGS = frozenset(
    ("site", "arm", "intervention", "collaborator", "condition", "keyword", "identifier", "document", "reference",
     "contact", "investigator", "clock")
)  # fmt: skip
# Where they do not.
_TOGETHER: Mapping[str, str] = {
    "outcome.promoted": "outcomes made primary",
    "outcome.demoted": "primary outcomes made secondary",
    "outcome.primary_added": "primary outcomes added",
    "outcome.primary_removed": "primary outcomes removed",
    "outcome.primary_timeframe_changed": "primary outcomes with another time frame",
    "outcome.primary_measurement_changed": "primary outcomes changed",
    "outcome.primary_detail_added": "primary outcomes with detail added",
    "outcome.primary_detail_removed": "primary outcomes with detail removed",
    "outcome.primary_reworded": "primary outcomes reworded",
    "outcome.secondary_added": "secondary outcomes added",
    "outcome.secondary_removed": "secondary outcomes removed",
    "outcome.secondary_changed": "secondary outcomes changed",
    "outcome.secondary_reworded": "secondary outcomes reworded",
    "outcome.other_changed": "other outcomes changed",
    "arm.type_changed": "arms with another type",
    "arm.dose_changed": "arms with another dose",
    "arm.description_changed": "arms described differently",
    "intervention.type_changed": "interventions with another type",
    "intervention.description_changed": "interventions described differently",
    "eligibility.criterion_added": "criteria added",
    "eligibility.criterion_removed": "criteria removed",
    "eligibility.criterion_changed": "criteria changed",
    "eligibility.criterion_reworded": "criteria reworded",
    "eligibility.criterion_moved": "criteria moved",
    "site.possibly_replaced": "sites possibly replaced by another",
    "site.status_shown": "sites shown with their own status",
    "site.status_cleared": "sites no longer shown with a status",
    "site.address_corrected": "sites with a corrected address",
    "site.duplicate_collapsed": "duplicate sites dropped",
    "site.contact_changed": "sites with other contacts",
    "site.geo_changed": "sites with another map point",
    "country.added": "countries added",
    "country.removed": "countries removed",
    "design.other_changed": "other fields of the design changed",
    "oversight.other_changed": "other fields of oversight changed",
    "ipd.details_changed": "details of data sharing changed",
    "reference.result_added": "references to results added",
    "record.changed": "other differences",
    "results.updated": "parts of the results updated",
    "search.entered": "searches entered",
    "search.left": "searches left",
}


def counted_kind(alike: Sequence[Change]) -> str:
    """As in: 11 sites suspended: A; B; C and 8 more."""
    kind = alike[0].kind
    noun, _, verb = kind.rpartition(".")
    together = _TOGETHER.get(kind) or (f"{noun}s {verb.replace('_', ' ')}" if noun in _THINGS else f"times {kind}")
    names = [clipped(change.subject, _LONGEST_NAME) for change in alike[:NAMES_SHOWN] if change.subject]
    rest = f" and {len(alike) - len(names)} more" if names and len(alike) > len(names) else ""
    return f"{len(alike)} {together}" + (f": {'; '.join(names)}{rest}" if names else "")
