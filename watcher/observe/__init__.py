"""What the registry's answers mean: the decisions of a poll, without its I/O."""

from watcher.observe.answers import Answers, News, malformed
from watcher.observe.observing import observe

__all__ = ["Answers", "News", "malformed", "observe"]
