"""The versions of a study: the newest whole, older ones as patches against the next newer one. The one way to read one.

A version whose number is a multiple of 16 stays whole, so that a chain of patches is never longer. What was stored
whole by an older version of this program is read as it is, and becomes a patch when the next version comes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.errors import MalformedRecord, StoreDamaged, StoreError
from watcher.record import Snapshot, snapshot_of
from watcher.store.bodies import Dictionary, dictionary, dictionary_id, packed, patch, patched, trained, unpacked
from watcher.store.codec import Row, json_of
from watcher.store.connection import moment, stamp
from watcher.store.tally import counted
from watcher.store.troubles import RESTORE

WHOLE_EVERY = 16
TRAINED_AT = (256, 20_000)
"""With so many versions stored the first dictionary is trained, and the second, which knows more kinds of studies."""

_MOST_SAMPLES = 1_000
_COLUMNS = ("nct_id", "version", "seen_at", "data_version", "raw_digest", "content_digest", "body", "base", "site_ids")
_INSERT = f"INSERT INTO snapshot ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608 - constants
_REPLACE = (
    f"UPDATE snapshot SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} "  # noqa: S608 - constants
    "WHERE nct_id = :nct_id AND version = :before"
)


class Versions:
    """Reads and adds versions, inside what the caller has open; keeps the dictionaries of one database at hand."""

    def __init__(self) -> None:
        self._dictionaries: dict[int, Dictionary] = {}
        self._lock = threading.Lock()
        # Records that are too much alike to train from: tried again when there are twice as many.
        self._untrained_at = 0

    def read(self, db: Database, nct_id: str, version: int) -> Snapshot:
        """One stored version, verified; StoreError where there is none, StoreDamaged where it is not what it was."""
        row = _row(db, nct_id, version)
        if row is None:
            raise StoreError(f"there is no version {version} of {nct_id}")
        return self.of(db, row)

    def of(self, db: Database, row: Row) -> Snapshot:
        """The version of a row of `snapshot`, verified; StoreDamaged where it is not what it was."""
        try:
            raw = self._raw(db, row)
        except ValueError as error:
            raise _damaged(row) from error
        return verified(row, raw)

    def after(self, db: Database, row: Row, newer: Snapshot | None) -> Snapshot:
        """The same, one patch away where the next newer version is at hand."""
        if newer is None or (row["nct_id"], row["base"]) != (newer.nct_id, row["version"] + 1):
            return self.of(db, row)
        try:
            raw = patched(row["body"], newer.raw)
        except ValueError as error:
            raise _damaged(row) from error
        return verified(row, raw)

    def add(self, db: Database, new: Snapshot, version: int, site_ids: Sequence[str], known: Dictionary | None) -> None:
        """Store a version whole, compressed with what `learnt` gave, and make the one before it a patch.

        The new version takes the room of the one before: appended, every version of a study would leave behind a page
        half empty, ten times as much as its patch.
        """
        row = _values(new, version, packed(new.raw, known), site_ids)
        before = _row(db, new.nct_id, version - 1) if version > 1 else None
        body = self._patch(db, before, new) if before is not None else None
        if before is None or body is None:
            db.conn.execute(_INSERT, row)
            return
        db.conn.execute(_REPLACE, {**row, "before": version - 1})
        db.conn.execute(_INSERT, {**before, "body": body, "base": version})

    def learnt(self, db: Database, now: datetime) -> Dictionary | None:
        """The dictionary for new bodies, trained in this transaction where enough is stored; None with few studies."""
        ids = [row[0] for row in db.conn.execute("SELECT id FROM dictionary ORDER BY trained_at DESC, id")]
        stored = counted(db, "version")
        if len(ids) < len(TRAINED_AT) and stored >= max(TRAINED_AT[len(ids)], 2 * self._untrained_at):
            number = self._train(db, now)
            self._untrained_at = 0 if number else stored
            ids = [number, *ids] if number else ids
        return self._dictionary(db, ids[0]) if ids else None

    def _train(self, db: Database, now: datetime) -> int | None:
        found = trained(self._samples(db))
        if found is None:
            return None
        added = db.conn.execute(
            "INSERT OR IGNORE INTO dictionary (id, trained_at, body) VALUES (?, ?, ?)",
            (found.dict_id, stamp(now), found.dict_content),
        )
        return found.dict_id if added.rowcount else None

    def _samples(self, db: Database) -> list[bytes]:
        """Whole records, chosen evenly over everything that was ever stored; damaged ones teach nothing."""
        last = int(db.conn.execute("SELECT max(rowid) FROM snapshot").fetchone()[0])
        places = json_of([1 + number * last // _MOST_SAMPLES for number in range(min(_MOST_SAMPLES, last))])
        if last <= _MOST_SAMPLES:
            places = json_of(list(range(1, last + 1)))
        sql = "SELECT body FROM snapshot WHERE rowid IN (SELECT value FROM json_each(?)) AND base IS NULL"
        found = []
        for (body,) in db.conn.execute(sql, (places,)):
            try:
                found.append(self._whole(db, body))
            except ValueError:
                continue
        return found

    def _patch(self, db: Database, row: Row, newer: Snapshot) -> bytes | None:
        """A version as a patch, where that is smaller; a damaged one stays as it is, for whoever mends it."""
        if row["base"] is not None or row["version"] % WHOLE_EVERY == 0:
            return None
        try:
            body = patch(self.of(db, row).raw, newer.raw)
        except StoreDamaged:
            return None
        return body if len(body) < len(row["body"]) else None

    def _raw(self, db: Database, row: Row) -> bytes:
        patches = []
        while row["base"] is not None:
            patches.append(row["body"])
            newer = _row(db, row["nct_id"], row["base"])
            if newer is None or newer["version"] <= row["version"]:
                raise ValueError("a stored patch has lost what it is a patch against")
            row = newer
        raw = self._whole(db, row["body"])
        for body in reversed(patches):
            raw = patched(body, raw)
        return raw

    def _whole(self, db: Database, body: bytes) -> bytes:
        number = dictionary_id(body)
        return unpacked(body, self._dictionary(db, number) if number else None)

    def _dictionary(self, db: Database, number: int) -> Dictionary:
        """A dictionary, read once: its number stands for its content, also where a transaction was taken back."""
        with self._lock:
            if number not in self._dictionaries:
                found = db.conn.execute("SELECT body FROM dictionary WHERE id = ?", (number,)).fetchone()
                if found is None:
                    raise ValueError(f"dictionary {number} is not there")
                self._dictionaries[number] = dictionary(found[0])
            return self._dictionaries[number]


def verified(row: Row, raw: bytes) -> Snapshot:
    """The snapshot of a row, checked against its digest; StoreDamaged where it is another one."""
    try:
        snapshot = snapshot_of(raw, seen_at=moment(row["seen_at"]))
    except (ValueError, MalformedRecord) as error:
        raise _damaged(row) from error
    if snapshot.raw_digest != row["raw_digest"]:
        raise StoreDamaged(f"version {row['version']} of {row['nct_id']} does not match its digest: {RESTORE}")
    return snapshot


def _damaged(row: Row) -> StoreDamaged:
    return StoreDamaged(f"version {row['version']} of {row['nct_id']} is damaged: {RESTORE}")


def _row(db: Database, nct_id: str, version: int) -> Row | None:
    return next(db.query("SELECT * FROM snapshot WHERE nct_id = ? AND version = ?", [nct_id, version]), None)


def _values(new: Snapshot, version: int, body: bytes, site_ids: Sequence[str]) -> dict[str, object]:
    """The row of a version that stands whole."""
    return {
        "nct_id": new.nct_id,
        "version": version,
        "seen_at": stamp(new.seen_at),
        "data_version": new.data_version,
        "raw_digest": new.raw_digest,
        "content_digest": new.content_digest,
        "body": body,
        "base": None,
        "site_ids": json_of(list(site_ids)) if site_ids else None,
    }
