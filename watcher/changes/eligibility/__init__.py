"""Who may take part: the structured limits, and the criteria text criterion by criterion."""

from watcher.changes.eligibility.people import MODULE, AgeLimits, HealthyVolunteers, Population, Sex
from watcher.changes.eligibility.text import Criteria

__all__ = ["MODULE", "AgeLimits", "Criteria", "HealthyVolunteers", "Population", "Sex"]
