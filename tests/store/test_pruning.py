"""What is settled and old goes; nothing that is needed, that is young, or that keeps a thing from being told twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.office import MAJOR, Office
from tests.store.pages import INBOX, OVER, TROUBLE
from tests.store.test_store import raw
from tests.test_poll import A, Days
from watcher.errors import DeliveryError, UsageError
from watcher.model import Notice, Silence
from watcher.store import Store, opened
from watcher.store.checking import check
from watcher.store.pruning import Pruned

YEAR = timedelta(days=365)
TOLD_ONCE = Notice("appeared|NCT00000001", "It has appeared", "b", event=True)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A desk that has told two alerts; its clock stands a year and a day later."""
    office = Office(tmp_path / "watcher.db")
    office.receiver("team", "a", "b")
    office.owe(1)
    office.owe(2)
    office.deliver()
    office.clock.moment += YEAR + timedelta(days=1)
    return office


def prune(office: Office, older_than: timedelta = YEAR) -> Pruned:
    """Prune, after a look at what would go: both say the same, and all is whole afterwards."""
    now = office.clock.now()
    with opened(office.database, read_only=True) as store:
        planned = store.pruning.planned(now - older_than, now)
    with opened(office.database) as store:
        gone = store.pruning.prune(now - older_than, now)
        assert gone == planned
        assert store.pruning.planned(now - older_than, now).total == 0
    assert check(office.database).findings == ()
    return gone


def counts(office: Office, *tables: str) -> tuple[int, ...]:
    return tuple(raw(office.database, f"SELECT count(*) FROM {table}")[0][0] for table in tables)  # noqa: S608 - ours


def test_what_was_told_long_ago_goes_and_the_history_stays(office: Office) -> None:
    office.owe(3)
    assert prune(office) == Pruned(deliveries=4, alerts=2)
    assert counts(office, "study", "change") == (3, 3)
    assert counts(office, "delivery", "delivery_alert", "alert") == (2, 2, 1)


def test_what_is_young_stays(office: Office) -> None:
    assert prune(office, YEAR + timedelta(days=2)) == Pruned()


def test_what_is_owed_or_dead_stays_with_its_alerts(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team").fail(DeliveryError("unknown recipient", permanent=True))
    office.owe(1)
    office.deliver()
    office.receiver("late")
    office.owe(2, to="late")
    office.owe(3, to="late")
    office.clock.moment += YEAR + timedelta(days=1)
    assert office.statuses() == {"dead": 1, "pending": 2}
    assert prune(office) == Pruned()
    assert office.deliver().delivered == 2


def test_what_is_told_in_one_goes_as_one(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team", batch_from=3)
    for number in range(5):
        office.owe(number + 1)
    office.deliver()
    assert office.statuses() == {"batched": 5, "delivered": 1}
    office.clock.moment += YEAR + timedelta(days=1)
    assert prune(office) == Pruned()  # The newest delivery of all is the batch: its number must not be given again.
    office.owe(9)
    assert prune(office) == Pruned(deliveries=6, alerts=5)


def test_no_number_is_given_twice(office: Office) -> None:
    highest = [raw(office.database, f"SELECT max(id) FROM {table}")[0][0] for table in ("alert", "delivery")]  # noqa: S608
    prune(office)
    office.owe(3)
    assert [raw(office.database, f"SELECT min(id) FROM {table} WHERE id > ?", number)  # noqa: S608 - our tables
            for table, number in zip(("alert", "delivery"), highest, strict=True)] == [
        [(highest[0] + 1,)], [(highest[1] + 1,)]]  # fmt: skip
    ids = raw(office.database, "SELECT message_id FROM delivery")
    assert len(set(ids)) == len(ids)


def test_what_a_reader_called_noise_stays_for_the_rules_that_are_suggested_from_it(office: Office) -> None:
    with office.store() as store:
        store.answers.mark_as_noise([1], office.clock.now())
        noise = store.answers.noise()
    prune(office)
    with office.store() as store:
        assert store.answers.noise() == noise


def test_an_event_is_told_once_for_ever_also_after_its_notice_was_delivered_and_pruned(office: Office) -> None:
    now = office.clock.now()
    with office.store() as store:
        assert store.notices.tell(TOLD_ONCE, [INBOX], now)
        store.notices.tell(TROUBLE, [INBOX], now)
        store.notices.resolve(TROUBLE.key, OVER, [INBOX], now + timedelta(hours=1))
    office.channels["team"].recipients = ("a@example.org",)
    office.clock.moment += timedelta(hours=2)
    office.deliver()
    office.clock.moment += YEAR + timedelta(days=1)
    office.owe(4)
    assert prune(office).notices == 1
    with office.store() as store:
        assert not store.notices.tell(TOLD_ONCE, [INBOX], office.clock.now())
        assert store.notices.tell(TROUBLE, [INBOX], office.clock.now())
        assert not store.notices.tell(TROUBLE, [INBOX], office.clock.now())


def test_a_condition_that_is_still_open_stays(office: Office) -> None:
    with office.store() as store:
        store.notices.tell(TROUBLE, [], office.clock.now())
    office.clock.moment += 2 * YEAR
    assert prune(office).notices == 0
    with office.store() as store:
        assert not store.notices.tell(TROUBLE, [], office.clock.now())


def test_a_silence_goes_when_it_is_over_and_nothing_it_kept_back_is_left(office: Office) -> None:
    now = office.clock.now()

    def silence(key: str, until: datetime) -> None:
        with office.store() as store:
            store.silences.add(key, Silence(0, "reason", now, until, nct_id="NCT00000001"))

    silence("first", now + timedelta(days=1))
    silence("lasts", now + 3 * YEAR)
    silence("newest", now + timedelta(days=1))
    office.clock.moment += YEAR + timedelta(days=2)
    assert prune(office).silences == 1
    with office.store() as store:
        assert [entry.silence.id for entry in store.silences.all()] == [3, 2]


def test_what_is_too_young_to_be_sure_of_is_refused(office: Office) -> None:
    with office.store() as store, pytest.raises(UsageError, match="say --older-than 90d"):
        store.pruning.prune(office.clock.now() - timedelta(days=89), office.clock.now())


def test_a_prune_that_is_stopped_leaves_all_whole_and_the_next_one_ends_it(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team")
    with office.store() as store:
        for _ in range(13):
            store.observing.commit(office.page([(number + 1, MAJOR, "news") for number in range(100)]))
    raw(office.database, "UPDATE delivery SET status = 'delivered', settled_at = first_due_at WHERE id < 1250")
    office.clock.moment += YEAR + timedelta(days=1)

    def stop() -> None:
        raise KeyboardInterrupt

    with office.store() as store, pytest.raises(KeyboardInterrupt):
        store.pruning.prune(office.clock.now() - YEAR, office.clock.now(), stop)
    assert counts(office, "delivery", "alert") == (800, 1300)
    assert check(office.database).findings == ()
    assert prune(office) == Pruned(deliveries=749, alerts=1249)


def test_pruned_studies_go_on_and_nothing_is_told_twice(tmp_path: Path) -> None:
    days = Days(tmp_path / "captures", tmp_path / "watcher.db")
    days.put(0, status="RECRUITING")
    days.put(1, status="SUSPENDED", why_stopped="Supply")
    days.poll(0)
    days.poll(1)
    raw(days.database, "UPDATE delivery SET status = 'delivered', settled_at = '2020-01-01'")
    raw(days.database, "UPDATE alert SET observed_at = '2020-01-01'")
    now = days.clock.now()
    with opened(days.database) as store:
        before = len(store.history.recorded(A, None))
        store.pruning.prune(now - YEAR, now)
        assert len(store.history.recorded(A, None)) == before
        assert store.pruning.pruned_before() == now - YEAR
    days.poll(1)
    assert days.owed() == []
    days.put(2, status="RECRUITING")
    days.poll(2)
    assert {alert.version for claim in days.owed() for alert in claim.alerts} == {3}
    assert check(days.database).findings == ()


def test_the_space_of_what_went_is_used_again_and_vacuum_gives_it_back(office: Office) -> None:
    now = office.clock.now()
    with office.store() as store:
        for number in range(400):
            store.notices.tell(Notice(f"key {number}", "s", "x" * 5000), [], now)
            store.notices.resolve(f"key {number}", OVER, [], now + timedelta(hours=1))
    office.clock.moment += YEAR + timedelta(days=1)
    size = office.database.stat().st_size
    assert prune(office).notices == 400
    with office.store() as store:
        store.pruning.vacuum()
    assert office.database.stat().st_size < size / 2
    assert check(office.database).findings == ()


def test_who_writes_meanwhile_never_waits_long_for_a_prune_or_for_space_that_is_given_back(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team")
    with office.store() as store:
        for _ in range(20):
            store.observing.commit(office.page([(number + 1, MAJOR, "news") for number in range(100)]))
    raw(office.database, "UPDATE delivery SET status = 'delivered', settled_at = first_due_at")
    raw(office.database, "CREATE TABLE filling (body BLOB)")
    raw(office.database, "INSERT INTO filling VALUES (zeroblob(30000000))")
    raw(office.database, "DROP TABLE filling")
    now = office.clock.now() + 2 * YEAR
    with office.store() as store, writing(store, now) as waits:
        assert store.pruning.prune(now - YEAR, now).deliveries == 1999
        assert store.pruning.give_back() > 30_000_000
    assert len(waits) > 3
    assert max(waits) < 1.0
    assert check(office.database).findings == ()


@contextmanager
def writing(store: Store, now: datetime) -> Iterator[list[float]]:
    """Another thread that writes every 10 milliseconds, and how many seconds each of its writes took."""
    waits: list[float] = []
    over = threading.Event()

    def write() -> None:
        while not over.wait(0.01):
            began = time.monotonic()
            store.meta.prove_writable(now)
            waits.append(time.monotonic() - began)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()
