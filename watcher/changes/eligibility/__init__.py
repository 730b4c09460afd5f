"""Who may take part: the structured limits, and the criteria text criterion by criterion."""

from watcher.changes.eligibility.comparer import Criteria
from watcher.changes.eligibility.limits import MODULE, AgeLimits, HealthyVolunteers, Population, Sex

__all__ = ["MODULE", "AgeLimits", "Criteria", "HealthyVolunteers", "Population", "Sex"]
