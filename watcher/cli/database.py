"""Commands about the database as a whole: backup, restore, check, prune."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.options import AsJson, ConfigPath, load_config, now_of, say, say_json, warn
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config import Config
    from watcher.store.checking import Checked
    from watcher.store.restoring import Prepared

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

_NAMED = 20
_WHOLE = """\
this database was made by an older version and cannot give space back in steps: it is rewritten whole, once, which needs
as much free disk as it is large and that no watcher runs"""
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
    with _progress("copying and checking") as progress:
        made = back_up(database, file, force=force, progress=progress)
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
        with _progress("copying and checking") as progress:
            prepared = prepare(database, backup, progress)
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

    with _progress("checking") as progress:
        checked = _checked(file, config, progress)
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


def _checked(file: Path | None, config: Path | None, progress: Callable[[int, int], None]) -> Checked:
    from watcher.store.checking import check, check_backup

    if file is None:
        return check(load_config(config).store, progress)
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    return check_backup(file, progress)


def _say_checked(checked: Checked) -> None:
    from watcher.alerts.messages.safe import one_line

    if not checked.findings:
        say(f"{checked.path} is whole: {_holds(checked)}; every stored body matches its digest")
        return
    for finding in checked.findings:
        say(f"damaged: {one_line(finding.what)}")
    for remedy in dict.fromkeys(finding.remedy for finding in checked.findings):
        say(f"what to do: {remedy}")


# --- prune ------------------------------------------------------------------------


def prune(
    older_than: Annotated[str, typer.Option(metavar="SPAN", help="Only what was settled longer ago, such as 365d.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Yes = False,
    vacuum: Annotated[bool, typer.Option("--vacuum", help="Give the space back to the file system as well.")] = False,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Remove what is settled and old: deliveries, alerts that nothing needs, notices and silences that are over.

    Versions and changes always stay, and so does what keeps a thing from being told twice. The space is used again;
    --vacuum makes the file smaller. Beside a running watcher that one does it, in small steps. A database from before
    schema 7 is rewritten whole the first time: only while no watcher runs.

    Example: watcher db prune --older-than 365d --dry-run
    """
    from dataclasses import asdict

    from watcher.store import opened

    loaded = load_config(config)
    with opened(loaded.store, read_only=True) as store:
        now = now_of(store)
        before = now - _span(older_than)
        planned = store.pruning.planned(before, now)
    said = f"nothing was removed: {planned} would go" if dry_run else ""
    if not dry_run:
        _require_consent(f"Remove {planned}, settled before {before:%Y-%m-%d}?", yes=yes)
        said = _prune(loaded, before.isoformat(), vacuum=vacuum)
    if json:
        say_json({"before": before, "planned": asdict(planned), "done": not dry_run, "said": said})
    else:
        say(said)


def _prune(config: Config, before: str, *, vacuum: bool) -> str:
    from watcher.cli.asking import ask
    from watcher.requests import request
    from watcher.store import opened
    from watcher.store.lock import single_instance

    if not vacuum:
        return ask(config, request("prune", before=before))
    with opened(config.store, read_only=True) as store:
        in_steps = store.pruning.gives_back_in_steps()
    if not in_steps:
        warn(_WHOLE)
        # Said before anything is removed.
        with single_instance(config.store):
            pass
    said = ask(config, request("prune", before=before))
    return f"{said}; {_given_back(config) if in_steps else _vacuumed(config)}"


def _given_back(config: Config) -> str:
    from watcher.changes.language.words import size_text
    from watcher.cli.asking import ask
    from watcher.errors import AlreadyRunning
    from watcher.requests import request
    from watcher.store import opened
    from watcher.store.lock import single_instance

    try:
        with single_instance(config.store), opened(config.store) as store, _progress("giving back") as progress:
            store.pruning.count_again()
            return f"gave {size_text(store.pruning.give_back(progress))} back"
    except AlreadyRunning:
        return ask(config, request("give back"))


def _vacuumed(config: Config) -> str:
    from watcher.changes.language.words import size_text
    from watcher.store import opened
    from watcher.store.lock import single_instance

    size = config.store.stat().st_size
    with single_instance(config.store), opened(config.store) as store:
        store.pruning.vacuum()
    return f"the file shrank from {size_text(size)} to {size_text(config.store.stat().st_size)}"


def _span(text: str) -> timedelta:
    from watcher.config.texts import duration

    try:
        span = duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--older-than") from None
    return span


def _require_consent(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: say --yes, or --dry-run to see what would go")
    if not typer.confirm(question, err=True):
        raise UsageError("nothing was removed")


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


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar for a person at a terminal, nothing for cron."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
