"""What a monitoring system is told: the table of figures, where they come from, and how they are written."""

from __future__ import annotations

from watcher.metrics.tally import Tally

__all__ = ["Tally"]
