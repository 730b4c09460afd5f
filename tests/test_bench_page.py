"""The benchmark of the page: its database is one of ours, every page is asked for, its table is what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.page import __main__ as bench
from benchmarks.page import made, written
from benchmarks.page.built import WATCH, Built, built
from benchmarks.stage import StageError
from watcher.store import opened
from watcher.store.checking import check


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Path]:
    """A database as the benchmark makes it, much smaller."""
    cache = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "VERSIONS", 3)
        patch.setattr(made, "SITES", 20)
        return built(cache, 30, 6), cache


def test_the_database_has_what_is_measured_and_is_kept(small: tuple[Built, Path]) -> None:
    found, cache = small
    assert check(found.database).findings == ()
    with opened(found.database, read_only=True) as store:
        assert store.reports.study_count() == 30
        assert store.reports.study(found.large).version == 3
        assert len(store.searches.members("registry")) == 30
        watched = store.boards.glances(["NCT00000001"], most_read=0)[0]
        assert (watched.version, watched.unread) == (3, False)
        assert watched.changed_at is not None
    before = found.database.stat().st_mtime_ns
    assert built(cache, 30, 6) == found
    assert found.database.stat().st_mtime_ns == before


def test_a_page_is_timed_from_a_process_of_its_own_and_what_is_missing_is_said(
    small: tuple[Built, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cache = small
    monkeypatch.setattr(written, "GOAL", 60_000.0)
    arguments = ["--studies", "30", "--watched", "6", "--times", "2", "--cache", str(cache), "--only", "board as"]
    assert bench.main(arguments) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    row = said["pages"]["board as CSV"]
    assert row["path"] == f"/watches/{WATCH}/board.csv"
    assert 0 < row["median"] <= row["worst"]
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- page -->\n\n<!-- /page -->\nafter\n")
    written.write(said, page, tmp_path / "results.json")
    assert "| board as CSV |" in page.read_text()
    assert json.loads((tmp_path / "results.json").read_text()) == said
    with pytest.raises(StageError):
        written.write(said, tmp_path / "none.md", tmp_path / "results.json")


def test_a_page_that_misses_the_goal_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.page.asked import Asked, Timed

    slow = Timed(Asked("board", "/", judged=True), 200, 1.0, 1.0, written.GOAL, 1.0, 1.0)
    other = Timed(Asked("other", "/"), 200, 1.0, 1.0, 9_999.0, 1.0, 1.0)
    gone = Timed(Asked("gone", "/", judged=True), 404, 1.0, 1.0, 9_999.0, 1.0, 1.0)
    assert written.figures([slow, other, gone])["missed"] == ["board"]
