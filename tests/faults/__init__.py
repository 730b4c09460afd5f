"""Faults, one by one: the process dies, the registry, the wire, the clock, the disk and the channels fail."""

from __future__ import annotations

import os

EVERY_STEP = bool(os.environ.get("WATCHER_EVERY_STEP"))
"""Whether everything is tried, and not only some of it; `make faults` says so."""
