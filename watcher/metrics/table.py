"""Every figure there is: its name, what kind it is, what it means, by what it is told apart."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "nct_watcher_"
COUNTER, GAUGE = "counter", "gauge"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. A counter begins at 0 when the process starts."""

    name: str
    kind: str
    meaning: str
    labels: tuple[str, ...] = ()


POLLS = Metric("polls_total", COUNTER, "Polls, by what came of them.", ("outcome",))
REQUESTS = Metric("registry_requests_total", COUNTER, "Requests made to the registry.")
CHANGES = Metric("changes_total", COUNTER, "Changes found, by severity.", ("severity",))
ALERTS = Metric("alerts_total", COUNTER, "Alerts made.")
DELIVERIES = Metric(
    "deliveries_total", COUNTER, "Deliveries settled, by channel and by what came of them.", ("channel", "outcome")
)
DELIVERY_FAILURES = Metric("delivery_failures_total", COUNTER, "Attempts to deliver that failed.", ("channel",))
JOB_ERRORS = Metric("job_errors_total", COUNTER, "Jobs that ended in an unexpected error.", ("job",))

COUNTERS = (POLLS, REQUESTS, CHANGES, ALERTS, DELIVERIES, DELIVERY_FAILURES, JOB_ERRORS)

DATABASE_UP = Metric("database_up", GAUGE, "1 where the database can be read; 0: what is read from it is left out.")
LAST_SUCCESS = Metric(
    "last_successful_poll_timestamp_seconds", GAUGE, "When a poll last succeeded; 0: not since the database was made."
)
NEXT_POLL = Metric("next_poll_timestamp_seconds", GAUGE, "When the next poll is due.")
POLL_FAILURES = Metric("poll_consecutive_failures", GAUGE, "Polls that failed since the last that succeeded.")
DATA = Metric("data_timestamp_seconds", GAUGE, "The dataTimestamp of the data that were last processed as a whole.")
REGISTRY_DATA = Metric(
    "registry_data_timestamp_seconds", GAUGE, "The dataTimestamp that the registry told this process last."
)
LAG = Metric(
    "registry_lag_seconds",
    GAUGE,
    "For how long newer data are known of without being processed as a whole; 0: none are.",
)
OUTBOX = Metric(
    "outbox_deliveries", GAUGE, "Deliveries that are not settled, by channel and status.", ("channel", "status")
)
DUE = Metric("outbox_due_deliveries", GAUGE, "Deliveries that should be out by now.")
OLDEST_DUE = Metric(
    "outbox_oldest_due_age_seconds", GAUGE, "For how long the oldest delivery that should be out is due; 0: none is."
)
DEAD_LETTERS = Metric("dead_letters", GAUGE, "Deliveries that were given up, by channel.", ("channel",))
HOLDS = Metric("open_holds", GAUGE, "Mass changes that wait for the operator's decision.")
NOTICES = Metric("open_notices", GAUGE, "Conditions that the operator was told of and that are not over.")
REHEARSAL = Metric("rehearsal", GAUGE, "1 where recorded records are watched and not the registry.")
DATABASE_BYTES = Metric("database_bytes", GAUGE, "Size of the database on the disk, its write-ahead log included.")
DISK_FREE = Metric("disk_free_bytes", GAUGE, "What is free for us on the disk of the database.")
BUILD = Metric("build_info", GAUGE, "Always 1; the versions of this program and of Python.", ("version", "python"))
SQLITE = Metric("sqlite_info", GAUGE, "Always 1; the version of SQLite.", ("version",))

GAUGES = (
    DATABASE_UP, LAST_SUCCESS, NEXT_POLL, POLL_FAILURES, DATA, REGISTRY_DATA, LAG, OUTBOX, DUE, OLDEST_DUE,
    DEAD_LETTERS, HOLDS, NOTICES, REHEARSAL, DATABASE_BYTES, DISK_FREE, BUILD, SQLITE,
)  # fmt: skip
METRICS = (*COUNTERS, *GAUGES)
