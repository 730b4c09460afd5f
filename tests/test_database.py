"""The commands about the database, alone and beside a running watcher."""

from __future__ import annotations

import io
import json
import os
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stdout, suppress
from pathlib import Path

import pytest

from tests.steered import beside_a_watcher, configured, polled, said, watcher
from tests.store.test_store import raw
from tests.test_poll import A, Days
from watcher.cli import main
from watcher.store.checking import check
from watcher.store.lock import single_instance
from watcher.store.schema import SCHEMA_VERSION


@pytest.fixture
def days(tmp_path: Path) -> Days:
    (tmp_path / "state").mkdir()
    return Days(tmp_path / "captures", tmp_path / "state" / "watcher.db")


@pytest.fixture
def config(days: Days) -> Path:
    """A study that was suspended on the second day: one alert that nobody was told yet."""
    days.put(0, status="RECRUITING")
    days.put(1, status="SUSPENDED", why_stopped="Supply")
    path = configured(days)
    polled(days, path, (0, 1))
    return path


@pytest.fixture
def backup(config: Path, tmp_path: Path) -> Path:
    watcher(config, "db", "backup", tmp_path / "backup.db")
    return tmp_path / "backup.db"


@pytest.fixture
def old(days: Days, config: Path) -> Iterator[Path]:
    """The same, everything told two years ago, and a second alert since."""
    days.put(2, status="RECRUITING")
    polled(days, config, (2,))
    raw(days.database, "UPDATE delivery SET status = 'delivered', settled_at = '2020-01-01' WHERE id = 1")
    raw(days.database, "UPDATE alert SET observed_at = '2020-01-01' WHERE id = 1")
    yield config
    assert check(days.database).findings == ()


def printed(config: Path, *arguments: str) -> str:
    """What a command prints although it fails."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), suppress(SystemExit):
        patched.setattr(sys, "argv", ["watcher", *arguments, "--config", str(config)])
        main()
    return out.getvalue()


# --- backup and check ---------------------------------------------------------------


def test_a_backup_says_what_is_in_it(days: Days, config: Path, tmp_path: Path) -> None:
    with single_instance(days.database):
        told = watcher(config, "db", "backup", tmp_path / "backup.db")
    assert f"backed up {days.database} to {tmp_path / 'backup.db'}" in told
    assert f"checked: schema {SCHEMA_VERSION}, 1 study, 2 versions" in told
    assert said(config, "db", "backup", tmp_path / "backup.db", "--force")["owed"] == 1


def test_a_backup_that_is_there_already_is_named_with_the_way_out(config: Path, backup: Path) -> None:
    assert "or replace it with --force" in watcher(config, "db", "backup", backup, expect=2)
    assert "is a folder: name a file in it" in watcher(config, "db", "backup", backup.parent, expect=2)
    assert "make it first" in watcher(config, "db", "backup", backup / "x" / "y", expect=2)


def test_a_backup_replaces_files_and_never_a_device_or_a_pipe(config: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "name another file" in watcher(config, "db", "backup", pipe, "--force", expect=2)
    assert pipe.is_fifo()


def test_a_backup_without_room_names_the_place_that_has_none(config: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        told = watcher(config, "db", "backup", full / "backup.db", expect=4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert f"`df {full}`" in told
    assert list(full.iterdir()) == []


def test_a_whole_database_and_a_whole_backup_say_so(days: Days, config: Path, backup: Path) -> None:
    with single_instance(days.database):
        assert f"{days.database} is whole: schema {SCHEMA_VERSION}, 1 study, 2 versions" in watcher(
            config, "db", "check"
        )
    assert f"{backup} is whole" in watcher(config, "db", "check", backup)
    checked = said(config, "db", "check")
    assert (checked["findings"], checked["versions"]) == ([], 2)
    assert ("WAL-reset" in (checked["caveat"] or "")) == bool(checked["caveat"])


def test_damage_is_named_with_its_remedy_and_ends_with_the_code_of_the_database(days: Days, config: Path) -> None:
    raw(days.database, "UPDATE snapshot SET body = x'00' WHERE version = 1")
    watcher(config, "db", "check", expect=4)
    (finding,) = json.loads(printed(config, "db", "check", "--json"))["findings"]
    assert finding["what"] == f"version 1 of {A} is damaged"
    assert "`watcher db restore BACKUP`" in finding["remedy"]


def test_a_command_that_meets_damage_names_the_way_back(days: Days, config: Path) -> None:
    raw(days.database, "UPDATE snapshot SET body = x'00' WHERE version = 1")
    told = watcher(config, "show", A, "--version", "1", expect=4)
    assert "`watcher db check`" in told
    assert "`watcher db restore BACKUP`" in told


# --- restore --------------------------------------------------------------------------


def test_a_restore_says_what_it_means_and_keeps_the_database_before(days: Days, config: Path, backup: Path) -> None:
    days.put(2, status="RECRUITING")
    polled(days, config, (2,))
    told = watcher(config, "db", "restore", backup, "--yes")
    assert f"the backup is whole: schema {SCHEMA_VERSION}, 1 study, 2 versions" in told
    assert "1 deliveries are owed and go out at the next start" in told
    assert "watcher deliveries drop 1 " in told
    assert "the one before is kept as" in told
    (kept,) = days.database.parent.glob("watcher.db.before-restore-*")
    assert raw(kept, "SELECT count(*) FROM snapshot") == [(3,)]
    assert days.versions() == 2
    watcher(config, "deliveries", "drop", 1)
    polled(days, config, (2,))
    assert days.versions() == 3


def test_a_restore_beside_a_running_watcher_is_refused_and_names_it(days: Days, config: Path, backup: Path) -> None:
    before = days.database.read_bytes()
    with single_instance(days.database):
        assert "stop it first" in watcher(config, "db", "restore", backup, "--yes", expect=4)
    assert days.database.read_bytes() == before


def test_a_restore_that_nobody_agreed_to_does_nothing(days: Days, config: Path, backup: Path) -> None:
    assert "say --yes" in watcher(config, "db", "restore", backup, expect=2)
    assert days.versions() == 2
    assert not list(days.database.parent.glob("*restor*"))


def test_a_damaged_backup_is_refused_with_the_code_of_the_database(days: Days, config: Path, backup: Path) -> None:
    raw(backup, "DELETE FROM waiting")
    assert "has lost its place in the order" in watcher(config, "db", "restore", backup, "--yes", expect=4)
    assert days.versions() == 2


def _text(backup: Path) -> None:
    backup.write_text("hello")


def _empty(backup: Path) -> None:
    backup.write_bytes(b"")


def _cut(backup: Path) -> None:
    os.truncate(backup, backup.stat().st_size // 2)


def _foreign(backup: Path) -> None:
    backup.unlink()
    raw(backup, "CREATE TABLE mine (x)")


@pytest.mark.parametrize("spoil", [_text, _empty, _cut, _foreign])
def test_what_is_no_backup_is_refused_with_a_remedy_for_backups(
    days: Days, config: Path, backup: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(backup)
    for arguments in (("restore", backup, "--yes"), ("check", backup)):
        told = watcher(config, "db", *arguments, expect=4)
        assert "use another backup" in told
        assert "stop the watcher" not in told
        assert "[store] path" not in told
    assert days.versions() == 2


def test_a_backup_with_a_damaged_version_is_told_with_a_remedy_for_backups(config: Path, backup: Path) -> None:
    raw(backup, "UPDATE snapshot SET body = x'00' WHERE version = 1")
    (finding,) = json.loads(printed(config, "db", "check", str(backup), "--json"))["findings"]
    assert finding["remedy"].startswith("use another backup")


def test_a_lost_database_comes_back(days: Days, config: Path, backup: Path) -> None:
    for path in days.database.parent.glob("watcher.db*"):
        path.unlink()
    restored = said(config, "db", "restore", backup, "--yes")
    assert (restored["kept"], restored["owed_ids"], restored["versions"]) == (None, [1], 2)
    assert days.versions() == 2


# --- prune ----------------------------------------------------------------------------


def test_a_dry_run_says_what_would_go_and_removes_nothing(days: Days, old: Path) -> None:
    told = watcher(old, "db", "prune", "--older-than", "365d", "--dry-run")
    assert told == "nothing was removed: 1 delivery, 1 alert, 0 notices and 0 silences would go\n"
    assert raw(days.database, "SELECT count(*) FROM delivery") == [(2,)]


def test_what_is_old_goes_here_or_through_the_running_watcher(days: Days, old: Path) -> None:
    expected = "removed 1 delivery, 1 alert, 0 notices and 0 silences\n"
    assert beside_a_watcher(days, old, "db", "prune", "--older-than", "365d", "--yes") == expected
    assert raw(days.database, "SELECT id FROM delivery") == [(2,)]
    again = said(old, "db", "prune", "--older-than", "365d", "--yes")
    assert (again["planned"]["deliveries"], again["said"]) == (0, "there was nothing to remove")


def test_the_space_is_given_back_here_or_by_the_running_watcher(days: Days, old: Path) -> None:
    command = ("db", "prune", "--older-than", "365d", "--yes", "--vacuum")
    fill_and_empty(days.database)
    size = days.database.stat().st_size
    assert "MB back" in beside_a_watcher(days, old, *command)
    smaller = days.database.stat().st_size
    assert smaller * 2 < size
    fill_and_empty(days.database)
    raw(days.database, "UPDATE tally SET count = 77 WHERE name = 'alert'")
    assert "MB back" in watcher(old, *command)
    assert days.database.stat().st_size == smaller
    assert check(days.database).findings == ()


def test_a_database_that_gives_nothing_back_in_steps_is_rewritten_whole_by_its_only_process(
    days: Days, old: Path
) -> None:
    command = ("db", "prune", "--older-than", "365d", "--yes", "--vacuum")
    as_before(days.database)
    with single_instance(days.database):
        assert "stop it first" in watcher(old, *command, expect=4)
    assert raw(days.database, "SELECT count(*) FROM delivery") == [(2,)]
    assert "the file shrank from" in watcher(old, *command)
    assert "back" in watcher(old, *command)
    assert check(days.database).findings == ()


def fill_and_empty(path: Path) -> None:
    """Leave two megabytes of free pages."""
    raw(path, "CREATE TABLE filling (body BLOB)")
    raw(path, "INSERT INTO filling VALUES (zeroblob(2000000))")
    raw(path, "DROP TABLE filling")


def as_before(path: Path) -> None:
    """The file as versions before schema 7 made it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")


@pytest.mark.parametrize(("span", "word"), [("7d", "say --older-than 90d"), ("soon", "expected a duration")])
def test_a_span_that_cannot_be_meant_is_refused(old: Path, span: str, word: str) -> None:
    assert word in " ".join(watcher(old, "db", "prune", "--older-than", span, "--yes", expect=2).split())


def test_nothing_is_removed_where_nobody_can_be_asked(days: Days, old: Path) -> None:
    assert "--dry-run to see what would go" in watcher(old, "db", "prune", "--older-than", "365d", expect=2)
    assert raw(days.database, "SELECT count(*) FROM delivery") == [(2,)]


def test_why_says_that_old_alerts_are_not_known_any_more(old: Path) -> None:
    watcher(old, "db", "prune", "--older-than", "365d", "--yes")
    assert "may be removed (`watcher db prune`)" in watcher(old, "why", A, "--since", "2019-01-01")
    assert "may be removed" not in watcher(old, "why", A)


def test_what_is_asked_for_in_json_is_json(old: Path, tmp_path: Path) -> None:
    assert json.loads(watcher(old, "db", "prune", "--older-than", "365d", "--dry-run", "--json"))["done"] is False
