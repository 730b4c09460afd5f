"""The command `kinds`: what the watcher can say, and one kind explained with its examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import completing
from watcher.cli.options import AsJson, say, say_json, say_table
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.changes.table import Kind


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(kinds)


def kinds(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]", autocompletion=completing.kinds, help="One kind, or a glob such as 'outcome.*'."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Every kind of change with its severity and meaning; with KIND, that one explained by examples.

    Example: watcher kinds outcome.demoted
    """
    from watcher.changes.table import KINDS
    from watcher.views.kinds import explained_kind, kind_object

    if kind is not None and kind in KINDS:
        explained = explained_kind(KINDS[kind])
        say_json(explained) if json else _say_explained(explained)
        return
    listed = [kind_object(found) for found in _matching(kind, KINDS)]
    if json:
        say_json(listed)
    else:
        say_table(("kind", "severity", "meaning"), ((one["kind"], one["rule"], one["meaning"]) for one in listed))


def _matching(glob: str | None, known: Mapping[str, Kind]) -> list[Kind]:
    from difflib import get_close_matches
    from fnmatch import fnmatchcase

    wanted = ("*",) if glob is None else (glob, f"{glob}.*")
    found = [kind for name, kind in known.items() if any(fnmatchcase(name, one) for one in wanted)]
    if not found:
        near = get_close_matches(str(glob), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "`watcher kinds` lists them all"
        raise UsageError(f"no kind is called {glob!r}: {hint}")
    return found


def _say_explained(kind: Mapping[str, Any]) -> None:
    say(f"{kind['kind']}: {kind['meaning']}")
    say(f"  severity  {kind['rule']}")
    say(f"  field     {kind['label']}")
    for path in kind["paths"]:
        say(f"            {path}")
    for number, example in enumerate(kind["examples"], start=1):
        say(f"\n  example {number}")
        for side in ("before", "after", "record"):
            for line in _lines(example[side]) if side in example else ():
                say(f"    {side:8}{line}")
        if "day" in example:
            say(f"    on      {example['day']}, without a new version")
        say(f"    told    {example['severity'].upper()}  {example['sentence']}")


def _lines(said: Mapping[str, Any]) -> list[str]:
    return [line for name, value in said.items() for line in _field(name, value)] or ["(a plain record)"]


def _field(name: str, value: Any) -> list[str]:
    """A field of an example; a text of several lines stands below its name as it would in the record."""
    from orjson import dumps

    if isinstance(value, str) and "\n" in value:
        return [f"{name} =", *(f"  | {line}" for line in value.split("\n") if line)]
    return [f"{name} = {dumps(value).decode()}"]
