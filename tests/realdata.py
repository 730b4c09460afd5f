"""Real registry records for tests, where they are at hand: they stand beside the project, never inside it."""

from __future__ import annotations

import atexit
import shutil
import tarfile
import tempfile
from functools import cache
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def shared(path: str) -> Path:
    """A file or folder of the shared material; skips the test where it is absent."""
    place = SHARED / path
    if not place.exists():
        pytest.skip(f"../shared/{path} is not here")
    return place


def captures_folder() -> Path:
    """The captures, `NCT########/DATE.json`, unpacked once for this run of the tests; skips where they are absent."""
    return _unpacked(shared("data/captures.tar.xz")) / "captures"


def records_folder() -> Path:
    """Further records, `NCT########.json`, likewise."""
    return _unpacked(shared("data/records.tar.xz")) / "records"


@cache
def _unpacked(archive: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="nct-watcher-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    unpack(archive, folder)
    return folder


def unpack(archive: Path, folder: Path) -> None:
    """Everything in the archive, below the folder."""
    with tarfile.open(archive) as packed:
        # Debian 12's Python knows no filters yet.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        packed.extractall(folder, **safely)  # type: ignore[arg-type]  # noqa: S202 - our own, or beside the project
