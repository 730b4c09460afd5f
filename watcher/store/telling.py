"""Changes, alerts and outbox rows, inside a transaction: what the poll, the clocks and a released hold share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlite_utils import Database

from watcher.alerts.identity import message_id
from watcher.alerts.owing import Owed
from watcher.alerts.routes import Step
from watcher.changes.mass import NOTHING_HELD, Held
from watcher.model import Alert, Raised, Severity
from watcher.store.codec import facts_json, json_of
from watcher.store.connection import inserted, stamp

_NEVER = "9999-12-31"


def add_changes(db: Database, step: Step, held: Held = NOTHING_HELD) -> None:
    """Record the changes of a step, each with what holds it back if anything does."""
    db.table("change").insert_all(
        {
            "nct_id": step.nct_id,
            "occasion": step.occasion,
            "observed_at": stamp(step.observed_at),
            "since": step.since,
            "version": step.version,
            "number": change.id,
            "kind": change.kind,
            "severity": int(change.severity),
            "body": json_of(change.as_dict()),
            "hold_id": held.changes.get((step.nct_id, change.id)),
        }
        for change in step.changes
    )


def raise_clocks(db: Database, raised: Iterable[tuple[str, Raised]], at: datetime) -> None:
    """Record clocks that were raised."""
    db.conn.executemany(
        "INSERT INTO clock (nct_id, clock, threshold, date, raised_at, silent) VALUES (?, ?, ?, ?, ?, ?)",
        ((nct_id, c.clock, c.threshold, c.date, stamp(at), int(c.silent)) for nct_id, c in raised),
    )


def look_again(db: Database, days: Iterable[tuple[str, date | None]]) -> None:
    """Record when the clocks of studies are looked at next; None: not while this version lasts."""
    rows = ((day.isoformat() if day else _NEVER, nct_id) for nct_id, day in days)
    db.conn.executemany("UPDATE study SET clock_due = ? WHERE nct_id = ?", rows)


def owe(db: Database, alerts: Iterable[Alert], owed: Iterable[Owed], instance: str) -> None:
    """Record alerts over recorded changes, and who is owed them."""
    numbers = {alert.key: _add_alert(db, alert) for alert in alerts}
    severities = {alert.key: int(alert.severity) for alert in alerts}
    for entry in owed:
        delivery = _delivery(db, entry, severities[entry.alert_key], instance)
        row = {
            "delivery_id": delivery,
            "alert_id": numbers[entry.alert_key],
            "without": json_of(list(entry.without)),
        }
        db.table("delivery_alert").insert(row, ignore=True)


def _add_alert(db: Database, alert: Alert) -> int:
    row = {
        "key": alert.key,
        "route": alert.route,
        "nct_id": alert.nct_id,
        "occasion": alert.occasion,
        "observed_at": stamp(alert.observed_at),
        "severity": int(alert.severity),
        "since": alert.since,
        "version": alert.version,
        "label": alert.label,
        "reason": alert.reason,
        "facts": facts_json(alert.study),
    }
    number = inserted(db, "alert", row)
    db.conn.execute(
        """
        INSERT INTO alert_change (alert_id, change_id, silence_id)
        SELECT ?, change.id, said.value FROM change JOIN json_each(?) AS said ON said.key = CAST(number AS TEXT)
        WHERE nct_id = ? AND occasion = ?
        """,
        (number, json_of(_told_and_silenced(alert)), alert.nct_id, recorded_under(alert.occasion)),
    )
    return number


def _told_and_silenced(alert: Alert) -> dict[str, int | None]:
    """The numbers of the alert's changes, each with the silence that keeps it from readers, if one does."""
    told: dict[str, int | None] = {str(change.id): None for change in alert.changes}
    return told | {str(number): silence for number, silence in alert.silenced.items()}


def released(hold_id: str, occasion: str) -> str:
    """The occasion under which what was held back is told: another one than that of the rest of its step."""
    return f"hold:{hold_id}:{occasion}"


def recorded_under(occasion: str) -> str:
    """The occasion under which the changes of an alert are recorded."""
    return occasion.split(":", 2)[2] if occasion.startswith("hold:") else occasion


def announce(db: Database, digest: Owed, instance: str) -> None:
    """Open a digest before there is anything to tell; if it stands, it is sent whatever becomes of its alerts."""
    row = {**_row(digest.key, digest, int(Severity.NOISE), instance), "announced": 1}
    db.table("delivery").insert(row, ignore=True)
    db.conn.execute("UPDATE delivery SET announced = 1 WHERE key = ? AND announced = 0", (digest.key,))


def _delivery(db: Database, entry: Owed, severity: int, instance: str) -> int:
    """The outbox row for `entry`: the open digest of its window, or a new row.

    A digest that is already on its way takes nothing more; what comes too late for it goes by itself.
    """
    found = list(db.query("SELECT id, status, attempts FROM delivery WHERE key = ?", [entry.key]))
    if found and found[0]["status"] == "pending" and not found[0]["attempts"]:
        db.conn.execute("UPDATE delivery SET severity = max(severity, ?) WHERE id = ?", (severity, found[0]["id"]))
        return int(found[0]["id"])
    key = f"{entry.key}~{entry.alert_key}" if found else entry.key
    return inserted(db, "delivery", _row(key, entry, severity, instance))


def _row(key: str, entry: Owed, severity: int, instance: str) -> dict[str, object]:
    return {
        "key": key,
        "form": entry.form.value,
        "route": entry.route,
        "window": entry.window,
        "channel": entry.target.channel,
        "target": entry.target.name,
        "message_id": message_id(key, instance),
        "severity": severity,
        "status": "pending",
        "first_due_at": stamp(entry.due_at),
        "due_at": stamp(entry.due_at),
    }
