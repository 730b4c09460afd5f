"""The peers, each from the package index at its newest version, in an environment of its own outside the project."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stage import StageError


@dataclass(frozen=True, slots=True)
class Package:
    """What is installed for a peer, and the program it brings."""

    name: str
    also: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """What pip is asked for."""
        return (self.name, *self.also)


# jq is what their documentation names for filtering JSON; deepdiff compares without regard to order.
PACKAGES = (
    Package("urlwatch", ("jq",)),
    Package("webchanges", ("jq", "deepdiff")),
    Package("changedetection.io", ("jq",)),
)


def default_folder() -> Path:
    """Where the environments are kept: in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "nct-watcher-bench"


def program(folder: Path, package: Package) -> Path:
    """The program of a peer, which is named as its package is; installed where it is not there yet."""
    place = folder / package.name
    if not (place / "bin" / package.name).exists():
        print(f"installing {package.name} below {folder}", file=sys.stderr)
        _run(sys.executable, "-m", "venv", str(place))
        _run(str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *package.wanted)
    return place / "bin" / package.name


def version(folder: Path, package: Package) -> str:
    """The version that is installed."""
    asked = f"from importlib.metadata import version; print(version({package.name!r}))"
    return _run(str(folder / package.name / "bin" / "python"), "-c", asked).strip()


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise StageError(f"{' '.join(command[:4])} failed: {done.stderr[-1500:]}")
    return done.stdout
