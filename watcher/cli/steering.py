"""Commands that steer what is told: silence, ack, noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli import completing
from watcher.cli.asking import ask
from watcher.cli.options import AsJson, ConfigPath, load_config, now_of, number, say, say_json, say_table
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.model import Silence
    from watcher.requests import Request
    from watcher.store.shown import Silencing

Numbers = Annotated[list[str], typer.Argument(metavar="ALERT", help="Alerts by the numbers that messages show.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    silence = typer.Typer(help="Silences: what nobody is to hear for a while.", no_args_is_help=True)
    silence.command("add")(silence_add)
    silence.command("list")(silence_list)
    silence.command("end")(silence_end)
    app.add_typer(silence, name="silence")
    app.command()(ack)
    app.command()(noise)


# --- silences -----------------------------------------------------------------------


def silence_add(
    until: Annotated[str, typer.Option(help="A day, which counts to its end (UTC), or how long: 14d, 2h.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with everything that is held back.")],
    study: Annotated[
        list[str] | None,
        typer.Option(autocompletion=completing.studies, help="Only this NCT number; may be given several times."),
    ] = None,
    kind: Annotated[
        str, typer.Option(autocompletion=completing.kinds, help="Only this kind of change, or a glob such as 'site.*'.")
    ] = "",
    route: Annotated[str, typer.Option(autocompletion=completing.routes, help="Only this route.")] = "",
    everything: Annotated[bool, typer.Option("--everything", help="Silence every study, kind and route.")] = False,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Tell nobody of something for a while. It is recorded all the same, with the silence that kept it back.

    Example: watcher silence add --study NCT04150497 --kind 'site.*' --until 2026-12-24 --reason "site start-up"
    """
    from watcher.steering import Asked, silencing
    from watcher.store import opened
    from watcher.views.silences import about_text

    loaded = load_config(config)
    asked = Asked(until, reason, tuple(study or ()), kind, route, everything, mark="--")
    asked.require_sense()
    with opened(loaded.store, read_only=True) as store:
        wishes = silencing(asked, loaded, store, now_of(store))
    told = [ask(loaded, wish) for wish in wishes]
    if not json:
        for sentence, wish in zip(told, wishes, strict=True):
            say(f"{sentence}: {about_text(wish.about['study'], kind, route)}")
        return
    from watcher.views.operating import silence_object

    with opened(loaded.store, read_only=True) as store:
        say_json(
            [silence_object(entry) for entry in reversed(store.silences.all()) if _asked_by(entry.silence, wishes)]
        )


def _asked_by(silence: Silence, wishes: Sequence[Request]) -> bool:
    """Whether it is the newest silence that says what one of these wishes asked for."""
    said = (silence.nct_id, silence.kinds, silence.route, silence.reason, silence.until.isoformat())
    return any(
        said == tuple(wish.about[key] for key in ("study", "kinds", "route", "reason", "until")) for wish in wishes
    )


def silence_list(
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """What is silenced, until when, why, and how much each silence has kept back.

    Example: watcher silence list --all
    """
    from watcher.store import opened
    from watcher.views.operating import silence_object

    with opened(load_config(config).store, read_only=True) as store:
        now = now_of(store)
        found = [entry for entry in store.silences.all() if every or entry.silence.holds_at(now)]
    if json:
        say_json([silence_object(entry) for entry in found])
    elif not found:
        say("nothing is silenced")
    else:
        rows = [_row(entry, now) for entry in found]
        say_table(("id", "what", "until", "kept back", "why"), rows)


def silence_end(
    silence: Annotated[
        int, typer.Argument(metavar="ID", parser=number, help="The silence, as `watcher silence list` names it.")
    ],
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """End a silence now. What it has kept back stays untold; what comes next is told.

    Example: watcher silence end 3
    """
    from watcher.requests import request
    from watcher.store import opened
    from watcher.views.operating import silence_object

    loaded = load_config(config)
    told = ask(loaded, request("end silence", silence=silence))
    if not json:
        say(told)
        return
    with opened(loaded.store, read_only=True) as store:
        say_json(next(silence_object(entry) for entry in store.silences.all() if entry.silence.id == silence))


def _row(entry: Silencing, now: datetime) -> tuple[object, ...]:
    from watcher.changes.language.words import counted
    from watcher.views.silences import about_text

    silence = entry.silence
    until = f"{silence.until:%Y-%m-%d %H:%M}"
    if silence.ended_at:
        until = f"ended {silence.ended_at:%Y-%m-%d %H:%M}"
    elif silence.until <= now:
        until = f"over since {until}"
    kept = f"{counted(entry.changes, 'change')} of {counted(entry.alerts, 'alert')}" if entry.changes else "nothing"
    return silence.id, about_text(silence.nct_id, silence.kinds, silence.route), until, kept, silence.reason


# --- answers ------------------------------------------------------------------------


def ack(alerts: Numbers, config: ConfigPath = None, json: AsJson = False) -> None:
    """Somebody has seen these alerts: they are not repeated to anybody else.

    Example: watcher ack 1042
    """
    _answer("acknowledge", alerts, config, json=json)


def noise(alerts: Numbers, config: ConfigPath = None, json: AsJson = False) -> None:
    """These alerts were noise to you. `watcher status` counts them, `watcher routes test` suggests a quieter rule.

    Example: watcher noise 1042 1043
    """
    _answer("mark as noise", alerts, config, json=json)


def _answer(verb: str, given: Sequence[str], path: Path | None, *, json: bool) -> None:
    from watcher.requests import request
    from watcher.store import opened

    numbers = list(dict.fromkeys(alert_numbers(given)))
    config = load_config(path)
    told = ask(config, request(verb, alerts=numbers))
    if not json:
        say(told)
        return
    with opened(config.store, read_only=True) as store:
        accounts = [store.accounts.of(number) for number in numbers]
    say_json([{"alert": a.alert.id, "acknowledged_at": a.acknowledged_at, "noise_at": a.noise_at} for a in accounts])


def alert_numbers(given: Sequence[str]) -> Iterator[int]:
    """The numbers of alerts, as messages show them: 12 or #12."""
    from watcher.views.numbers import row_number

    for text in given:
        if (said := row_number(text.strip().removeprefix("#"))) is None:
            raise UsageError(f"{text!r} is no alert: give the number that its message shows, such as 1042")
        yield said
