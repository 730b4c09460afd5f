"""What was told, to whom, and what became of it, as the explaining commands ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import orjson
from sqlite_utils import Database

from watcher.alerts.accounts import Account, Asked, Handover
from watcher.alerts.schedule import DeliveryStatus
from watcher.errors import UsageError
from watcher.model import Form, Severity
from watcher.store.codec import Row, alert_from, change_from, json_of
from watcher.store.connection import Connection, moment, stamp


class Accounts:
    """Verbs about alerts that were made; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, asked: Asked) -> tuple[Account, ...]:
        """The alerts that are asked for, newest first."""
        newest = _which(asked).format(part=_PART)
        sql = f"SELECT alert.* FROM ({newest}) AS newest CROSS JOIN alert USING (id) ORDER BY newest.id DESC"  # noqa: S608 - constants of this module
        about = {
            "nct_id": asked.nct_id,
            "route": asked.route,
            "severity": int(asked.min_severity),
            "since": stamp(asked.since) if asked.since else "",
            "open": asked.unacknowledged,
            "limit": asked.limit,
        }
        with self._connection.reading() as db:
            return accounts_of(db, list(db.query(sql, about)))

    def of(self, alert_id: int) -> Account:
        """One alert; UsageError where there is none such."""
        with self._connection.reading() as db:
            rows = list(db.query("SELECT * FROM alert WHERE id = ?", [alert_id]))
            if not rows:
                raise UsageError(f"there is no alert {alert_id}: every message names its number; see `watcher alerts`")
            return accounts_of(db, rows)[0]

    def beside(self, account: Account) -> tuple[Account, ...]:
        """What other routes made of the same step."""
        alert = account.alert
        sql = "SELECT * FROM alert WHERE nct_id = ? AND occasion = ? AND id != ? ORDER BY id"
        with self._connection.reading() as db:
            return accounts_of(db, list(db.query(sql, [alert.nct_id, alert.occasion, alert.id])))

    def noise(self) -> frozenset[str]:
        """The keys of the alerts that were noise to their readers."""
        with self._connection.reading() as db:
            return frozenset(row["key"] for row in db.query("SELECT key FROM alert WHERE noise_at IS NOT NULL"))


def _which(asked: Asked) -> str:
    if asked.nct_id:
        return _OF_STUDY
    is_narrowed = asked.route or asked.since or asked.unacknowledged or asked.min_severity > Severity.NOISE
    return _OF_ALL if is_narrowed else "SELECT id FROM alert ORDER BY id DESC LIMIT :limit"


def accounts_of(db: Database, rows: Sequence[Row]) -> tuple[Account, ...]:
    """The alerts of rows, with all that is known of each."""
    ids = json_of([row["id"] for row in rows])
    changes = _by_alert(db.query(_CHANGES, [ids]))
    deliveries = _by_alert(db.query(_DELIVERIES, [ids]))
    batches = _batches(db, [row for found in deliveries.values() for row in found])
    return tuple(
        _account(row, changes.get(row["id"], []), [_handover(d, batches) for d in deliveries.get(row["id"], [])])
        for row in rows
    )


def _account(row: Row, changes: Sequence[Row], deliveries: Sequence[Handover]) -> Account:
    return Account(
        alert=alert_from(row, changes),
        kept=tuple(change_from(change) for change in changes if change["silence_id"] is not None),
        acknowledged_at=_moment(row["acknowledged_at"]),
        noise_at=_moment(row["noise_at"]),
        deliveries=tuple(deliveries),
    )


def _by_alert(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["alert_id"], []).append(row)
    return found


def _batches(db: Database, rows: Iterable[Row]) -> Mapping[int, Handover]:
    """The deliveries that tell others together, by their numbers."""
    ids = json_of([row["batch_id"] for row in rows if row["batch_id"] is not None])
    found = db.query(
        "SELECT delivery.*, '[]' AS without FROM delivery WHERE id IN (SELECT value FROM json_each(?))", [ids]
    )
    return {row["id"]: _handover(row, {}) for row in found}


def _handover(row: Row, batches: Mapping[int, Handover]) -> Handover:
    return Handover(
        id=row["id"],
        form=Form(row["form"]),
        route=row["route"],
        window=row["window"],
        target=f"{row['channel']}/{row['target']}",
        status=DeliveryStatus(row["status"]),
        due_at=moment(row["due_at"]),
        attempts=row["attempts"],
        message_id=row["message_id"],
        error=row["error"],
        settled_at=_moment(row["settled_at"]),
        without=tuple(orjson.loads(row["without"])),
        batch=batches.get(row["batch_id"]),
    )


def _moment(stamped: str | None) -> datetime | None:
    return moment(stamped) if stamped else None


_PART = """
(:route = '' OR route = :route) AND severity >= :severity AND (:since = '' OR observed_at >= :since)
AND (NOT :open OR acknowledged_at IS NULL)
"""
_OF_STUDY = "SELECT id FROM alert WHERE nct_id = :nct_id AND {part} ORDER BY id DESC LIMIT :limit"
# The index has every column that is asked for: the alerts themselves are read only where they are shown.
_OF_ALL = "SELECT id FROM alert INDEXED BY alert_listed WHERE {part} ORDER BY id DESC LIMIT :limit"
_CHANGES = """
SELECT alert_id, silence_id, number, body FROM alert_change JOIN change ON change.id = change_id
WHERE alert_id IN (SELECT value FROM json_each(?)) ORDER BY alert_id, number
"""
# A batch holds the alerts of the deliveries it stands for; these say themselves that they were batched.
_DELIVERIES = """
SELECT delivery.*, alert_id, without FROM delivery JOIN delivery_alert ON delivery.id = delivery_id
WHERE alert_id IN (SELECT value FROM json_each(?)) AND form != 'batch' ORDER BY alert_id, delivery.id
"""
