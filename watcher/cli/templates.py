"""Commands about how messages look: templates export, templates preview."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.options import ConfigPath, load_config, say, say_json, warn
from watcher.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from watcher.alerts.render import Parcel, Templates
    from watcher.model import Message


class Format(StrEnum):
    """The formats of a message."""

    TEXT = "text"
    HTML = "html"
    SLACK = "slack"
    SHORT = "short"
    JSON = "json"
    ALL = "all"


class Form(StrEnum):
    """What an alert may be shown as."""

    ALERT = "alert"
    DIGEST = "digest"
    ESCALATION = "escalation"


# The file that `--out` writes for each format.
_FILES = {
    Format.TEXT: "message.txt",
    Format.HTML: "message.html",
    Format.SLACK: "message.slack.txt",
    Format.SHORT: "message.short.txt",
    Format.JSON: "message.json",
}

Number = Annotated[
    int | None, typer.Argument(min=1, max=10**18, metavar="ALERT", help="The alert's number; else the newest.")
]
Out = Annotated[Path | None, typer.Option(help="Write files into this folder instead of printing.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    templates = typer.Typer(help="How messages look, and how to change it.", no_args_is_help=True)
    templates.command()(export)
    templates.command()(preview)
    app.add_typer(templates, name="templates")


def export(
    folder: Annotated[Path, typer.Argument(help="Where to write them; made if it is not there.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write the built-in templates into a folder, to change them there (`[templates] folder` in the configuration).

    Remove those that you leave as they are: the built-in ones serve then, also after they are improved.

    Example: watcher templates export templates
    """
    from watcher.alerts.messages.engine import built_in_names, built_in_source

    names = built_in_names()
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        raise UsageError(f"{folder} has {', '.join(there)} already; --force overwrites them")
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(built_in_source(name), encoding="utf-8")
    say(f"{len(names)} templates written to {folder}")


def preview(
    alert: Number = None,
    sample: Annotated[bool, typer.Option("--sample", help="Show the demo's alerts; needs no database.")] = False,
    form: Annotated[Form, typer.Option("--as", help="As what it is shown.")] = Form.ALERT,
    format: Annotated[Format, typer.Option("--format", help="In which format.")] = Format.TEXT,
    out: Out = None,
    config: ConfigPath = None,
) -> None:
    """Show an alert of the database as it would be sent; exit code 1 where a template of your own failed.

    Example: watcher templates preview 17 --format html --out previews
    """
    from watcher.alerts.render import rendered

    templates = _templates(config) if sample else load_config(config).templates
    parcel = _sample(form) if sample else _recorded(alert, form, config)
    made = rendered(parcel, templates)
    chosen = [each for each in _FILES if format in {each, Format.ALL}]
    if out is None:
        _say_all(made.message, chosen)
    else:
        _write_all(made.message, chosen, out)
    for failure in made.failures:
        warn(failure)
    if made.failures:
        raise typer.Exit(1)


def _say_all(message: Message, chosen: list[Format]) -> None:
    for each in chosen:
        if len(chosen) > 1:
            say(f"=== {each}")
        if each is Format.TEXT:
            say(f"Subject: {message.subject}\n")
        if each is Format.JSON:
            say_json(message.event)
        else:
            say(_shown(message, each).rstrip("\n"))


def _write_all(message: Message, chosen: list[Format], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    written = {_FILES[each]: _shown(message, each).encode() for each in chosen}
    written |= {attachment.name: attachment.content for attachment in message.attachments}
    for name, content in written.items():
        (folder / name).write_bytes(content)
        say(f"{folder / name}")


def _shown(message: Message, format: Format) -> str:
    import orjson

    if format is Format.JSON:
        return orjson.dumps(message.event, option=orjson.OPT_INDENT_2).decode()
    texts = {Format.TEXT: message.text, Format.HTML: message.html, Format.SLACK: message.slack}
    return texts.get(format, message.short)


def _sample(form: Form) -> Parcel:
    from watcher import model
    from watcher.cli.samples import sample

    return sample(model.Form(form.value))


def _recorded(number: int | None, form: Form, config: Path | None) -> Parcel:
    from watcher import model
    from watcher.alerts.render import Parcel
    from watcher.store import opened

    with opened(load_config(config).store, read_only=True) as store:
        found = store.reports.alert(number or store.reports.newest_alert())
        rehearsal = bool(store.meta.rehearsal)
    window = found.observed_at.date().isoformat() if form is Form.DIGEST else ""
    return Parcel("preview", (found,), model.Form(form.value), found.route, window, rehearsal)


def _templates(config: Path | None) -> Templates:
    """Those of the configuration; the built-in ones where there is no configuration, which a sample does not need."""
    from watcher.alerts.render import BUILT_IN
    from watcher.config import find

    try:
        find(config, os.environ)
    except ConfigError:
        if config is not None:
            raise
        return BUILT_IN
    return load_config(config).templates
