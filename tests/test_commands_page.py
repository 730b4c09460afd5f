"""The manual of the commands: complete, with an example for each, and true of exit codes and environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import watcher
from tests.commands_page import EXIT_CODES, VARIABLES, _leaves, commands_page
from watcher.cli.app import _CODES, app

PAGE = commands_page("")
COMMANDS = dict(_leaves(get_command(app), "watcher"))
PACKAGE = Path(watcher.__file__).parent


def section(path: str) -> str:
    """What the page has of one command."""
    return PAGE.partition(f"# {path}\n\n")[2].partition("\n##")[0]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_a_synopsis_a_summary_and_an_example_that_calls_it(path: str) -> None:
    said = section(path)
    assert said.startswith(f"    {path}")
    examples = said.partition("\nExample")[2]
    assert re.search(rf"(?m)^    .*\b{path}\b", examples), said
    assert f"| `{path}` | " in PAGE


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_and_argument_is_in_the_synopsis_and_is_explained(path: str) -> None:
    said = section(path)
    synopsis = said.partition("\n\n")[0]
    for parameter in COMMANDS[path].params:
        if getattr(parameter, "hidden", False):
            continue
        name = (
            parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar or parameter.name.upper()
        )
        assert name in synopsis, name
        assert re.search(rf"(?m)^- `[^`]*{re.escape(name)}[^`]*`: \S", said), name


def test_what_has_a_default_says_it() -> None:
    assert "Default: `config.toml`." in section("watcher init")
    assert "Default: `--operator`." in section("watcher init")
    assert "Default: `0`." in section("watcher rehearse")


def test_the_exit_codes_are_those_that_errors_become() -> None:
    told = {int(code) for code, _ in EXIT_CODES}
    assert {code for _, code in _CODES} <= told
    assert told == {0, 1, 2, 3, 4}


def test_the_environment_is_what_the_code_reads() -> None:
    told = {name for cell, _ in VARIABLES for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert {name for name in _read_variables() if not name.startswith("TEAM_")} == told


def _read_variables() -> Iterator[str]:
    """Every text in the code that looks like the name of a variable and stands where an environment is read."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "environ" in text or "envvar" in text:
            yield from filter(_is_name, map(_text, ast.walk(ast.parse(text))))


def _text(node: ast.AST) -> str:
    value: Any = getattr(node, "value", "") if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) else ""


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[A-Z]+(?:_[A-Z]+)+", text) is not None
