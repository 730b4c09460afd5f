"""The check finds each kind of damage, says what to do, and finds nothing where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office import Crash, Office
from tests.store.pages import INBOX, NOW, OVER, TROUBLE, page
from tests.store.test_store import raw
from watcher.errors import StoreDamaged
from watcher.model import Notice
from watcher.store import opened
from watcher.store.checking import check
from watcher.store.values import Malformed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        store.observing.commit(page(malformed=(Malformed("0" * 32, None, "why", b"x"),)))
        store.notices.tell(TROUBLE, [INBOX], NOW)
    raw(path, "DELETE FROM malformed")
    return path


def found(path: Path) -> list[str]:
    checked = check(path)
    remedies = {"count": "--vacuum` counts anew"}
    for finding in checked.findings:
        assert remedies.get(finding.what.split()[1], "watcher db restore BACKUP") in finding.remedy
    return [finding.what for finding in checked.findings]


def test_a_database_in_use_is_whole_and_stays_as_it_is(path: Path) -> None:
    with opened(path) as store:
        checked = check(path)
        assert (checked.findings, checked.studies, checked.versions, checked.owed) == ((), 1, 1, 2)
        store.notices.tell(OVER, [INBOX], NOW)
    assert check(path).owed == 3


def test_a_desk_at_work_is_whole_at_every_moment(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    team = office.receiver("team", "a", "b", batch_from=3)
    for number in range(1, 8):
        office.owe(number % 3 + 1)
    assert found(office.database) == []
    team.fail(Crash())
    with pytest.raises(Crash):
        office.deliver()
    assert found(office.database) == []
    team.recover()
    office.restart()
    office.deliver()
    assert office.statuses()["batched"] > 0
    assert found(office.database) == []


DAMAGE = {
    "UPDATE snapshot SET body = x'00'": "version 1 of NCT00000001 is damaged",
    "UPDATE snapshot SET raw_digest = 'other'": "version 1 of NCT00000001 does not match its digest",
    "INSERT INTO malformed VALUES ('00', NULL, 'why', '', x'00')": "the unreadable record 00",
    "UPDATE study SET version = 3": "NCT00000001 should have the versions 1 to 3: 1 are stored, the newest is 1",
    "UPDATE snapshot SET version = 2": "NCT00000001 should have the versions 1 to 1: 1 are stored, the newest is 2",
    "UPDATE change SET version = 7": "change 1 of NCT00000001 belongs to version 7, which is not stored",
    "UPDATE change SET body = '{'": "change 1 of NCT00000001 is no JSON",
    "UPDATE study SET facts = '{'": "the facts of NCT00000001 are no JSON",
    "DELETE FROM alert_change": "alert 1 of NCT00000001 has lost its changes",
    "DELETE FROM delivery_alert": "delivery 1 to team/a@example.org has lost its alerts",
    "UPDATE delivery SET notice_id = NULL WHERE id = 2": "delivery 2 is called notice and is not one",
    "UPDATE delivery SET status = 'batched'": "delivery 1 is told together with others, in none",
    "UPDATE delivery SET status = 'claimed'": "delivery 1 is being sent without an end: it would not be sent again",
    "DELETE FROM waiting": "delivery 1 tells NCT00000001 and has lost its place in the order of what waits",
    "INSERT INTO waiting VALUES ('team', 'x', 'NCT00000009', '', 1, 2)": (
        "delivery 2 holds up the news of NCT00000009 and has none of it"
    ),
    "UPDATE tally SET count = 7 WHERE name = 'study:listed'": "the count study:listed says 7, and there are 1",
    "DELETE FROM tally WHERE name = 'alert'": "the count alert says 0, and there are 1",
    "INSERT INTO tally VALUES ('delivery:dead:x', 1)": "the count delivery:dead:x says 1, and there are 0",
    "DROP TRIGGER waiting_over": "the trigger waiting_over is missing",
    "DROP INDEX delivery_of_batch": "the index delivery_of_batch is missing",
    "DELETE FROM alert": "points at a row of alert that is not there",
}


@pytest.mark.parametrize("sql", DAMAGE)
def test_each_damage_is_found_and_named(path: Path, sql: str) -> None:
    assert found(path) == []
    raw(path, sql)
    assert any(DAMAGE[sql] in what for what in found(path)), found(path)


def test_a_page_that_was_overwritten_is_found(path: Path) -> None:
    with opened(path) as store:
        for number in range(100):
            store.notices.tell(Notice(f"key {number}", "s", "x" * 1000), [INBOX], NOW)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 8192)
        file.write(b"\xff" * 4096)
    assert any(what.startswith("integrity:") or "cannot be read any further" in what for what in found(path))


def test_many_alike_are_counted_and_not_listed(path: Path) -> None:
    with opened(path) as store:
        for number in range(2, 40):
            store.observing.commit(page(number))
    raw(path, "UPDATE snapshot SET body = x'00'")
    assert len(found(path)) == 21
    assert found(path)[-1] == "the same of 19 more stored bodies"


def test_a_file_that_is_no_database_ends_the_check_in_words(tmp_path: Path) -> None:
    (tmp_path / "watcher.db").write_text("This is a letter to my aunt. " * 100)
    with pytest.raises(StoreDamaged, match="is no database"):
        check(tmp_path / "watcher.db")


def test_what_a_replication_tool_keeps_beside_our_tables_is_no_damage(path: Path) -> None:
    raw(path, "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
    assert found(path) == []
    with opened(path) as store:
        store.observing.commit(page(2))
