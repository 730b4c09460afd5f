"""The figures as Prometheus reads them, over a real database, and the counts of the process."""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import NCT, change
from tests.office import Clock, Office
from watcher import __version__
from watcher.alerts.refreshes import data_moment
from watcher.alerts.routes import Step
from watcher.alerts.schedule import DeliveryStatus
from watcher.errors import DeliveryError, RegistryBlocked, RegistryUnreachable
from watcher.metrics.exposition import exposition
from watcher.metrics.gauges import Asked, Gauges
from watcher.metrics.table import COUNTER, COUNTERS, METRICS, PREFIX
from watcher.metrics.tally import DELIVERY_OUTCOMES, Tally
from watcher.model import Change, Notice, Severity, StudyFacts
from watcher.poll import PollReport
from watcher.store.figures import read_figures
from watcher.store.values import PollState

Labels = dict[str, str]
PAGE = Path(__file__).resolve().parents[1] / "docs" / "monitoring.md"
SUCCESS = datetime(2026, 6, 1, 11, 30, tzinfo=UTC)
OLD, NEW = "2026-05-29T09:00:04", "2026-06-01T09:00:05"


def step(*changes: Change) -> Step:
    return Step(NCT, "v2", SUCCESS, changes, StudyFacts(NCT))


class Scraped:
    """A database with its clock, scraped as often as is asked."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder / "watcher.db", Clock())
        self.tally = Tally(("team",), ("poll",))
        self.asked = Asked()
        gauges = Gauges(self.office.database, self.office.clock.now, lambda: self.asked)
        self._write = exposition(self.tally, gauges)

    @property
    def text(self) -> str:
        return self._write().decode()

    def samples(self) -> dict[str, list[tuple[Labels, float]]]:
        """Every sample by its name without our prefix."""
        found: dict[str, list[tuple[Labels, float]]] = {}
        for family in text_string_to_metric_families(self.text):
            for sample in family.samples:
                found.setdefault(sample.name.removeprefix(PREFIX), []).append((sample.labels, sample.value))
        return found

    def value(self, name: str, **labels: str) -> float | None:
        """The one sample with these labels; None where there is none."""
        found = [value for given, value in self.samples().get(name, []) if given == labels]
        assert len(found) <= 1, f"{name} {labels} is told {len(found)} times"
        return found[0] if found else None

    def polled(self, **state: object) -> None:
        with self.office.store() as store:
            store.meta.set_poll_state(PollState(**state))  # type: ignore[arg-type]


@pytest.fixture
def scraped(tmp_path: Path) -> Scraped:
    made = Scraped(tmp_path)
    made.polled()
    return made


# --- names and kinds, as promtool would judge them --------------------------------------


def test_names_follow_the_conventions_of_prometheus():
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    for metric in METRICS:
        assert re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == COUNTER), metric.name
        assert not re.search("milli|micro|minutes|hours|days|megabytes|kb|(^|_)(gauge|counter)(_|$)", metric.name)
        assert not re.search("_(count|sum|bucket)$", metric.name), metric.name
        assert metric.meaning.endswith(".")
        assert not set(metric.labels) & {"le", "quantile", "instance", "job_name", "severity_text"}
    for unit in ("seconds", "bytes", "info"):
        assert [name for name in names if unit in name] == [name for name in names if re.search(f"_{unit}$", name)], (
            unit
        )


def test_every_figure_is_told_with_its_kind_and_meaning_and_nothing_else_but_the_process(scraped):
    scraped.asked = Asked(3, NEW)
    scraped.polled(due_at=SUCCESS, last_success_at=SUCCESS, data_timestamp=OLD)
    scraped.office.receiver()
    scraped.office.owe(1)
    scraped.office.receiver("dead").fail(DeliveryError("no", permanent=True))
    scraped.office.owe(2, to="dead")
    scraped.office.deliver()
    scraped.office.owe(3)
    families = {family.name: family for family in text_string_to_metric_families(scraped.text)}
    for metric in METRICS:
        family = families.pop(PREFIX + metric.name.removesuffix("_total"), None)
        assert family is not None, metric.name
        assert (family.type, family.documentation) == (metric.kind, metric.meaning)
        for sample in family.samples:
            assert sample.name == PREFIX + metric.name
            assert set(sample.labels) == set(metric.labels)
    assert {name.partition("_")[0] for name in families} == {"process"}


def test_the_page_of_figures_lists_every_one_with_its_labels_and_meaning():
    rows = re.findall(r"^\| `nct_watcher_(\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \|$", PAGE.read_text(), re.MULTILINE)
    said = {name: (kind, labels.strip(), meaning.strip()) for name, kind, labels, meaning in rows}
    assert said == {
        metric.name: (metric.kind, ", ".join(f"`{label}`" for label in metric.labels), metric.meaning)
        for metric in METRICS
    }


def test_the_example_rules_speak_of_figures_that_are_there():
    rules = re.search(r"```yaml\n(groups:.*?)```", PAGE.read_text(), re.DOTALL)
    assert rules is not None
    names = set(re.findall(r"nct_watcher_(\w+)", rules[1]))
    assert names
    assert names <= {metric.name for metric in METRICS}


# --- what is counted --------------------------------------------------------------------


def test_every_series_of_a_known_label_begins_at_0(scraped):
    samples = scraped.samples()
    assert {value for metric in COUNTERS for _, value in samples[metric.name]} == {0}
    assert [labels["severity"] for labels, _ in samples["changes_total"]] == [severity.word for severity in Severity]
    assert len(samples["polls_total"]) == 5
    assert len(samples["deliveries_total"]) == len(DELIVERY_OUTCOMES)


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        (PollReport(NEW, asked=3), "new_data"),
        (PollReport(NEW), "nothing_new"),
        (PollReport(NEW, asked=3, complete=False), "stopped"),
        (PollReport(NEW, complete=False), "stopped"),
    ],
)
def test_a_poll_is_counted_by_what_it_found(scraped, report, outcome):
    scraped.tally.polled(report)
    assert scraped.value("polls_total", outcome=outcome) == 1
    assert sum(value for _, value in scraped.samples()["polls_total"]) == 1


def test_a_failed_poll_is_told_apart_from_one_that_is_blocked(scraped):
    scraped.tally.poll_failed(RegistryUnreachable("later"))
    scraped.tally.poll_failed(RegistryBlocked("no"))
    scraped.tally.poll_failed(RegistryBlocked("no"))
    assert scraped.value("polls_total", outcome="failed") == 1
    assert scraped.value("polls_total", outcome="blocked") == 2


def test_changes_and_alerts_are_added_up(scraped):
    critical, noise = change(), change("site.contact_changed", "noise")
    scraped.tally.found([step(critical, noise), step(critical)], alerts=2)
    scraped.tally.found([step(noise)], alerts=3)
    assert scraped.value("alerts_total") == 5
    assert scraped.value("changes_total", severity="critical") == 2
    assert scraped.value("changes_total", severity="noise") == 2
    assert scraped.value("changes_total", severity="major") == 0


def test_deliveries_are_counted_by_channel_and_outcome(scraped):
    scraped.tally.settled("team", DeliveryStatus.DELIVERED, False)
    scraped.tally.settled("team", DeliveryStatus.PENDING, True)
    scraped.tally.settled("phone", DeliveryStatus.DEAD, True)
    scraped.tally.settled("phone", DeliveryStatus.DROPPED, False)
    for channel, outcome in (
        ("team", "delivered"),
        ("team", "postponed"),
        ("phone", "dead"),
        ("phone", "dropped"),
    ):
        assert scraped.value("deliveries_total", channel=channel, outcome=outcome) == 1
    assert scraped.value("delivery_failures_total", channel="team") == 1
    assert scraped.value("delivery_failures_total", channel="phone") == 1


def test_a_new_channel_begins_at_0_and_an_old_one_goes_on(scraped):
    scraped.tally.settled("team", DeliveryStatus.DELIVERED, False)
    scraped.tally.expect(("team", "phone"))
    assert scraped.value("deliveries_total", channel="team", outcome="delivered") == 1
    assert scraped.value("deliveries_total", channel="phone", outcome="delivered") == 0


def test_jobs_that_break_are_counted_by_name_and_requests_by_the_client(scraped):
    scraped.tally.job_failed("poll")
    scraped.asked = Asked(requests=17)
    assert scraped.value("job_errors_total", job="poll") == 1
    assert scraped.value("registry_requests_total") == 17


def test_nothing_is_lost_when_many_threads_count_at_once():
    tally = Tally()
    threads = [threading.Thread(target=lambda: [tally.job_failed("poll") for _ in range(5000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sample.value for sample in tally.samples() if sample.labels == ("poll",)] == [20_000]


# --- how things stand -------------------------------------------------------------------


def test_how_polling_stands_is_read_from_the_database(scraped):
    due = SUCCESS + timedelta(hours=2)
    scraped.polled(due_at=due, failures=3, last_success_at=SUCCESS, data_timestamp=OLD, last_error="secret words")
    assert scraped.value("database_up") == 1
    assert scraped.value("last_successful_poll_timestamp_seconds") == SUCCESS.timestamp()
    assert scraped.value("next_poll_timestamp_seconds") == due.timestamp()
    assert scraped.value("poll_consecutive_failures") == 3
    assert scraped.value("data_timestamp_seconds") == datetime(2026, 5, 29, 9, 0, 4, tzinfo=UTC).timestamp()
    assert scraped.value("rehearsal") == 0
    assert "secret words" not in scraped.text


def test_before_the_first_poll_the_last_success_is_0_and_the_age_of_data_is_not_told(scraped):
    samples = scraped.samples()
    assert samples["last_successful_poll_timestamp_seconds"] == [({}, 0)]
    for name in ("next_poll_timestamp_seconds", "data_timestamp_seconds", "registry_data_timestamp_seconds"):
        assert name not in samples
    assert samples["registry_lag_seconds"] == [({}, 0)]


def test_a_rehearsal_says_so(scraped):
    with scraped.office.store() as store:
        store.meta.decide_rehearsal(True)
    assert scraped.value("rehearsal") == 1


@pytest.mark.parametrize("said", ["", "yesterday", "2026-13-45", '2026"} 1\nevil 1', "9" * 5000])
def test_a_data_timestamp_that_is_none_is_left_out(scraped, said):
    scraped.asked = Asked(1, said)
    scraped.polled(data_timestamp=said)
    assert data_moment(said) is None
    assert scraped.value("registry_data_timestamp_seconds") is None
    assert scraped.value("data_timestamp_seconds") is None
    assert "evil" not in scraped.text


def test_the_lag_grows_from_when_newer_data_are_known_until_they_are_processed(scraped):
    clock = scraped.office.clock
    scraped.polled(data_timestamp=OLD, last_success_at=SUCCESS)
    scraped.asked = Asked(1, OLD)
    assert scraped.value("registry_lag_seconds") == 0
    scraped.asked = Asked(2, NEW)
    assert scraped.value("registry_lag_seconds") == 0
    clock.moment += timedelta(minutes=10)
    assert scraped.value("registry_lag_seconds") == 600
    assert scraped.value("registry_data_timestamp_seconds") == datetime(2026, 6, 1, 9, 0, 5, tzinfo=UTC).timestamp()
    # A replica that is behind does not make us any faster, and newer data do not begin the wait anew.
    scraped.asked = Asked(3, OLD)
    clock.moment += timedelta(minutes=10)
    assert scraped.value("registry_lag_seconds") == 1200
    scraped.asked = Asked(4, "2026-06-02T09:00:00")
    clock.moment += timedelta(minutes=10)
    assert scraped.value("registry_lag_seconds") == 1800
    scraped.polled(data_timestamp="2026-06-02T09:00:00")
    assert scraped.value("registry_lag_seconds") == 0
    clock.moment += timedelta(hours=10)
    assert scraped.value("registry_lag_seconds") == 0


def test_a_stale_replica_is_no_lag(scraped):
    scraped.polled(data_timestamp=NEW)
    scraped.asked = Asked(1, OLD)
    scraped.office.clock.moment += timedelta(hours=1)
    assert scraped.value("registry_lag_seconds") == 0


def test_the_outbox_is_told_by_channel_and_status_with_the_age_of_the_oldest_due(scraped):
    office = scraped.office
    office.receiver("team").fail(DeliveryError("not now"))
    office.receiver("phone").fail(DeliveryError("no such number", permanent=True))
    office.receiver("slow")
    office.owe(1, to="team")
    office.owe(2, to="phone")
    office.owe(3, to="slow", due=timedelta(hours=5))
    office.deliver()
    office.clock.moment += timedelta(minutes=30)
    assert scraped.value("outbox_deliveries", channel="team", status="pending") == 1
    assert scraped.value("outbox_deliveries", channel="slow", status="pending") == 1
    assert scraped.value("dead_letters", channel="phone") == 1
    assert scraped.value("dead_letters", channel="team") is None
    # What is not due yet is no delay; what failed is due since it first was, whenever it is tried again.
    assert scraped.value("outbox_due_deliveries") == 1
    assert scraped.value("outbox_oldest_due_age_seconds") == 1800


def test_an_empty_outbox_has_no_age(scraped):
    assert scraped.value("outbox_due_deliveries") == 0
    assert scraped.value("outbox_oldest_due_age_seconds") == 0


def test_notices_and_holds_count_while_they_are_open(scraped):
    now = scraped.office.clock.now()
    with scraped.office.store() as store:
        store.notices.tell(Notice("one", "One", "."), (), now)
        store.notices.tell(Notice("two", "Two", "."), (), now)
        store.notices.resolve("two", Notice("two.over", "Two is over", "."), (), now)
    with closing(sqlite3.connect(scraped.office.database)) as db, db:
        db.execute("INSERT INTO hold (id, fingerprint, data_refresh, opened_at) VALUES ('a', 'f', 'r', 't')")
        db.execute("INSERT INTO hold (id, fingerprint, data_refresh, opened_at, decision) "
                   "VALUES ('b', 'g', 'r', 't', 'dismissed')")  # fmt: skip
    assert scraped.value("open_notices") == 1
    assert scraped.value("open_holds") == 1


def test_sizes_and_versions_are_those_of_the_disk_and_the_libraries(scraped):
    database = scraped.office.database
    with scraped.office.store():
        wal = database.with_name("watcher.db-wal")
        assert scraped.value("database_bytes") == database.stat().st_size + wal.stat().st_size
    free = scraped.value("disk_free_bytes")
    assert free is not None
    assert abs(free - shutil.disk_usage(database.parent).free) < 1_000_000_000
    assert [labels["version"] for labels, _ in scraped.samples()["build_info"]] == [__version__]
    assert re.fullmatch(r"3\.\d+\.\d+", scraped.samples()["sqlite_info"][0][0]["version"])
    assert scraped.samples()["process_resident_memory_bytes"][0][1] > 1_000_000


# --- a scrape never fails ---------------------------------------------------------------


def damage(database: Path) -> None:
    database.write_bytes(b"no database at all" * 1000)


def half(database: Path) -> None:
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2])


def newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA user_version = 9999")


def folder(database: Path) -> None:
    database.unlink()
    database.mkdir()


def odd_facts(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE meta SET value = 'many' WHERE name = 'poll.failures'")


@pytest.mark.parametrize("harm", [damage, half, newer, folder, odd_facts, Path.unlink], ids=lambda harm: harm.__name__)
def test_a_database_that_cannot_be_read_is_a_figure_and_no_failure(scraped, harm):
    scraped.tally.job_failed("poll")
    harm(scraped.office.database)
    assert scraped.value("database_up") == 0
    assert scraped.value("last_successful_poll_timestamp_seconds") is None
    assert scraped.value("job_errors_total", job="poll") == 1
    assert scraped.value("disk_free_bytes") is not None


def test_a_database_that_somebody_holds_locked_is_told_within_seconds(scraped):
    with closing(sqlite3.connect(scraped.office.database)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("BEGIN EXCLUSIVE")
        began = datetime.now(UTC)
        assert scraped.value("database_up") == 0
        assert datetime.now(UTC) - began < timedelta(seconds=4)
    assert scraped.value("database_up") == 1


def test_a_writer_at_work_is_not_waited_for(scraped):
    with scraped.office.store() as store, store._connection.writing():
        began = datetime.now(UTC)
        assert scraped.value("database_up") == 1
        assert datetime.now(UTC) - began < timedelta(seconds=0.9)


def test_a_folder_that_is_gone_is_no_failure(tmp_path):
    gone = Scraped(tmp_path / "gone")
    assert gone.value("database_up") == 0
    assert gone.value("disk_free_bytes") is None
    assert gone.value("database_bytes") == 0


def test_hundreds_of_scrapes_leave_no_file_open(scraped):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(200):
        read_figures(scraped.office.database, SUCCESS)
    damage(scraped.office.database)
    for _ in range(50):
        assert scraped.value("database_up") == 0
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2


def test_labels_survive_whatever_a_channel_was_called(scraped):
    name = 'te"am\\\n} 1'
    scraped.tally.settled(name, DeliveryStatus.DELIVERED, False)
    assert scraped.value("deliveries_total", channel=name, outcome="delivered") == 1
