"""What readers answered to alerts: somebody has seen it, or it was noise to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.errors import UsageError
from watcher.store.codec import json_of
from watcher.store.connection import Connection, stamp
from watcher.store.shown import NoiseCount


class Answers:
    """Verbs about answers; each alert is answered once, the first time counts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def acknowledge(self, alert_ids: Sequence[int], now: datetime) -> None:
        """Somebody has seen these alerts: they are not escalated. UsageError, and nothing done, for an unknown one.

        So are the alerts in which other routes tell the same: their numbers stand in no message that this reader got.
        """
        with self._connection.writing() as db:
            _mark(db, "acknowledged_at", alert_ids, now)
            db.conn.execute(_ACKNOWLEDGE_THE_SAME, {"now": stamp(now), "alerts": json_of(list(alert_ids))})

    def mark_as_noise(self, alert_ids: Sequence[int], now: datetime) -> None:
        """These alerts were noise to their reader. UsageError, and nothing done, for an unknown one."""
        with self._connection.writing() as db:
            _mark(db, "noise_at", alert_ids, now)

    def noise(self) -> tuple[NoiseCount, ...]:
        """How many alerts were noise to their readers, by route and kind, with how many there were; worst first."""
        sql = """
            SELECT route, kind, count(DISTINCT CASE WHEN noise_at IS NOT NULL THEN alert.id END) AS noise,
                count(DISTINCT alert.id) AS alerts
            FROM alert JOIN alert_change ON alert_id = alert.id JOIN change ON change.id = change_id
            WHERE silence_id IS NULL AND route IN (SELECT route FROM alert WHERE noise_at IS NOT NULL)
            GROUP BY route, kind HAVING noise > 0 ORDER BY noise DESC, route, kind
        """
        with self._connection.reading() as db:
            return tuple(NoiseCount(**row) for row in db.query(sql))

    def unacknowledged(self, since: datetime) -> int:
        """How many critical alerts, made from `since` on, nobody has acknowledged."""
        # Its own index answers this: the severity stands in it as a number.
        sql = "SELECT count(*) AS n FROM alert WHERE severity >= 3 AND acknowledged_at IS NULL AND observed_at >= ?"
        with self._connection.reading() as db:
            return int(next(db.query(sql, [stamp(since)]))["n"])


def _mark(db: Database, column: str, alert_ids: Sequence[int], now: datetime) -> None:
    numbers = json_of(list(alert_ids))
    known = {row["id"] for row in db.query(_KNOWN, [numbers])}
    unknown = [str(number) for number in alert_ids if number not in known]
    if unknown:
        raise UsageError(f"there is no alert {', '.join(unknown)}: every message names its number")
    # The column is one of two constants of this module.
    db.conn.execute(
        f"UPDATE alert SET {column} = ? WHERE {column} IS NULL AND {_AMONG}",  # noqa: S608 - see above
        (stamp(now), numbers),
    )


_AMONG = "id IN (SELECT value FROM json_each(?))"
_KNOWN = f"SELECT id FROM alert WHERE {_AMONG}"  # noqa: S608 - a constant of this module

# The same step of the same study, and the worst that the other alert tells is told by the one that was seen.
_ACKNOWLEDGE_THE_SAME = """
UPDATE alert SET acknowledged_at = :now WHERE acknowledged_at IS NULL AND EXISTS (
    SELECT 1 FROM alert AS seen
    WHERE seen.id IN (SELECT value FROM json_each(:alerts))
        AND seen.nct_id = alert.nct_id AND seen.occasion = alert.occasion
        AND NOT EXISTS (
            SELECT 1 FROM alert_change JOIN change ON change.id = change_id
            WHERE alert_id = alert.id AND silence_id IS NULL AND change.severity >= alert.severity
                AND change_id NOT IN (
                    SELECT change_id FROM alert_change WHERE alert_id = seen.id AND silence_id IS NULL
                )
        )
)
"""
