"""Examples: outcome measures: primary, secondary and other."""

from __future__ import annotations

from watcher.examples.shape import Example

EXAMPLES: tuple[Example, ...] = ()
