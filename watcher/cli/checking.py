"""Commands that ask a question without touching anything: config check, channels test, diff."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli import completing
from watcher.cli.options import AsJson, ConfigPath, load_config, say, say_json
from watcher.errors import MalformedRecord, UsageError

if TYPE_CHECKING:
    from watcher.record import Snapshot


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    config_app = typer.Typer(help="Ask the configuration a question.", no_args_is_help=True)
    config_app.command("check")(config_check)
    app.add_typer(config_app, name="config")
    channels_app = typer.Typer(help="Try the channels.", no_args_is_help=True)
    channels_app.command("test")(channels_test)
    channels_app.command("secret")(channels_secret)
    app.add_typer(channels_app, name="channels")
    app.command()(diff)


def config_check(config: ConfigPath = None) -> None:
    """Say in words what the configuration would do, or list every mistake in it.

    Example: watcher config check --config config.toml
    """
    from watcher.assembly import open_channels
    from watcher.config import describe

    loaded = load_config(config)
    open_channels(loaded)
    say(describe(loaded))


def channels_test(
    name: Annotated[
        str, typer.Argument(autocompletion=completing.channels, help="The channel's name in the configuration.")
    ],
    config: ConfigPath = None,
) -> None:
    """Send one test message to every recipient of a channel.

    Example: watcher channels test team
    """
    from watcher.assembly import open_channels
    from watcher.channels.inbox import Inbox
    from watcher.doctor.recipients import send_test

    channels = open_channels(load_config(config))
    if name not in channels:
        raise UsageError(f'there is no channel "{name}": the configuration has {", ".join(sorted(channels))}')
    if isinstance(channels[name], Inbox):
        say(f'"{name}" is the page of this watcher: alerts stand there as they are, there is nothing to send')
        return
    failed = False
    for target, error in send_test(channels[name], datetime.now(UTC)):
        if error is None:
            say(f"{target.key}: delivered")
        else:
            failed = True
            say(f"{target.key}: {'refused for good' if error.permanent else 'failed for now'}: {error}")
    if failed:
        raise typer.Exit(1)


def channels_secret() -> None:
    """Print a fresh secret for a signed webhook; it is kept nowhere.

    Example: watcher channels secret
    """
    from watcher.channels.signing import fresh_secret

    say(fresh_secret())


def diff(
    old: Annotated[Path, typer.Argument(help="The older record, JSON.")],
    new: Annotated[Path, typer.Argument(help="The newer record, JSON.")],
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to read them on.")] = None,
    json: AsJson = False,
) -> None:
    """The typed changes between two records of one study.

    Example: watcher diff monday.json tuesday.json --today 2026-02-10 --json
    """
    from watcher.alerts.messages.safe import one_line
    from watcher.changes import changes_between

    before, after = _snapshot(old), _snapshot(new)
    if before.nct_id != after.nct_id:
        raise UsageError(f"{old} is {before.nct_id} and {new} is {after.nct_id}: give two records of one study")
    found = changes_between(before, after, today=today.date() if today else None)
    if json:
        say_json([change.as_dict() for change in found])
        return
    for change in found:
        indent = "    " if change.parent is not None else ""
        say(f"{indent}{change.severity.name:8} {change.kind}: {one_line(change.sentence)}")


def _snapshot(path: Path) -> Snapshot:
    from watcher.record import snapshot_of

    try:
        snapshot = snapshot_of(path.read_bytes(), seen_at=datetime.now(UTC))
        _ = snapshot.record  # parsed here, so that a damaged file is named
        return snapshot
    except OSError as error:
        raise UsageError(f"{path} cannot be read") from error
    except MalformedRecord as error:
        raise UsageError(f"{path} is no record of a study") from error
