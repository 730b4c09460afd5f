"""Saved searches: asking the registry for all that one returns, page by page, and concluding who came and who left."""

from watcher.sweep.reading import Refreshed
from watcher.sweep.sweeper import Sweeper

__all__ = ["Refreshed", "Sweeper"]
