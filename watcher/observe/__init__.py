"""What the registry's answers mean: the decisions of a poll, without its I/O."""

from watcher.observe.answers import Answers, News, malformed
from watcher.observe.observing import observe
from watcher.observe.records import ODD

__all__ = ["ODD", "Answers", "News", "malformed", "observe"]
