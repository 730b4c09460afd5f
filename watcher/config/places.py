"""Which file is the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from watcher.errors import ConfigError

VARIABLE = "WATCHER_CONFIG"
USUAL_PLACES = (Path("config.toml"), Path("/etc/nct-watcher/config.toml"))


def find(path_given: Path | None, environ: Mapping[str, str]) -> Path:
    """The path given, else $WATCHER_CONFIG, else the first usual place that has a file."""
    if path_given is not None:
        return _chosen(path_given, "--config")
    if environ.get(VARIABLE):
        return _chosen(Path(environ[VARIABLE]), f"${VARIABLE}")
    for place in USUAL_PLACES:
        if _is_there(place):
            return place
    raise _not_found(f"--config (not given), ${VARIABLE} (not set), {', '.join(_shown(p) for p in USUAL_PLACES)}")


def _chosen(path: Path, by: str) -> Path:
    """The path somebody chose on purpose: no other place is tried instead of it."""
    if not _is_there(path):
        raise _not_found(f"{_shown(path)} (from {by})")
    return path


def _not_found(places: str) -> ConfigError:
    return ConfigError((f"no configuration found; looked at: {places}. `watcher init` writes one.",))


def _shown(path: Path) -> str:
    return str(path) if path.is_absolute() else f"./{path}"


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # there, but not for us: reading it will say why
        return True
