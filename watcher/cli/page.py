"""The command `page`: the page by itself, for who polls with cron, or looks at a rehearsal or a backup."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.options import ConfigPath, load_config, say, start_logging
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config import Config
    from watcher.config.values import WebSettings
    from watcher.web.site import Site

# Who pressed a button waits so many seconds for a running watcher.
PATIENCE = 5.0


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(page)


def page(
    listen: Annotated[str, typer.Option(help="Address and port; else those of the configuration; port 0: any.")] = "",
    config: ConfigPath = None,
    log_level: Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")] = "warning",
) -> None:
    """Serve the page alone until Ctrl-C: nothing is polled or sent. `watcher run` serves it by itself.

    Example: watcher page --listen 127.0.0.1:8000
    """
    start_logging(log_level)
    serve_page(load_config(config), listen)


def serve_page(config: Config, listen: str = "") -> None:
    """Serve the page of a configuration's database until a signal ends it."""
    from watcher.web.app import application
    from watcher.web.server import serve

    settings = _settings(config, listen)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, frame: stop.set())
    with serve(settings, application(settings, _site(config))) as served:
        say(f"the page is at {served.url}/ (Ctrl-C ends it)")
        # A wait without end would not be woken by a signal that another thread got.
        while not stop.wait(1):
            pass


def _settings(config: Config, listen: str) -> WebSettings:
    """Where to serve; UsageError for what cannot be, or is open to others without a token."""
    from dataclasses import replace

    from watcher.config.listening import USUAL, address
    from watcher.config.values import WebSettings

    usual = config.web or WebSettings(USUAL)
    if not listen:
        return usual
    try:
        wanted = address(listen)
    except ValueError as error:
        raise UsageError(f"--listen {listen!r}: {error}") from None
    if wanted is None:
        raise UsageError("--listen off would serve nothing: name an address and a port")
    if not (wanted.is_loopback or usual.token):
        raise UsageError(f"--listen {listen}: others can reach it, so [web] of the configuration needs a token")
    return replace(usual, address=wanted, chosen=True)


def _site(config: Config) -> Site:
    from watcher.cli.asking import outcome_of
    from watcher.metrics import Tally
    from watcher.metrics.exposition import exposition
    from watcher.metrics.gauges import Asked, Gauges
    from watcher.web.health import bounds_of, health_of
    from watcher.web.site import Site

    def now() -> datetime:
        return datetime.now(UTC)

    bounds = bounds_of(config.registry.poll_every, config.limits)
    return Site(
        database=config.store,
        config=lambda: config,
        now=now,
        health=health_of(config.store, now, bounds=lambda: bounds),
        figures=exposition(Tally(), Gauges(config.store, now, lambda: Asked(0, ""))),
        ask=lambda wish: outcome_of(config, wish, PATIENCE),
    )
