"""The poll's side of the store: what is known, and the one transaction that records a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.alerts.owing import Owed
from watcher.changes import Earlier
from watcher.errors import StoreError
from watcher.record import Snapshot, primary_completion
from watcher.store.bodies import Dictionary, packed
from watcher.store.codec import Row, change_from, facts_from, facts_json, json_of, site_ids_from
from watcher.store.connection import Connection, moment, stamp
from watcher.store.holds import open_holds
from watcher.store.meta import Meta
from watcher.store.notices import open_notice
from watcher.store.plans import plan_json
from watcher.store.searches import join, part, turn_page
from watcher.store.telling import add_changes, announce, look_again, owe, raise_clocks
from watcher.store.values import Known, Malformed, NewVersion, Observation, Standing
from watcher.store.versions import Versions

# A study with more changes than this has others to take back.
_REMEMBERED = 1000
_DATE_SLIPPED = "date.primary_completion.slipped"


class Observing:
    """Verbs of `poll`."""

    def __init__(self, connection: Connection, meta: Meta, versions: Versions) -> None:
        self._connection = connection
        self._meta = meta
        self._versions = versions

    def latest(self, nct_ids: Sequence[str]) -> dict[str, Known]:
        """What is known of these studies; one that was never asked for comes back as absent."""
        with self._connection.reading() as db:
            rows = db.query(
                "SELECT * FROM study WHERE nct_id IN (SELECT value FROM json_each(?))", [json_of(list(nct_ids))]
            )
            known = {row["nct_id"]: _known(row) for row in rows}
        return {nct_id: known.get(nct_id, Known(nct_id)) for nct_id in nct_ids}

    def digests(self, nct_ids: Sequence[str]) -> dict[str, str]:
        """The raw digests of those of these studies that are listed: the quick gate of a page, in one join."""
        sql = """
            SELECT nct_id, raw_digest FROM json_each(?) CROSS JOIN study ON nct_id = value
            WHERE state = 'listed' AND raw_digest IS NOT NULL
        """
        with self._connection.reading() as db:
            return dict(db.conn.execute(sql, [json_of(list(nct_ids))]).fetchall())

    def unanswered(self, nct_ids: Sequence[str], data_timestamp: str) -> list[str]:
        """Those of these studies that this build of the data has not answered for, in their order; merged ones not.

        All of them where the registry does not say which build it serves.
        """
        sql = """
            SELECT value FROM json_each(?) LEFT JOIN study ON nct_id = value
            WHERE merged_into IS NULL AND (? = '' OR checked_at IS NOT ?) ORDER BY key
        """
        with self._connection.reading() as db:
            rows = db.conn.execute(sql, [json_of(list(nct_ids)), data_timestamp, data_timestamp])
            return [nct_id for (nct_id,) in rows.fetchall()]

    def heirs(self, nct_ids: Collection[str]) -> dict[str, str]:
        """The numbers that merged studies of these stand under."""
        sql = """
            SELECT nct_id, merged_into FROM json_each(?) CROSS JOIN study ON nct_id = value
            WHERE merged_into IS NOT NULL
        """
        with self._connection.reading() as db:
            return dict(db.conn.execute(sql, [json_of(sorted(nct_ids))]).fetchall())

    def snapshot(self, nct_id: str, version: int) -> Snapshot:
        """One stored version, verified against its digest."""
        with self._connection.reading() as db:
            return self._versions.read(db, nct_id, version)

    def site_ids(self, nct_id: str, version: int) -> tuple[str, ...]:
        """The identifiers of a version's sites in the order of its list; () where they are not known."""
        with self._connection.reading() as db:
            rows = db.query("SELECT site_ids FROM snapshot WHERE nct_id = ? AND version = ?", [nct_id, version])
            return site_ids_from(next((row["site_ids"] for row in rows), None))

    def slips(self, nct_id: str) -> int:
        """How often the primary completion date has slipped so far."""
        with self._connection.reading() as db:
            found = db.query(
                "SELECT count(*) AS slips FROM change WHERE nct_id = ? AND kind = ?", [nct_id, _DATE_SLIPPED]
            )
            return int(next(iter(found))["slips"])

    def earlier(self, nct_id: str) -> tuple[Earlier, ...]:
        """The changes of a study that were more than noise, newest first: a later one may take one of them back.

        What is held back is left out: nobody was told of it.
        """
        with self._connection.reading() as db:
            rows = db.query(
                """
                SELECT body, observed_at, version FROM change LEFT JOIN hold ON hold.id = hold_id
                WHERE nct_id = ? AND version IS NOT NULL AND severity > 0
                    AND (hold_id IS NULL OR decision = 'approved')
                ORDER BY change.id DESC LIMIT ?
                """,
                [nct_id, _REMEMBERED],
            )
            return tuple(Earlier(change_from(row), moment(row["observed_at"]).date(), row["version"]) for row in rows)

    def announce(self, digests: Iterable[Owed]) -> None:
        """Open these digests, which may stay empty; those that stand already stay as they are."""
        instance, wanted = self._meta.instance, list(digests)
        if not wanted:
            return
        with self._connection.writing() as db:
            for digest in wanted:
                announce(db, digest, instance)

    def commit(self, observation: Observation) -> None:
        """Record a page: snapshots, changes, alerts, outbox rows and marks in one transaction."""
        instance = self._meta.instance
        with self._connection.writing() as db:
            _take_down(db, observation, self._versions)
            open_holds(db, observation)
            for version in observation.versions:
                add_changes(db, version.step, observation.held)
            for step in observation.events:
                add_changes(db, step)
            owe(db, observation.alerts, observation.owed, instance)
            for notice in observation.notices:
                open_notice(db, notice, observation.operator, instance, observation.at)
            _go_on(db, observation)


def _take_down(db: Database, observation: Observation, versions: Versions) -> None:
    """Record what the answers said of the studies themselves."""
    dictionary = versions.learnt(db, observation.at) if observation.versions else None
    _mark(db, observation.unmoved, observation.data_timestamp)
    for standing in observation.standings:
        _stand(db, standing, observation.data_timestamp)
    for snapshot in observation.refreshed:
        _refresh(db, snapshot)
    for version in observation.versions:
        _add_version(db, version, versions, dictionary)
    _look(db, observation)
    for broken in observation.malformed:
        _set_aside(db, broken, observation.at)


def _go_on(db: Database, observation: Observation) -> None:
    """Record how far the sweep of a search has come."""
    if observation.joined is not None:
        join(db, *observation.joined)
    if observation.swept is not None:
        turn_page(db, observation.swept)
    if observation.left is not None:
        part(db, *observation.left)


def _known(row: Row) -> Known:
    return Known(
        nct_id=row["nct_id"],
        state=row["state"],
        version=int(row["version"]),
        raw_digest=row["raw_digest"],
        data_version=row["data_version"] or "",
        checked_at=row["checked_at"],
        missing_since=row["missing_since"],
        merged_into=row["merged_into"],
        first_seen_at=moment(row["first_seen_at"]) if row["first_seen_at"] else None,
        status_since=row["status_since"],
        facts=facts_from(row["facts"]),
        first_completion=row["first_completion"],
    )


def _mark(db: Database, unmoved: Sequence[str], data_timestamp: str) -> None:
    """Record that this build has answered for these studies with what is known of them."""
    sql = "UPDATE study SET checked_at = ? WHERE nct_id IN (SELECT value FROM json_each(?))"
    db.conn.execute(sql, (data_timestamp, json_of(unmoved)))


def _stand(db: Database, standing: Standing, data_timestamp: str) -> None:
    db.conn.execute(
        """
        INSERT INTO study (nct_id, state, checked_at, missing_since, merged_into) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (nct_id) DO UPDATE SET state = excluded.state, checked_at = excluded.checked_at,
            missing_since = excluded.missing_since, merged_into = excluded.merged_into
        """,
        (standing.nct_id, standing.state, data_timestamp, standing.missing_since, standing.merged_into),
    )


def _refresh(db: Database, snapshot: Snapshot) -> None:
    db.conn.execute(
        "UPDATE study SET raw_digest = ?, data_version = ? WHERE nct_id = ?",
        (snapshot.raw_digest, snapshot.data_version, snapshot.nct_id),
    )


def _add_version(db: Database, new: NewVersion, versions: Versions, dictionary: Dictionary | None) -> None:
    _move(db, new)
    versions.add(db, new.snapshot, new.step.version or 1, new.site_ids, dictionary)


def _move(db: Database, new: NewVersion) -> None:
    """Bring a study to its new version."""
    snapshot, step = new.snapshot, new.step
    # At first sight nobody knows since when the status stands: the record does not say.
    status_moved = any(change.kind.startswith("status.") for change in step.changes)
    updated = db.conn.execute(
        """
        UPDATE study SET version = :version, raw_digest = :raw, data_version = :data, facts = :facts, plan = :plan,
            first_seen_at = coalesce(first_seen_at, :seen),
            first_completion = coalesce(:completion, first_completion),
            clock_due = CASE WHEN clock_due = '' THEN '' ELSE :day END,
            status_since = coalesce(:since_day, status_since)
        WHERE nct_id = :nct_id AND version = :since
        """,
        {
            "version": step.version,
            "since": step.since or 0,
            "raw": snapshot.raw_digest,
            "data": snapshot.data_version,
            "facts": facts_json(step.study),
            "plan": plan_json(new.plan) if new.plan else None,
            "seen": stamp(snapshot.seen_at),
            "day": snapshot.seen_at.date().isoformat(),
            "completion": None if step.since else primary_completion(snapshot.record) or "",
            "since_day": _status_since(db, new) if status_moved else None,
            "nct_id": snapshot.nct_id,
        },
    )
    if updated.rowcount != 1:
        raise StoreError(f"{snapshot.nct_id} moved while it was being read: is a second watcher writing here?")


def _status_since(db: Database, new: NewVersion) -> str:
    """Since when a status that has moved stands: the day it was posted.

    Where nothing was posted, as with the status that the registry reckons itself, the day on which it was seen.
    """
    row = db.conn.execute("SELECT facts FROM study WHERE nct_id = ?", (new.snapshot.nct_id,)).fetchone()
    before = facts_from(row[0]) if row else None
    posted = new.step.study.posted
    is_new = before is None or before.posted != posted
    return posted if posted and is_new else new.snapshot.seen_at.date().isoformat()


def _look(db: Database, observation: Observation) -> None:
    """Record the first looks at clocks: silent baselines."""
    looks = [(version.snapshot.nct_id, version.look) for version in observation.versions if version.look]
    raise_clocks(db, ((nct_id, clock) for nct_id, look in looks for clock in look.raised), observation.at)
    look_again(db, ((nct_id, look.next_day) for nct_id, look in looks))


def _set_aside(db: Database, broken: Malformed, at: datetime) -> None:
    db.table("malformed").insert(
        {
            "digest": broken.digest,
            "nct_id": broken.nct_id,
            "reason": broken.reason,
            "first_seen_at": stamp(at),
            "body": packed(broken.body),
        },
        ignore=True,
    )
