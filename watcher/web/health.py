"""How the watcher is, in one word with its reasons: what /healthz answers, and whoever else wants to know."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from watcher.alerts.conditions import USUAL, Limits
from watcher.alerts.explaining import when
from watcher.changes.language.words import counted, size_text
from watcher.errors import StoreError
from watcher.store.figures import Figures, free_bytes, read_figures

log = logging.getLogger(__name__)


class Status(StrEnum):
    """Degraded: it works, and something waits for the operator. Failing: it does not do what it is there for."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the watcher is; without reasons where all is well."""

    status: Status
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on something is wrong."""

    without_poll: timedelta = timedelta(days=1)
    limits: Limits = USUAL


def bounds_of(poll_every: timedelta, limits: Limits = USUAL) -> Bounds:
    """The bounds of a watcher that polls so often, with the limits at which its operator is told."""
    return Bounds(max(timedelta(days=1), 4 * poll_every), limits)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the verdict rests on. `figures` is None where the database cannot be read; `faults` are sentences."""

    now: datetime
    started_at: datetime
    figures: Figures | None
    faults: Sequence[str] = ()
    free: int | None = None


def judged(standing: Standing, bounds: Bounds) -> Verdict:
    """The verdict on how things stand."""
    failing = tuple(_failures(standing, bounds))
    troubles = tuple(_troubles(standing, bounds))
    status = Status.FAILING if failing else Status.DEGRADED if troubles else Status.OK
    return Verdict(status, failing + troubles)


def health_of(
    database: Path,
    now: Callable[[], datetime],
    *,
    faults: Callable[[], Sequence[str]] = tuple,
    bounds: Callable[[], Bounds] = Bounds,
) -> Callable[[], Verdict]:
    """What tells how the watcher of this database is, whenever it is called.

    `faults` are what the process itself knows to keep it from its work; `bounds` are those of today's configuration.
    """
    started_at = now()

    def health() -> Verdict:
        moment = now()
        figures = _figures(database, moment)
        present = figures.at if figures else moment
        return judged(Standing(present, started_at, figures, faults(), free_bytes(database)), bounds())

    return health


def _figures(database: Path, now: datetime) -> Figures | None:
    try:
        return read_figures(database, now)
    except StoreError as error:
        log.debug("the database cannot be read for /healthz: %s", error)
    except Exception:
        # A damaged database fails in many ways; each of them is an answer here.
        log.debug("the database cannot be read for /healthz", exc_info=True)
    return None


def _failures(standing: Standing, bounds: Bounds) -> Iterator[str]:
    if standing.figures is None:
        yield "the database cannot be read: `watcher doctor` says why"
    yield from standing.faults
    if standing.figures is not None:
        last = standing.figures.poll.last_success_at
        # A watcher that was off for a week has the same time for its first poll as a new one.
        since = max(last, standing.started_at) if last else standing.started_at
        if standing.now - since > bounds.without_poll:
            yield f"no poll has succeeded since {when(last) if last else 'the database was made'}"


def _troubles(standing: Standing, bounds: Bounds) -> Iterator[str]:
    if standing.free is not None and standing.free < bounds.limits.free_disk:
        yield f"only {size_text(standing.free)} are free on the disk of the database"
    figures = standing.figures
    if figures is None:
        return
    if figures.poll.failures:
        yield f"{counted(figures.poll.failures, 'poll')} in a row failed"
    if figures.oldest_due is not None and standing.now - figures.oldest_due > bounds.limits.outbox_age:
        yield f"{_deliveries(figures.due)} should be out, the oldest since {when(figures.oldest_due)}"
    if figures.dead:
        yield f"{_deliveries(figures.dead)} could not be made: `watcher deliveries list --status dead`"
    if figures.notices:
        yield f"{counted(figures.notices, 'notice')} to the operator not over: `watcher status`"


def _deliveries(number: int) -> str:
    return counted(number, "delivery", "deliveries")
