"""Who may take part: the structured limits, and the criteria text criterion by criterion.

`limits` are the structured fields. The text, in the order in which it is read: `headings` and `criteria` cut it,
`matching` pairs the criteria of two versions, `wording` says whether two wordings mean the same, `weight` what a
difference weighs, `comparer` tells it.
"""

from watcher.changes.eligibility.comparer import Criteria
from watcher.changes.eligibility.limits import MODULE, AgeLimits, HealthyVolunteers, Population, Sex

__all__ = ["MODULE", "AgeLimits", "Criteria", "HealthyVolunteers", "Population", "Sex"]
