"""Reading the configuration: one pass that collects every mistake, then either all of them or a Config."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watcher.config.lines import Lines
from watcher.config.mistakes import Report
from watcher.config.values import Config
from watcher.errors import ConfigError

if TYPE_CHECKING:
    from watcher.config.keeping import Kept

_BOM = "\ufeff"
_AT_LINE = re.compile(r"(?P<said>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
_REMEDIES = (
    ("Invalid value", 'text must stand in "quotes"'),
    ("Unescaped '\\' in a string", "put text with backslashes into 'single quotes'"),
    ("Cannot overwrite a value", "this key is set twice"),
    ("Cannot declare", "what may stand several times has two brackets on each side: [[watch]], [[channel]], [[route]]"),
)


def load(path: Path, *, environ: Mapping[str, str]) -> Config:
    """The configuration in the file; ConfigError lists every mistake in it."""
    from watcher.config.keeping import kept_at

    return loads(_text_of(path), path, environ=environ, kept=kept_at(path))


def loads(text: str, path: Path, *, environ: Mapping[str, str], kept: Kept | None = None) -> Config:
    """The configuration in the text, read as if it stood in the file; `kept` says who can read that."""
    report = Report(str(path), Lines(text))
    if text.startswith(_BOM):
        report.add((), "the file begins with a byte order mark; save it as UTF-8 without BOM")
    raw = _parsed(text.removeprefix(_BOM), path)
    config = _config(raw, path.absolute(), environ, report, kept)
    report.raise_if_any()
    return replace(config, warnings=report.warnings)


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror or error}",)) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError((f"{path}:{line}: not UTF-8 text; save the file as UTF-8",)) from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mistake = _syntax_mistake(str(error), path, text.count("\n") + 1)
    except RecursionError:
        mistake = f"{path}:1: brackets are nested too deeply"
    except ValueError as error:  # an integer of thousands of digits
        mistake = f"{path}:1: a value cannot be read: {error}"
    raise ConfigError((mistake,))


def _syntax_mistake(said: str, path: Path, last_line: int) -> str:
    """The message of tomllib with its line in front and a remedy behind."""
    found = _AT_LINE.fullmatch(said)
    what = found["said"] if found else said
    line = found["line"] if found and found["line"] else last_line
    column = f" (column {found['column']})" if found and found["column"] else ""
    remedy = next((remedy for begin, remedy in _REMEDIES if what.startswith(begin)), None)
    return f"{path}:{line}: not valid TOML: {what}{column}" + (f"; {remedy}" if remedy else "")


def _config(raw: dict[str, Any], path: Path, environ: Mapping[str, str], report: Report, kept: Kept | None) -> Config:
    # Imported late: finding the file, and showing help, should not wait for pydantic.
    from watcher.config.checks import registry_of, store_of, tell_repeated_names, warn_of_idle
    from watcher.config.destinations import channels_of
    from watcher.config.keeping import watch_over
    from watcher.config.monitoring import heartbeat_of, web_of
    from watcher.config.routes import limits_of, operator_of, routes_of
    from watcher.config.shape import read_shape
    from watcher.config.sources import Sources
    from watcher.config.templates import templates_of
    from watcher.config.unsaid import check_inbox, completed
    from watcher.config.watches import watches_of

    file = completed(read_shape(raw, report))
    tell_repeated_names(file, report)
    config = Config(
        path=path,
        registry=registry_of(file.registry, report),
        store=store_of(file.store, path.parent, report),
        watches=watches_of(file.watch, path.parent, report),
        channels=channels_of(file.channel, path.parent, environ, report),
        routes=routes_of(file, report),
        operator=operator_of(file.operator, file, report),
        limits=limits_of(file.operator),
        templates=templates_of(file.templates, path.parent, report),
        web=web_of(file.web, path.parent, environ, report),
        heartbeat=heartbeat_of(file.operator, path.parent, environ, report),
        secret_files=watch_over(file, kept, Sources(path.parent, environ), report),
    )
    check_inbox(config, report)
    warn_of_idle(config, report)
    return config
