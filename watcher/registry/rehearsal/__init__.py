"""The rehearsal registry: a folder of captures served on loopback, as the real registry would answer on a given day."""

from __future__ import annotations

from watcher.registry.rehearsal.captures import Captures
from watcher.registry.rehearsal.server import RehearsalServer, serve

__all__ = ["Captures", "RehearsalServer", "serve"]
