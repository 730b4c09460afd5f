"""The database: what is committed, what is refused, who may write."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.builders import NCT, record, snapshot
from tests.store.pages import INBOX, TROUBLE, page
from watcher.errors import AlreadyRunning, StoreDamaged, StoreError
from watcher.store import Store, opened
from watcher.store.lock import single_instance
from watcher.store.schema import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION
from watcher.store.values import Malformed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watcher.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened(path) as it:
        yield it


def raw(path: Path, sql: str, *values: Any) -> list[Any]:
    """The rows of a statement on a connection of its own."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute(sql, values).fetchall()
        connection.commit()
        return rows
    finally:
        connection.close()


def tables(path: Path) -> dict[str, list[Any]]:
    """Every row of every table but the bookkeeping of migrations and the instance id."""
    names = [name for (name,) in raw(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: raw(path, f"SELECT * FROM {name}") for name in names if not name.startswith(("_", "sqlite_", "meta"))}  # noqa: S608 - our own tables


# --- the file -------------------------------------------------------------------


def test_a_fresh_database_says_whose_it_is(store: Store, path: Path) -> None:
    assert raw(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert raw(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert raw(path, "PRAGMA journal_mode") == [("wal",)]


def test_a_fresh_database_enforces_its_foreign_keys(store: Store, path: Path) -> None:
    with store._connection.reading() as db:
        assert db.conn.execute("PRAGMA foreign_keys").fetchone() == (1,)
    orphan = replace(page(), standings=())
    with pytest.raises(StoreError):
        store.observing.commit(orphan)


def test_every_table_is_strict(store: Store, path: Path) -> None:
    loose = raw(path, "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND schema = 'main'")
    assert {name for (name,) in loose if not name.startswith(("_", "sqlite_"))} == set()


def test_opening_again_changes_nothing(path: Path) -> None:
    with opened(path) as store:
        store.observing.commit(page())
    before = tables(path)
    with opened(path) as store:
        assert store.observing.latest([NCT])[NCT].version == 1
    assert tables(path) == before


def test_an_older_database_is_migrated_with_what_it_holds(path: Path) -> None:
    db = Database(path)
    MIGRATIONS.apply(db, stop_before="0003_clocks")
    db.table("study").insert({"nct_id": NCT, "state": "listed", "version": 1})
    db.close()
    Store(path).close()
    fresh = path.with_name("fresh.db")
    Store(fresh).close()
    schema = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
    assert raw(path, schema) == raw(fresh, schema)
    assert raw(path, "SELECT nct_id, clock_due FROM study") == [(NCT, "")]
    assert raw(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]


def test_deliveries_of_an_older_database_keep_what_they_are(path: Path) -> None:
    db = Database(path)
    MIGRATIONS.apply(db, stop_before="0005_steering")
    db.conn.executescript(
        """
        INSERT INTO study (nct_id, state, version) VALUES ('NCT00000001', 'listed', 1);
        INSERT INTO alert
        VALUES (1, 'desk|NCT00000001|version:2', 'desk', 'NCT00000001', 'version:2', '', 3, 1, 2, '', '', '{}');
        INSERT INTO notice VALUES (1, 'registry', 's', 'b', '', NULL);
        INSERT INTO delivery (id, key, channel, target, message_id, notice_id, severity, status, first_due_at, due_at)
        VALUES (1, 'desk|NCT00000001|version:2>team/a', 'team', 'a', 'm1', NULL, 3, 'pending', '1', '1'),
            (2, 'desk|2026-06-01>team/b', 'team', 'b', 'm2', NULL, 3, 'dead', '1', '1'),
            (3, 'notice:1>ops/o', 'ops', 'o', 'm3', 1, 2, 'delivered', '1', '1');
        INSERT INTO delivery_alert VALUES (1, 1), (2, 1);
        """
    )
    db.close()
    Store(path).close()
    kept = raw(path, "SELECT id, form, route, status, notice_id FROM delivery ORDER BY id")
    assert kept == [
        (1, "alert", "desk", "pending", None),
        (2, "digest", "desk", "dead", None),
        (3, "notice", "", "delivered", 1),
    ]
    assert raw(path, "PRAGMA foreign_key_check") == []
    assert raw(path, "SELECT delivery_id, alert_id, without FROM delivery_alert") == [(1, 1, "[]"), (2, 1, "[]")]


def test_two_processes_that_race_to_a_fresh_path_both_succeed(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from watcher.store import Store; sys.stdin.readline(); "
        "store = Store(Path(sys.argv[1])); print(store.meta.instance); store.close()"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(path)]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = [racer.communicate(timeout=20) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 4, said
    assert len({out for out, _ in said}) == 1


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    raw(path, "CREATE TABLE theirs (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        Store(path)
    assert raw(path, "SELECT name FROM sqlite_master") == [("theirs",)]
    assert raw(path, "PRAGMA journal_mode") == [("delete",)], "it was changed"


def test_a_database_of_another_application_id_is_refused(path: Path) -> None:
    raw(path, "PRAGMA application_id = 7")
    with pytest.raises(StoreError, match="another program"):
        Store(path)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_schema_is_refused(path: Path, read_only: bool) -> None:
    Store(path).close()
    raw(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match="newer version"):
        Store(path, read_only=read_only)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_no_database_is_refused_and_named(path: Path, read_only: bool) -> None:
    path.write_text("This is a letter to my aunt, and it is no database at all. " * 10)
    with pytest.raises(StoreDamaged, match=r"watcher\.db is damaged, or is no database: .*not a database"):
        Store(path, read_only=read_only)


def test_reading_a_missing_database_says_what_makes_one(path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no database at .* yet"):
        Store(path, read_only=True)
    assert not path.exists()


def test_a_reader_cannot_write(path: Path) -> None:
    Store(path).close()
    with opened(path, read_only=True) as store, pytest.raises(StoreError, match="readonly"):
        store.observing.commit(page())


def test_a_path_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "file" / "watcher.db")


# --- committing a page ----------------------------------------------------------


@pytest.mark.parametrize("broken", ["_add_version", "add_changes", "owe", "_set_aside", "open_notice"])
def test_an_exception_in_the_middle_of_a_commit_leaves_nothing(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def breaks(*args: Any) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(f"watcher.store.observing.{broken}", breaks)
    before = tables(path)
    everything = page(malformed=(Malformed("d", None, "no reason", b"{"),), notices=(TROUBLE,), operator=(INBOX,))
    with pytest.raises(RuntimeError):
        store.observing.commit(everything)
    assert tables(path) == before
    monkeypatch.undo()
    store.observing.commit(everything)
    assert store.reports.health().versions == 1


def test_a_damaged_body_is_found_when_it_is_read(store: Store, path: Path) -> None:
    store.observing.commit(page())
    raw(path, "UPDATE snapshot SET body = substr(body, 1, length(body) - 9)")
    with pytest.raises(StoreError, match=f"version 1 of {NCT} is damaged"):
        store.observing.snapshot(NCT, 1)


def test_a_body_that_holds_another_record_is_found_when_it_is_read(store: Store, path: Path) -> None:
    from watcher.store.bodies import packed

    store.observing.commit(page())
    raw(path, "UPDATE snapshot SET body = ?", packed(snapshot(record(status="TERMINATED")).raw))
    with pytest.raises(StoreError, match=f"version 1 of {NCT} does not match its digest"):
        store.observing.snapshot(NCT, 1)


def test_a_body_that_holds_no_record_is_found_when_it_is_read(store: Store, path: Path) -> None:
    from watcher.store.bodies import packed

    store.observing.commit(page())
    raw(path, "UPDATE snapshot SET body = ?", packed(b'{"not": "a record"}'))
    with pytest.raises(StoreError, match=f"version 1 of {NCT}"):
        store.observing.snapshot(NCT, 1)


# --- the lock -------------------------------------------------------------------


def test_a_second_holder_is_refused_and_told_who_the_first_is(path: Path) -> None:
    with single_instance(path):
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), single_instance(path):
            pass
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), single_instance(path):
            pass
    with single_instance(path):
        pass


def test_a_lock_dies_with_its_process(path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from watcher.store.lock import single_instance\n"
        "with single_instance(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning, match=f"process {holder.pid}"), single_instance(path):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with single_instance(path):
        pass
