"""What a shell offers behind TAB: the names that the configuration knows. Where it cannot be read, nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from watcher.errors import WatcherError

if TYPE_CHECKING:
    from watcher.config import Config


def studies(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The watched NCT numbers, with their labels where the shell shows them."""
    config = _config(ctx)
    known = {study.nct_id: study.label for watch in config.watches for study in watch.studies} if config else {}
    return [(nct_id, known[nct_id]) for nct_id in _beginning(incomplete, known)]


def watches(ctx: typer.Context, incomplete: str) -> list[str]:
    """The watches by their names."""
    config = _config(ctx)
    return _beginning(incomplete, (watch.name for watch in config.watches) if config else ())


def routes(ctx: typer.Context, incomplete: str) -> list[str]:
    """The routes by their names."""
    config = _config(ctx)
    return _beginning(incomplete, (route.name for route in config.routes) if config else ())


def channels(ctx: typer.Context, incomplete: str) -> list[str]:
    """The channels by their names."""
    config = _config(ctx)
    return _beginning(incomplete, (channel.name for channel in config.channels) if config else ())


def kinds(incomplete: str) -> list[str]:
    """The kinds of change."""
    from watcher.changes.table import KINDS

    return _beginning(incomplete, KINDS)


def presets(incomplete: str) -> list[str]:
    """The presets."""
    from watcher.alerts.presets import PRESETS

    return _beginning(incomplete, PRESETS)


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _config(ctx: typer.Context) -> Config | None:
    """The configuration that the command would read; a mistake in it is not for the middle of a line."""
    from watcher.config import find, load

    try:
        return load(find(ctx.params.get("config"), os.environ), environ=os.environ)
    except (WatcherError, OSError):
        return None
