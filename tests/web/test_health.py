"""When the watcher is well, degraded or failing, and why: judged from a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.office import Office
from watcher.alerts.conditions import Limits
from watcher.errors import DeliveryError
from watcher.model import Notice
from watcher.store.figures import Figures
from watcher.store.values import PollState
from watcher.web.health import Bounds, Standing, Status, bounds_of, health_of, judged

START = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office(tmp_path) -> Office:
    made = Office(tmp_path / "watcher.db")
    made.clock.moment = START
    with made.store() as store:
        store.meta.set_poll_state(PollState(last_success_at=START))
    return made


def health(office: Office, **more):
    return health_of(office.database, office.clock.now, **more)


def standing(now: datetime = START, last: datetime | None = START, *, free: int | None = None, failures: int = 0):
    poll = PollState(last_success_at=last, failures=failures)
    return Standing(now, START, Figures(now, poll, (), 0, None, 0, 0, False), (), free)


def test_all_is_well_without_reasons(office):
    assert health(office)() == judged(standing(), Bounds())
    assert (health(office)().status, health(office)().reasons) == (Status.OK, ())


def test_a_database_that_cannot_be_read_fails_with_what_to_do(office):
    ask = health(office)
    office.database.write_bytes(b"broken" * 1000)
    assert ask().status is Status.FAILING
    assert "`watcher doctor`" in ask().reasons[0]


def test_facts_that_are_none_fail_and_raise_nothing(office):
    import sqlite3
    from contextlib import closing

    ask = health(office)
    with closing(sqlite3.connect(office.database)) as db, db:
        db.execute("UPDATE meta SET value = 'never' WHERE name = 'poll.last_success_at'")
    assert ask().status is Status.FAILING


def test_what_the_process_itself_knows_to_be_wrong_fails(office):
    faults: list[str] = []
    ask = health(office, faults=lambda: faults)
    assert ask().status is Status.OK
    faults.append("the job deliver shows no progress")
    assert (ask().status, ask().reasons) == (Status.FAILING, ("the job deliver shows no progress",))


@pytest.mark.parametrize(
    ("last", "after", "status"),
    [
        (START, DAY, Status.OK),
        (START, DAY + HOUR, Status.FAILING),
        (None, DAY, Status.OK),
        (None, DAY + HOUR, Status.FAILING),
        # Off for a week: the first poll after the start has its time, too.
        (START - 7 * DAY, HOUR, Status.OK),
        (START - 7 * DAY, DAY + HOUR, Status.FAILING),
        # The clock was set back.
        (START + 300 * DAY, HOUR, Status.OK),
    ],
)
def test_without_a_successful_poll_it_fails_after_a_day(last, after, status):
    assert judged(standing(START + after, last), Bounds()).status is status


def test_who_polls_once_a_week_is_not_failing_after_a_day():
    bounds = bounds_of(timedelta(days=7))
    assert judged(standing(START + 8 * DAY), bounds).status is Status.OK
    assert judged(standing(START + 29 * DAY), bounds).status is Status.FAILING
    assert bounds_of(timedelta(minutes=30)) == Bounds()


def test_the_reason_says_since_when():
    assert judged(standing(START + 2 * DAY), Bounds()).reasons == ("no poll has succeeded since 2026-06-01 12:00 UTC",)
    assert judged(standing(START + 2 * DAY, None), Bounds()).reasons == (
        "no poll has succeeded since the database was made",
    )


@pytest.mark.parametrize(
    ("failures", "reasons"), [(0, ()), (1, ("1 poll in a row failed",)), (3, ("3 polls in a row failed",))]
)
def test_failing_polls_degrade_it(failures, reasons):
    verdict = judged(standing(failures=failures), Bounds())
    assert verdict.reasons == reasons
    assert verdict.status is (Status.DEGRADED if failures else Status.OK)


@pytest.mark.parametrize(("free", "status"), [(None, Status.OK), (10**9, Status.OK), (10**8, Status.DEGRADED)])
def test_a_full_disk_degrades_it(free, status):
    assert judged(standing(free=free), Bounds()).status is status


def test_what_is_late_and_what_is_dead_degrade_it(office):
    office.receiver("team").fail(DeliveryError("not now"))
    office.receiver("phone").fail(DeliveryError("no", permanent=True))
    office.owe(1, to="team")
    ask = health(office, bounds=lambda: Bounds(limits=Limits(outbox_age=HOUR)))
    office.deliver()
    office.clock.moment += HOUR
    assert ask().reasons == ()
    office.clock.moment += HOUR
    assert ask().reasons == ("1 delivery should be out, the oldest since 2026-06-01 12:00 UTC",)
    office.owe(2, to="phone")
    office.deliver()
    verdict = ask()
    assert verdict.status is Status.DEGRADED
    assert any(
        "1 delivery could not be made: `watcher deliveries list --status dead`" in said for said in verdict.reasons
    )


def test_an_open_notice_degrades_it_until_it_is_over(office):
    with office.store() as store:
        store.notices.tell(Notice("registry", "The registry blocks us", "secret words"), (), START)
    verdict = health(office)()
    assert verdict.status is Status.DEGRADED
    assert verdict.reasons == ("1 notice to the operator not over: `watcher status`",)
    with office.store() as store:
        store.notices.resolve("registry", Notice("registry.over", "Over", "."), (), START)
    assert health(office)().status is Status.OK


def test_the_worst_decides_and_every_reason_is_told():
    verdict = judged(Standing(START + 2 * DAY, START, None, ("poll",), 5), Bounds())
    assert verdict.status is Status.FAILING
    assert len(verdict.reasons) == 3


def test_a_rehearsal_is_judged_by_the_time_of_its_last_poll(office):
    with office.store() as store:
        store.meta.decide_rehearsal(True)
    office.receiver("team").fail(DeliveryError("not now"))
    office.owe(1, to="team")
    office.deliver()
    ask = health(office)
    office.clock.moment += 300 * DAY
    assert (ask().status, ask().reasons) == (Status.OK, ())
