"""Pure: reads a registry record."""

from watcher.record.canonical import canonical
from watcher.record.dates import PartialDate, primary_completion
from watcher.record.snapshot import Glance, Snapshot, glance, snapshot_of
from watcher.record.text import folded, tidy

__all__ = [
    "Glance",
    "PartialDate",
    "Snapshot",
    "canonical",
    "folded",
    "glance",
    "primary_completion",
    "snapshot_of",
    "tidy",
]
