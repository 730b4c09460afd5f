"""Deliveries as the operator sees them: what waits and what could not be delivered, sent again or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson
from sqlite_utils import Database

from watcher.alerts.schedule import DeliveryStatus, Outage
from watcher.errors import UsageError
from watcher.model import Target
from watcher.store.codec import Row, json_of
from watcher.store.connection import Connection, moment, stamp
from watcher.store.shown import Collecting, DeliveryInfo, ToldAlert
from watcher.store.tally import counts

# What the list shows where no status is asked for: what may still need somebody.
OPEN = (DeliveryStatus.PENDING, DeliveryStatus.CLAIMED, DeliveryStatus.DEAD)
# Above every number.
NEWEST = 2**63 - 1

SHOWN = """
SELECT delivery.*, max(due_at, coalesce(retry_at, '')) AS next_at, notice.subject AS subject,
    (SELECT json_group_array(nct_id) FROM (SELECT DISTINCT nct_id FROM alert JOIN delivery_alert ON alert.id = alert_id
        WHERE delivery_id = delivery.id ORDER BY nct_id LIMIT 4)) AS studies,
    (SELECT count(DISTINCT nct_id) FROM alert JOIN delivery_alert ON alert.id = alert_id
        WHERE delivery_id = delivery.id) AS study_count
FROM delivery LEFT JOIN notice ON notice.id = notice_id LEFT JOIN destination USING (channel, target)
"""
_AMONG = "delivery.id IN (SELECT value FROM json_each(?))"


class Deliveries:
    """Verbs of the operator's commands about deliveries."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def listed(
        self,
        statuses: Sequence[DeliveryStatus] = OPEN,
        *,
        channel: str = "",
        before: int = NEWEST,
        limit: int = 50,
    ) -> tuple[DeliveryInfo, ...]:
        """Deliveries in these states, newest first: so many that are older than the number `before`."""
        of_status = (
            "SELECT id FROM delivery WHERE status = ? AND (? = '' OR channel = ?) AND id < ? ORDER BY id DESC LIMIT ?"
        )
        newest = " UNION ALL ".join(f"SELECT id FROM ({of_status})" for _ in statuses)  # noqa: S608 - as above
        named = [part for status in statuses for part in (status.value, channel, channel, before, limit)]
        sql = f"{SHOWN} WHERE delivery.id IN ({newest}) ORDER BY delivery.id DESC LIMIT ?"
        with self._connection.reading() as db:
            return tuple(map(delivery_info, db.query(sql, [*named, limit]))) if statuses else ()

    def get(self, number: int) -> DeliveryInfo:
        """One delivery; UsageError where there is none."""
        with self._connection.reading() as db:
            return _known(db, [number])[0]

    def some(self, numbers: Sequence[int]) -> tuple[DeliveryInfo, ...]:
        """These deliveries, as they are asked for; UsageError where there is one of them not."""
        with self._connection.reading() as db:
            return tuple(_known(db, numbers))

    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """How many deliveries there are, by channel and status."""
        with self._connection.reading() as db:
            named = ((name.split(":", 2), number) for name, number in counts(db).items() if number)
            return tuple((parts[2], parts[1], number) for parts, number in named if parts[0] == "delivery")

    def collecting(self) -> tuple[Collecting, ...]:
        """The digests that are collected at present, with what is in each, in the order in which they close."""
        sql = """
            SELECT route, window, first_due_at,
                count(DISTINCT delivery.id) AS targets, count(DISTINCT alert_id) AS alerts
            FROM delivery LEFT JOIN delivery_alert ON delivery_id = delivery.id
            WHERE status = 'pending' AND form = 'digest' AND attempts = 0
            GROUP BY route, window, first_due_at ORDER BY first_due_at, route
        """
        with self._connection.reading() as db:
            return tuple(
                Collecting(row["route"], row["window"], moment(row["first_due_at"]), row["targets"], row["alerts"])
                for row in db.query(sql)
            )

    def outages(self) -> Mapping[Target, Outage]:
        """The targets that failed last time."""
        with self._connection.reading() as db:
            rows = db.query("SELECT * FROM destination ORDER BY channel, target")
            return {
                Target(row["channel"], row["target"]): Outage(
                    row["failures"], moment(row["failing_since"]), moment(row["retry_at"])
                )
                for row in rows
            }

    def alerts(self, number: int) -> tuple[ToldAlert, ...]:
        """The alerts that a delivery tells, oldest first."""
        sql = """
            SELECT alert.id, alert.key, route, nct_id, label, severity, acknowledged_at FROM alert
            JOIN delivery_alert ON alert.id = alert_id WHERE delivery_id = ? ORDER BY alert.id
        """
        with self._connection.reading() as db:
            return tuple(ToldAlert(**row) for row in db.query(sql, [number]))

    def dead(self, channel: str = "") -> tuple[int, ...]:
        """The numbers of the dead letters, oldest first."""
        sql = "SELECT id FROM delivery WHERE status = 'dead' AND (? = '' OR channel = ?) ORDER BY id"
        with self._connection.reading() as db:
            return tuple(row["id"] for row in db.query(sql, [channel, channel]))

    def retry(self, numbers: Sequence[int], now: datetime) -> tuple[int, ...]:
        """Have dead letters, and what waits to be tried again, sent at once, their targets asked at once.

        The three days after which a delivery is given up count from now. UsageError, and nothing done, where one of
        them cannot be sent again.
        """
        with self._connection.writing() as db:
            for found in _known(db, numbers):
                if found.status != DeliveryStatus.DEAD and not (
                    found.status == DeliveryStatus.PENDING and found.attempts
                ):
                    raise UsageError(f"delivery {found.id} cannot be sent again: {_standing(found)}")
            db.conn.execute(
                f"""
                UPDATE delivery SET status = 'pending', due_at = ?, retried_at = ?, settled_at = NULL,
                    stuck_since = NULL WHERE {_AMONG}
                """,  # noqa: S608 - a constant of this module
                (stamp(now), stamp(now), json_of(list(numbers))),
            )
            db.conn.execute(
                f"""
                UPDATE destination SET retry_at = min(retry_at, ?)
                WHERE (channel, target) IN (SELECT channel, target FROM delivery WHERE {_AMONG})
                """,  # noqa: S608 - a constant of this module
                (stamp(now), json_of(list(numbers))),
            )
        return tuple(numbers)

    def drop(self, numbers: Sequence[int], now: datetime) -> tuple[int, ...]:
        """Have deliveries that wait, or dead letters, never sent; alerts in them stay in the history.

        UsageError, and nothing done, where one of them is under way or over.
        """
        with self._connection.writing() as db:
            for found in _known(db, numbers):
                if found.status not in {DeliveryStatus.DEAD, DeliveryStatus.PENDING, DeliveryStatus.DROPPED}:
                    raise UsageError(f"delivery {found.id} cannot be dropped: {_standing(found)}")
            db.conn.execute(
                f"""
                UPDATE delivery SET status = 'dropped', settled_at = ?, stuck_since = NULL
                WHERE status != 'dropped' AND {_AMONG}
                """,  # noqa: S608 - a constant of this module
                (stamp(now), json_of(list(numbers))),
            )
        return tuple(numbers)


def _known(db: Database, numbers: Sequence[int]) -> list[DeliveryInfo]:
    """These deliveries in the order they are asked for."""
    found = {row["id"]: delivery_info(row) for row in db.query(f"{SHOWN} WHERE {_AMONG}", [json_of(list(numbers))])}
    unknown = [str(number) for number in numbers if number not in found]
    if unknown:
        raise UsageError(f"there is no delivery {', '.join(unknown)}: `watcher deliveries list` shows them")
    return [found[number] for number in numbers]


def _standing(delivery: DeliveryInfo) -> str:
    """Why nothing can be done about it."""
    match delivery.status:
        case DeliveryStatus.BATCHED:
            return f"it is told, with others, in delivery {delivery.batch_id}"
        case DeliveryStatus.CLAIMED:
            return "it is being sent at this moment; try again in a minute"
        case DeliveryStatus.PENDING:
            return "it was not tried yet and goes by itself when it is due"
        case _:
            return f"it is {delivery.status} already"


def delivery_info(row: Row) -> DeliveryInfo:
    """The delivery of a row of `SHOWN`."""
    waits = row["status"] == DeliveryStatus.PENDING
    return DeliveryInfo(
        id=row["id"],
        form=row["form"],
        route=row["route"],
        channel=row["channel"],
        target=row["target"],
        status=row["status"],
        severity=row["severity"],
        studies=tuple(orjson.loads(row["studies"])),
        study_count=row["study_count"],
        subject=row["subject"] or "",
        window=row["window"],
        attempts=row["attempts"],
        first_due_at=row["first_due_at"],
        next_at=row["next_at"] if waits else None,
        settled_at=row["settled_at"],
        error=row["error"],
        batch_id=row["batch_id"],
        message_id=row["message_id"],
    )
