"""Commands about routes: list, test (what they would have sent), presets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import completing
from watcher.cli.options import AsJson, ConfigPath, load_config, say, say_json, say_table
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.alerts.presets import Preset
    from watcher.config import Config
    from watcher.model import Severity

Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on (UTC); else from the first.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    routes = typer.Typer(help="Routes: who hears what, and when; try them before you trust them.", no_args_is_help=True)
    routes.command("list")(routes_list)
    routes.command("test")(routes_test)
    routes.command("presets")(routes_presets)
    app.add_typer(routes, name="routes")


def routes_list(config: ConfigPath = None, json: AsJson = False) -> None:
    """Every route in words.

    Example: watcher routes list
    """
    from watcher.config.itineraries import route_text

    loaded = load_config(config)
    if json:
        say_json(
            [
                {"name": route.name, "enabled": route.enabled, "to": route.to, "text": route_text(route)}
                for route in loaded.routes
            ]
        )
        return
    for route in loaded.routes:
        say(route_text(route))


# --- presets ------------------------------------------------------------------------


def routes_presets(
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]", autocompletion=completing.presets, help="One preset; else all of them in one line each."
        ),
    ] = "",
    json: AsJson = False,
) -> None:
    """The presets: which kinds a reader of each trade hears of, from which severity on, and when.

    Example: watcher routes presets investor
    """
    from watcher.alerts.presets import PRESETS
    from watcher.config.mistakes import unknown

    if name and name not in PRESETS:
        raise UsageError(unknown("preset", name, tuple(PRESETS)))
    if json:
        shown = {known: _shown(preset) for known, preset in PRESETS.items()}
        say_json(shown[name] if name else shown)
    elif name:
        _say_preset(name, PRESETS[name])
    else:
        say_table(("preset", "collected", "what"), ((known, p.when, p.meaning) for known, p in PRESETS.items()))


def _shown(preset: Preset) -> dict[str, Any]:
    return {"meaning": preset.meaning, "when": preset.when, "rows": list(_rows(preset))}


def _rows(preset: Preset) -> Iterator[dict[str, Any]]:
    """The rows in the order in which they are looked at; those that hold only for a route that names a place first."""
    from watcher.alerts.presets import GROUPS

    for only_local, rows in ((True, preset.local), (False, preset.rows)):
        for name, (at_once, collected) in rows.items():
            yield {
                "row": name,
                "kinds": GROUPS[name],
                "at_once_from": _word(at_once),
                "collected_from": _word(collected),
                "only_with_a_place": only_local,
            }


def _word(severity: Severity | None) -> str | None:
    return severity.word if severity is not None else None


def _say_preset(name: str, preset: Preset) -> None:
    say(f"{name}: {preset.meaning}")
    say(f"What is collected goes out {preset.when}, unless the route names another time. The first row decides.\n")
    say_table(
        ("row", "kinds", "at once from", "collected from"),
        (
            (
                row["row"] + (" (of a route that names a place)" if row["only_with_a_place"] else ""),
                ", ".join(row["kinds"]),
                row["at_once_from"] or "-",
                row["collected_from"] or "-",
            )
            for row in _rows(preset)
        ),
    )


# --- trying them --------------------------------------------------------------------


def routes_test(
    since: Day = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Through this day (UTC); else through the last.")
    ] = None,
    route: Annotated[
        str, typer.Option(autocompletion=completing.routes, help="Only this route, also where it is not enabled.")
    ] = "",
    samples: Annotated[int, typer.Option(min=0, max=20, help="Print so many of the newest messages of each.")] = 1,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """What each route would have sent, from the stored history and the configuration of today. Nothing is sent.

    Example: watcher routes test --since 2026-02-01 --route desk
    """
    from watcher.cli.trialwords import say_trial
    from watcher.cli.trying import Trial
    from watcher.store import opened
    from watcher.store.history import Span

    loaded = load_config(config)
    _check_route(route, loaded)
    # The day after the last day there is has no date.
    last = until.replace(tzinfo=UTC) + timedelta(days=1) if until and until.year < MAXYEAR else None
    span = Span(since.replace(tzinfo=UTC) if since else None, last)
    with opened(loaded.store, read_only=True) as store:
        shown: Mapping[str, Any] = Trial(store, loaded, span, route, samples).as_object()
    say_json(shown) if json else say_trial(shown)


def _check_route(name: str, config: Config) -> None:
    from watcher.config.mistakes import unknown

    names = tuple(route.name for route in config.routes)
    if name and name not in names:
        raise UsageError(unknown("route", name, names))
