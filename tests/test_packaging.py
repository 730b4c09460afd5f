"""What is shipped beside the code: the reasons for dependencies, the data inside the package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import watcher
from watcher.demo import FOLDER, story

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(watcher.__file__).parent

TEXTS = frozenset(
    {
        "",
        ".cfg",
        ".csv",
        ".example",
        ".j2",
        ".json",
        ".md",
        ".py",
        ".service",
        ".sh",
        ".timer",
        ".toml",
        ".tsv",
        ".txt",
        ".yaml",
    }
)
NOT_OURS = frozenset({"__pycache__", "build", "dist", "node_modules", "state"})


def test_the_unit_starts_the_command_that_the_package_installs() -> None:
    unit = (ROOT / "systemd" / "nct-watcher.service").read_text(encoding="utf-8")
    assert re.search(r"(?m)^ExecStart=\S+/bin/watcher run --config \S+$", unit)
    assert project()["project"]["scripts"] == {"watcher": "watcher.cli:main"}


def test_every_dependency_has_its_reason_and_every_reason_its_dependency() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"(?m)^\| `([^`]+)` \| \S", page)
    # What builds the package is asked for twice: by the build, and by the tests that build it.
    assert sorted(explained) == sorted(set(dependencies()))


def test_templates_are_inside_the_package() -> None:
    assert project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [PACKAGE.name]
    names = {path.name for path in (PACKAGE / "alerts" / "templates").iterdir()}
    assert {"alert.txt.j2", "alert.html.j2", "notice.txt.j2", "notice.html.j2"} <= names


def test_the_demo_is_inside_the_package_with_a_record_for_every_day_it_tells_of() -> None:
    assert FOLDER.is_relative_to(PACKAGE)
    recorded = {date.fromisoformat(path.stem) for path in FOLDER.glob("NCT*/*.json")}
    assert recorded == {step.date for step in story()}


def test_the_type_marker_is_inside_the_package() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"(?m)^## (\S+) - \d{4}-\d\d-\d\d$", changelog)
    assert newest is not None
    assert newest[1] == watcher.__version__


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    # Put together from parts, or this file would name them.
    folders = "|".join(("home", "root", "work", "Users"))
    named = re.compile(rf"(?<![\w.\-/~}}])/(?:{folders})/\w")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in files_of_the_project()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if named.search(line)
    ]
    assert found == []


def test_the_search_for_foreign_folders_reads_the_files_it_should() -> None:
    read = {path.relative_to(ROOT).as_posix() for path in files_of_the_project()}
    assert {"README.md", "Makefile", "Dockerfile", "pyproject.toml", "watcher/cli/app.py"} <= read


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def dependencies() -> list[str]:
    """Every distribution that pyproject.toml asks for, by name."""
    said = project()
    extras = said["project"]["optional-dependencies"].values()
    asked = [*said["project"]["dependencies"], *(each for extra in extras for each in extra)]
    return [re.split(r"[^\w.\-]", each, maxsplit=1)[0] for each in (*asked, *said["build-system"]["requires"])]


def files_of_the_project() -> Iterator[Path]:
    """Every text file of ours: not what tools leave behind, not a configuration made by `make run`."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if any(part in NOT_OURS or (part.startswith(".") and part != ".ci") for part in parts[:-1]):
            continue
        # .git is a file where this is one of several working copies.
        if path.is_file() and path.suffix in TEXTS and parts not in {("config.toml",), (".git",)}:
            yield path
