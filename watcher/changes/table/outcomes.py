"""Outcome measures: primary, secondary and other."""

from __future__ import annotations

from watcher.changes.reading import Row

ROWS: tuple[Row, ...] = ()
