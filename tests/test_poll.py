"""Polling a rehearsal registry of small captures into a real database, day by day."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
from pytest_httpserver import HTTPServer

from tests.builders import record
from watcher.alerts.routes import Step
from watcher.audience import Audience
from watcher.errors import RegistryBlocked, RegistryError, RegistryFault, RegistryUnreachable, UsageError
from watcher.model import Route, Target, Watch, WatchedStudy
from watcher.poll import Poller, PollReport
from watcher.registry.client import Registry
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.registry.transport import Transport
from watcher.store import Store, opened
from watcher.store.shown import RecordedChange
from watcher.store.values import GONE, LISTED, MERGED, MISSING, Claimed

A, B, C = "NCT00000001", "NCT00000002", "NCT00000003"
DAY = date(2026, 6, 1)
EVERY = timedelta(minutes=30)
ALL_TIME = datetime(2100, 1, 1, tzinfo=UTC)
INBOXES = (Target("team", "a@example.org"), Target("team", "b@example.org"))
OPERATOR = (Target("ops", "ops@example.org"),)


def day(number: int) -> date:
    """Day number 0 is the first."""
    return DAY + timedelta(days=number)


@pytest.fixture(autouse=True)
def _no_back_off() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@dataclass
class SettableClock:
    """A clock that stands until it is moved."""

    moment: datetime = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def follow(self, timestamp: datetime) -> None:
        self.moment = timestamp


@dataclass
class Days:
    """A folder of captures that grows, served anew for each poll, and the watcher that polls it."""

    folder: Path
    database: Path
    clock: SettableClock = field(default_factory=SettableClock)
    studies: tuple[WatchedStudy, ...] = (WatchedStudy(A, "EX-1"),)
    requests: int = 0
    found: list[Step] = field(default_factory=list)

    def put(self, number: int, nct_id: str = A, content: object = None, **said: Any) -> None:
        """The capture of a study on a day, built from what is said unless `content` is given."""
        path = self.folder / nct_id / f"{day(number)}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        said = {"data_version": day(number).isoformat(), **said}
        path.write_text(json.dumps(record(nct_id=nct_id, **said) if content is None else content))

    def watch(self, *nct_ids: str) -> None:
        self.studies = tuple(WatchedStudy(nct_id, f"EX-{int(nct_id[3:])}") for nct_id in nct_ids)

    def hide(self, nct_id: str) -> None:
        """The study is not in the registry any more."""
        (self.folder / nct_id).rename(self.folder / f"hidden-{nct_id}")

    def show(self, nct_id: str) -> None:
        (self.folder / f"hidden-{nct_id}").rename(self.folder / nct_id)

    @contextmanager
    def poller(self, number: int, base_url: str = "") -> Iterator[tuple[Poller, Store]]:
        """A poller, as a process that has just been started would have it, with the registry on this day."""
        with RehearsalServer(Captures(self.folder), date=day(number)) as server, opened(self.database) as store:
            transport = Transport(base_url or server.base_url, min_interval=timedelta(0), timeout=timedelta(seconds=5))
            registry = Registry(transport)
            try:
                yield Poller(registry, store, self.audience, self.clock, every=EVERY, found=self._find), store
            finally:
                self.requests = registry.requests
                registry.close()

    def _find(self, steps: Iterable[Step], alerts: int) -> None:
        self.found += steps

    def poll(self, number: int, base_url: str = "") -> PollReport:
        with self.poller(number, base_url) as (poller, _):
            return poller.poll()

    @property
    def audience(self) -> Audience:
        routes = (Route("everything", to=("team",)),)
        return Audience((Watch("pipeline", self.studies),), routes, {"team": INBOXES, "ops": OPERATOR}, OPERATOR)

    # --- what came of it ----------------------------------------------------------

    @contextmanager
    def store(self) -> Iterator[Store]:
        with opened(self.database, read_only=True) as store:
            yield store

    def kinds(self, nct_id: str | None = None) -> list[str]:
        """The kinds of all stored changes, oldest first, but for the first sight of a study."""
        with self.store() as store:
            found: Sequence[RecordedChange] = store.reports.changes(nct_id=nct_id, limit=10_000)
        kinds = [str(change.said["kind"]) for change in reversed(found)]
        return [kind for kind in kinds if kind != "record.discovered"]

    def versions(self, nct_id: str = A) -> int:
        with self.store() as store:
            return len(store.reports.versions(nct_id))

    def state(self, nct_id: str = A) -> str:
        with self.store() as store:
            return store.observing.latest([nct_id])[nct_id].state

    def owed(self) -> list[Claimed]:
        """Everything that waits in the outbox; it is let go again."""
        with opened(self.database) as store:
            claimed = store.outbox.claim_deliveries(ALL_TIME, EVERY, 1000)
            store.outbox.release_claims()
        return list(claimed)

    def alerts(self) -> list[Claimed]:
        return [claim for claim in self.owed() if claim.alerts]

    def notices(self) -> list[str]:
        """The subjects of what the operator was told."""
        told = [claim for claim in self.owed() if claim.notice]
        assert {claim.target for claim in told} <= set(OPERATOR)
        return [claim.notice.subject for claim in told if claim.notice]

    def notice_text(self, number: int) -> str:
        """The body of what the operator was told, the first thing being number 0."""
        bodies = [claim.notice.body for claim in self.owed() if claim.notice]
        return bodies[number]

    def content(self) -> dict[str, Any]:
        """All that the database says, without row numbers, clocks of attempts and the random instance."""
        asked = {
            "study": "SELECT * FROM study ORDER BY nct_id",
            "snapshot": "SELECT * FROM snapshot ORDER BY nct_id, version",
            "change": "SELECT nct_id, occasion, observed_at, since, version, number, kind, severity, body FROM change "
            "ORDER BY nct_id, occasion, number",
            "alert": "SELECT key, severity, label, reason, facts FROM alert ORDER BY key",
            "lines": "SELECT key, occasion.occasion, number FROM alert JOIN alert_change ON alert.id = alert_id "
            "JOIN change AS occasion ON occasion.id = change_id ORDER BY key, number",
            "delivery": "SELECT delivery.key, channel, target, status, due_at FROM delivery WHERE notice_id IS NULL "
            "ORDER BY key",
            "notice": "SELECT key, subject, body FROM notice WHERE key NOT LIKE 'registry%' ORDER BY key",
            "watch": "SELECT name, fingerprint FROM watch",
        }
        connection = sqlite3.connect(self.database)
        try:
            return {name: connection.execute(sql).fetchall() for name, sql in asked.items()}
        finally:
            connection.close()


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "captures", tmp_path / "watcher.db")


# --- the first poll -------------------------------------------------------------


def test_the_baseline_is_silent_and_the_operator_is_told_once(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.watch(A, B, C)
    report = days.poll(0)
    assert (report.asked, report.versions, report.alerts) == (3, 2, 0)
    assert days.alerts() == []
    assert days.notices() == ['Watch "pipeline": 3 studies, 1 not found']
    assert f"Not found: {C}." in days.notice_text(0)
    days.poll(1)
    assert len(days.notices()) == 1


def test_first_sight_is_one_change_and_not_forty(days: Days) -> None:
    days.put(0)
    days.poll(0)
    with days.store() as store:
        assert [change.said["kind"] for change in store.reports.changes()] == ["record.discovered"]


def test_a_watch_whose_studies_change_is_confirmed_again(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.watch(A, B)
    days.poll(0)
    assert days.notices() == ['Watch "pipeline": 1 study', 'Watch "pipeline": 2 studies']


def test_a_study_that_is_added_later_is_asked_for_at_once(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.watch(A, B)
    assert days.poll(0).asked == 1
    assert days.versions(B) == 1


# --- gates ----------------------------------------------------------------------


def test_nothing_is_fetched_while_the_data_have_not_moved(days: Days) -> None:
    days.put(0)
    days.poll(0)
    assert days.poll(0).asked == 0
    assert days.requests == 1


def test_one_batch_is_one_request(days: Days) -> None:
    numbers = [f"NCT{number:08}" for number in range(1, 6)]
    for nct_id in numbers:
        days.put(0, nct_id)
    days.watch(*numbers)
    days.poll(0)
    assert days.requests == 2


def test_a_registry_that_does_not_date_its_data_is_always_asked(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    httpserver.expect_request("/version").respond_with_json({"apiVersion": "2"})
    httpserver.expect_request("/studies").respond_with_json({"studies": [record(status="RECRUITING")]})
    for _ in range(3):
        assert days.poll(0, httpserver.url_for("")).asked == 1
    assert days.versions() == 1


def test_only_the_version_holder_moved(days: Days) -> None:
    days.put(0)
    days.put(1)
    days.poll(0)
    assert days.poll(1).versions == 0
    assert (days.versions(), days.kinds(), days.alerts()) == (1, [], [])


def test_only_mesh_moved_and_only_the_gate_follows(days: Days) -> None:
    days.put(0)
    days.put(1, put={"derivedSection.conditionBrowseModule": {"meshes": [{"id": "D000001", "term": "Calcimycin"}]}})
    days.poll(0)
    with days.store() as store:
        before = store.observing.latest([A])[A]
    days.poll(1)
    with days.store() as store:
        after = store.observing.latest([A])[A]
    assert (days.versions(), days.kinds(), days.alerts()) == (1, [], [])
    assert before.raw_digest != after.raw_digest
    assert after.data_version == day(1).isoformat()


def test_data_of_another_age_conclude_nothing(days: Days, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/version").respond_with_json({"dataTimestamp": "3026-06-01T09:00:00"})
    days.put(0)
    with pytest.raises(RegistryFault, match="dated 3026-06-01T09:00:00, and this machine's clock says 2026"):
        days.poll(0, base_url=httpserver.url_for(""))
    assert [claim.notice.subject for claim in days.owed() if claim.notice] == ["The registry gives no usable answer"]
    with days.store() as store:
        assert store.meta.poll_state().data_timestamp == ""


def test_an_older_copy_teaches_nothing(days: Days) -> None:
    days.put(0, status="RECRUITING", data_version="2026-05-29")
    days.put(1, status="SUSPENDED", data_version="2026-06-02")
    days.put(2, status="RECRUITING", data_version="2026-05-29")
    days.put(3, status="SUSPENDED", data_version="2026-06-03")
    for number in range(4):
        days.poll(number)
    assert days.versions() == 2
    assert len(days.alerts()) == len(INBOXES)


def test_a_change_without_a_new_date_is_seen(days: Days) -> None:
    days.put(0, status="RECRUITING", posted="2024-01-01")
    days.put(1, status="UNKNOWN", last_known="RECRUITING", posted="2024-01-01")
    days.poll(0)
    days.poll(1)
    assert days.versions() == 2
    assert days.alerts()


@pytest.mark.parametrize("posted", ["2024-01", "soon", "2024-13-45"])
def test_an_odd_posting_date_never_costs_a_study_its_changes(days: Days, posted: str) -> None:
    days.put(0, status="SUSPENDED", posted=posted)
    days.put(1, status="RECRUITING", posted=posted)
    days.poll(0)
    report = days.poll(1)
    assert (report.versions, report.malformed) == (1, 0)
    assert "status.resumed" in days.kinds()


# --- changes --------------------------------------------------------------------


def test_a_change_is_a_version_an_alert_and_a_delivery_for_each_target(days: Days) -> None:
    days.put(0)
    days.put(1, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    days.poll(0)
    report = days.poll(1)
    assert (report.versions, report.alerts) == (1, 1)
    assert "status.suspended" in days.kinds()
    owed = days.alerts()
    assert [claim.target for claim in owed] == list(INBOXES)
    one, other = (claim.alerts for claim in owed)
    assert one == other
    assert [alert.key for alert in one] == [f"everything|{A}|version:2"]
    assert (one[0].label, one[0].since, one[0].version) == ("EX-1", 1, 2)


def test_versions_follow_each_other_and_each_is_kept(days: Days) -> None:
    for number, status in enumerate(("RECRUITING", "SUSPENDED", "RECRUITING", "TERMINATED")):
        days.put(number, status=status)
        days.poll(number)
    assert days.versions() == 4
    with days.store() as store:
        kept = [store.observing.snapshot(A, version).record for version in range(1, 5)]
    statuses = [said["protocolSection"]["statusModule"]["overallStatus"] for said in kept]
    assert statuses == ["RECRUITING", "SUSPENDED", "RECRUITING", "TERMINATED"]


def test_a_change_that_is_taken_back_says_what_it_takes_back(days: Days) -> None:
    for number, completion in ((1, "2028-06-30"), (2, "2028-09-30"), (3, "2028-06-30")):
        days.put(number, completion=completion)
        days.poll(number)
    with days.store() as store:
        (back,) = (recorded.said for recorded in store.reports.changes(nct_id=A) if recorded.version == 3)
    assert back["kind"] == "date.completion.pulled_in"
    assert back["detail"]["takes_back"] == {"version": 2, "seen_on": day(2).isoformat()}


def test_how_long_a_status_stood_is_told_only_where_its_beginning_was_seen(days: Days) -> None:
    for number, status in enumerate(("SUSPENDED", "RECRUITING", "SUSPENDED", "RECRUITING")):
        days.put(number, status=status, filed=day(number).isoformat())
        days.poll(number)
    with days.store() as store:
        told = [entry.said["sentence"] for entry in store.reports.changes(nct_id=A)]
    resumed = [sentence for sentence in reversed(told) if sentence.startswith("Study resumed")]
    assert [sentence.partition(":")[0] for sentence in resumed] == ["Study resumed", "Study resumed after 1 day"]


def test_a_status_that_moves_as_no_study_does_is_the_operators_business_too(days: Days) -> None:
    days.put(0)
    days.put(1, status="AVAILABLE")
    days.poll(0)
    days.poll(1)
    assert "status.other" in days.kinds()
    assert f"{A} shows a move of its status that has no meaning" in days.notices()


def test_a_poll_that_is_stopped_is_resumed(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 1)
    for nct_id in (A, B, C):
        days.put(0, nct_id)
    days.watch(A, B, C)
    with days.poller(0) as (poller, _):
        answers = iter([False, True])
        assert poller.poll(stop=lambda: next(answers)).asked == 1
    assert days.poll(0).asked == 2


# --- the life of a record -------------------------------------------------------


def test_one_404_is_a_suspicion_and_a_second_one_a_fact(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.hide(A)
    days.poll(1)
    days.poll(1)
    assert (days.state(), days.kinds(), days.alerts()) == (MISSING, [], [])
    days.poll(2)
    days.poll(3)
    assert (days.state(), days.kinds()) == (GONE, ["record.not_found"])
    assert len(days.alerts()) == len(INBOXES)
    assert days.versions() == 1


def test_a_404_that_was_none_is_forgotten(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    for number, vanishes in enumerate((False, True, False, True, False)):
        if vanishes:
            days.hide(A)
        days.poll(number)
        if vanishes:
            days.show(A)
    assert (days.state(), days.kinds(), days.alerts()) == (LISTED, [], [])


def test_a_record_that_comes_back_is_told_once(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.hide(A)
    for number in (1, 2):
        days.poll(number)
    days.show(A)
    for number in (3, 4):
        days.poll(number)
    assert (days.state(), days.kinds()) == (LISTED, ["record.not_found", "record.restored"])
    assert len(days.alerts()) == 2 * len(INBOXES)
    assert days.versions() == 1


def test_a_record_may_vanish_and_come_back_twice(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    for number in (1, 4):
        days.hide(A)
        days.poll(number)
        days.poll(number + 1)
        days.show(A)
        days.poll(number + 2)
    assert days.kinds() == ["record.not_found", "record.restored"] * 2


def test_a_record_that_comes_back_changed_tells_both(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.poll(0)
    days.hide(A)
    days.poll(1)
    days.poll(2)
    days.show(A)
    days.put(3, A, status="WITHDRAWN")
    days.poll(3)
    assert {"record.restored", "status.withdrawn"} <= set(days.kinds())
    assert days.versions() == 2


def test_a_study_that_was_never_seen_is_the_operators_business(days: Days) -> None:
    days.put(0, B)
    days.put(3, A)
    for number in range(3):
        days.poll(number)
    assert (days.kinds(), days.alerts()) == ([], [])
    assert days.notices() == ['Watch "pipeline": 1 study, 1 not found']
    assert f"Not found: {A}." in days.notice_text(0)
    days.poll(3)
    days.poll(4)
    assert days.notices()[1:] == [f"{A} has appeared in the registry"]
    assert (days.kinds(), days.alerts()) == ([], [])


def test_an_absence_from_the_batch_concludes_nothing(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    days.poll(0)
    httpserver.expect_request("/version").respond_with_json(
        {"dataTimestamp": "2026-06-09T09:00:00"}, headers={"X-Rehearsal": "1"}
    )
    httpserver.expect_request("/studies").respond_with_json({"studies": []})
    httpserver.expect_request(f"/studies/{A}").respond_with_data("no such page", status=404)
    for _ in range(3):
        with pytest.raises(RegistryFault):
            days.poll(0, httpserver.url_for(""))
    assert (days.state(), days.kinds()) == (LISTED, [])


def test_a_merged_number_is_told_once_and_its_heir_followed(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.watch(A)
    days.poll(0)
    days.put(1, B, aliases=[A])
    days.poll(1)
    days.poll(2)
    assert (days.state(A), days.kinds(A)) == (MERGED, ["record.merged"])
    assert days.versions(A) == 1
    assert len(days.alerts()) == len(INBOXES)
    days.put(3, B, aliases=[A], status="TERMINATED")
    days.poll(3)
    assert days.versions(B) == 2
    alert, _ = (claim.alerts[0] for claim in days.alerts() if claim.alerts[0].nct_id == B)
    assert alert.label == "EX-1"
    assert "status.terminated" in {change.kind for change in alert.changes}
    assert days.kinds(A) == ["record.merged"]


def test_a_merge_into_a_study_that_is_watched_already(days: Days) -> None:
    days.put(0, A)
    days.put(0, B)
    days.watch(A, B)
    days.poll(0)
    days.put(1, B, aliases=[A])
    days.poll(1)
    days.poll(2)
    assert (days.state(A), days.kinds(A)) == (MERGED, ["record.merged"])
    assert days.state(B) == LISTED


def test_a_number_that_was_an_alias_from_the_start_is_the_operators_business(days: Days) -> None:
    days.put(0, B, aliases=[A])
    days.watch(A)
    days.poll(0)
    days.poll(1)
    assert (days.state(A), days.alerts()) == (MERGED, [])
    assert days.notices() == ['Watch "pipeline": 1 study, 1 merged']
    assert f"Merged: {A} is now {B}." in days.notice_text(0)
    assert days.versions(B) == 1


# --- records that cannot be read ------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"protocolSection": {"identificationModule": {"nctId": 7}}},
        {"message": "no study"},
        {},
    ],
    ids=["a number for a number", "another object", "nothing"],
)
def test_a_record_that_is_none_is_set_aside_and_the_rest_goes_on(days: Days, broken: object) -> None:
    days.put(0, A)
    days.put(0, B)
    days.watch(A, B)
    days.poll(0)
    days.put(1, A, broken)
    days.put(1, B, status="SUSPENDED")
    report = days.poll(1)
    assert report.malformed >= 1
    assert days.versions(B) == 2
    assert (days.versions(A), days.state(A), days.kinds(A)) == (1, LISTED, [])
    with days.store() as store:
        (aside, *_) = store.reports.health().malformed
    assert aside[1]
    assert len([subject for subject in days.notices() if "cannot be read" in subject]) == 1


@pytest.mark.parametrize("status", [["RECRUITING"], {"a": 1}, 5], ids=str)
def test_a_record_that_cannot_be_compared_never_holds_up_the_rest(days: Days, status: object) -> None:
    """Either it is read after all, or it is set aside with its number and a reason."""
    days.put(0, A)
    days.put(0, B)
    days.watch(A, B)
    days.poll(0)
    days.put(1, A, status=status)
    days.put(1, B, status="SUSPENDED")
    days.poll(1)
    assert days.versions(B) == 2
    with days.store() as store:
        malformed = store.reports.health().malformed
    assert days.versions(A) == 2 or malformed[0][0] == A


def test_a_record_that_our_own_reading_trips_over_is_set_aside(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    from watcher.changes import changes_between

    def trips(old: Any, new: Any, **more: Any) -> Any:
        if new.nct_id == A:
            raise KeyError("overallStatus")
        return changes_between(old, new, **more)

    for number, status in enumerate(("RECRUITING", "SUSPENDED")):
        days.put(number, A, status=status)
        days.put(number, B, status=status)
    days.watch(A, B)
    days.poll(0)
    monkeypatch.setattr("watcher.changes.between.changes_between", trips)
    days.poll(1)
    days.poll(2)
    assert (days.versions(A), days.versions(B)) == (1, 2)
    with days.store() as store:
        ((nct_id, reason),) = store.reports.health().malformed
    assert nct_id == A
    assert "KeyError" in reason
    assert f"A record cannot be read: {A}" in days.notices()
    monkeypatch.undo()
    days.poll(3)
    assert days.versions(A) == 2


# --- trouble --------------------------------------------------------------------


def test_an_outage_keeps_the_state_and_is_told_once_and_told_over(days: Days) -> None:
    days.put(0)
    days.poll(0)
    before = days.content()
    for failures in (1, 2, 3):
        with pytest.raises(RegistryUnreachable):
            days.poll(1, "http://127.0.0.1:1/api/v2")
        with days.store() as store:
            state = store.meta.poll_state()
        assert state.failures == failures
        assert state.last_error
        assert state.due_at is not None
        assert state.due_at > days.clock.now()
    assert days.content() == before
    assert days.notices()[1:] == ["The registry gives no usable answer"]
    days.poll(1)
    assert days.notices()[2:] == ["The registry answers again"]
    with days.store() as store:
        assert (store.meta.poll_state().failures, store.reports.health().notices) == (0, ())


def test_failures_put_the_next_poll_off_further_and_further(days: Days) -> None:
    days.put(0)
    waits = []
    for _ in range(12):
        with pytest.raises(RegistryUnreachable):
            days.poll(1, "http://127.0.0.1:1/api/v2")
        with days.store() as store:
            due_at = store.meta.poll_state().due_at
        assert due_at is not None
        waits.append(due_at - days.clock.now())
    assert waits[0] < timedelta(minutes=7)
    assert waits[:6] == sorted(waits[:6])
    assert timedelta(hours=6) <= waits[-1] <= timedelta(hours=8)


def test_a_block_is_not_asked_again_quickly(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    httpserver.expect_request("/version").respond_with_data("", status=403)
    with pytest.raises(RegistryBlocked):
        days.poll(0, httpserver.url_for(""))
    assert days.notices() == ["The registry blocks us"]
    with days.poller(0) as (poller, _):
        assert not poller.is_due()
        days.clock.moment += EVERY - timedelta(seconds=1)
        assert not poller.is_due()
        days.clock.moment += timedelta(hours=1)
        assert poller.is_due()
    assert len(httpserver.log) == 1


def test_a_retry_after_of_the_registry_is_kept(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    httpserver.expect_request("/version").respond_with_data("", status=429, headers={"Retry-After": "86400"})
    with pytest.raises(RegistryUnreachable):
        days.poll(0, httpserver.url_for(""))
    with days.store() as store:
        due_at = store.meta.poll_state().due_at
    assert due_at is not None
    assert due_at - days.clock.now() >= timedelta(days=1)


def test_what_is_due_is_in_the_database(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    httpserver.expect_request("/version").respond_with_json({"dataTimestamp": "2026-05-09T09:00:00"})
    httpserver.expect_request("/studies").respond_with_json({"studies": [record()]})
    with days.poller(0, httpserver.url_for("")) as (poller, _):
        assert poller.is_due()
        poller.poll()
        assert not poller.is_due()
    with days.poller(0, httpserver.url_for("")) as (poller, _):
        days.clock.moment += EVERY - timedelta(seconds=1)
        assert not poller.is_due()
        days.clock.moment += timedelta(seconds=1)
        assert poller.is_due()


def test_a_clock_that_is_set_back_does_not_stop_the_polling(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    httpserver.expect_request("/version").respond_with_json({"dataTimestamp": "2026-05-09T09:00:00"})
    httpserver.expect_request("/studies").respond_with_json({"studies": [record()]})
    days.poll(0, httpserver.url_for(""))
    days.clock.moment -= timedelta(days=3650)
    with days.poller(0, httpserver.url_for("")) as (poller, _):
        assert poller.is_due()


def test_a_rehearsal_is_always_due(days: Days) -> None:
    days.put(0)
    with days.poller(0) as (poller, _):
        poller.poll()
        assert poller.is_due()


def test_one_batch_that_fails_does_not_hold_up_the_others(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 1)
    days.watch(A, B, C)
    for nct_id in (A, B, C):
        days.put(0, nct_id)
    days.poll(0)
    for nct_id in (A, C):
        days.put(1, nct_id, status="SUSPENDED")
    (days.folder / B / f"{day(1)}.json").write_text("[]")
    with pytest.raises(RegistryError):
        days.poll(1)
    # A 500 is an outage of the whole registry, not of one batch: what was committed before it stays.
    assert days.versions(A) == 2
    days.put(1, B, status="SUSPENDED")
    days.poll(1)
    assert [days.versions(nct_id) for nct_id in (A, B, C)] == [2, 2, 2]


def test_what_a_poll_found_before_it_failed_is_counted(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 1)
    days.watch(A, B)
    for nct_id in (A, B):
        days.put(0, nct_id)
    days.poll(0)
    days.put(1, A, status="SUSPENDED")
    (days.folder / B / f"{day(1)}.json").write_text("[]")
    days.found.clear()
    with pytest.raises(RegistryError):
        days.poll(1)
    assert [step.nct_id for step in days.found] == [A]


def test_a_batch_of_another_shape_does_not_hold_up_the_others(
    days: Days, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 1)
    days.watch(A, B)
    days.put(0)
    httpserver.expect_request("/version").respond_with_json({"dataTimestamp": "2026-06-09T09:00:00"})
    httpserver.expect_request("/studies", query_string={**_asked(A)}).respond_with_json({})
    httpserver.expect_request("/studies", query_string={**_asked(B)}).respond_with_json({"studies": [record(nct_id=B)]})
    with pytest.raises(RegistryFault):
        days.poll(0, httpserver.url_for(""))
    with days.store() as store:
        known = store.observing.latest([A, B])
    assert (known[A].checked_at, known[B].version) == (None, 1)


def test_a_rehearsal_and_the_registry_never_share_a_database(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    days.poll(0)
    httpserver.expect_request("/version").respond_with_json({"dataTimestamp": "2026-06-09T09:00:00"})
    with pytest.raises(UsageError, match=r"holds data of a rehearsal, this is the registry: choose another \[store\]"):
        days.poll(0, httpserver.url_for(""))
    assert days.versions() == 1


def test_the_registry_and_a_rehearsal_never_share_a_database(days: Days, httpserver: HTTPServer) -> None:
    days.put(0)
    httpserver.expect_request("/version").respond_with_json({"dataTimestamp": "2026-05-09T09:00:00"})
    httpserver.expect_request("/studies").respond_with_json({"studies": [record()]})
    days.poll(0, httpserver.url_for(""))
    before = days.content()
    with pytest.raises(UsageError, match="holds data of the registry, this is a rehearsal"):
        days.poll(1)
    assert days.content() == before


def test_a_rehearsal_sets_the_clock(days: Days) -> None:
    days.put(0)
    days.poll(5)
    assert days.clock.now() == datetime(2026, 6, 6, 9, 0, tzinfo=UTC)


# --- crashes --------------------------------------------------------------------


class Crash(BaseException):
    """The process is gone: nothing may catch this."""


STORY = 4


def eventful(days: Days) -> None:
    """Five studies whose days hold a change, a merge, a removal, a malformed record and a late arrival."""
    numbers = [f"NCT{number:08}" for number in range(1, 7)]
    one, two, three, four, five, six = numbers
    for nct_id in (one, two, three, four, six):
        days.put(0, nct_id)
    days.watch(one, two, three, four, five)
    days.put(1, one, status="SUSPENDED")
    days.put(1, six, aliases=[two])
    days.put(1, three, put={"protocolSection.conditionsModule.conditions": ["Another Disease"]})
    days.put(2, one, status="TERMINATED", why_stopped="Futility")
    days.put(2, five)
    days.put(3, four, {"protocolSection": {"identificationModule": {"nctId": 7}}})
    days.put(3, five, status="COMPLETED")
    days.put(3, six, aliases=[two], enrollment="12 actual")


def told(days: Days, crash: tuple[int, int, bool] | None, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The database after the story; where asked, with a crash at one commit of one day, then polled again."""
    from watcher.store.observing import Observing

    honest = Observing.commit
    eventful(days)
    for number in range(STORY):
        commits = iter(range(1000))

        def commit(self: Observing, page: Any, number: int = number, commits: Iterator[int] = commits) -> None:
            at = (number, next(commits))
            if crash == (*at, False):
                raise Crash
            honest(self, page)
            if crash == (*at, True):
                raise Crash

        with patch.context() as patched:
            patched.setattr(Observing, "commit", commit)
            try:
                days.poll(number)
                crashed = False
            except Crash:
                crashed = True
        if crashed:
            days.poll(number)
        assert crashed == (crash is not None and crash[0] == number), "there is no such commit"
    return days.content()


def test_a_crash_before_or_after_any_commit_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.poll.BATCH", 2)

    def fresh(name: str) -> Days:
        return Days(tmp_path / name / "captures", tmp_path / name / "watcher.db")

    expected = told(fresh("honest"), None, monkeypatch)
    assert len(expected["alert"]) >= 4
    assert len(expected["snapshot"]) >= 9
    for number in range(STORY):
        for commit in range(2):
            for after in (False, True):
                crash = (number, commit, after)
                assert told(fresh(f"crash-{crash}"), crash, monkeypatch) == expected, crash


def test_polling_again_after_a_finished_poll_changes_nothing(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told(days, None, monkeypatch)
    days.poll(STORY - 1)
    assert days.content() == expected


def _asked(nct_id: str) -> dict[str, str]:
    return {
        "format": "json",
        "markupFormat": "markdown",
        "filter.ids": nct_id,
        "pageSize": "1",
        "sort": "StudyFirstPostDate:asc,LastUpdatePostDate:asc",
    }


def test_the_operators_notices_never_reach_readers(days: Days) -> None:
    days.put(0)
    days.poll(0)
    with pytest.raises(RegistryUnreachable):
        days.poll(1, "http://127.0.0.1:1/api/v2")
    assert {claim.target for claim in days.owed()} == set(OPERATOR)


def test_without_an_operator_polling_goes_on_all_the_same(days: Days) -> None:
    days.put(0)
    with days.poller(0) as (poller, _):
        poller._audience = replace(poller._audience, operator=())
        poller.poll()
    assert days.owed() == []
