"""Pure: reads a registry record."""

from watcher.record.canonical import canonical
from watcher.record.dates import PartialDate, primary_completion
from watcher.record.snapshot import Snapshot, snapshot_of
from watcher.record.text import folded, tidy

__all__ = ["PartialDate", "Snapshot", "canonical", "folded", "primary_completion", "snapshot_of", "tidy"]
