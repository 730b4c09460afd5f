"""What one sweep is about, and who listens to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from watcher.audience import Audience
from watcher.model import Search, Searched, Watch


@dataclass(frozen=True, slots=True)
class Task:
    """The search of a watch in one data refresh: how it stood before, who listens, and whether to stop."""

    watch: Watch
    search: Search
    state: Searched
    audience: Audience
    data_refresh: str
    stop: Callable[[], bool]

    @property
    def name(self) -> str:
        """The name of the watch."""
        return self.watch.name

    @property
    def has_begun(self) -> bool:
        """Whether there is a baseline: who comes or goes before is told to nobody."""
        return bool(self.state.begun)
