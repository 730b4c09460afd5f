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


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again; `work` itself asks whether anything is due."""

    name: str
    every: timedelta
    work: Callable[[], None]


class Jobs:
    """Runs jobs, never one twice at the same time."""

    def __init__(self, run: Callable[[Job], None], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._run = run
        self._monotonic = monotonic
        self._running: dict[str, float] = {}
        self._threads: set[str] = set()
        # A late or missed tick is made up once, never dropped: the default grace of one second loses jobs.
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
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
        self._running[name] = self._monotonic()

    def stuck(self) -> tuple[str, ...]:
        """The running jobs that have made no progress for long."""
        oldest = self._monotonic() - STUCK_AFTER.total_seconds()
        return tuple(name for name, since in list(self._running.items()) if since <= oldest)

    def _add(self, job: Job) -> None:
        if job.name not in self._threads:
            # In a pool, every thread that ever polls keeps a heap as large as a poll for itself.
            self._scheduler.add_executor(ThreadPoolExecutor(1), job.name)
            self._threads.add(job.name)
        self._scheduler.add_job(
            self._watched,
            "interval",
            (job,),
            seconds=job.every.total_seconds(),
            id=job.name,
            executor=job.name,
            next_run_time=datetime.now(UTC),
        )

    def _watched(self, job: Job) -> None:
        self.is_alive(job.name)
        try:
            self._run(job)
        finally:
            self._running.pop(job.name, None)
