"""TOML -> frozen Config, every mistake reported at once, with its line and a suggestion."""

from __future__ import annotations

from watcher.config.description import describe
from watcher.config.loading import load, loads
from watcher.config.places import find
from watcher.config.starting import starter, write_starter
from watcher.config.values import ChannelSettings, Config, RegistrySettings, Secret, WebSettings

__all__ = [
    "ChannelSettings",
    "Config",
    "RegistrySettings",
    "Secret",
    "WebSettings",
    "describe",
    "find",
    "load",
    "loads",
    "starter",
    "write_starter",
]
