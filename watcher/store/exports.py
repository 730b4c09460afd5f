"""Everything there is, a few rows at a time: never all in memory, never one long read.

Studies and versions come by number, everything else oldest first. What a running watcher adds meanwhile may be among it
or not; what was there is, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlite_utils import Database

from watcher.alerts.accounts import Account
from watcher.store.accounts import accounts_of
from watcher.store.codec import Row
from watcher.store.connection import Connection, stamp
from watcher.store.deliveries import SHOWN, delivery_info
from watcher.store.reports import recorded_change, study_of
from watcher.store.shown import DeliveryInfo, RecordedChange, Study, StudyVersion

_BATCH = 200

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a table is wanted: from a moment on, of one study; all of it where nothing is said."""

    since: datetime | None = None
    nct_id: str = ""

    def named(self) -> dict[str, object]:
        """Both as the queries name them."""
        return {"since": stamp(self.since) if self.since else "", "nct_id": self.nct_id}


class Exports:
    """Verbs that give whole tables as values; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changes(self, part: Part) -> Iterator[RecordedChange]:
        """Stored changes, from the moment they were observed."""
        return self._all(_CHANGES, part, 0, lambda db, rows: map(recorded_change, rows))

    def alerts(self, part: Part) -> Iterator[Account]:
        """Alerts with what became of them, from the moment their changes were observed."""
        return self._all(_ALERTS, part, 0, accounts_of)

    def deliveries(self, part: Part) -> Iterator[DeliveryInfo]:
        """Deliveries, from the moment they were first due."""
        return self._all(_DELIVERIES, part, 0, lambda db, rows: map(delivery_info, rows))

    def studies(self, part: Part) -> Iterator[Study]:
        """Studies, by number, from the moment they were first seen."""
        return self._all(_STUDIES, part, "", lambda db, rows: map(study_of, rows))

    def versions(self, part: Part) -> Iterator[StudyVersion]:
        """Versions without their bodies, by study and number, from the moment they were seen."""
        return self._all(_VERSIONS, part, "", lambda db, rows: map(_version, rows))

    def _all(
        self, sql: str, part: Part, first: object, made: Callable[[Database, list[Row]], Iterable[Made]]
    ) -> Iterator[Made]:
        """The values of all rows, read in batches: each goes on after the `place` of the last row of the one before."""
        named, place = part.named(), first
        while True:
            with self._connection.reading() as db:
                rows: list[Row] = list(db.query(sql, {**named, "after": place, "limit": _BATCH}))
                values = list(made(db, rows))
            yield from values
            if len(rows) < _BATCH:
                return
            place = rows[-1]["place"]


def _version(row: Row) -> StudyVersion:
    return StudyVersion(row["nct_id"], row["version"], row["seen_at"], row["data_version"], row["content_digest"])


_PART = "(:nct_id = '' OR nct_id = :nct_id)"
_CHANGES = f"""
SELECT change.*, change.id AS place, CASE WHEN decision = 'approved' THEN '' ELSE coalesce(hold_id, '') END AS held
FROM change LEFT JOIN hold ON hold.id = hold_id
WHERE change.id > :after AND observed_at >= :since AND {_PART} ORDER BY change.id LIMIT :limit
"""  # noqa: S608 - a constant of this module
_ALERTS = f"""
SELECT alert.*, id AS place FROM alert
WHERE id > :after AND observed_at >= :since AND {_PART} ORDER BY id LIMIT :limit
"""  # noqa: S608 - a constant of this module
_DELIVERIES = f"""
SELECT shown.*, id AS place FROM ({SHOWN}) AS shown
WHERE id > :after AND first_due_at >= :since AND (:nct_id = '' OR id IN (
    SELECT delivery_id FROM delivery_alert JOIN alert ON alert.id = alert_id WHERE nct_id = :nct_id))
ORDER BY id LIMIT :limit
"""  # noqa: S608 - constants of the store
_STUDIES = f"""
SELECT study.*, nct_id AS place FROM study
WHERE nct_id > :after AND coalesce(first_seen_at, '') >= :since AND {_PART} ORDER BY nct_id LIMIT :limit
"""  # noqa: S608 - a constant of this module
# A place is NCT########:VERSION. Row numbers are no places: a new version takes the row of the one before.
_VERSIONS = f"""
SELECT nct_id || ':' || version AS place, nct_id, version, seen_at, data_version, content_digest FROM snapshot
WHERE (nct_id, version) > (substr(:after, 1, 11), CAST(substr(:after, 13) AS INTEGER))
    AND seen_at >= :since AND {_PART} ORDER BY nct_id, version LIMIT :limit
"""  # noqa: S608 - a constant of this module
