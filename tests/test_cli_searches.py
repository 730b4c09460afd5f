"""`watcher searches`: how searches stand, whom they have found, what one would find; asked of a rehearsal registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.builders import record
from tests.test_cli import said, watcher
from tests.test_poll import A, B, C, Days, day
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.store import opened

_CONFIG = """
[registry]
base_url = "{base_url}"
min_interval = 0

[store]
path = "watcher.db"

[[watch]]
name = "open"
search = {{ status = ["Recruiting"] }}

[[channel]]
name = "team"
url = "console://"

[[route]]
name = "everything"
to = ["team"]
"""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RehearsalServer]:
    days = Days(tmp_path / "captures", tmp_path / "watcher.db")
    for nct_id, status in ((A, "RECRUITING"), (B, "RECRUITING"), (C, "COMPLETED")):
        days.put(0, nct_id, record(nct_id=nct_id, status=status))
    with RehearsalServer(Captures(days.folder), date=day(0)) as server:
        yield server


@pytest.fixture
def config(tmp_path: Path, registry: RehearsalServer) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(_CONFIG.format(base_url=registry.base_url))
    return path


def test_a_search_is_tried_without_a_record_of_it(config: Path) -> None:
    tried = said("searches", "try", "open", "--config", config)
    assert tried["parameters"] == {"filter.overallStatus": "RECRUITING"}
    assert (tried["total"], set(tried["first"])) == (2, {A, B})
    address = "https://clinicaltrials.gov/search?aggFilters=status:com"
    assert set(said("searches", "try", address, "--config", config)["first"]) == {C}
    assert not (config.parent / "watcher.db").exists()
    assert "2 studies now, the first of them:" in watcher("searches", "try", "open", "--config", config).stdout


def test_what_cannot_be_tried_is_a_usage_error_that_says_why(config: Path) -> None:
    assert "opne" in watcher("searches", "try", "opne", "--config", config, expect=2).stderr
    other = watcher("searches", "try", "https://example.org/search?cond=x", "--config", config, expect=2)
    assert "the host must be clinicaltrials.gov" in other.stderr


def test_a_search_is_listed_with_its_studies(config: Path, registry: RehearsalServer) -> None:
    watcher("poll", "--config", config)
    (listed,) = said("searches", "list", "--config", config)
    assert (listed["watch"], listed["state"]["members"], listed["under_way"]) == ("open", 2, None)
    assert listed["state"]["swept"].startswith(date.isoformat(day(0)))
    assert watcher("searches", "members", "open", "--config", config).stdout.split() == [A, B]


def test_a_search_that_waits_for_another_refresh_says_so(config: Path) -> None:
    watcher("poll", "--config", config)
    with opened(config.parent / "watcher.db") as store:
        (state,) = store.searches.all()
        store.searches.suspect("open", state.swept)
    assert "waits for the next data refresh" in watcher("searches", "list", "--config", config).stdout
