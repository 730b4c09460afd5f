"""The command `export`: everything that is stored, for other programs."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from watcher.cli.options import ConfigPath, json_line, load_config, warn
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.store import Store
    from watcher.store.exports import Part

# The mark at the beginning tells a spreadsheet that this is UTF-8.
_MARK = "\ufeff"


class Table(StrEnum):
    """What can be exported."""

    CHANGES = "changes"
    ALERTS = "alerts"
    DELIVERIES = "deliveries"
    STUDIES = "studies"
    VERSIONS = "versions"


class Format(StrEnum):
    """How it is written."""

    JSONL = "jsonl"
    CSV = "csv"


COLUMNS = {
    Table.CHANGES: (
        *("observed_at", "nct_id", "occasion", "id", "kind", "severity", "subject", "old", "new", "sentence"),
        *("paths", "registry_side", "parent", "detail", "held_back"),
    ),
    Table.ALERTS: (
        *("alert", "observed_at", "route", "study", "label", "occasion", "severity", "first_line", "changes"),
        *("silenced", "outcome", "acknowledged_at", "noise_at"),
    ),
    Table.DELIVERIES: (
        *("id", "form", "route", "channel", "target", "status", "severity", "studies", "study_count", "subject"),
        *("window", "attempts", "first_due_at", "next_at", "settled_at", "error", "batch_id", "message_id"),
    ),
    Table.STUDIES: ("nct_id", "state", "version", "checked_at", "first_seen_at", "merged_into", "facts"),
    Table.VERSIONS: ("nct_id", "version", "seen_at", "data_version", "content_digest"),
}
"""The columns of each table as CSV: the members of its JSON objects."""


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(export)


def export(
    table: Annotated[Table, typer.Argument(help="What to export.")],
    written: Annotated[Format, typer.Option("--format", help="A JSON object on each line, or CSV.")] = Format.JSONL,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on (UTC).")] = None,
    study: Annotated[str, typer.Option(help="Only this NCT number.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; else to stdout.")] = None,
    config: ConfigPath = None,
) -> None:
    """Everything that is stored, row by row, as the --json of the reading commands has it; beside a running watcher.

    In CSV, texts that a spreadsheet would take for a formula begin with an apostrophe.

    Example: watcher export changes --format csv --since 2026-01-01 --output changes.csv
    """
    from watcher.store import opened
    from watcher.store.exports import Part

    database = load_config(config).store
    if output is not None:
        _require_usable(output, database)
    part = Part(since.replace(tzinfo=UTC) if since else None, study.upper())
    with opened(database, read_only=True) as store, _opened(output, written) as file:
        _write(file, table, written, _objects(store, table, part))
    if output is not None:
        warn(f"{table} written to {output}")


def _objects(store: Store, table: Table, part: Part) -> Iterator[Mapping[str, object]]:
    from dataclasses import asdict

    from watcher.views.objects import alert_object, change_object, study_object
    from watcher.views.operating import delivery_object

    exports = store.exports
    made: dict[Table, Callable[[], Iterator[Mapping[str, object]]]] = {
        Table.CHANGES: lambda: map(change_object, exports.changes(part)),
        Table.ALERTS: lambda: map(alert_object, exports.alerts(part)),
        Table.DELIVERIES: lambda: map(delivery_object, exports.deliveries(part)),
        Table.STUDIES: lambda: map(study_object, exports.studies(part)),
        Table.VERSIONS: lambda: map(asdict, exports.versions(part)),
    }
    return made[table]()


def _write(file: IO[str], table: Table, written: Format, objects: Iterable[Mapping[str, object]]) -> None:
    if written is Format.JSONL:
        file.writelines(f"{json_line(value)}\n" for value in objects)
        return
    import csv

    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(COLUMNS[table])
    rows.writerows([_cell(value.get(column)) for column in COLUMNS[table]] for value in objects)


def _cell(value: object) -> str:
    from watcher.alerts.messages.attached import defused

    match value:
        case None:
            return ""
        case str():
            return defused(value)
        case datetime():
            return value.isoformat()
        case _:
            return defused(json_line(value))


@contextlib.contextmanager
def _opened(output: Path | None, written: Format) -> Iterator[IO[str]]:
    """Where it goes: a file gets its name when it is whole, and is for the eyes of its owner, for it names people."""
    if output is None:
        yield sys.stdout
        return
    if output.exists() and not output.is_file():
        # A device or a pipe takes it as it comes; a file in its place would be the end of /dev/null.
        with output.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with open(part, "w", encoding="utf-8", newline="", opener=_private) as file:
            file.write(_MARK if written is Format.CSV else "")
            yield file
        os.replace(part, output)  # noqa: PTH105 - the same call under the name that says it is atomic
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _require_usable(output: Path, database: Path) -> None:
    real = output.resolve()
    if real.name.startswith(database.name) and real.parent == database.resolve().parent:
        raise UsageError(f"{output} belongs to the database: name another file")
    if real.is_dir():
        raise UsageError(f"{output} is a folder: name a file in it")
    if not real.parent.is_dir():
        raise UsageError(f"there is no folder {real.parent}: make it first")
