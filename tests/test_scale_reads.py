"""The database that the reading benchmark makes is one of ours, and every verb is timed on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.scale import reads
from benchmarks.scale.filled import Size, fill
from tests.store.test_store import raw
from watcher.store.checking import check


def test_every_verb_is_timed_and_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    reads.main(["--share", "0.001"])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["studies"] == 600
    assert {"reports.health", "observing.snapshot, a patch", "export changes"} <= set(figures["milliseconds"])


def test_the_made_database_is_whole_and_counted(tmp_path: Path) -> None:
    fill(tmp_path / "made.db", Size().scaled(0.001))
    checked = check(tmp_path / "made.db")
    assert checked.findings == ()
    assert (checked.studies, checked.versions, checked.changes, checked.alerts) == (600, 650, 200, 20)
    assert raw(tmp_path / "made.db", "SELECT count FROM tally WHERE name = 'version'") == [(650,)]
