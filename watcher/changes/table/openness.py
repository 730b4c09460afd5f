"""Data sharing, oversight, documents and references."""

from __future__ import annotations

from watcher.changes.reading import Row

ROWS: tuple[Row, ...] = ()
