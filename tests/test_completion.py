"""TAB in a real bash, and what zsh is told: commands, options, and the names that the configuration knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

CONFIG = """
[[watch]]
name = "pipeline"
studies = [{ nct_id = "NCT04150497", label = "BALLI-01" }, "NCT00000002"]
[[channel]]
name = "team"
url = "console://"
[[channel]]
name = "phone"
url = "console://"
[[route]]
name = "desk"
to = ["team"]
"""

COMMAND = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(ROOT)!r})
sys.argv[0] = "watcher"
from watcher.cli import main
main()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration, a `watcher` that is the checkout's, and the script that bash reads."""
    tmp_path = tmp_path_factory.mktemp("completion")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    command = tmp_path / "bin" / "watcher"
    command.parent.mkdir()
    command.write_text(COMMAND, encoding="utf-8")
    command.chmod(0o755)
    (tmp_path / "script").write_text(shell(tmp_path, "watcher", _WATCHER_COMPLETE="source_bash"), encoding="utf-8")
    return tmp_path


def shell(folder: Path, script: str, **environ: str) -> str:
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    kept = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "SHELL": "/bin/bash", **environ}
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-c", script], cwd=folder, env=kept, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def offered(folder: Path, line: str) -> list[str]:
    """What bash has to offer behind this line, by the script that users install."""
    words = line.split(" ")
    script = f"""
        source ./script
        complete -p watcher | grep -q _watcher_completion || exit 9
        COMP_WORDS=({" ".join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
        _watcher_completion watcher
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return shell(folder, script).split()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("watcher ro", ["routes"]),
        ("watcher silence a", ["add"]),
        ("watcher show NCT0", ["NCT04150497", "NCT00000002"]),
        ("watcher show --config config.toml NCT04", ["NCT04150497"]),
        ("watcher show --config nowhere.toml NCT04", []),
        ("watcher channels test ", ["team", "phone"]),
        ("watcher routes test --route d", ["desk"]),
        ("watcher silence add --study NCT04", ["NCT04150497"]),
        ("watcher kinds outcome.demo", ["outcome.demoted"]),
        ("watcher routes presets inv", ["investor"]),
    ],
)
def test_bash_completes_commands_and_what_the_configuration_names(folder: Path, line: str, names: list[str]) -> None:
    assert sorted(offered(folder, line)) == sorted(names)


def test_bash_offers_every_option_of_a_command(folder: Path) -> None:
    assert {"--since", "--config", "--json", "--help"} <= set(offered(folder, "watcher routes test --"))


def test_a_configuration_with_mistakes_says_nothing_in_the_middle_of_a_line(folder: Path) -> None:
    (folder / "wrong.toml").write_text("nonsense", encoding="utf-8")
    assert offered(folder, "watcher show --config wrong.toml NCT") == []


def test_zsh_is_told_names_with_their_labels_in_its_own_form(folder: Path) -> None:
    script = shell(folder, "watcher", _WATCHER_COMPLETE="source_zsh")
    assert script.lstrip().startswith("#compdef watcher")
    told = shell(folder, "watcher", _WATCHER_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="watcher show NCT04")
    assert told.strip() == """_arguments '*: :(("NCT04150497":"BALLI-01"))'"""


def test_the_script_is_shown_for_those_who_install_it_for_everybody(folder: Path) -> None:
    assert "complete -o default -F _watcher_completion watcher" in shell(folder, "watcher --show-completion bash")
