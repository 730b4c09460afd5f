"""Commands about saved searches: how they stand, what they have found, what one would find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli import completing
from watcher.cli.options import AsJson, ConfigPath, load_config, say, say_json, say_table
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.config import Config
    from watcher.model import Search, Searched, Sweep, Watch
    from watcher.registry.client import Page

_SHOWN = 10

Name = Annotated[
    str, typer.Argument(metavar="WATCH", autocompletion=completing.watches, help="The watch, by its name.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    searches = typer.Typer(
        help="Saved searches: how they stand, what they have found, what one would find.", no_args_is_help=True
    )
    searches.command("list")(searches_list)
    searches.command("members")(searches_members)
    searches.command("try")(searches_try)
    app.add_typer(searches, name="searches")


def searches_list(config: ConfigPath = None, json: AsJson = False) -> None:
    """Every search that is watched: how many studies it has found, and how far its sweeps have come.

    Example: watcher searches list
    """
    from watcher.store import opened
    from watcher.views.operating import search_object

    loaded = load_config(config)
    with opened(loaded.store, read_only=True) as store:
        stands = {state.watch: state for state in store.searches.all()}
        found = [(watch, stands.get(watch.name), store.searches.under_way(watch.name)) for watch in _searches(loaded)]
    if json:
        say_json([search_object(one.name, one.search, state, sweep) for one, state, sweep in found if one.search])
    elif not found:
        say('no watch is a search; one is written as search = { condition = "..." }, see docs/searches.md')
    else:
        say_table(("watch", "studies", "data of", "last whole sweep", "under way"), (_row(*one) for one in found))


def searches_members(watch: Name, config: ConfigPath = None, json: AsJson = False) -> None:
    """The studies that a search has found, one number a line.

    Example: watcher searches members "KRAS G12D"
    """
    from watcher.store import opened

    loaded = load_config(config)
    _named(watch, loaded)
    with opened(loaded.store, read_only=True) as store:
        members = store.searches.members(watch)
    if json:
        say_json(members)
    elif members:
        say("\n".join(members))
    else:
        say(f'"{watch}" has found no study yet; `watcher searches list` tells how far it is')


def searches_try(
    search: Annotated[
        str, typer.Argument(metavar="WATCH|ADDRESS", help="A watch, or an address copied from the registry's search.")
    ],
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Ask the registry what a search finds now, and record nothing.

    Example: watcher searches try "https://clinicaltrials.gov/search?cond=Asthma&aggFilters=status:rec"
    """
    import time
    from contextlib import closing

    from watcher.assembly import open_registry

    loaded = load_config(config)
    asked = _asked(search, loaded)
    with closing(open_registry(loaded, time.sleep)) as registry:
        page = registry.page(dict(asked.parameters), size=_SHOWN, total=True)
    titles = _titles(page)
    if json:
        say_json({"parameters": dict(asked.parameters), "total": page.total, "first": titles})
        return
    for name, value in asked.parameters:
        say(f"{name} = {value}")
    say(f"{'?' if page.total is None else page.total} studies now" + (", the first of them:" if page.records else ""))
    say_table(("study", "title"), titles.items())


def _searches(config: Config) -> list[Watch]:
    return [watch for watch in config.watches if watch.search is not None]


def _named(name: str, config: Config) -> Search:
    from watcher.config.mistakes import unknown

    found = {watch.name: watch.search for watch in _searches(config)}
    search = found.get(name)
    if search is None:
        raise UsageError(unknown("search", name, tuple(found)))
    return search


def _asked(said: str, config: Config) -> Search:
    """The search of a watch, or the one that an address means."""
    from watcher.config.searches import search_at

    return search_at(said) if "://" in said else _named(said, config)


def _titles(page: Page) -> dict[str, str]:
    from datetime import UTC, datetime

    from watcher.alerts.facts import facts_of
    from watcher.record import snapshot_of

    seen = [snapshot_of(bytes(record), seen_at=datetime.now(UTC)) for record in page.records]
    return {one.nct_id: facts_of(one.nct_id, one.record).title for one in seen}


def _row(watch: Watch, state: Searched | None, sweep: Sweep | None) -> tuple[str, ...]:
    if state is None:
        return watch.name, "-", "not asked yet", "-", "-"
    from watcher.views.searches import doubt, progress

    ended = f"{state.completed_at:%Y-%m-%d %H:%M}" if state.completed_at else "-"
    return watch.name, str(state.members), state.swept or "-", ended, doubt(state) or progress(sweep) or "-"
