"""The database: the only place that speaks SQL."""

from watcher.store.store import Store, opened

__all__ = ["Store", "opened"]
