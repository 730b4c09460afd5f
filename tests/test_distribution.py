"""What is built and installed: a wheel that runs far from the checkout, an sdist that gives the same wheel again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import watcher
from tests.test_packaging import files_of_the_project
from watcher.alerts.messages.engine import built_in_names
from watcher.demo import FOLDER

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(watcher.__file__).parent
SHARED = "share/nct-watcher"
PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Installed:
    """The wheel in an environment of its own, with a home that is empty and a folder to work in."""

    prefix: Path
    home: Path
    folder: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command as a user has it: nothing of the checkout, of the tests or of their environment around it."""
        return subprocess.run(
            [str(self.prefix / "bin" / "watcher"), *words],
            cwd=self.folder,
            env={"HOME": str(self.home), "PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """The wheel, installed; its dependencies are borrowed from the environment that runs the tests."""
    place = tmp_path_factory.mktemp("installed")
    prefix, home, folder = place / "env", place / "home", place / "elsewhere"
    home.mkdir()
    folder.mkdir()
    checked([sys.executable, "-m", "venv", "--without-pip", str(prefix)])
    python = prefix / "bin" / "python"
    checked(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps",
         "--disable-pip-version-check", "--no-cache-dir", "--root-user-action=ignore", str(only(built, "*.whl"))]
    )  # fmt: skip
    # A plain path: what a .pth file there says (an editable install of the checkout, for one) is not followed.
    (site_packages(prefix) / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    make_writable(prefix, False)
    yield Installed(prefix, home, folder)
    make_writable(prefix, True)


def test_the_command_is_that_of_the_wheel_and_not_of_the_checkout(installed: Installed) -> None:
    where = subprocess.run(
        [str(installed.prefix / "bin" / "python"), "-c", "import watcher; print(watcher.__file__)"],
        cwd=installed.folder, env={"PATH": os.defpath}, capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(installed.prefix)


def test_every_command_shows_its_help_where_it_is_installed(installed: Installed) -> None:
    said = installed.run("--help")
    assert said.returncode == 0, said.stderr
    assert "rehearse" in said.stdout


def test_the_demo_runs_far_from_the_checkout_and_writes_only_where_it_says(installed: Installed) -> None:
    before = everything_in(installed.prefix)
    said = installed.run("rehearse")
    assert said.returncode == 0, said.stderr
    assert "REHEARSAL of one study" in said.stdout
    assert re.search(r"alerts +[1-9]", said.stdout)
    assert everything_in(installed.prefix) == before
    assert everything_in(installed.home) == {}


def test_the_templates_come_along_and_are_the_ones_of_the_checkout(installed: Installed) -> None:
    said = installed.run("templates", "export", "mine")
    assert said.returncode == 0, said.stderr
    exported = {path.name: path.read_bytes() for path in (installed.folder / "mine").iterdir()}
    assert {name: (PACKAGE / "alerts" / "templates" / name).read_bytes() for name in built_in_names()} == exported


def test_the_example_of_a_configuration_comes_along_and_passes_its_check(installed: Installed) -> None:
    example = installed.prefix / SHARED / "config.example.toml"
    assert example.read_bytes() == (ROOT / "config.example.toml").read_bytes()
    said = installed.run("config", "check", "--config", str(example))
    assert said.returncode == 0, said.stderr
    assert 'Watch "pipeline": 1 study' in said.stdout


def test_a_first_configuration_can_be_written_checked_and_used(installed: Installed) -> None:
    written = installed.run("init", "--study", "NCT04150497", "--channel", "console://")
    assert written.returncode == 0, written.stderr
    assert installed.run("config", "check").returncode == 0
    # There is no database yet, which a command that only reads says and does not make.
    said = installed.run("status")
    assert (said.returncode, "Traceback" in said.stderr) == (4, False)


def test_the_units_come_along_and_start_the_command_where_the_wheel_puts_it(installed: Installed) -> None:
    for unit in (ROOT / "systemd").iterdir():
        assert (installed.prefix / SHARED / "systemd" / unit.name).read_bytes() == unit.read_bytes()
    assert (installed.prefix / "bin" / "watcher").is_file()


def test_the_wheel_holds_the_package_whole_and_nothing_beside_it(built: Path) -> None:
    names = set(files_of_wheel(only(built, "*.whl")))
    of_package = {name for name in names if name.startswith("watcher/")}
    kept = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*") if path.is_file()}
    assert of_package == {name for name in kept if "__pycache__" not in name}
    assert {name.split("/")[0].rpartition(".")[2] for name in names - of_package} == {"data", "dist-info"}
    assert {f"watcher/demo/{path.relative_to(FOLDER)}" for path in FOLDER.rglob("*.json")} <= of_package


def test_the_sdist_holds_every_file_of_the_project(built: Path) -> None:
    with tarfile.open(only(built, "*.tar.gz")) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    ours = {path.relative_to(ROOT).as_posix() for path in files_of_the_project()}
    assert ours - held == set()


def test_the_sdist_gives_the_same_wheel_again(built: Path, tmp_path: Path) -> None:
    with tarfile.open(only(built, "*.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build(only(tmp_path, "nct_watcher-*"), tmp_path / "again", "wheel")
    assert files_of_wheel(only(again, "*.whl")) == files_of_wheel(only(built, "*.whl"))


def build(source: Path, target: Path, *kinds: str) -> Path:
    """Build with the backend itself, as a front end would: no network is asked."""
    wanted = [word for kind in kinds for word in ("-t", kind)]
    checked([sys.executable, "-m", "hatchling", "build", "-d", str(target), *wanted], source)
    return target


def checked(command: list[str], folder: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def only(folder: Path, pattern: str) -> Path:
    """The one file of this shape."""
    (found,) = folder.glob(pattern)
    return found


def make_writable(folder: Path, may_write: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200 if may_write else path.stat().st_mode & ~0o222)


def site_packages(prefix: Path) -> Path:
    return only(prefix, "lib/python*/site-packages")


def files_of_wheel(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def everything_in(folder: Path) -> dict[str, int]:
    """Every file with the moment of its last change: root may write where the modes forbid it."""
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*")) if not path.is_symlink()}
