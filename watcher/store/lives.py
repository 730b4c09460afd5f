"""The life of one study, for its page: every version in one walk, and what happened, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from watcher.errors import StoreDamaged
from watcher.record import Snapshot
from watcher.store.codec import Row, json_of, site_ids_from
from watcher.store.connection import Connection, moment
from watcher.store.reports import recorded_change
from watcher.store.shown import Occasion, RecordedChange, StoredVersion
from watcher.store.versions import Versions


class Lives:
    """Verbs of the page of a study; nothing here writes."""

    def __init__(self, connection: Connection, versions: Versions) -> None:
        self._connection = connection
        self._versions = versions

    def versions(self, nct_id: str) -> Iterator[StoredVersion]:
        """Every version, newest first, each one patch away from the one before: never all in memory."""
        newer: Snapshot | None = None
        with self._connection.reading() as db:
            for row in db.query("SELECT * FROM snapshot WHERE nct_id = ? ORDER BY version DESC", [nct_id]):
                newer = self._read(db, row, newer)
                ids = site_ids_from(row["site_ids"])
                yield StoredVersion(row["version"], moment(row["seen_at"]), row["data_version"], newer, ids)

    def occasions(self, nct_id: str) -> tuple[Occasion, ...]:
        """Every occasion on which something changed, newest first."""
        sql = """
            SELECT occasion, min(observed_at) AS observed_at, max(since) AS since, max(version) AS version,
                count(*) AS changes
            FROM change WHERE nct_id = ? GROUP BY occasion ORDER BY observed_at DESC, max(id) DESC
        """
        with self._connection.reading() as db:
            return tuple(_occasion(row) for row in db.query(sql, [nct_id]))

    def changes(self, nct_id: str, occasions: Sequence[str]) -> tuple[RecordedChange, ...]:
        """The changes of these occasions, in the order of each."""
        among = "occasion IN (SELECT value FROM json_each(:asked))"
        return self._changes(among, {"nct_id": nct_id, "asked": json_of(list(occasions))})

    def changes_of(self, nct_id: str, noun: str) -> tuple[RecordedChange, ...]:
        """The changes of one thing, oldest first: all whose kind begins with it, as in outcome.promoted."""
        among = "substr(kind, 1, length(:asked)) = :asked"
        return self._changes(among, {"nct_id": nct_id, "asked": f"{noun}."})

    def _changes(self, among: str, named: dict[str, str]) -> tuple[RecordedChange, ...]:
        with self._connection.reading() as db:
            return tuple(map(recorded_change, db.query(_CHANGES.format(among=among), named)))

    def _read(self, db: Database, row: Row, newer: Snapshot | None) -> Snapshot | None:
        try:
            return self._versions.after(db, row, newer)
        except StoreDamaged:
            return None


_CHANGES = """
SELECT change.*, CASE WHEN decision = 'approved' THEN '' ELSE coalesce(hold_id, '') END AS held
FROM change LEFT JOIN hold ON hold.id = hold_id WHERE nct_id = :nct_id AND {among} ORDER BY change.id
"""


def _occasion(row: Row) -> Occasion:
    return Occasion(row["occasion"], moment(row["observed_at"]), row["since"], row["version"], row["changes"])
