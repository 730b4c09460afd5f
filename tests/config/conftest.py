from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from watcher.config import Config, load
from watcher.errors import ConfigError

GOOD = """\
[[watch]]
name = "pipeline"
studies = ["NCT04150497"]

[[channel]]
name = "team"
url = "console://"

[[route]]
to = ["team"]
"""


@pytest.fixture
def good() -> str:
    """The shortest configuration without mistakes: 10 lines."""
    return GOOD


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Config]:
    """Loads a text as config.toml, with other files beside it."""

    def read(text: str, files: Mapping[str, str | bytes] | None = None, **environ: str) -> Config:
        for name, content in ({"config.toml": text} | dict(files or {})).items():
            # Some hold secrets, so they are their owner's; a test that wants another mode has made the file before.
            (tmp_path / name).touch(0o600)
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(tmp_path / "config.toml", environ=environ)

    return read


@pytest.fixture
def mistakes_of(read: Callable[..., Config], tmp_path: Path) -> Callable[..., list[str]]:
    """The mistakes of a text, without the folder of the test; none where it loads."""

    def mistakes_of(text: str, files: Mapping[str, str | bytes] | None = None, **environ: str) -> list[str]:
        try:
            read(text, files, **environ)
        except ConfigError as error:
            return [mistake.replace(f"{tmp_path}/", "") for mistake in error.mistakes]
        return []

    return mistakes_of
