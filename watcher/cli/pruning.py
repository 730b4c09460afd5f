"""The command that removes what is settled and old, and gives its room back."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.options import AsJson, ConfigPath, Yes, load_config, now_of, progress, say, say_json, warn
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config import Config

_WHOLE = """\
this database was made by an older version and cannot give space back in steps: it is rewritten whole, once, which needs
as much free disk as it is large and that no watcher runs"""


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
        with single_instance(config.store), opened(config.store) as store, progress("giving back") as shown:
            store.pruning.count_again()
            return f"gave {size_text(store.pruning.give_back(shown))} back"
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
