"""What this process has counted since it started. Cheap and always on, whether anybody asks for it or not."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watcher.alerts.routes import Step
from watcher.alerts.schedule import DeliveryStatus
from watcher.errors import RegistryBlocked, RegistryError
from watcher.metrics import table
from watcher.metrics.table import Metric
from watcher.model import Severity
from watcher.poll import PollReport

POLL_OUTCOMES = ("new_data", "nothing_new", "stopped", "failed", "blocked")
# What a settled delivery may have become, and how it is called here.
DELIVERY_OUTCOMES: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.DELIVERED: "delivered",
    DeliveryStatus.PENDING: "postponed",
    DeliveryStatus.DEAD: "dead",
    DeliveryStatus.DROPPED: "dropped",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One number of one figure, with the values of its labels in their order."""

    metric: Metric
    value: float
    labels: tuple[str, ...] = ()


class Tally:
    """The counts; every method may be called from any thread."""

    def __init__(self, channels: Iterable[str] = (), jobs: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[Metric, tuple[str, ...]]] = Counter()
        # A series that is there from the start shows its first event as a rise from 0.
        self._add(table.ALERTS, 0)
        for outcome in POLL_OUTCOMES:
            self._add(table.POLLS, 0, outcome)
        for severity in Severity:
            self._add(table.CHANGES, 0, severity.word)
        self.expect(channels, jobs)

    def expect(self, channels: Iterable[str] = (), jobs: Iterable[str] = ()) -> None:
        """These channels and jobs are there: each begins at 0, and keeps what was counted before."""
        for job in jobs:
            self._add(table.JOB_ERRORS, 0, job)
        for channel in channels:
            self._add(table.DELIVERY_FAILURES, 0, channel)
            for outcome in DELIVERY_OUTCOMES.values():
                self._add(table.DELIVERIES, 0, channel, outcome)

    def polled(self, report: PollReport) -> None:
        """A poll came to its end, or was stopped."""
        finished = "new_data" if report.asked else "nothing_new"
        self._add(table.POLLS, 1, finished if report.complete else "stopped")

    def found(self, steps: Iterable[Step], alerts: int) -> None:
        """A page of a poll was committed, whatever becomes of the rest of it."""
        self._add(table.ALERTS, alerts)
        for step in steps:
            for change in step.changes:
                self._add(table.CHANGES, 1, change.severity.word)

    def poll_failed(self, error: RegistryError) -> None:
        """A poll failed."""
        self._add(table.POLLS, 1, "blocked" if isinstance(error, RegistryBlocked) else "failed")

    def settled(self, channel: str, status: DeliveryStatus, failed: bool) -> None:
        """A delivery was settled; `failed`: after an attempt that did not succeed."""
        self._add(table.DELIVERIES, 1, channel, DELIVERY_OUTCOMES.get(status, status.value))
        self._add(table.DELIVERY_FAILURES, int(failed), channel)

    def job_failed(self, job: str) -> None:
        """A job ended in an error that nothing expected."""
        self._add(table.JOB_ERRORS, 1, job)

    def samples(self) -> tuple[Sample, ...]:
        """Everything that was counted, as it stands."""
        with self._lock:
            return tuple(Sample(metric, number, labels) for (metric, labels), number in self._counts.items())

    def _add(self, metric: Metric, number: int, *labels: str) -> None:
        with self._lock:
            self._counts[metric, labels] += number
