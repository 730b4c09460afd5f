"""The rehearsal registry: a folder of captures served on loopback, as the real registry would answer on a given day.

Searches are answered as far as captures can: words are found as they are written, without synonyms, word forms or
relevance, and a place by its name only. What is in `query.UNSERVED` and `essie.UNSERVED_OPERATORS` is refused.
"""

from __future__ import annotations

from watcher.registry.rehearsal.captures import Captures
from watcher.registry.rehearsal.server import RehearsalServer, serve

__all__ = ["Captures", "RehearsalServer", "serve"]
