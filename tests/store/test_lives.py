"""All versions of a study in one walk, byte for byte; damage costs what it damages; and its occasions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import NCT, record
from tests.web.lived import FIRST, WEEK, live, say_not_found
from watcher.store import opened
from watcher.store.versions import WHOLE_EVERY

VERSIONS = WHOLE_EVERY + 4


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "watcher.db"
    live(path, (record(title=f"Title {number}", description="words " * 400) for number in range(1, VERSIONS + 1)))
    return path


def test_the_walk_gives_what_reading_one_by_one_gives_newest_first(database):
    with opened(database, read_only=True) as store:
        walked = list(store.lives.versions(NCT))
        assert [one.version for one in walked] == list(range(VERSIONS, 0, -1))
        for one in walked:
            assert one.snapshot == store.observing.snapshot(NCT, one.version)
            assert one.site_ids == store.observing.site_ids(NCT, one.version)
            assert one.seen_at == FIRST + (one.version - 1) * WEEK


def test_versions_are_patches_here_so_that_the_walk_is_one(database):
    with closing(sqlite3.connect(database)) as db:
        whole = [row[0] for row in db.execute("SELECT version FROM snapshot WHERE base IS NULL ORDER BY version")]
    assert whole == [WHOLE_EVERY, VERSIONS]


def test_a_damaged_version_costs_those_that_hang_on_it_and_no_others(database):
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE snapshot SET body = zeroblob(20) WHERE version = ?", [WHOLE_EVERY + 2])
    with opened(database, read_only=True) as store:
        readable = [one.version for one in store.lives.versions(NCT) if one.snapshot is not None]
    assert readable == [VERSIONS, VERSIONS - 1, *range(WHOLE_EVERY, 0, -1)]


def test_a_study_that_was_never_seen_has_no_versions_and_no_occasions(database):
    with opened(database, read_only=True) as store:
        assert list(store.lives.versions("NCT99999999")) == []
        assert store.lives.occasions("NCT99999999") == ()


def test_occasions_come_newest_first_and_each_gives_its_changes(database):
    with opened(database) as store:
        for week in (VERSIONS, VERSIONS + 1):
            say_not_found(store, NCT, FIRST + week * WEEK)
        found = store.lives.occasions(NCT)
        assert found[0].name.startswith("not_found:")
        assert [one.version for one in found[1:]] == list(range(VERSIONS, 0, -1))
        changes = store.lives.changes(NCT, [found[0].name, "version:2"])
        assert [change.said["kind"] for change in changes] == ["title.changed", "record.not_found"]


def test_the_changes_of_a_thing_are_not_those_of_another_one_that_begins_alike(database):
    with opened(database, read_only=True) as store:
        assert len(store.lives.changes_of(NCT, "title")) == VERSIONS - 1
        assert store.lives.changes_of(NCT, "titl") == ()
        assert store.lives.changes_of(NCT, "t_tle") == ()
