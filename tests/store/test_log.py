"""The write-ahead log: it does not grow for ever, one connection folds it back, and a faulty library is named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.store.pages import INBOX, NOW
from tests.store.test_store import raw
from watcher.model import Notice
from watcher.store import Store, opened
from watcher.store.connection import LONGEST_LOG
from watcher.store.library import caveat, sqlite_version


def fill(store: Store, megabytes: int) -> None:
    for number in range(megabytes):
        store.notices.tell(Notice(f"{megabytes} {number}", "s", "x" * 1_000_000), [INBOX], NOW)


def log_of(path: Path) -> int:
    return path.with_name(f"{path.name}-wal").stat().st_size


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.44.5", "3.45.1", "3.50.6", "3.51.0", "3.51.2", "3.51"])
def test_a_library_with_the_fault_is_named(version: str) -> None:
    assert f"SQLite {version} has the WAL-reset fault" in (caveat(version) or "")


@pytest.mark.parametrize("version", ["3.6.23", "3.44.6", "3.50.7", "3.51.3", "3.52.0", "3.53.4", "4.0.0"])
def test_a_sound_library_needs_no_word(version: str) -> None:
    assert caveat(version) is None


def test_what_is_said_of_the_library_is_said_of_the_one_in_use(tmp_path: Path) -> None:
    with opened(tmp_path / "watcher.db") as store, store.outbox._connection.reading() as db:
        assert db.conn.execute("SELECT sqlite_version()").fetchone() == (sqlite_version(),)


def test_a_reader_never_folds_the_log_back(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        store.outbox._connection._db.conn.execute("PRAGMA wal_autocheckpoint = 0")
        fill(store, 5)
        before = path.stat().st_size
        with opened(path, read_only=True) as reader, reader.outbox._connection.reading() as db:
            assert db.conn.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
            reader.reports.health()
        assert path.stat().st_size == before
        assert log_of(path) > 5_000_000


def test_the_log_is_folded_back_at_a_quiet_moment(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        fill(store, 3)
        assert log_of(path) > 3_000_000
        assert store.checkpoint() == 0
        assert log_of(path) == 0


def test_a_reader_that_holds_what_it_reads_is_waited_for_by_nobody_and_the_next_time_folds_all(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store, opened(path, read_only=True) as reader:
        fill(store, 1)
        with reader.outbox._connection.reading() as db:
            db.conn.execute("BEGIN")
            db.conn.execute("SELECT count(*) FROM notice").fetchone()
            fill(store, 2)
            started = time.monotonic()
            assert store.checkpoint() > 0
            assert db.conn.execute("SELECT count(*) FROM notice").fetchone() == (1,)
            db.conn.execute("ROLLBACK")
        assert time.monotonic() - started < 5
        assert store.checkpoint() == 0
        fill(store, 1 + 3)
    assert raw(path, "SELECT count(*) FROM notice") == [(7,)]


def test_a_log_that_grew_behind_a_long_reader_is_cut_back_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        with opened(path, read_only=True) as reader, reader.outbox._connection.reading() as db:
            db.conn.execute("BEGIN")
            db.conn.execute("SELECT count(*) FROM notice").fetchone()
            fill(store, 30)
            assert log_of(path) > LONGEST_LOG
        fill(store, 6)
        assert log_of(path) <= LONGEST_LOG
