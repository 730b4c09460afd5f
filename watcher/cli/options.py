"""What several commands share: their options, and how things are printed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from watcher.config import Config
    from watcher.store import Store

# The controls that JSON may hold as they stand, and what turns the direction of text.
_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="Configuration file; else $WATCHER_CONFIG, ./config.toml, /etc/nct-watcher/config.toml."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def number(text: str) -> int:
    """The number of something in the database."""
    from watcher.views.numbers import row_number

    if (said := row_number(text)) is None:
        raise typer.BadParameter(f"{text!r} is not a number that a list shows")
    return said


def load_config(path: Path | None) -> Config:
    """The configuration a command works with; its warnings go to stderr."""
    from watcher.config import find, load

    config = load(find(path, os.environ), environ=os.environ)
    for warning in config.warnings:
        warn(warning)
    return config


def now_of(store: Store) -> datetime:
    """The present moment, of a database that holds a rehearsal that of its last poll."""
    return store.meta.present(datetime.now(UTC))


def say(text: str = "") -> None:
    """Print to the user."""
    typer.echo(text)


def warn(text: str) -> None:
    """Print beside the output."""
    typer.echo(f"watcher: {text}", err=True)


def say_json(value: object) -> None:
    """Print one JSON document; what could steer a terminal is escaped in it."""
    import orjson

    typer.echo(_unsteered(orjson.dumps(value, option=orjson.OPT_INDENT_2)))


def json_line(value: object) -> str:
    """The same on one line, as text."""
    import orjson

    return _unsteered(orjson.dumps(value))


def _unsteered(written: bytes) -> str:
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", written.decode())


def say_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; registry text in it is plain text, whatever it looks like."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from watcher.alerts.messages.safe import one_line

    table = Table(*header, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(one_line(str(cell))) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def start_logging(level: str, form: str = "plain") -> None:
    """Log to stderr, where journald and containers pick it up, in the form "plain" or "json"."""
    import logging

    from watcher.logs import FORMATS, formatter

    if level.upper() not in logging.getLevelNamesMapping():
        raise typer.BadParameter(f"no log level {level!r}: use debug, info, warning or error")
    if form not in FORMATS:
        raise typer.BadParameter(f"no log format {form!r}: use {' or '.join(FORMATS)}")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(form))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    # Skipped ticks and single retries are how it works; what comes of them is told by our own loggers.
    for chatty in ("httpx", "httpcore", "apscheduler", "stamina"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with how many of how many and the time that is left, for a person at a terminal; nothing for cron."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
