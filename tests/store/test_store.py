"""The database: what is committed, what is refused, who may write."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.builders import NCT, change, record, snapshot
from watcher.alerts.owing import Owed
from watcher.alerts.routes import Step
from watcher.alerts.schedule import DeliveryStatus, Settlement
from watcher.errors import AlreadyRunning, StoreDamaged, StoreError, UsageError
from watcher.model import Alert, Notice, Severity, StudyFacts, Target
from watcher.record import Snapshot
from watcher.store import Store, opened
from watcher.store.lock import single_instance
from watcher.store.schema import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION
from watcher.store.values import LISTED, Malformed, NewVersion, Observation, PollState, Standing
from watcher.store.watches import fingerprint

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LEASE = timedelta(minutes=10)
DATA = "2026-06-01T09:00:00"
INBOX = Target("team", "a@example.org")
OTHER = Target("team", "b@example.org")
TROUBLE = Notice("registry", "The registry is silent", "No answer.")
OVER = Notice("registry.over", "It answers again", "All is well.")

Raw = sqlite3.Connection


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


def version(number: int = 1, seen: Snapshot | None = None, *found: Any) -> NewVersion:
    """A version with its step; without changes, one that says `status.suspended`."""
    seen = seen or snapshot()
    step = Step(
        nct_id=NCT,
        occasion=f"version:{number}",
        observed_at=NOW,
        changes=found or (change(),),
        study=StudyFacts(NCT, title="Examplinib"),
        since=number - 1 or None,
        version=number,
    )
    return NewVersion(seen, step)


def alert(number: int, severity: Severity = Severity.CRITICAL, route: str = "everything") -> Alert:
    occasion = f"version:{number}"
    return Alert(
        key=f"{route}|{NCT}|{occasion}",
        route=route,
        nct_id=NCT,
        occasion=occasion,
        observed_at=NOW,
        severity=severity,
        changes=(change(),),
        study=StudyFacts(NCT, title="Examplinib"),
        reason="because",
        label="EX-1",
        since=number - 1 or None,
        version=number,
    )


def page(number: int = 1, *, key: str = "", targets: tuple[Target, ...] = (INBOX,), **more: Any) -> Observation:
    """A page with one new version and one alert, owed in the digest `key` (or by itself)."""
    told = alert(number)
    return Observation(
        at=NOW,
        data_timestamp=DATA,
        standings=(Standing(NCT, LISTED),),
        versions=(version(number, more.pop("seen", None)),),
        alerts=(told,),
        owed=tuple(Owed(f"{key or told.key}>{to.key}", to, NOW, told.key) for to in targets),
        **more,
    )


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


def test_a_page_is_committed_whole(store: Store) -> None:
    store.observing.commit(page())
    health = store.reports.health()
    assert (health.studies, health.versions, health.alerts, health.deliveries) == ({LISTED: 1}, 1, 1, {"pending": 1})
    known = store.observing.latest([NCT, "NCT00000002"])
    assert (known[NCT].version, known[NCT].checked_at) == (1, DATA)
    assert (known["NCT00000002"].state, known["NCT00000002"].checked_at) == ("absent", None)


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


def test_a_version_that_moved_meanwhile_is_refused_whole(store: Store, path: Path) -> None:
    store.observing.commit(page(1))
    before = tables(path)
    with pytest.raises(StoreError, match="moved while it was being read"):
        store.observing.commit(page(1))
    with pytest.raises(StoreError, match="moved while it was being read"):
        store.observing.commit(page(3))
    assert tables(path) == before


def test_a_snapshot_comes_back_byte_for_byte(store: Store) -> None:
    head = b'{"nctId" : "NCT00000001",\t"briefTitle":"\\u00fc \xc3\xbc"}'
    spaced = b' { "protocolSection" : {"identificationModule":' + head + b" } } \n"
    store.observing.commit(page(seen=snapshot(spaced)))
    back = store.observing.snapshot(NCT, 1)
    assert back.raw == spaced
    assert back == snapshot(spaced)


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


def test_a_version_that_is_not_there_is_a_clear_error(store: Store) -> None:
    with pytest.raises(StoreError, match=f"no version 4 of {NCT}"):
        store.observing.snapshot(NCT, 4)


def test_a_study_that_was_never_asked_for_is_the_users_mistake(store: Store) -> None:
    with pytest.raises(UsageError, match=NCT):
        store.reports.study(NCT)


def test_a_malformed_record_is_kept_once(store: Store) -> None:
    broken = Malformed("digest", NCT, "no reason", b"{")
    for _ in range(2):
        store.observing.commit(Observation(NOW, DATA, malformed=(broken,)))
    assert store.reports.health().malformed == ((NCT, "no reason"),)


# --- the outbox -----------------------------------------------------------------


def test_what_is_claimed_is_whole(store: Store) -> None:
    store.observing.commit(page())
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert (claimed.target, claimed.attempts, claimed.first_due_at) == (INBOX, 1, NOW)
    assert claimed.alerts == (replace(alert(1), id=1),)


def test_nothing_is_claimed_before_it_is_due(store: Store) -> None:
    store.observing.commit(page())
    assert store.outbox.claim_deliveries(NOW - timedelta(seconds=1), LEASE, 10) == ()


def test_a_claim_is_a_lease(store: Store) -> None:
    store.observing.commit(page())
    (first,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert store.outbox.claim_deliveries(NOW + LEASE - timedelta(seconds=1), LEASE, 10) == ()
    (second,) = store.outbox.claim_deliveries(NOW + LEASE, LEASE, 10)
    assert (second.message_id, second.attempts) == (first.message_id, 2)


def test_released_claims_are_due_at_once(store: Store) -> None:
    store.observing.commit(page())
    (first,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert store.outbox.release_claims() == 1
    (second,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert second.message_id == first.message_id


@pytest.mark.parametrize("status", [DeliveryStatus.DELIVERED, DeliveryStatus.DEAD])
def test_what_is_settled_is_never_claimed_again(store: Store, status: DeliveryStatus) -> None:
    store.observing.commit(page())
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(claimed.id, Settlement(status, error="so it is"), NOW)
    assert store.outbox.release_claims() == 0
    assert store.outbox.claim_deliveries(NOW + timedelta(days=99), LEASE, 10) == ()
    assert store.reports.health().deliveries == {status.value: 1}


def test_what_is_put_off_is_due_then(store: Store) -> None:
    store.observing.commit(page())
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(claimed.id, Settlement(DeliveryStatus.PENDING, LATER, "greylisted"), NOW)
    assert store.outbox.claim_deliveries(LATER - timedelta(seconds=1), LEASE, 10) == ()
    assert store.reports.health().failing == (("team/a@example.org", "greylisted"),)
    (again,) = store.outbox.claim_deliveries(LATER, LEASE, 10)
    assert (again.first_due_at, again.attempts) == (NOW, 2)


def test_a_claim_takes_no_more_than_its_limit_and_the_rest_stays(store: Store) -> None:
    store.observing.commit(page(targets=(INBOX, OTHER)))
    first = store.outbox.claim_deliveries(NOW, LEASE, 1)
    second = store.outbox.claim_deliveries(NOW, LEASE, 1)
    assert {claim.target for claim in (*first, *second)} == {INBOX, OTHER}


def test_each_target_has_a_delivery_and_a_message_id_of_its_own(store: Store) -> None:
    store.observing.commit(page(targets=(INBOX, OTHER)))
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert len({claim.message_id for claim in claimed}) == 2


def test_alerts_of_one_window_share_one_delivery(store: Store) -> None:
    store.observing.commit(page(1, key="everything|2026-06-01"))
    store.observing.commit(page(2, key="everything|2026-06-01"))
    (claimed,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert [told.version for told in claimed.alerts] == [1, 2]


@pytest.mark.parametrize("sent", [True, False])
def test_an_alert_too_late_for_its_digest_goes_by_itself(store: Store, sent: bool) -> None:
    store.observing.commit(page(1, key="everything|2026-06-01"))
    (digest,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    steps = [
        lambda: store.outbox.settle(digest.id, Settlement(DeliveryStatus.DELIVERED), NOW),
        lambda: store.observing.commit(page(2, key="everything|2026-06-01")),
    ]
    for step in steps if sent else reversed(steps):
        step()
    (late,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert [told.version for told in late.alerts] == [2]
    assert late.message_id != digest.message_id


def test_two_late_alerts_are_both_kept(store: Store) -> None:
    store.observing.commit(page(1, key="everything|2026-06-01"))
    (digest,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(digest.id, Settlement(DeliveryStatus.DELIVERED), NOW)
    store.observing.commit(page(2, key="everything|2026-06-01"))
    store.observing.commit(page(3, key="everything|2026-06-01"))
    late = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert sorted(told.version or 0 for claim in late for told in claim.alerts) == [2, 3]


def test_a_digest_that_failed_once_takes_nothing_more(store: Store) -> None:
    """It may have arrived all the same: the same Message-ID must not get another content."""
    store.observing.commit(page(1, key="everything|2026-06-01"))
    (digest,) = store.outbox.claim_deliveries(NOW, LEASE, 10)
    store.outbox.settle(digest.id, Settlement(DeliveryStatus.PENDING, NOW, "timed out"), NOW)
    store.observing.commit(page(2, key="everything|2026-06-01"))
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert sorted([told.version for told in claim.alerts] for claim in claimed) == [[1], [2]]


# --- notices --------------------------------------------------------------------


def test_a_condition_is_told_once_while_it_lasts(store: Store) -> None:
    assert store.notices.tell(TROUBLE, (INBOX, OTHER), NOW)
    assert not store.notices.tell(TROUBLE, (INBOX, OTHER), LATER)
    assert [claim.notice for claim in store.outbox.claim_deliveries(LATER, LEASE, 10)] == [TROUBLE, TROUBLE]


def test_its_end_is_told_once_and_it_may_come_back(store: Store) -> None:
    store.notices.tell(TROUBLE, (INBOX,), NOW)
    assert store.notices.resolve("registry", OVER, (INBOX,), LATER)
    assert not store.notices.resolve("registry", OVER, (INBOX,), LATER)
    assert store.reports.health().notices == ()
    assert store.notices.tell(TROUBLE, (INBOX,), LATER)
    told = [claim.notice and claim.notice.key for claim in store.outbox.claim_deliveries(LATER, LEASE, 10)]
    assert sorted(map(str, told)) == ["registry", "registry", "registry.over"]


def test_a_second_end_is_told_again(store: Store) -> None:
    for _ in range(2):
        assert store.notices.tell(TROUBLE, (INBOX,), NOW)
        assert store.notices.resolve("registry", OVER, (INBOX,), NOW)
    claimed = store.outbox.claim_deliveries(NOW, LEASE, 10)
    assert len({claim.message_id for claim in claimed}) == 4


def test_what_is_over_is_not_open(store: Store) -> None:
    """The news that a trouble is over is no trouble itself: `watcher status` must not list it as open."""
    store.notices.tell(TROUBLE, (INBOX,), NOW)
    assert [notice.key for notice in store.reports.health().notices] == ["registry"]
    store.notices.resolve("registry", OVER, (INBOX,), LATER)
    assert store.reports.health().notices == ()


def test_nothing_is_over_that_was_not_open(store: Store) -> None:
    assert not store.notices.resolve("registry", OVER, (INBOX,), NOW)
    assert store.outbox.claim_deliveries(NOW, LEASE, 10) == ()


def test_an_event_is_told_once_for_ever(store: Store) -> None:
    event = Notice("watch:pipeline:1", "3 studies", "All found.", event=True)
    assert store.notices.tell(event, (INBOX,), NOW)
    assert not store.notices.tell(event, (INBOX,), NOW + timedelta(days=400))
    assert store.reports.health().notices == ()


# --- small facts ----------------------------------------------------------------


def test_the_instance_id_survives_a_restart_and_is_never_shared(tmp_path: Path) -> None:
    with opened(tmp_path / "one.db") as store:
        first = store.meta.instance
        assert store.meta.instance == first
    with opened(tmp_path / "one.db") as store:
        assert store.meta.instance == first
    with opened(tmp_path / "two.db") as store:
        assert store.meta.instance != first


def test_the_kind_of_data_is_decided_once(store: Store) -> None:
    assert store.meta.rehearsal is None
    store.meta.decide_rehearsal(True)
    store.meta.decide_rehearsal(False)
    assert store.meta.rehearsal is True


def test_the_poll_state_survives_a_restart(path: Path) -> None:
    state = PollState(LATER, 3, "no answer", NOW, DATA)
    with opened(path) as store:
        assert store.meta.poll_state() == PollState()
        store.meta.set_poll_state(state)
    with opened(path) as store:
        assert store.meta.poll_state() == state


def test_a_watch_is_confirmed_until_its_studies_change(store: Store) -> None:
    from watcher.model import Watch, WatchedStudy

    one, two = WatchedStudy("NCT00000001"), WatchedStudy("NCT00000002", "label")
    watch = Watch("pipeline", (one, two))
    assert store.watches.unconfirmed((watch,)) == (watch,)
    store.watches.confirm(watch, NOW)
    turned = Watch("pipeline", (replace(two, label=""), one))
    assert fingerprint(turned) == fingerprint(watch)
    assert store.watches.unconfirmed((turned,)) == ()
    shorter = Watch("pipeline", (one,))
    assert store.watches.unconfirmed((shorter,)) == (shorter,)


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
