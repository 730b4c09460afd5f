"""Which file is the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config import find
from watcher.errors import ConfigError


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("watcher.config.places.USUAL_PLACES", (Path("config.toml"), tmp_path / "etc.toml"))
    return tmp_path


def touch(path: Path) -> Path:
    path.write_text("")
    return path


def test_the_path_given_comes_first_then_the_variable(here):
    given, other = touch(here / "given.toml"), touch(here / "other.toml")
    touch(here / "config.toml")
    assert find(given, {"WATCHER_CONFIG": str(other)}) == given
    assert find(None, {"WATCHER_CONFIG": str(other)}) == other


def test_then_this_folder_then_the_machine(here):
    machine = touch(here / "etc.toml")
    assert find(None, {"WATCHER_CONFIG": ""}) == machine
    touch(here / "config.toml")
    assert find(None, {}) == Path("config.toml")


def test_nothing_found_names_every_place_and_the_remedy(here):
    with pytest.raises(ConfigError) as caught:
        find(None, {})
    assert caught.value.mistakes == (
        "no configuration found; looked at: --config (not given), $WATCHER_CONFIG (not set), "
        f"./config.toml, {here}/etc.toml. `watcher init` writes one.",
    )


@pytest.mark.parametrize(
    ("given", "environ", "place"),
    [
        (Path("/none/a.toml"), {}, "/none/a.toml (from --config)"),
        (None, {"WATCHER_CONFIG": "none.toml"}, "./none.toml (from $WATCHER_CONFIG)"),
    ],
)
def test_a_place_chosen_on_purpose_is_never_replaced_by_another(here, given, environ, place):
    touch(here / "config.toml")
    with pytest.raises(ConfigError) as caught:
        find(given, environ)
    assert caught.value.mistakes == (f"no configuration found; looked at: {place}. `watcher init` writes one.",)
