"""What the reading commands ask for."""

from __future__ import annotations

from datetime import datetime

from watcher.errors import UsageError
from watcher.model import Alert, Notice, Severity
from watcher.store.codec import Row, alert_from, facts_from, said_of
from watcher.store.connection import Connection, stamp
from watcher.store.holds import read_holds
from watcher.store.meta import read_meta, read_poll_state
from watcher.store.shown import Health, RecordedChange, Study, VersionInfo
from watcher.store.tally import by_part, counts


class Reports:
    """Verbs of the reading commands; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def studies(self, after: str = "", limit: int = 200) -> tuple[Study, ...]:
        """The studies that were ever asked for, by number: so many that come after a number."""
        with self._connection.reading() as db:
            rows = db.query("SELECT * FROM study WHERE nct_id > ? ORDER BY nct_id LIMIT ?", [after, limit])
            return tuple(study_of(row) for row in rows)

    def study_count(self) -> int:
        """How many studies there are in all."""
        with self._connection.reading() as db:
            return sum(by_part(counts(db), "study").values())

    def study(self, nct_id: str) -> Study:
        """One study; UsageError where it was never asked for."""
        with self._connection.reading() as db:
            rows = list(db.table("study").rows_where("nct_id = ?", [nct_id]))
        if not rows:
            raise UsageError(f"{nct_id} is not in the database: is it on a watch, and has a poll run?")
        return study_of(rows[0])

    def versions(self, nct_id: str) -> tuple[VersionInfo, ...]:
        """The versions of a study, oldest first."""
        sql = "SELECT version, seen_at, data_version, content_digest FROM snapshot WHERE nct_id = ? ORDER BY version"
        with self._connection.reading() as db:
            return tuple(VersionInfo(**row) for row in db.query(sql, [nct_id]))

    def changes(
        self,
        *,
        nct_id: str | None = None,
        since: datetime | None = None,
        min_severity: Severity = Severity.NOISE,
        limit: int = 200,
    ) -> tuple[RecordedChange, ...]:
        """Stored changes, newest first."""
        named = {"nct_id": nct_id, "since": stamp(since) if since else "", "limit": limit}
        newest = _of_study(min_severity) if nct_id else _of_all(min_severity)
        with self._connection.reading() as db:
            return tuple(map(recorded_change, db.query(_CHANGES.format(newest=newest), named)))

    def alert(self, number: int) -> Alert:
        """An alert whole, by its number; UsageError where there is none."""
        with self._connection.reading() as db:
            rows = list(db.table("alert").rows_where("id = ?", [number]))
            if not rows:
                raise UsageError(f"there is no alert {number}")
            changes = db.query(
                "SELECT change.number, change.body, silence_id FROM change JOIN alert_change "
                "ON change.id = change_id WHERE alert_id = ? ORDER BY number",
                [number],
            )
            return alert_from(rows[0], changes)

    def newest_alert(self) -> int:
        """The number of the newest alert; UsageError where there is none."""
        with self._connection.reading() as db:
            newest = next(db.query("SELECT max(id) AS id FROM alert"))["id"]
        if newest is None:
            raise UsageError("there is no alert yet: `watcher templates preview --sample` shows an invented one")
        return int(newest)

    def health(self) -> Health:
        """The figures of `watcher status`."""
        with self._connection.reading() as db:
            said = counts(db)
            oldest = next(
                db.query("SELECT min(first_due_at) AS due FROM delivery WHERE status IN ('pending', 'claimed')")
            )
            return Health(
                studies=by_part(said, "study"),
                versions=said["version"],
                changes={Severity(int(part)).word: count for part, count in by_part(said, "change").items()},
                alerts=said["alert"],
                deliveries=by_part(said, "delivery"),
                oldest_pending=oldest["due"],
                failing=tuple(
                    (f"{row['channel']}/{row['target']}", row["error"])
                    for row in db.query(
                        "SELECT channel, target, max(error) AS error FROM delivery "
                        "WHERE status IN ('pending', 'claimed', 'dead') AND error != '' GROUP BY channel, target"
                    )
                ),
                notices=tuple(
                    Notice(row["key"], row["subject"], row["body"])
                    for row in db.table("notice").rows_where("resolved_at IS NULL", order_by="id")
                ),
                malformed=tuple(
                    (row["nct_id"], row["reason"])
                    for row in db.query("SELECT nct_id, reason FROM malformed ORDER BY first_seen_at")
                ),
                holds=tuple(read_holds(db, open_only=True)),
                poll=read_poll_state(db),
                rehearsal=read_meta(db).get("rehearsal") == "yes",
            )


_CHANGES = """
SELECT change.*, CASE WHEN decision = 'approved' THEN '' ELSE coalesce(hold_id, '') END AS held
FROM ({newest}) LEFT JOIN change USING (id) LEFT JOIN hold ON hold.id = hold_id
ORDER BY change.observed_at DESC, change.id LIMIT :limit
"""


def _of_study(least: Severity) -> str:
    """One study's changes: its own index finds them."""
    return f"SELECT id FROM change WHERE nct_id = :nct_id AND observed_at >= :since AND severity >= {int(least)}"  # noqa: S608 - a number


def _of_all(least: Severity) -> str:
    """The newest, by indexes that have them in this order, so that reading stops early."""
    if least == Severity.NOISE:
        return "SELECT id FROM change WHERE observed_at >= :since ORDER BY observed_at DESC, id DESC LIMIT :limit"
    # The second comparison says nothing new, but for the index, which is only of these.
    of_one = "severity = {} AND severity > 0 AND observed_at >= :since ORDER BY observed_at DESC, id DESC LIMIT :limit"
    return " UNION ALL ".join(
        f"SELECT id FROM (SELECT id FROM change WHERE {of_one.format(int(severity))})"  # noqa: S608 - a number
        for severity in Severity
        if severity >= least
    )


def study_of(row: Row) -> Study:
    """The study of a row."""
    return Study(
        nct_id=row["nct_id"],
        state=row["state"],
        version=row["version"],
        checked_at=row["checked_at"],
        first_seen_at=row["first_seen_at"],
        merged_into=row["merged_into"],
        facts=facts_from(row["facts"]),
    )


def recorded_change(row: Row) -> RecordedChange:
    """The change of a row that says what holds it back."""
    said = said_of(row)
    return RecordedChange(row["observed_at"], row["occasion"], row["since"], row["version"], said, row["held"])
