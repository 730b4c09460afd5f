"""The jobs of the service: each in a thread of its own, asked every few seconds, and known to be alive."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

# A job that shows no progress for so long is taken to be stuck, and systemd's watchdog may end us.
STUCK_AFTER = timedelta(minutes=30)
# Beyond so many channels they share threads, and one that hangs may hold up others.
MOST_THREADS = 64


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again; `work` itself asks whether anything is due."""

    name: str
    every: timedelta
    work: Callable[[], None]


class Jobs:
    """Runs jobs, never one twice at the same time."""

    def __init__(self, run: Callable[[Job], None]) -> None:
        self._run = run
        self._running: dict[str, float] = {}
        # A late or missed tick is made up once, never dropped: the default grace of one second loses jobs.
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(MOST_THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self, jobs: Iterable[Job]) -> None:
        """Begin with these, each at once."""
        for job in jobs:
            self._add(job)
        self._scheduler.start()

    def replace(self, jobs: Iterable[Job]) -> None:
        """From now on these; what is running ends by itself, and a job of the same name waits for it."""
        wanted = {job.name: job for job in jobs}
        for known in self._scheduler.get_jobs():
            if known.id not in wanted:
                known.remove()
        for name, job in wanted.items():
            if self._scheduler.get_job(name) is None:
                self._add(job)
            else:
                self._scheduler.modify_job(name, args=(job,))

    def stop(self) -> None:
        """Start nothing more, and wait for what is running."""
        self._scheduler.shutdown(wait=True)

    def is_alive(self, name: str) -> None:
        """A running job makes progress."""
        self._running[name] = time.monotonic()

    def are_well(self) -> bool:
        """Whether every running job has made progress lately."""
        return not self.stuck()

    def stuck(self) -> tuple[str, ...]:
        """The running jobs that have made no progress for long."""
        oldest = time.monotonic() - STUCK_AFTER.total_seconds()
        return tuple(name for name, since in list(self._running.items()) if since <= oldest)

    def _add(self, job: Job) -> None:
        self._scheduler.add_job(
            self._watched,
            "interval",
            (job,),
            seconds=job.every.total_seconds(),
            id=job.name,
            next_run_time=datetime.now(UTC),
        )

    def _watched(self, job: Job) -> None:
        self.is_alive(job.name)
        try:
            self._run(job)
        finally:
            self._running.pop(job.name, None)
