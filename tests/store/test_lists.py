"""Lists that stop early show what a look at everything would show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.office import Office
from tests.store.test_store import raw
from watcher.alerts.schedule import DeliveryStatus
from watcher.model import Severity
from watcher.store import Store, opened

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Changes of every severity, several at each moment."""
    office = Office(tmp_path_factory.mktemp("lists") / "watcher.db")
    office.receiver("team", "a", "b")
    office.receiver("chat", "c")
    for number in range(30):
        office.clock.moment = FIRST + timedelta(days=number // 3)
        with office.store() as writer:
            writer.observing.commit(
                office.page([(study, Severity((study + number) % 4), "news") for study in range(1, 6)])
            )
    raw(office.database, "UPDATE delivery SET status = 'dead' WHERE id % 7 = 0")
    with opened(office.database, read_only=True) as it:
        yield it


@given(st.sampled_from(Severity), st.integers(1, 200), st.integers(-1, 11))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_newest_changes_are_those_of_a_look_at_all(store: Store, least: Severity, limit: int, day: int) -> None:
    since = None if day < 0 else FIRST + timedelta(days=day)
    everything = _all(store.path)
    wanted = [row for row in everything if row[1] >= least and (since is None or row[0] >= since.isoformat())]
    found = store.reports.changes(since=since, min_severity=least, limit=limit)
    assert [change.observed_at for change in found] == [row[0] for row in wanted][:limit]
    assert all(Severity.of(change.said["severity"]) >= least for change in found)


def test_the_changes_of_a_study_are_all_its_own(store: Store) -> None:
    found = store.reports.changes(nct_id="NCT00000002", min_severity=Severity.MAJOR)
    assert {change.said["nct_id"] for change in found} == {"NCT00000002"}
    assert len(found) == sum(row[1] >= Severity.MAJOR for row in _all(store.path, "NCT00000002"))


@pytest.mark.parametrize("channel", ["", "team"])
@pytest.mark.parametrize("limit", [1, 5, 1000])
def test_the_newest_deliveries_of_some_states_are_those_of_a_look_at_all(
    store: Store, channel: str, limit: int
) -> None:
    rows = raw(store.path, "SELECT id FROM delivery WHERE ? IN ('', channel) ORDER BY id DESC", channel)
    found = store.deliveries.listed((DeliveryStatus.PENDING, DeliveryStatus.DEAD), channel=channel, limit=limit)
    assert [delivery.id for delivery in found] == [number for (number,) in rows][:limit]
    assert store.deliveries.listed(()) == ()


def _all(path: Path, nct_id: str = "") -> list[tuple[str, int]]:
    sql = "SELECT observed_at, severity FROM change WHERE ? IN ('', nct_id) ORDER BY observed_at DESC, id"
    return raw(path, sql, nct_id)
