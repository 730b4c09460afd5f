"""Asking the process that holds the database to do something: a running watcher, or else this command itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer

from watcher.cli.options import warn
from watcher.errors import AlreadyRunning, UsageError

if TYPE_CHECKING:
    from watcher.config import Config
    from watcher.requests import Request
    from watcher.store.values import Outcome

# How long a command waits for the running watcher, which looks every second.
PATIENCE = 20.0


def ask(config: Config, wish: Request) -> str:
    """Have the request carried out; what came of it, in a sentence. Raises UsageError where it cannot be done.

    Beside a running watcher the command waits for it; exit code 1, with the request left for it, where it is not heard.
    """
    outcome = outcome_of(config, wish, PATIENCE)
    if outcome is None:
        warn("left for the watcher that holds the database: not carried out yet, it or the next one does it")
        raise typer.Exit(1)
    if outcome.failed:
        raise UsageError(outcome.said)
    return outcome.said


def outcome_of(config: Config, wish: Request, patience: float) -> Outcome | None:
    """What came of a request; None where the running watcher, for which it was left, takes longer (seconds)."""
    from watcher.requests import awaited, leave
    from watcher.store import opened

    try:
        return _here(config, wish)
    except AlreadyRunning:
        leave(config.store, wish)
    with opened(config.store, read_only=True) as store:
        return awaited(store, wish, patience, time.sleep)


def _here(config: Config, wish: Request) -> Outcome:
    from watcher.assembly import assembled
    from watcher.clock import WallClock
    from watcher.requests import carry_out

    with assembled(config, WallClock(), time.sleep, sends=False) as watcher:
        return carry_out(watcher.desk(), wish)
