"""Commands about mass changes: list, show, approve, dismiss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.asking import ask
from watcher.cli.options import AsJson, ConfigPath, load_config, say, say_json, say_table

if TYPE_CHECKING:
    from watcher.store.values import Hold

HoldId = Annotated[str, typer.Argument(metavar="ID", help="The mass change, as `watcher mass list` names it.")]
HoldIds = Annotated[list[str], typer.Argument(metavar="ID", help="Mass changes, as `watcher mass list` names them.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    mass = typer.Typer(
        help="Mass changes: the same change in many studies at once, held back until you decide.", no_args_is_help=True
    )
    mass.command("list")(mass_list)
    mass.command("show")(mass_show)
    mass.command("approve")(mass_approve)
    mass.command("dismiss")(mass_dismiss)
    app.add_typer(mass, name="mass")


def mass_list(
    every: Annotated[bool, typer.Option("--all", help="Also those that are decided.")] = False,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """What is held back.

    Example: watcher mass list --all
    """
    from watcher.store import opened
    from watcher.views.operating import hold_object

    with opened(load_config(config).store, read_only=True) as store:
        found = store.holds.all(open_only=not every)
    if json:
        say_json([hold_object(hold) for hold in found])
    elif not found:
        say("nothing is held back")
    else:
        rows = ((h.id, h.decision, h.opened_at[:16], h.studies, h.changes, h.fingerprint) for h in found)
        say_table(("id", "decision", "since", "studies", "changes", "the same change"), rows)


def mass_show(
    hold: HoldId,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many changes.")] = 50,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """One mass change, with the changes it holds back.

    Example: watcher mass show 3f9a2c1e --limit 1000
    """
    from watcher.alerts.messages.safe import one_line
    from watcher.store import opened
    from watcher.views.operating import whole_hold_object

    with opened(load_config(config).store, read_only=True) as store:
        found, changes = store.holds.get(hold), store.holds.changes(hold, limit)
    if json:
        say_json(whole_hold_object(found, changes))
        return
    _say(found)
    for change in changes:
        say(f"  {change.nct_id} {change.severity.name:8} {change.kind}: {one_line(change.sentence)}")
    if found.changes > len(changes):
        say(f"  and {found.changes - len(changes)} more: --limit {found.changes}")


def mass_approve(holds: HoldIds, config: ConfigPath = None, json: AsJson = False) -> None:
    """Send what is held back to its readers, as their routes have it. Once: again changes nothing.

    Example: watcher mass approve 3f9a2c1e
    """
    _decide("approve", holds, config, json=json)


def mass_dismiss(holds: HoldIds, config: ConfigPath = None, json: AsJson = False) -> None:
    """Send nothing of it; the changes stay in the history, and may still be approved.

    Example: watcher mass dismiss 3f9a2c1e 7d01b44a
    """
    _decide("dismiss", holds, config, json=json)


def _decide(decision: str, hold_ids: Sequence[str], path: Path | None, *, json: bool) -> None:
    """Carry it out here, or by the watcher that holds the database."""
    from watcher.requests import request
    from watcher.store import opened
    from watcher.views.operating import hold_object

    config = load_config(path)
    with opened(config.store, read_only=True) as store:
        for hold_id in hold_ids:
            store.holds.get(hold_id)
    ask(config, request(decision, holds=list(hold_ids)))
    with opened(config.store, read_only=True) as store:
        found = [store.holds.get(hold_id) for hold_id in hold_ids]
    if json:
        told = [hold_object(hold) for hold in found]
        say_json(told if len(told) > 1 else told[0])
        return
    for hold in found:
        _say(hold)


def _say(hold: Hold) -> None:
    from watcher.alerts.messages.safe import one_line

    decided = f" on {hold.decided_at[:16]} UTC" if hold.decided_at else ""
    say(f"{hold.id}  {hold.decision}{decided}: {one_line(hold.fingerprint)}")
    say(f"  {hold.changes} changes of {hold.studies} studies, data refresh {hold.data_refresh}")
