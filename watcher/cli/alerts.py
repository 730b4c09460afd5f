"""The command `alerts`: what was told, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli import completing
from watcher.cli.options import AsJson, ConfigPath, load_config, say, say_json, say_table

if TYPE_CHECKING:
    from watcher.alerts.accounts import Account


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(alerts)


def alerts(
    study: Annotated[str, typer.Option(autocompletion=completing.studies, help="Only this NCT number.")] = "",
    route: Annotated[str, typer.Option(autocompletion=completing.routes, help="Only this route.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on (UTC).")] = None,
    unacknowledged: Annotated[bool, typer.Option("--unacknowledged", help="Only those nobody acknowledged.")] = False,
    min_severity: Annotated[str, typer.Option(help="noise, minor, major or critical.")] = "noise",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")] = 50,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Alerts, newest first: what each said, and what became of it. `watcher why ALERT` explains one.

    Example: watcher alerts --unacknowledged --min-severity critical
    """
    from watcher.alerts.accounts import Asked
    from watcher.model import Severity
    from watcher.store import opened
    from watcher.views.objects import alert_object

    if min_severity.upper() not in Severity.__members__:
        raise typer.BadParameter("use noise, minor, major or critical", param_hint="--min-severity")
    from_day = since.replace(tzinfo=UTC) if since else None
    asked = Asked(study.upper(), route, from_day, Severity.of(min_severity), unacknowledged, limit)
    with opened(load_config(config).store, read_only=True) as store:
        found = store.accounts.find(asked)
    if json:
        say_json([alert_object(account) for account in found])
    elif not found:
        say("no such alert")
    else:
        _say(found)


def _say(found: Iterable[Account]) -> None:
    from watcher.views.objects import alert_object

    rows = (
        (
            shown["alert"],
            account.alert.observed_at.date(),
            shown["route"],
            f"{shown['study']} {shown['label']}",
            shown["severity"],
            shown["first_line"],
            shown["changes"],
            ", ".join(filter(None, (shown["outcome"], _marks(account)))),
        )
        for account in found
        for shown in (alert_object(account),)
    )
    say_table(("alert", "day", "route", "study", "severity", "what", "changes", "what became of it"), rows)


def _marks(account: Account) -> str:
    return ", ".join(
        word for word, at in (("acknowledged", account.acknowledged_at), ("noise", account.noise_at)) if at is not None
    )
