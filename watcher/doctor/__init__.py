"""Whether everything the watcher needs is as it should be, each thing with its remedy."""

from watcher.doctor.examination import examine
from watcher.doctor.finding import Finding, Level
from watcher.doctor.patient import Patient

__all__ = ["Finding", "Level", "Patient", "examine"]
