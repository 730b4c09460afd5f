"""Backups beside a writer, and a restore that may stop anywhere."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.office import Office
from tests.store.pages import INBOX, NOW, OVER, TROUBLE, page
from tests.store.test_store import raw
from watcher.errors import DeliveryError, StoreBusy, StoreDamaged, StoreError, UsageError
from watcher.model import Notice
from watcher.store import Store, opened
from watcher.store.backup import back_up
from watcher.store.checking import check, check_copy
from watcher.store.restoring import prepare, put_in_place

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one version, one alert and one delivery that is owed."""
    path = tmp_path / "state" / "watcher.db"
    with opened(path) as store:
        store.observing.commit(page())
    return path


@pytest.fixture
def backup(path: Path, tmp_path: Path) -> Path:
    """A backup from before the notice that the database holds by now."""
    made = back_up(path, tmp_path / "backup.db").path
    with opened(path) as store:
        store.notices.tell(TROUBLE, [INBOX], NOW)
    return made


def notices(path: Path) -> int:
    ((count,),) = raw(path, "SELECT count(*) FROM notice")
    return int(count)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- backup -----------------------------------------------------------------------


def test_a_backup_is_one_plain_file_that_holds_everything(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    made = back_up(path, tmp_path / "backup.db")
    assert names(tmp_path) == {"state", "backup.db"}
    assert made.path.stat().st_mode & 0o777 == 0o640
    assert (made.size, made.checked.versions, made.checked.owed) == (made.path.stat().st_size, 1, 1)
    assert check_copy(made.path).findings == ()
    assert raw(made.path, "PRAGMA journal_mode") == [("delete",)]


def test_a_backup_beside_a_writer_is_of_one_moment(path: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        with opened(path) as store:
            while not stop.is_set():
                number += 1
                store.notices.tell(Notice(f"key {number}", "s", "x" * 50_000), [INBOX], NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            made = back_up(path, tmp_path / f"backup-{number}.db").path
            # A notice and its delivery come in one transaction.
            assert raw(made, "SELECT count(*) FROM delivery WHERE notice_id IS NOT NULL") == [(notices(made),)]
    finally:
        stop.set()
        writer.join()
    assert check(path).findings == ()


def test_a_backup_replaces_nothing_unless_it_is_asked_to(path: Path, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(UsageError, match="is there already: name another file, or replace it with --force"):
        back_up(path, backup)
    assert backup.read_bytes() == before
    back_up(path, backup, force=True)
    assert notices(backup) == 1


def test_the_database_itself_is_never_overwritten_by_its_backup(path: Path) -> None:
    for taken in (path, path.with_name("watcher.db-wal"), path.with_name("watcher.db.lock")):
        with pytest.raises(UsageError, match="belongs to the database itself"):
            back_up(path, taken, force=True)


def test_a_database_that_is_not_whole_makes_no_backup_and_the_one_before_stays(path: Path, backup: Path) -> None:
    before = backup.read_bytes()
    raw(path, "UPDATE snapshot SET body = x'00'")
    with pytest.raises(StoreDamaged, match=r"nothing was made of it: version 1 of NCT\d+ is damaged: stop the watcher"):
        back_up(path, backup, force=True)
    assert backup.read_bytes() == before
    assert names(backup.parent) == {"state", "backup.db"}


def test_a_disk_that_is_full_leaves_no_half_a_backup(path: Path, tmp_path: Path) -> None:
    code = """
import resource, signal, sys
from pathlib import Path
from watcher.errors import StoreFull
from watcher.store.backup import back_up
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
try:
    back_up(Path(sys.argv[1]), Path(sys.argv[2]))
except StoreFull as error:
    print(error)
"""
    done = run(code, path, tmp_path / "backup.db")
    assert f"there is no room to write to the database {tmp_path / 'backup.db'}" in done.stdout
    assert names(tmp_path) == {"state"}


def test_what_a_stopped_backup_left_is_replaced_by_the_next(path: Path, tmp_path: Path) -> None:
    (tmp_path / "backup.db.part").write_text("half")
    back_up(path, tmp_path / "backup.db")
    assert names(tmp_path) == {"state", "backup.db"}


# --- restore ----------------------------------------------------------------------


def test_the_backup_takes_the_place_and_the_database_before_is_kept_whole(path: Path, backup: Path) -> None:
    prepared = prepare(path, backup)
    assert (notices(path), prepared.owed, prepared.checked.versions) == (1, (1,), 1)
    kept = put_in_place(prepared, NOW)
    assert kept == path.with_name("watcher.db.before-restore-20260601T090000Z")
    assert (notices(path), notices(kept)) == (0, 1)
    assert names(path.parent) == {path.name, kept.name}
    for database in (path, kept):
        with opened(database) as store:
            store.notices.tell(Notice("next", "s", "b"), [INBOX], NOW)
        assert check(database).findings == ()


def test_what_has_arrived_since_the_backup_is_not_sent_again(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    team = office.receiver("team", "anna", "bert", batch_from=3)
    for number in range(5):
        office.owe(number + 1)
    team.fail(DeliveryError("not now"), of="bert\n")
    made = back_up(office.database, tmp_path / "backup.db").path
    office.deliver()
    arrived = len(team.got)
    prepared = prepare(office.database, made)
    assert (len(prepared.owed), prepared.arrived) == (5, 5)
    put_in_place(prepared, NOW)
    assert check(office.database).findings == ()
    team.recover()
    office.deliver()
    assert [got.target for got in team.got[arrived:]] == ["bert"]
    assert office.statuses() == {"batched": 5, "delivered": 6}


def test_another_database_does_not_know_what_arrived(path: Path, backup: Path, tmp_path: Path) -> None:
    raw(path, "UPDATE delivery SET status = 'delivered', settled_at = '2026'")
    raw(path, "UPDATE meta SET value = 'other' WHERE name = 'instance'")
    assert prepare(path, backup).owed == (1,)


def test_what_was_only_in_the_log_is_kept_with_the_database_before(path: Path, backup: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from tests.store.pages import INBOX, NOW
from watcher.model import Notice
from watcher.store import Store
store = Store(Path(sys.argv[1]))
store.notices.tell(Notice("killed", "s", "b"), [INBOX], NOW)
os._exit(0)
"""
    run(code, path)
    assert path.with_name("watcher.db-wal").stat().st_size > 0
    kept = put_in_place(prepare(path, backup), NOW)
    assert kept is not None
    assert (notices(path), notices(kept)) == (0, 2)


def test_a_restore_makes_a_database_where_none_is(tmp_path: Path, backup: Path) -> None:
    target = tmp_path / "new" / "watcher.db"
    assert put_in_place(prepare(target, backup), NOW) is None
    assert check(target).findings == ()


def test_a_damaged_database_is_replaced_and_kept_with_its_log(path: Path, backup: Path) -> None:
    path.write_bytes(b"This is a letter to my aunt. " * 1000)
    path.with_name("watcher.db-wal").write_bytes(b"its log")
    kept = put_in_place(prepare(path, backup), NOW)
    assert kept is not None
    assert kept.read_bytes().startswith(b"This is a letter")
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"its log"
    assert check(path).findings == ()
    assert names(path.parent) <= {path.name, kept.name, f"{kept.name}-wal", f"{kept.name}-shm"}


def test_a_damaged_backup_is_refused_and_the_database_stays(path: Path, backup: Path) -> None:
    raw(backup, "UPDATE snapshot SET raw_digest = 'other'")
    with pytest.raises(StoreDamaged, match=r"backup\.db is not whole"):
        prepare(path, backup)
    assert notices(path) == 1
    assert names(path.parent) == {path.name}


def test_a_file_that_is_no_backup_of_ours_is_refused(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    raw(other, "CREATE TABLE t (a)")
    with pytest.raises(StoreError, match="is a database of another program"):
        prepare(path, other)
    with pytest.raises(UsageError, match="is the database itself"):
        prepare(path, path)


def test_a_copy_of_the_mere_files_is_restored_with_its_log(path: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copied.db"
    with opened(path) as store:
        store.notices.tell(TROUBLE, [INBOX], NOW)
        for suffix in ("", "-wal"):
            copied.with_name(f"copied.db{suffix}").write_bytes(path.with_name(f"watcher.db{suffix}").read_bytes())
    target = tmp_path / "new" / "watcher.db"
    put_in_place(prepare(target, copied), NOW)
    assert notices(target) == 1


def test_a_program_that_reads_the_database_is_asked_to_close_it(
    path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.store.restoring._PATIENCE", 0.1)
    with opened(path) as store:
        store.notices.tell(Notice("more", "s", "b"), [INBOX], NOW)
        reader = sqlite3.connect(path)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM notice").fetchone()
        store.notices.tell(Notice("most", "s", "b"), [INBOX], NOW)
    with pytest.raises(StoreBusy):
        put_in_place(prepare(path, backup), NOW)
    reader.close()
    assert notices(path) == 3
    kept = put_in_place(prepare(path, backup), NOW)
    assert kept is not None
    assert notices(kept) == 3


def run(code: str, *arguments: object, expect: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert done.returncode == expect, done.stderr
    return done


STEPS = {"os.rename", "os.link", "os.remove", "sqlite3.connect", "open"}


def in_a_child(work: Callable[[], object]) -> int:
    """The exit code of a process that does this and ends at once, closing nothing."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def restore_until(step: int, place: Path, backup: Path) -> None:
    """Restore, and be gone before a step in the folder of the database."""
    steps = iter(range(step))

    def killed(event: str, arguments: Sequence[object]) -> None:
        if event in STEPS and str(arguments[0]).startswith(str(place.parent)) and next(steps, None) is None:
            os._exit(9)

    sys.addaudithook(killed)
    put_in_place(prepare(place, backup), NOW)


def test_a_restore_that_is_killed_anywhere_leaves_the_old_database_or_the_new_one_whole(
    path: Path, backup: Path, tmp_path: Path
) -> None:
    found = []
    for step in range(100):
        place = tmp_path / f"state-{step}" / "watcher.db"
        put_in_place(prepare(place, path), NOW)
        # The old one has a part of itself in its log, as a watcher that was killed leaves it.
        in_a_child(lambda: Store(place).notices.tell(OVER, [INBOX], NOW))  # noqa: B023 - called at once
        if in_a_child(lambda: restore_until(step, place, backup)) == 0:  # noqa: B023 - called at once
            break
        assert check(place).findings == ()
        found.append(notices(place))
        # The next try ends it, and every name is a database of its own.
        put_in_place(prepare(place, backup), NOW)
        assert notices(place) == 0
        assert all(file.stat().st_nlink == 1 for file in place.parent.iterdir())
    assert 10 < step < 99
    assert set(found) == {0, 2}
    assert found == sorted(found, reverse=True)
