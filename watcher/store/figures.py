"""The figures that are asked for every few seconds: cheap to read, on a connection that is in nobody's way."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from watcher.store.connection import moment, open_reader, stamp
from watcher.store.meta import present, read_meta, read_poll_state
from watcher.store.tally import counts
from watcher.store.values import PollState

# A reader waits for nobody in WAL mode; who holds the whole database locked is not waited for either.
PATIENCE = 1.0
_UNSETTLED = frozenset({"pending", "claimed", "dead"})


@dataclass(frozen=True, slots=True)
class Figures:
    """How things stand in the database; `outbox` counts what is unsettled or dead, by channel and status.

    `at` is the moment that ages are counted to: in a rehearsal, that of its last poll.
    """

    at: datetime
    poll: PollState
    outbox: tuple[tuple[str, str, int], ...]
    due: int
    oldest_due: datetime | None
    holds: int
    notices: int
    rehearsal: bool

    @property
    def dead(self) -> int:
        """How many deliveries could not be made."""
        return sum(number for _, status, number in self.outbox if status == "dead")


def read_figures(path: Path, now: datetime) -> Figures:
    """The figures of the database; StoreError where it cannot be read at once."""
    with closing(open_reader(path, patience=PATIENCE)) as connection, connection.reading() as db:
        poll, rehearsal = read_poll_state(db), read_meta(db).get("rehearsal") == "yes"
        at = present(now, poll, rehearsal=rehearsal)
        due, oldest = _due(db, at)
        return Figures(
            at=at,
            poll=poll,
            outbox=_outbox(db),
            due=due,
            oldest_due=moment(oldest) if oldest else None,
            holds=db.table("hold").count_where("decision = 'open'"),
            notices=db.table("notice").count_where("resolved_at IS NULL"),
            rehearsal=rehearsal,
        )


def free_bytes(database: Path) -> int | None:
    """What is free for us on the disk of the database; None where nobody can say."""
    try:
        return shutil.disk_usage(database.parent).free
    except OSError:
        return None


def _outbox(db: Database) -> tuple[tuple[str, str, int], ...]:
    found = []
    for name, number in counts(db).items():
        kind, *parts = name.split(":", 2)
        if number and kind == "delivery" and parts[0] in _UNSETTLED:
            found.append((parts[1], parts[0], number))
    return tuple(sorted(found))


def _due(db: Database, now: datetime) -> tuple[int, str | None]:
    """How many deliveries should be out by now, and since when the oldest should."""
    sql = (
        "SELECT count(*) AS n, min(first_due_at) AS oldest FROM delivery "
        "WHERE status IN ('pending', 'claimed') AND first_due_at <= ?"
    )
    row = next(db.query(sql, [stamp(now)]))
    return row["n"], row["oldest"]
