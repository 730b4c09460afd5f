"""Examples: eligibility: who may take part."""

from __future__ import annotations

from watcher.examples.shape import Example

EXAMPLES: tuple[Example, ...] = ()
