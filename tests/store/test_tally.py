"""The counts that triggers keep are those of the tables, whatever is done to them, and can be made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office import Office
from tests.store.test_store import raw
from watcher.store import opened
from watcher.store.checking import check
from watcher.store.figures import read_figures
from watcher.store.rules import COUNTED


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team", "a", "b", batch_from=3)
    for number in range(1, 8):
        office.owe(number % 3 + 1)
    return office


def kept(office: Office) -> dict[str, int]:
    return dict(raw(office.database, "SELECT name, count FROM tally WHERE count != 0"))


def real(office: Office) -> dict[str, int]:
    return {name: count for name, count in raw(office.database, COUNTED) if count}


def test_every_step_of_a_delivery_is_counted(office: Office) -> None:
    assert kept(office) == real(office)
    office.deliver()
    assert kept(office) == real(office)
    assert kept(office)["delivery:delivered:team"] > 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE study SET state = 'gone' WHERE nct_id = 'NCT00000001'",
        "INSERT INTO study (nct_id, state) VALUES ('NCT00000009', 'absent')",
        "INSERT OR IGNORE INTO study (nct_id, state) VALUES ('NCT00000001', 'absent')",
        "INSERT INTO study (nct_id, state) VALUES ('NCT00000001', 'gone') ON CONFLICT DO UPDATE SET state = 'gone'",
        "DELETE FROM change",
        "DELETE FROM alert",
        "DELETE FROM delivery WHERE id > 3",
        "UPDATE delivery SET status = 'dead', channel = 'other' WHERE id = 2",
        "DELETE FROM snapshot",
    ],
)
def test_whatever_is_done_to_a_table_is_counted(office: Office, sql: str) -> None:
    raw(office.database, sql)
    assert kept(office) == real(office)


def test_what_status_and_metrics_say_are_these_counts(office: Office) -> None:
    office.deliver()
    with opened(office.database, read_only=True) as store:
        health = store.reports.health()
    ((delivered,),) = raw(office.database, "SELECT count(*) FROM delivery WHERE status = 'delivered'")
    ((changes,),) = raw(office.database, "SELECT count(*) FROM change")
    assert (health.deliveries["delivered"], sum(health.changes.values())) == (delivered, changes)
    raw(office.database, "UPDATE delivery SET status = 'dead' WHERE id IN (1, 2)")
    assert ("team", "dead", 2) in read_figures(office.database, office.clock.now()).outbox


def test_counts_that_are_wrong_are_made_anew(office: Office) -> None:
    expected = real(office)
    raw(office.database, "UPDATE tally SET count = count + 5")
    raw(office.database, "INSERT INTO tally VALUES ('delivery:dead:nowhere', 1)")
    with opened(office.database) as store:
        store.pruning.vacuum()
    assert kept(office) == expected
    assert check(office.database).findings == ()
