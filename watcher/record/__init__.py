"""Pure: reads a registry record."""

from watcher.record.canonical import canonical
from watcher.record.dates import PartialDate
from watcher.record.snapshot import Snapshot, snapshot_of
from watcher.record.text import folded, tidy

__all__ = ["PartialDate", "Snapshot", "canonical", "folded", "snapshot_of", "tidy"]
