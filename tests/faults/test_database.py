"""A database file that somebody else spoilt: said in words with the way back, and never written over."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.office import Clock, Office
from watcher.errors import StoreError
from watcher.model import Notice, Target
from watcher.store import Store, opened

NOW, TO = datetime(2026, 6, 1, tzinfo=UTC), [Target("team", "a")]
PAGE = 4096


def grown(path: Path, notices: int = 300) -> None:
    """A database with enough in it to be spoilt anywhere."""
    with opened(path) as store:
        for number in range(notices):
            store.notices.tell(Notice(f"key {number}", "s", "x" * 500), TO, NOW)


def used(path: Path) -> None:
    """What the daemon does with a database, in short: opens, reads and writes it."""
    with opened(path) as store:
        store.outbox.release_claims()
        store.outbox.claim_deliveries(NOW, timedelta(minutes=1), 10)
        store.notices.tell(Notice("another", "s", "b"), TO, NOW)
        store.reports.health()


def whole(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)])
    finally:
        connection.close()


def truncated(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def headless(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 100)


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(PAGE)
        file.write(b"\xff" * (path.stat().st_size - PAGE))


def text_instead(path: Path) -> None:
    path.write_text("What the editor saved here.\n" * 500)


SPOILT: dict[str, Callable[[Path], object]] = {
    "cut in half": truncated,
    "without its head": headless,
    "with its pages overwritten": overwritten,
    "replaced by a text": text_instead,
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_file_is_refused_in_words_with_the_way_back(tmp_path: Path, how: str) -> None:
    path = tmp_path / "watcher.db"
    grown(path)
    SPOILT[how](path)
    with pytest.raises(StoreError, match=r"watcher db restore|another program: choose another|not a database") as met:
        used(path)
    assert "watcher.db" in str(met.value)


@pytest.mark.parametrize("how", SPOILT)
def test_a_copy_put_in_the_place_of_a_spoilt_file_is_all_it_takes(tmp_path: Path, how: str) -> None:
    path, copy = tmp_path / "watcher.db", tmp_path / "copy.db"
    grown(path)
    shutil.copy(path, copy)
    SPOILT[how](path)
    with suppress(StoreError):
        used(path)
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(copy, path)
    used(path)
    assert whole(path)


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    """What `touch`, or a first start that died, leaves behind."""
    path = tmp_path / "watcher.db"
    path.touch()
    used(path)
    assert whole(path)


@dataclass
class Torn:
    """A database as a power cut would leave it: copied, with its log, while it was open."""

    path: Path

    @classmethod
    def of(cls, folder: Path) -> Torn:
        path = folder / "watcher.db"
        copy = folder / "torn" / "watcher.db"
        copy.parent.mkdir()
        with opened(path) as store:
            tell(store, range(20))
            for end in ("", "-wal"):
                shutil.copy(path.with_name(path.name + end), copy.with_name(copy.name + end))
        return cls(copy)

    @property
    def log(self) -> Path:
        return self.path.with_name("watcher.db-wal")

    def told(self) -> set[str]:
        with opened(self.path) as store:
            return {subject for _, subject, *_ in rows(store)}


def tell(store: Store, numbers: range) -> None:
    for number in numbers:
        store.notices.tell(Notice(f"key {number}", f"notice {number}", "x" * 2000), TO, NOW)


def rows(store: Store) -> list[tuple[str, str]]:
    return list(store.notices._connection._db.conn.execute("SELECT key, subject FROM notice ORDER BY id"))


def test_a_log_that_lies_there_after_a_crash_is_part_of_the_database(tmp_path: Path) -> None:
    torn = Torn.of(tmp_path)
    assert torn.told() == {f"notice {number}" for number in range(20)}
    assert whole(torn.path)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.999])
def test_a_torn_log_loses_the_transactions_that_were_torn_and_none_before_them(tmp_path: Path, share: float) -> None:
    torn = Torn.of(tmp_path)
    with torn.log.open("r+b") as file:
        file.truncate(int(torn.log.stat().st_size * share))
    told = torn.told()
    assert told == {f"notice {number}" for number in range(len(told))}
    assert len(told) < 20
    assert whole(torn.path)


def test_noise_in_the_log_ends_what_is_read_of_it_and_hurts_nothing_before(tmp_path: Path) -> None:
    torn = Torn.of(tmp_path)
    with torn.log.open("r+b") as file:
        file.seek(torn.log.stat().st_size // 2)
        file.write(b"\xa5" * 5000)
    told = torn.told()
    assert told == {f"notice {number}" for number in range(len(told))}
    assert 0 < len(told) < 20
    assert whole(torn.path)


def test_a_log_that_somebody_removed_costs_what_was_in_it_and_the_database_still_opens(tmp_path: Path) -> None:
    """Why docs/operating.md says never to delete it: the rest goes on, but what it held is gone."""
    torn = Torn.of(tmp_path)
    torn.log.unlink()
    assert len(torn.told()) < 20
    assert whole(torn.path)


def test_another_program_that_holds_the_database_for_a_while_loses_and_doubles_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db", Clock())
    team = office.receiver()
    for study in range(3):
        office.owe(study)
    with office.store() as store:
        store.outbox._connection._db.conn.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(office.database)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program has the database"):
            store.outbox.claim_deliveries(office.clock.now(), timedelta(minutes=10), 10)
        other.close()
    office.deliver()
    assert len({got.id for got in team.got}) == len(team.got) == 3


def test_a_database_of_a_newer_version_is_left_exactly_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    grown(path, 3)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1000")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        used(path)
    assert path.read_bytes() == before
