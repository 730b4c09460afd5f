"""Examples: sponsor, collaborators, responsible party, investigators and contacts."""

from __future__ import annotations

from watcher.examples.shape import Example

EXAMPLES: tuple[Example, ...] = ()
