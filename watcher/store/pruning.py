"""Removing what is settled and old. Versions, changes, clocks and mass changes stay: they are what was watched for.

What keeps something from being told twice stays as well: events that were told once for ever, the clocks that rang,
changes by version. Of each table the newest row stays, because SQLite gives a number that was the last one again: an
old message's number would mean a new alert, and a new message would go out under the id of an old one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.changes.language.words import counted
from watcher.errors import UsageError
from watcher.store.checking import Progress, no_progress
from watcher.store.codec import json_of
from watcher.store.connection import Connection, pragma, stamp
from watcher.store.meta import read_meta
from watcher.store.tally import count_again

LEAST = timedelta(days=90)
"""Nothing younger is removed: retries, windows and what `status` counts of the last 30 days must be over."""

PRUNED_BEFORE = "pruned.before"
_BATCH = 500
_PAGES = 200
_IN_STEPS = 2
# Between two transactions: whoever waits for the database gets it.
_REST = 0.005

_OLD_DELIVERIES = """
SELECT id FROM delivery WHERE status IN ('delivered', 'dropped') AND settled_at < :before
    AND id < (SELECT max(id) FROM delivery)
"""
# What was told in a batch goes with the batch.
_GOING = f"""
going AS MATERIALIZED (
    {_OLD_DELIVERIES} UNION SELECT id FROM delivery WHERE status = 'batched' AND batch_id IN ({_OLD_DELIVERIES})
)
"""  # noqa: S608 - a constant of this module
# What readers called noise stays: `routes test` learns from it.
_ALERTS = """
SELECT id FROM alert WHERE observed_at < :before AND noise_at IS NULL AND id < (SELECT max(id) FROM alert)
    AND NOT EXISTS (SELECT 1 FROM delivery_alert WHERE alert_id = alert.id
        AND delivery_id NOT IN (SELECT id FROM going))
"""
# Events, which are told once for ever, are over in the moment in which they open: they stay.
_NOTICES = """
SELECT id FROM notice WHERE resolved_at < :before AND resolved_at > opened_at AND id < (SELECT max(id) FROM notice)
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE notice_id = notice.id AND id NOT IN (SELECT id FROM going))
"""
_SILENCES = """
SELECT id FROM silence WHERE coalesce(ended_at, until) < :before AND id < (SELECT max(id) FROM silence)
    AND NOT EXISTS (SELECT 1 FROM alert_change WHERE silence_id = silence.id
        AND alert_id NOT IN (SELECT id FROM going_alerts))
"""
_PLAN = f"""
WITH {_GOING}, going_alerts AS MATERIALIZED ({_ALERTS})
SELECT (SELECT count(*) FROM going) AS deliveries, (SELECT count(*) FROM going_alerts) AS alerts,
    (SELECT count(*) FROM ({_NOTICES})) AS notices, (SELECT count(*) FROM ({_SILENCES})) AS silences
"""  # noqa: S608 - constants of this module


def rest() -> None:
    """Let others write."""
    time.sleep(_REST)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows go, or went."""

    deliveries: int = 0
    alerts: int = 0
    notices: int = 0
    silences: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    def __str__(self) -> str:
        return (
            f"{counted(self.deliveries, 'delivery', 'deliveries')}, {counted(self.alerts, 'alert')}, "
            f"{counted(self.notices, 'notice')} and {counted(self.silences, 'silence')}"
        )

    @property
    def total(self) -> int:
        """All of them."""
        return sum(getattr(self, field.name) for field in fields(self))


class Pruning:
    """Verbs about what is settled and old."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def planned(self, before: datetime, now: datetime) -> Pruned:
        """What `prune` would remove; nothing is written. UsageError where it would refuse the moment."""
        _require_old(before, now)
        with self._connection.reading() as db:
            return Pruned(**next(db.query(_PLAN, {"before": stamp(before)})))

    def prune(self, before: datetime, now: datetime, pause: Callable[[], object] = rest) -> Pruned:
        """Remove what was settled before a moment, in small transactions; what went.

        Stopped anywhere, or done twice, it leaves nothing half removed. UsageError where the moment is too young.
        """
        _require_old(before, now)
        self._mark(before)
        done = Pruned()
        for step in (_prune_deliveries, _prune_alerts, _prune_notices, _prune_silences):
            while (gone := self._batch(step, before)).total:
                done += gone
                pause()
        return done

    def pruned_before(self) -> datetime | None:
        """What was settled before this moment may have been removed; None where nothing ever was."""
        with self._connection.reading() as db:
            said = read_meta(db).get(PRUNED_BEFORE)
        return datetime.fromisoformat(said) if said else None

    def gives_back_in_steps(self) -> bool:
        """Whether `give_back` can do anything: a database from before schema 7 needs one `vacuum` for that."""
        with self._connection.reading() as db:
            return pragma(db, "auto_vacuum") == _IN_STEPS

    def give_back(self, progress: Progress = no_progress, pause: Callable[[], object] = rest) -> int:
        """Give free pages back to the file system in small transactions; how many bytes. Others may write meanwhile."""
        with self._connection.reading() as db:
            total, size = pragma(db, "freelist_count"), pragma(db, "page_size")
        left = total
        while left and (now_left := self._give_back_some()) < left:
            left = now_left
            progress(total - left, total)
            pause()
        self._connection.checkpoint()
        return max(total - left, 0) * size

    def vacuum(self) -> None:
        """Rewrite the whole file without free pages, and its counts: for the only process on it, with room for a copy.

        From then on `give_back` works on it.
        """
        with self._connection.writing() as db:
            count_again(db)
        with self._connection.reading() as db:
            db.conn.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.conn.execute("VACUUM")
        self._connection.checkpoint()

    def count_again(self) -> None:
        """Make the counts anew."""
        with self._connection.writing() as db:
            count_again(db)

    def _give_back_some(self) -> int:
        """How many pages are free afterwards."""
        with self._connection.reading() as db:
            # One transaction by itself. Python's `execute` would stop after the first page.
            db.conn.executescript(f"PRAGMA incremental_vacuum({_PAGES})")
            return pragma(db, "freelist_count")

    def _mark(self, before: datetime) -> None:
        """Before anything goes: whoever misses an alert later must be able to know why."""
        with self._connection.writing() as db:
            db.conn.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
                (PRUNED_BEFORE, stamp(before)),
            )

    def _batch(self, step: Callable[[Database, str], Pruned], before: datetime) -> Pruned:
        with self._connection.writing() as db:
            return step(db, stamp(before))


def _require_old(before: datetime, now: datetime) -> None:
    if now - before < LEAST:
        raise UsageError(f"what is younger than {LEAST.days} days is not removed: say --older-than {LEAST.days}d")


def _prune_deliveries(db: Database, before: str) -> Pruned:
    """Some deliveries, each batch together with those that were told in it."""
    ids = [row["id"] for row in db.query(f"{_OLD_DELIVERIES} ORDER BY id LIMIT {_BATCH}", {"before": before})]
    parts = "SELECT id FROM delivery WHERE batch_id IN (SELECT value FROM json_each(?))"
    within = [row["id"] for row in db.query(parts, [json_of(ids)])]
    _delete(db, "delivery_alert", "delivery_id", [*ids, *within])
    _delete(db, "delivery", "id", within)
    _delete(db, "delivery", "id", ids)
    return Pruned(deliveries=len(ids) + len(within))


def _prune_alerts(db: Database, before: str) -> Pruned:
    """Some alerts that no delivery tells any more."""
    ids = _free(db, _ALERTS, before)
    _delete(db, "alert_change", "alert_id", ids)
    _delete(db, "alert", "id", ids)
    return Pruned(alerts=len(ids))


def _prune_notices(db: Database, before: str) -> Pruned:
    ids = _free(db, _NOTICES, before)
    _delete(db, "notice", "id", ids)
    return Pruned(notices=len(ids))


def _prune_silences(db: Database, before: str) -> Pruned:
    ids = _free(db, _SILENCES, before)
    _delete(db, "silence", "id", ids)
    return Pruned(silences=len(ids))


def _free(db: Database, which: str, before: str) -> list[int]:
    """Some rows that nothing points at, now that what is going has gone."""
    nothing = "going AS (SELECT 0 AS id WHERE 0), going_alerts AS (SELECT 0 AS id WHERE 0)"
    sql = f"WITH {nothing} {which} ORDER BY id LIMIT {_BATCH}"
    return [row["id"] for row in db.query(sql, {"before": before})]


def _delete(db: Database, table: str, column: str, ids: list[int]) -> None:
    # The names are those of this module.
    sql = f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608
    db.conn.execute(sql, (json_of(ids),))
