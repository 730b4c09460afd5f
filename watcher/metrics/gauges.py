"""How things stand at the moment somebody asks: read from the database and the disk, never failing."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher import __version__
from watcher.alerts.refreshes import data_moment
from watcher.metrics import table
from watcher.metrics.tally import Sample
from watcher.store.figures import Figures, free_bytes, read_figures
from watcher.store.library import sqlite_version

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the registry's client knows: requests made, and the dataTimestamp it was told last ("": none)."""

    requests: int = 0
    data_timestamp: str = ""


class Gauges:
    """What can be said of a database, and of the registry as far as this process has asked it."""

    def __init__(self, database: Path, now: Callable[[], datetime], asked: Callable[[], Asked] = Asked) -> None:
        self._database = database
        self._now = now
        self._asked = asked
        self._waiting = ("", datetime.min.replace(tzinfo=UTC))

    def samples(self) -> Iterator[Sample]:
        """Everything that can be said now; what is read from the database only where that can be read."""
        now, asked = self._now(), self._asked()
        figures = self._figures(now)
        yield Sample(table.DATABASE_UP, figures is not None)
        if figures is not None:
            yield from _of_polling(figures)
            yield from _of_outbox(figures)
            yield Sample(table.LAG, self._lag(figures.poll.data_timestamp, asked.data_timestamp, now).total_seconds())
        yield Sample(table.REQUESTS, asked.requests)
        yield from _moment(table.REGISTRY_DATA, data_moment(asked.data_timestamp))
        yield from _of_disk(self._database)
        yield Sample(table.BUILD, 1, (__version__, platform.python_version()))
        yield Sample(table.SQLITE, 1, (sqlite_version(),))

    def _figures(self, now: datetime) -> Figures | None:
        try:
            return read_figures(self._database, now)
        except Exception:
            # A damaged database fails in many ways, and the answer that says so must not be one of them.
            log.debug("the database cannot be read for /metrics", exc_info=True)
            return None

    def _lag(self, processed: str, told: str, now: datetime) -> timedelta:
        """For how long we know of data that are not processed, counted from when that was first noticed here."""
        known, since = self._waiting
        if known <= processed:
            known, since = "", now
        if told > processed:
            known = max(known, told)
        self._waiting = (known, since)
        return max(now - since, timedelta()) if known else timedelta()


def _of_polling(figures: Figures) -> Iterator[Sample]:
    poll = figures.poll
    yield Sample(table.LAST_SUCCESS, poll.last_success_at.timestamp() if poll.last_success_at else 0)
    yield from _moment(table.NEXT_POLL, poll.due_at)
    yield Sample(table.POLL_FAILURES, poll.failures)
    yield from _moment(table.DATA, data_moment(poll.data_timestamp))
    yield Sample(table.REHEARSAL, figures.rehearsal)


def _of_outbox(figures: Figures) -> Iterator[Sample]:
    for channel, status, number in figures.outbox:
        if status == "dead":
            yield Sample(table.DEAD_LETTERS, number, (channel,))
        else:
            yield Sample(table.OUTBOX, number, (channel, status))
    yield Sample(table.DUE, figures.due)
    age = figures.at - figures.oldest_due if figures.oldest_due else timedelta()
    yield Sample(table.OLDEST_DUE, max(age.total_seconds(), 0))
    yield Sample(table.HOLDS, figures.holds)
    yield Sample(table.NOTICES, figures.notices)


def _of_disk(database: Path) -> Iterator[Sample]:
    sizes = [_size(Path(f"{database}{suffix}")) for suffix in ("", "-wal")]
    yield Sample(table.DATABASE_BYTES, sum(sizes))
    free = free_bytes(database)
    if free is not None:
        yield Sample(table.DISK_FREE, free)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _moment(metric: table.Metric, moment: datetime | None) -> Iterator[Sample]:
    if moment is not None:
        yield Sample(metric, moment.timestamp())
