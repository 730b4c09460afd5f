"""Writes what is derived from the code: channels, kinds, cli and messages.md whole, the presets in routes.md.

Run `python -m tests.generated_docs --write` (`make docs`) after a change, `--check` to learn whether one is due.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from typer.main import get_command

from tests.channels_page import channels_page
from tests.messages_page import messages_page
from watcher.alerts.presets import GROUPS, PRESETS, Preset
from watcher.changes.reading import Row
from watcher.changes.table import KINDS, ROWS
from watcher.cli.app import app
from watcher.examples import EVENTS, EXAMPLES, RINGS
from watcher.model import Severity

DOCS = Path(__file__).resolve().parents[1] / "docs"
ROUTES = DOCS / "routes.md"
WRITTEN_BY = "<!-- Written by `make docs`; edits by hand are lost. -->"


def pages() -> dict[str, str]:
    """Every generated page by its file name in docs/."""
    return {
        "channels.md": channels_page(WRITTEN_BY),
        "kinds.md": kinds_page(),
        "cli.md": cli_page(),
        "messages.md": messages_page(WRITTEN_BY),
        "routes.md": routes_page(),
    }


def stale() -> list[str]:
    """The generated pages that are missing or not what the code says, by their paths in the repository."""
    return [f"docs/{name}" for name, text in pages().items() if _stored(DOCS / name) != text]


def _stored(page: Path) -> str | None:
    return page.read_text(encoding="utf-8") if page.is_file() else None


# --- kinds ------------------------------------------------------------------------


def kinds_page() -> str:
    """What the watcher can say: every kind, by the part of the record."""
    parts = [
        "# Kinds of change",
        WRITTEN_BY,
        "Every change has a kind, `noun.verb`, and a severity: noise is recorded, and sent only where a route asks for "
        "it; minor, major and critical reach the routes that ask for them. The first severity below is the default; "
        "what follows takes its place where it applies, the severest of several. Routes name kinds, or globs over "
        "them such as `date.*` (see `kinds` in config.example.toml).",
        f"There are {len(KINDS)} kinds. `watcher kinds KIND` explains one of them with its examples.",
        *(part for row in ROWS for part in _noun(row)),
    ]
    return "\n\n".join(parts) + "\n"


def _noun(row: Row) -> Iterator[str]:
    yield f"## {row.label}"
    if row.paths:
        yield "In the record: " + ", ".join(f"`{path}`" for path in row.paths)
    if row.awaits:
        yield f"Not told yet: this version has no {row.awaits}."
    kinds = (KINDS[f"{row.name}.{verb}"] for verb in row.rules)
    sentences = first_sentences()
    lines = ((f"`{kind.name}`", str(kind.rule), kind.meaning, sentences[kind.name]) for kind in kinds)
    yield _table(("kind", "severity", "meaning", "example"), lines)


def first_sentences() -> Mapping[str, str]:
    """The sentence of the first example of each kind."""
    told = [(example.kind, example.sentence) for example in EXAMPLES]
    told += [(kind, sentence) for kind, _, _, sentence in EVENTS]
    told += [(rings.kind, rings.sentence) for rings in RINGS]
    return dict(reversed(told))


def _table(header: tuple[str, ...], lines: Iterator[tuple[str, ...]]) -> str:
    rows = (header, tuple("---" for _ in header), *lines)
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


# --- presets ----------------------------------------------------------------------

_PRESETS_BEGIN, _PRESETS_END = (
    "<!-- presets: written by `make docs`; edits by hand are lost. -->",
    "<!-- end of presets -->",
)


def routes_page() -> str:
    """The guide to routes, which is written by hand, with the tables of the presets in their place."""
    before, _, rest = ROUTES.read_text(encoding="utf-8").partition(_PRESETS_BEGIN)
    _, _, after = rest.partition(_PRESETS_END)
    tables = (part for name, preset in PRESETS.items() for part in _preset(name, preset))
    return before + "\n\n".join([_PRESETS_BEGIN, *tables, _PRESETS_END]) + after


def _preset(name: str, preset: Preset) -> Iterator[str]:
    yield f"### {name}"
    yield f"{preset.meaning[:1].upper()}{preset.meaning[1:]}. Collected: `{preset.when}`."
    local = ((f"{row} (of a route that names a place)", row, cells) for row, cells in preset.local.items())
    rows = [*local, *((row, row, cells) for row, cells in preset.rows.items())]
    lines = (
        (label, ", ".join(f"`{kind}`" for kind in GROUPS[row]), *map(_severity, cells)) for label, row, cells in rows
    )
    yield _table(("about", "kinds", "at once from", "collected from"), lines)


def _severity(severity: Severity | None) -> str:
    return severity.word if severity is not None else "-"


# --- commands -----------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its help, arguments and options, as the program itself declares them."""
    return "\n\n".join(["# Commands", WRITTEN_BY, *_command(get_command(app), "watcher")]) + "\n"


def _command(command: Any, path: str) -> Iterator[str]:
    """A command and those under it; read from what it declares, so that no terminal counts."""
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    arguments = [parameter for parameter in shown if parameter.param_type_name == "argument"]
    options = [parameter for parameter in shown if parameter.param_type_name == "option"]
    yield f"{'#' * (path.count(' ') + 2)} {path}"
    yield f"    {_usage(command, path, arguments, options)}"
    yield from _paragraphs(command.help)
    if lines := [_argument(argument) for argument in arguments] + [_option(option) for option in options]:
        yield "\n".join(lines)
    yield from _paragraphs(command.epilog)
    for name, child in subcommands(command).items():
        if not child.hidden:
            yield from _command(child, f"{path} {name}")


def subcommands(command: Any) -> Mapping[str, Any]:
    """The commands under a command; none under one that does something itself."""
    found: Mapping[str, Any] = getattr(command, "commands", {})
    return found


def _usage(command: Any, path: str, arguments: list[Any], options: list[Any]) -> str:
    words = [path, *(["[OPTIONS]"] if options else [])]
    words += [_value(argument) if argument.required else f"[{_value(argument)}]" for argument in arguments]
    return " ".join(words + (["COMMAND ..."] if subcommands(command) else []))


def _argument(argument: Any) -> str:
    return _item(_value(argument), argument)


def _option(option: Any) -> str:
    value = "" if option.is_flag else f" {_value(option)}"
    return _item(", ".join([*option.opts, *option.secondary_opts]) + value, option)


def _value(parameter: Any) -> str:
    """The word that stands for a value."""
    many = "..." if parameter.nargs == -1 else ""
    return (parameter.metavar or parameter.name.replace("_", "-").upper()) + many


def _item(name: str, parameter: Any) -> str:
    told = " ".join((getattr(parameter, "help", None) or "").split())
    default = parameter.default
    if isinstance(default, str | int | Path) and not isinstance(default, bool) and default != "":
        told = f"{told} Default: `{default}`.".strip()
    return f"- `{name}`" + (f": {told}" if told else "")


def _paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").replace("\b", "").strip().split("\n\n"):
        if paragraph.strip():
            yield " ".join(paragraph.split())


# --- the command --------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; 1 where a page is stale."""
    if arguments == ["--write"]:
        DOCS.mkdir(exist_ok=True)
        for name, text in pages().items():
            (DOCS / name).write_text(text, encoding="utf-8")
        return 0
    if arguments != ["--check"]:
        print("usage: python -m tests.generated_docs --write | --check", file=sys.stderr)
        return 2
    if late := stale():
        print(f"stale: {', '.join(late)}; run `make docs` and commit what it writes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
