"""Makes docs/cli.md from the commands themselves, in the order of a manual page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from typer.main import get_command

from watcher.cli.app import app


def commands_page(written_by: str) -> str:
    """Every command as a manual has it: what it is for, how it is called, and what all of them share."""
    root = get_command(app)
    parts = ["# Commands", written_by, _index(root), *_command(root, "watcher"), *_shared()]
    return "\n\n".join(parts) + "\n"


EXIT_CODES = (
    ("0", "done"),
    ("1", "done with failures, which stderr names; or the system refused something, such as to write a file"),
    ("2", "the command line or the configuration cannot be used"),
    ("3", "the registry cannot be reached, refuses us, or answers what it should not"),
    ("4", "the database cannot be used, or another watcher is using it"),
)
VARIABLES = (
    ("`WATCHER_CONFIG`", "the configuration, where `--config` does not name one"),
    ("`WATCHER_LOG_FORMAT`", "plain or json, where `--log-format` does not say"),
    ("`WATCHER_REHEARSAL_SPEED`", "how much faster than the wall clock a rehearsal goes, from 1 to 86400"),
    (
        "`CREDENTIALS_DIRECTORY`",
        "systemd's, of `LoadCredential=`: `url_file` and `secret_file` are looked for there, too",
    ),
    ("`NOTIFY_SOCKET`", "systemd's: who is told that `watcher run` is ready, lives and ends"),
    ("`WATCHDOG_USEC`", "systemd's: how long `watcher run` may be silent"),
)
FILES = (
    ("`./config.toml`, `/etc/nct-watcher/config.toml`", "the configuration, where nothing else names one"),
    ("`[store] path`", "the database; `-wal` and `-shm` stand beside it while it is open"),
    ("`[store] path` and `.lock`", "held by the one process that writes"),
    ("`PREFIX/share/nct-watcher`", "as the package installs them: the example of a configuration, units for systemd"),
)


def _shared() -> Iterator[str]:
    """What holds of every command."""
    yield "## Exit codes"
    yield table(("code", "meaning"), EXIT_CODES)
    yield "Output goes to stdout; warnings, errors and the log go to stderr. `--json` makes stdout one JSON document."
    yield "## Environment"
    yield table(("variable", "what it does"), VARIABLES)
    yield "Besides, the variables that the configuration names in `url_env` and `secret_env`."
    yield "## Files"
    yield table(("file", "what it is"), FILES)
    yield "See also: [operating.md](operating.md), [routes.md](routes.md), [kinds.md](kinds.md)."


def _index(root: Any) -> str:
    """One line for each command that does something."""
    lines = ((f"`{path}`", first_line(command.help)) for path, command in _leaves(root, "watcher"))
    return table(("command", "what it does"), lines)


def _leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, child in subcommands(command).items():
        if not child.hidden:
            yield from _leaves(child, f"{path} {name}") if subcommands(child) else [(f"{path} {name}", child)]


def first_line(help: str | None) -> str:
    """The first paragraph of a help text."""
    return next(_paragraphs(help), "")


def _command(command: Any, path: str) -> Iterator[str]:
    """A command and those under it; read from what it declares, so that no terminal counts."""
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    arguments = [parameter for parameter in shown if parameter.param_type_name == "argument"]
    options = [parameter for parameter in shown if parameter.param_type_name == "option"]
    yield f"{'#' * (path.count(' ') + 2)} {path}"
    yield _usage(command, path, arguments, options)
    yield from map(_spoken, _paragraphs(command.help))
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
    """Every way to call it, on lines of a terminal's width."""
    words = [_as_called(option) for option in options]
    words += [_value(argument) if argument.required else f"[{_value(argument).strip('[]')}]" for argument in arguments]
    words += ["COMMAND ..."] if subcommands(command) else []
    lines = [path]
    for word in words:
        if len(lines[-1]) + len(word) > 96:
            lines.append(" " * len(path))
        lines[-1] += f" {word}"
    return "\n".join(f"    {line}" for line in lines)


def _as_called(option: Any) -> str:
    names = " | ".join([option.opts[0], *option.secondary_opts[:1]])
    word = names if option.is_flag else f"{names} {_value(option)}"
    many = "..." if option.multiple else ""
    return f"{word}{many}" if option.required else f"[{word}]{many}"


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
    if default := _default(parameter):
        told = f"{told} Default: `{default}`.".strip()
    return f"- `{name}`" + (f": {told}" if told else "")


def _default(parameter: Any) -> str:
    """What holds where nothing is said, if that is anything: of a pair of flags the one of them."""
    default = parameter.default
    if isinstance(default, bool):
        pair = getattr(parameter, "secondary_opts", [])
        return str((parameter.opts if default else pair)[0]) if pair else ""
    return str(default) if isinstance(default, str | int | Path) and default != "" else ""


def _spoken(paragraph: str) -> str:
    """An example stands by itself, as it is typed; several have semicolons between them."""
    before, colon, typed = paragraph.partition(": ")
    if not colon or not before.startswith("Example"):
        return paragraph
    lines = typed.split("; ") if before.startswith("Examples") else [typed]
    return f"{before}:\n\n" + "\n".join(f"    {line}" for line in lines)


def _paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").replace("\b", "").strip().split("\n\n"):
        if paragraph.strip():
            yield " ".join(paragraph.split())


def table(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rows = (header, tuple("---" for _ in header), *lines)
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
