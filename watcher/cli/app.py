"""The command `watcher`: its sub-commands, and how errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from watcher.cli import (
    alerts,
    checking,
    database,
    deliveries,
    doctor,
    explaining,
    export,
    kinds,
    mass,
    page,
    reading,
    routes,
    running,
    searches,
    steering,
    templates,
)
from watcher.errors import ConfigError, RegistryError, StoreError, UsageError, WatcherError

app = typer.Typer(
    name="watcher",
    help="Watches ClinicalTrials.gov records and tells people what changed.\n\n"
    "Start with `watcher rehearse` to see it work, then `watcher init` and `watcher run`.",
    epilog="Exit codes: 0 done, 1 done with failures, 2 usage or configuration, 3 registry, 4 database.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for module in (
    *(running, reading, kinds, mass, deliveries, alerts, explaining, steering, routes, templates, checking),
    *(searches, database, export, doctor, page),
):
    module.register(app)

_CODES: tuple[tuple[type[WatcherError], int], ...] = (
    (ConfigError, 2),
    (UsageError, 2),
    (RegistryError, 3),
    (StoreError, 4),
)


def main() -> None:
    """Run the command line; every error of ours is one clear message and its exit code, never a traceback."""
    try:
        _require_text(sys.argv)
        app()
    except WatcherError as error:
        print(f"watcher: {error}", file=sys.stderr)  # noqa: T201 - the command line's own voice
        raise SystemExit(exit_code(error)) from None
    except BrokenPipeError:
        # The reader of our output has gone (`watcher changes | head`): that is no failure.
        sys.stderr.close()
    except OSError as error:
        print(f"watcher: {error}", file=sys.stderr)  # noqa: T201 - the command line's own voice
        raise SystemExit(1) from None


def _require_text(arguments: Sequence[str]) -> None:
    """Bytes that are no text come in as halves of characters, which no file and no database takes."""
    broken = next((argument for argument in arguments if any("\ud800" <= sign <= "\udfff" for sign in argument)), None)
    if broken is not None:
        raise UsageError(f"{broken!r} is not readable text: is the terminal set to UTF-8?")


def exit_code(error: WatcherError) -> int:
    """The exit code that the contract gives to this family of errors."""
    return next((code for family, code in _CODES if isinstance(error, family)), 1)
