"""Commands about deliveries: list, show, retry, drop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli import completing
from watcher.cli.asking import ask
from watcher.cli.options import AsJson, ConfigPath, load_config, number, say, say_json, say_table
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.alerts.schedule import DeliveryStatus
    from watcher.store.shown import DeliveryInfo

Numbers = Annotated[
    list[int] | None,
    typer.Argument(metavar="ID", parser=number, help="Deliveries, as `watcher deliveries list` numbers them."),
]
AllDead = Annotated[bool, typer.Option("--dead", help="Every dead letter.")]
OfChannel = Annotated[
    str, typer.Option("--channel", autocompletion=completing.channels, help="Only those of this channel.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    deliveries = typer.Typer(
        help="Deliveries: what waits to be sent, and what could not be delivered.", no_args_is_help=True
    )
    deliveries.command("list")(deliveries_list)
    deliveries.command("show")(deliveries_show)
    deliveries.command("retry")(deliveries_retry)
    deliveries.command("drop")(deliveries_drop)
    app.add_typer(deliveries, name="deliveries")


def deliveries_list(
    status: Annotated[
        str, typer.Option(help="pending, claimed, delivered, dead, dropped, batched or all; else what is not over.")
    ] = "",
    channel: OfChannel = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")] = 50,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """What waits to be sent and what could not be delivered, newest first.

    Example: watcher deliveries list --status dead --channel team
    """
    from watcher.store import opened
    from watcher.views.operating import delivery_object

    statuses = _statuses(status)
    with opened(load_config(config).store, read_only=True) as store:
        found = store.deliveries.listed(statuses, channel=channel, limit=limit)
    if json:
        say_json([delivery_object(delivery) for delivery in found])
    elif not found:
        say("no such delivery" if status or channel else "nothing waits, and nothing is dead")
    else:
        header = ("id", "form", "route", "status", "target", "about", "attempts", "next attempt", "error")
        say_table(header, map(_row, found))


def deliveries_show(
    delivery: Annotated[
        int, typer.Argument(metavar="ID", parser=number, help="As `watcher deliveries list` numbers it.")
    ],
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """One delivery, with the alerts that it tells.

    Example: watcher deliveries show 12
    """
    from watcher.alerts.messages.safe import one_line
    from watcher.model import Severity
    from watcher.store import opened
    from watcher.views.operating import delivery_object, told_alert_object

    with opened(load_config(config).store, read_only=True) as store:
        found, alerts = store.deliveries.get(delivery), store.deliveries.alerts(delivery)
    if json:
        say_json({**delivery_object(found), "alerts": [told_alert_object(alert) for alert in alerts]})
        return
    _say(found)
    for alert in alerts:
        seen = " (acknowledged)" if alert.acknowledged_at else ""
        said = f"alert {alert.id}  {Severity(alert.severity).name:8} {alert.nct_id} {alert.label}"
        say(f"  {one_line(said)}, route {alert.route}{seen}")


def deliveries_retry(
    deliveries: Numbers = None,
    dead: AllDead = False,
    channel: OfChannel = "",
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Send dead letters again, or at once what waits to be tried again; under the same message ids.

    Examples: watcher deliveries retry 12 13; watcher deliveries retry --dead --channel team
    """
    _ask("retry", deliveries or (), config, dead=dead, channel=channel, json=json)


def deliveries_drop(
    deliveries: Numbers = None,
    dead: AllDead = False,
    channel: OfChannel = "",
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Never send these; what they tell stays in the history.

    Examples: watcher deliveries drop 12 13; watcher deliveries drop --dead --channel team
    """
    _ask("drop", deliveries or (), config, dead=dead, channel=channel, json=json)


def _ask(verb: str, numbers: Sequence[int], path: Path | None, *, dead: bool, channel: str, json: bool) -> None:
    from watcher.requests import request
    from watcher.store import opened

    if bool(numbers) == dead or (channel and not dead):
        raise UsageError("name deliveries by their numbers, or all dead letters with --dead [--channel NAME]")
    config = load_config(path)
    with opened(config.store, read_only=True) as store:
        wanted = store.deliveries.dead(channel) if dead else tuple(dict.fromkeys(numbers))
    said = ask(config, request(verb, deliveries=list(wanted))) if wanted else "there is no dead letter"
    if json:
        say_json({"deliveries": list(wanted), "said": said})
    else:
        say(said)


def _statuses(word: str) -> tuple[DeliveryStatus, ...]:
    from watcher.alerts.schedule import DeliveryStatus
    from watcher.store.deliveries import OPEN

    if word in {"", "all"}:
        return tuple(DeliveryStatus) if word else OPEN
    if word not in set(DeliveryStatus):
        known = ", ".join(DeliveryStatus)
        raise typer.BadParameter(f"use one of {known}, or all", param_hint="--status")
    return (DeliveryStatus(word),)


def _row(delivery: DeliveryInfo) -> tuple[object, ...]:
    target = f"{delivery.channel}/{delivery.target}"
    next_at = delivery.next_at[:16] if delivery.next_at else "-"
    status = f"in {delivery.batch_id}" if delivery.batch_id else delivery.status
    return (
        delivery.id,
        delivery.form,
        delivery.route or "-",
        status,
        target,
        _about(delivery),
        delivery.attempts,
        next_at,
        delivery.error,
    )


def _about(delivery: DeliveryInfo) -> str:
    more = delivery.study_count - len(delivery.studies)
    named = ", ".join(delivery.studies) + (f" and {more} more" if more else "")
    return delivery.subject or named or "nothing changed"


def _say(delivery: DeliveryInfo) -> None:
    from watcher.alerts.messages.safe import one_line

    window = f" of {delivery.window}" if delivery.window else ""
    say(f"{delivery.id}  {delivery.form}{window} to {delivery.channel}/{delivery.target}: {delivery.status}")
    say(f"  about {one_line(_about(delivery))}; first due {delivery.first_due_at[:16]} UTC")
    if delivery.batch_id:
        say(f"  told, with others, in delivery {delivery.batch_id}")
    if delivery.next_at:
        say(f"  {delivery.attempts} attempts; the next one at {delivery.next_at[:16]} UTC or later")
    else:
        over = f"; over since {delivery.settled_at[:16]} UTC" if delivery.settled_at else ""
        say(f"  {delivery.attempts} attempts{over}")
    if delivery.error:
        say(f"  last error: {one_line(delivery.error)}")
