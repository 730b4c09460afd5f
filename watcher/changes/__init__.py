"""Pure: reads two snapshots of a study as a trial expert does, and names the differences."""

from watcher.changes.between import changes_between, event
from watcher.changes.reading import Earlier, History

__all__ = ["Earlier", "History", "changes_between", "event"]
