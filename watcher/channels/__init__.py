"""The destinations: what leaves the house leaves here. Channels never import each other."""

from __future__ import annotations

from watcher.channels.contract import Channel
from watcher.channels.manner import Wishes
from watcher.channels.opening import open_channel

__all__ = ["Channel", "Wishes", "open_channel"]
