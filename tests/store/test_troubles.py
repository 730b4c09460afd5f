"""What fails underneath the database: each failure has its name and its remedy, and the next transaction works."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.builders import NCT
from tests.store.pages import INBOX, TROUBLE, page
from tests.store.test_store import raw
from watcher.errors import StoreBusy, StoreDamaged, StoreError, StoreReadOnly
from watcher.model import Notice
from watcher.store import Store, opened
from watcher.store.lock import single_instance
from watcher.store.troubles import trouble

ROOT = Path(__file__).parents[2]

NOTICES = """
import json, resource, signal, sys
from pathlib import Path
from datetime import datetime, UTC
from watcher.errors import StoreError
from watcher.model import Notice, Target
from watcher.store import opened

NOW, TO = datetime(2026, 6, 1, tzinfo=UTC), [Target("team", "a")]
path = Path(sys.argv[1])

def tell(store, key, size=10):
    return store.notices.tell(Notice(key, "s", "x" * size), TO, NOW)

def attempt(work, *about):
    try:
        work(*about)
    except StoreError as error:
        said.append([type(error).__name__, str(error)])

said = []
"""

SIZE_LIMIT = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with opened(path) as store:
    tell(store, "before")
    held = path.with_name(path.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (held + 20_000, resource.RLIM_INFINITY))
    attempt(tell, store, "too large", 1_000_000)
    attempt(tell, store, "too large", 1_000_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    tell(store, "after", 1_000_000)
print(json.dumps(said))
"""

FULL_DISK = """
with opened(path) as store:
    tell(store, "before")
    filler = path.with_name("filler")
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    attempt(tell, store, "too large", 1_000_000)
    for number in range(100):
        attempt(tell, store, f"small {number}", 1000)
    filler.unlink()
    tell(store, "after", 200_000)
print(json.dumps(said))
"""

READ_ONLY = """
attempt(lambda: opened(path).__enter__())
print(json.dumps(said))
"""


def python(code: str, path: Path, before: str = "", **more: Any) -> list[list[str]]:
    """What a process of its own says at its end; `before` are shell commands in a mount namespace of its own."""
    script = textwrap.dedent(code)
    command = [sys.executable, "-c", NOTICES + script, str(path)]
    if before:
        command = ["unshare", "-Urm", "sh", "-c", f'{before} && exec "$@"', "sh", *command]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False, **more)
    assert done.returncode == 0, done.stderr
    said: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return said


def subjects(path: Path) -> set[str]:
    return {key for (key,) in raw(path, "SELECT key FROM notice")}


def dangle(store: Store) -> None:
    """A constraint that is looked at when the transaction ends: COMMIT itself fails."""
    with store.outbox._connection.writing() as db:
        db.conn.execute("PRAGMA defer_foreign_keys = ON")
        db.conn.execute("INSERT INTO delivery_alert (delivery_id, alert_id) VALUES (1, 1)")


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode == 0


mounts = pytest.mark.skipif(not may_mount(), reason="this system lets nobody mount in a namespace of his own")


# --- no room --------------------------------------------------------------------


def test_a_file_that_may_not_grow_is_a_full_disk_and_the_next_transaction_works(tmp_path: Path) -> None:
    said = python(SIZE_LIMIT, tmp_path / "watcher.db")
    assert [name for name, _ in said] == ["StoreFull", "StoreFull"]
    assert "there is no room to write to the database" in said[0][1]
    assert "work goes on once there is room" in said[0][1]
    assert subjects(tmp_path / "watcher.db") == {"before", "after"}
    assert raw(tmp_path / "watcher.db", "PRAGMA integrity_check") == [("ok",)]


@mounts
def test_a_full_disk_loses_nothing_that_was_stored_and_work_goes_on_once_there_is_room(tmp_path: Path) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    code = FULL_DISK + f"import shutil; shutil.copytree(path.parent, {str(kept)!r}, dirs_exist_ok=True)\n"
    code += "print(json.dumps(said))"
    said = python(code, disk / "watcher.db", before=f"mount -t tmpfs -o size=3m tmpfs {disk}")
    assert {name for name, _ in said} == {"StoreFull"}
    found = subjects(kept / "watcher.db")
    assert {"before", "after"} <= found
    assert "too large" not in found
    assert len(found) == 102 - (len(said) - 1)
    assert raw(kept / "watcher.db", "PRAGMA integrity_check") == [("ok",)]


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    with opened(tmp_path / "watcher.db") as store:
        with pytest.raises(StoreError):
            dangle(store)
        store.observing.commit(page())
    assert raw(tmp_path / "watcher.db", "SELECT count(*) FROM alert") == [(1,)]
    assert raw(tmp_path / "watcher.db", "SELECT count(*) FROM delivery_alert") == [(1,)]


# --- no right to write ------------------------------------------------------------


@mounts
def test_a_file_system_that_is_mounted_read_only_is_named(tmp_path: Path) -> None:
    Store(tmp_path / "watcher.db").close()
    before = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,bind,ro {tmp_path}"
    ((name, said),) = python(READ_ONLY, tmp_path / "watcher.db", before=before)
    assert name == "StoreReadOnly"
    assert "on a file system that is mounted for writing" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
@pytest.mark.parametrize("folder", [0o555, 0o755])
def test_a_user_who_may_not_write_is_told_by_number(tmp_path: Path, folder: int) -> None:
    # The folders of pytest belong to root alone.
    place = Path(tempfile.mkdtemp())
    try:
        Store(place / "watcher.db").close()
        place.chmod(folder)
        # The other user may not be able to read the packages, so what is loaded late is loaded before.
        program = "import os, sqlite_utils; sqlite_utils.Database(memory=True); os.setuid(65534)\n" + READ_ONLY
        ((name, said),) = python(program, place / "watcher.db")
    finally:
        shutil.rmtree(place)
    assert name == "StoreReadOnly"
    assert "this user (number 65534) needs to write the file and its folder" in said


def test_a_reader_that_is_asked_to_write_says_so(tmp_path: Path) -> None:
    Store(tmp_path / "watcher.db").close()
    with opened(tmp_path / "watcher.db", read_only=True) as store, pytest.raises(StoreReadOnly):
        store.observing.commit(page())


def test_nothing_is_written_into_a_file_that_lost_its_name(tmp_path: Path) -> None:
    path, away = tmp_path / "watcher.db", tmp_path / "away.db"
    with opened(path) as store:
        path.rename(away)
        with pytest.raises(StoreReadOnly, match="was moved, removed or replaced while it was in use"):
            store.observing.commit(page())
        shutil.copy(away, path)
        with pytest.raises(StoreReadOnly, match="put the database back in its place"):
            store.observing.commit(page())
        away.replace(path)
        store.observing.commit(page())
    assert raw(path, "SELECT count(*) FROM alert") == [(1,)]


# --- somebody else -----------------------------------------------------------------


def test_a_database_that_another_program_writes_to_is_busy_and_then_works(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        store.outbox._connection._db.conn.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"another program has the database .* open for writing: close it"):
            store.observing.commit(page())
        other.close()
        store.observing.commit(page())
    assert raw(path, "SELECT count(*) FROM alert") == [(1,)]


# --- damage ---------------------------------------------------------------------------


def test_a_page_that_was_overwritten_is_damage_with_the_way_back(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        for number in range(300):
            store.notices.tell(Notice(f"key {number}", "s", "x" * 500), [INBOX], page().at)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(StoreDamaged, match=r"watcher db check.*watcher db restore BACKUP"), opened(path) as store:
        store.notices.tell(TROUBLE, [INBOX], page().at)


def test_a_body_that_does_not_match_its_digest_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        store.observing.commit(page())
        raw(path, "UPDATE snapshot SET raw_digest = 'other'")
        with pytest.raises(StoreDamaged, match=f"version 1 of {NCT} does not match its digest: stop the watcher"):
            store.observing.snapshot(NCT, 1)


# --- words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "family", "remedy"),
    [
        ("SQLITE_BUSY_SNAPSHOT", "StoreBusy", "close it"),
        ("SQLITE_LOCKED_SHAREDCACHE", "StoreBusy", "close it"),
        ("SQLITE_FULL", "StoreFull", "free some on its disk"),
        ("SQLITE_IOERR_WRITE", "StoreFull", "raise the quota or size limit"),
        ("SQLITE_IOERR_SHMSIZE", "StoreFull", "free some on its disk"),
        ("SQLITE_IOERR_READ", "StoreDamaged", "watcher db restore BACKUP"),
        ("SQLITE_IOERR_LOCK", "StoreError", "a local disk with file locks, no network share"),
        ("SQLITE_READONLY_DIRECTORY", "StoreReadOnly", "needs to write the file and its folder"),
        ("SQLITE_READONLY_DBMOVED", "StoreReadOnly", "put the database back in its place"),
        ("SQLITE_CANTOPEN_ISDIR", "StoreReadOnly", "cannot be opened or written"),
        ("SQLITE_CORRUPT_INDEX", "StoreDamaged", "watcher db check"),
        ("SQLITE_NOTADB", "StoreDamaged", "watcher db restore BACKUP"),
        ("SQLITE_INTERRUPT", "StoreError", "nothing of this step was written"),
    ],
)
def test_each_failure_has_its_family_and_its_remedy(tmp_path: Path, name: str, family: str, remedy: str) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorname = name
    found = trouble(tmp_path / "watcher.db", error)
    assert type(found).__name__ == family
    assert remedy in str(found)


@pytest.mark.parametrize(
    ("said", "family"),
    [("database is locked", "StoreBusy"), ("database or disk is full", "StoreFull"), ("odd", "StoreError")],
)
def test_a_library_that_does_not_number_its_errors_is_understood_by_its_words(
    tmp_path: Path, said: str, family: str
) -> None:
    assert type(trouble(tmp_path / "watcher.db", sqlite3.OperationalError(said))).__name__ == family


def test_a_full_disk_does_not_keep_the_lock_from_being_taken(tmp_path: Path) -> None:
    code = """
    import resource, signal, sys
    from pathlib import Path
    from watcher.store.lock import single_instance
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    with single_instance(Path(sys.argv[1])):
        print("[]")
    """
    assert python(code, tmp_path / "watcher.db") == []
    with single_instance(tmp_path / "watcher.db"):
        pass
