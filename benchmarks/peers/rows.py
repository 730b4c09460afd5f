"""The tools that are compared, each in the manner its documentation describes, and what each is called in the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.daemons import Changedetection
from benchmarks.peers.office import Registry
from benchmarks.peers.ours import OurCommands, OurDaemon
from benchmarks.peers.tools import Manner, Tool, Urlwatch, Webchanges
from benchmarks.peers.venvs import PACKAGES, Package

# jq's own way to make the order of lists irrelevant: every list of the record sorted, from the inside out.
_SORTED = '.protocolSection | walk(if type == "array" then sort else . end)'
_PLAIN = ".protocolSection"
_LAID_OUT = {"format-json": {"indentation": 1}}
_BY_KEY = {"format-json": {"indentation": 1, "sort_keys": True}}
_DEEPDIFF = (("differ", {"name": "deepdiff", "data_type": "json", "ignore_order": True}),)

URLWATCH, WEBCHANGES, CHANGEDETECTION = PACKAGES
COMMANDS, DAEMON = "watcher poll; watcher deliver", "watcher run"


@dataclass(frozen=True, slots=True)
class Row:
    """A tool in one manner; `package` is None for our own."""

    name: str
    make: Callable[[Path, Registry, Path], Tool]
    package: Package | None = None


def _urlwatch(query: str) -> Callable[[Path, Registry, Path], Tool]:
    manner = Manner(({"jq": query}, _LAID_OUT))
    return lambda folder, registry, program: Urlwatch(folder, registry, program, manner)


def _webchanges(*filters: Mapping[str, Any], more: tuple[tuple[str, Any], ...] = ()) -> Callable[..., Tool]:
    manner = Manner(tuple(dict(each) for each in filters), more)
    return lambda folder, registry, program: Webchanges(folder, registry, program, manner)


def _changedetection(query: str) -> Callable[[Path, Registry, Path], Tool]:
    return lambda folder, registry, program: Changedetection(folder, registry, program, f"jq:{query}")


OURS = (
    Row(COMMANDS, lambda folder, registry, _: OurCommands(folder, registry)),
    Row(DAEMON, lambda folder, registry, _: OurDaemon(folder, registry)),
)
PEERS = (
    Row("urlwatch, jq, format-json", _urlwatch(_PLAIN), URLWATCH),
    Row("urlwatch, jq sorting every list", _urlwatch(_SORTED), URLWATCH),
    Row("webchanges, jq, format-json, sort_keys", _webchanges({"jq": _PLAIN}, _BY_KEY), WEBCHANGES),
    Row("webchanges, jq, deepdiff ignore_order", _webchanges({"jq": _PLAIN}, more=_DEEPDIFF), WEBCHANGES),
    Row("changedetection.io, jq", _changedetection(_PLAIN), CHANGEDETECTION),
    Row("changedetection.io, jq sorting every list", _changedetection(_SORTED), CHANGEDETECTION),
)
