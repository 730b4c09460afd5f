"""Commands about the database as a whole: backup, restore, check, prune."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.options import AsJson, ConfigPath, Yes, load_config, progress, say, say_json, warn
from watcher.cli.pruning import prune
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.store.checking import Checked
    from watcher.store.restoring import Prepared


_NAMED = 20
_SINCE = """\
What changed since the backup is found again at the next poll, and told again: a step that is the same has the same
message id, several steps of a study have become one. Silences, acknowledgements and decisions since then are gone."""


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    db = typer.Typer(
        help="The database: back it up, put a backup back, check it, make it smaller.", no_args_is_help=True
    )
    db.command("backup")(backup)
    db.command("restore")(restore)
    db.command("check")(check)
    db.command("prune")(prune)
    app.add_typer(db, name="db")


# --- backup -----------------------------------------------------------------------


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Back up the database, also beside a running watcher. The file gets its name when it is whole and checked.

    Example: watcher db backup /var/backups/nct-watcher.db --force
    """
    from watcher.changes.language.words import size_text
    from watcher.store.backup import back_up

    database = load_config(config).store
    with progress("copying and checking") as shown:
        made = back_up(database, file, force=force, progress=shown)
    if json:
        say_json({"backup": str(made.path), "size": made.size, **_counts(made.checked), "database": str(database)})
    else:
        say(f"backed up {database} to {made.path} ({size_text(made.size)}), checked: {_holds(made.checked)}")


# --- restore ----------------------------------------------------------------------


def restore(
    backup: Annotated[Path, typer.Argument(help="A backup, or any copy of the database.")],
    yes: Yes = False,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Put a backup in the place of the database, while no watcher runs. The present one is kept under a dated name.

    Example: watcher db restore /var/backups/nct-watcher.db
    """
    from watcher.store.lock import single_instance
    from watcher.store.restoring import give_up, prepare

    database = load_config(config).store
    if not (yes or sys.stdin.isatty()):
        raise UsageError("nobody can be asked here: say --yes to put the backup in the place of the database")
    with single_instance(database):
        with progress("copying and checking") as shown:
            prepared = prepare(database, backup, shown)
        try:
            if not json:
                _say_what_it_means(prepared)
            if not (yes or typer.confirm(f"Put it in the place of {database}?", err=True)):
                raise UsageError("nothing was done")
            kept = _put_in_place(prepared)
        finally:
            give_up(prepared)
    if json:
        then = {"kept": str(kept) if kept else None, "owed_ids": list(prepared.owed), "arrived": prepared.arrived}
        say_json({"database": str(database), "backup": str(backup), **_counts(prepared.checked), **then})
    else:
        say(f"{database} is the backup now" + (f"; the one before is kept as {kept}" if kept else ""))


def _put_in_place(prepared: Prepared) -> Path | None:
    from datetime import UTC, datetime

    from watcher.store import opened
    from watcher.store.restoring import put_in_place

    kept = put_in_place(prepared, datetime.now(UTC))
    # A backup of an older version is brought to this one's schema now, not at the next start.
    with opened(prepared.database):
        return kept


def _say_what_it_means(prepared: Prepared) -> None:
    checked = prepared.checked
    say(f"the backup is whole: {_holds(checked)}; last poll {_moment(checked.last_poll_at)}")
    if prepared.present:
        say(f"the database that stands here was polled last {_moment(prepared.present)}")
    say(_SINCE)
    if prepared.arrived:
        say(f"{prepared.arrived} of the deliveries that were owed then are over by now: they are not sent again")
    if prepared.owed:
        numbers = " ".join(map(str, prepared.owed[:_NAMED])) + (" ..." if len(prepared.owed) > _NAMED else "")
        say(f"{len(prepared.owed)} deliveries are owed and go out at the next start, though they may have arrived:")
        say("  watcher deliveries list --status pending     shows them")
        say(f"  watcher deliveries drop {numbers}     has them never sent (before the watcher is started)")


# --- check ------------------------------------------------------------------------


def check(
    file: Annotated[Path | None, typer.Argument(help="A backup to check; else the database.")] = None,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Check the database, also beside a running watcher: its file, every stored body, what is owed. Writes nothing.

    Exit code 4 where something is damaged, each with what to do.

    Example: watcher db check --json
    """
    from dataclasses import asdict

    from watcher.store.library import caveat, sqlite_version

    with progress("checking") as shown:
        checked = _checked(file, config, shown)
    if json:
        findings = [asdict(finding) for finding in checked.findings]
        library = {"sqlite": sqlite_version(), "caveat": caveat()}
        say_json({"database": str(checked.path), **_counts(checked), **library, "findings": findings})
    else:
        _say_checked(checked)
        if said := caveat():
            warn(said)
    if checked.findings:
        raise typer.Exit(4)


def _checked(file: Path | None, config: Path | None, shown: Callable[[int, int], None]) -> Checked:
    from watcher.store.checking import check, check_backup

    if file is None:
        return check(load_config(config).store, shown)
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    return check_backup(file, shown)


def _say_checked(checked: Checked) -> None:
    from watcher.alerts.messages.safe import one_line

    if not checked.findings:
        say(f"{checked.path} is whole: {_holds(checked)}; every stored body matches its digest")
        return
    for finding in checked.findings:
        say(f"damaged: {one_line(finding.what)}")
    for remedy in dict.fromkeys(finding.remedy for finding in checked.findings):
        say(f"what to do: {remedy}")


# --- words --------------------------------------------------------------------------


def _counts(checked: Checked) -> dict[str, Any]:
    names = ("schema", "studies", "versions", "changes", "alerts", "deliveries", "owed", "last_poll_at")
    return {name: getattr(checked, name) for name in names}


def _holds(checked: Checked) -> str:
    from watcher.changes.language.words import counted

    return (
        f"schema {checked.schema}, {counted(checked.studies, 'study', 'studies')}, "
        f"{counted(checked.versions, 'version')}, {counted(checked.changes, 'change')}, "
        f"{counted(checked.alerts, 'alert')}, {counted(checked.owed, 'delivery', 'deliveries')} owed"
    )


def _moment(stamped: str) -> str:
    return f"{stamped[:16].replace('T', ' ')} UTC" if stamped else "never"
