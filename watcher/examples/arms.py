"""Examples: arms and interventions."""

from __future__ import annotations

from watcher.examples.shape import Example

EXAMPLES: tuple[Example, ...] = ()
