"""What arrived: each message as its target understands it, repeats told from the first."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.storm.sinks import Arrival
from watcher.store.connection import stamp

NOTICE, UNKNOWN = "notice", "unknown"
EVIDENCE_SHOWN = 200

_RANK = ("noise", "minor", "major", "critical")
# Texts are wrapped, so what stands together may stand on two lines.
_HEAD_OR_SEEN = re.compile(
    r"^(?P<severity>CRITICAL|MAJOR|MINOR|NOISE)  (?P<study>NCT[0-9]{8})\b"
    r"|\b[Ss]een\s+(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\s+(?P<clock>[0-9]{2}:[0-9]{2})\s+UTC\b",
    re.MULTILINE,
)
_EVIDENCE = re.compile(r"^  ([a-z_.]+) \| (?:critical|major|minor|noise)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a message tells of one step: changes by their numbers (events) or kinds (mail); None: only that it is."""

    step: tuple[str, str]
    told: tuple[str, ...] | None
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One message, the first time it arrived; `repeats` is how often it came again."""

    target: str
    id: str
    at: float
    form: str
    route: str
    window: str
    entries: tuple[Entry, ...]
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """What the outbox says a message id stands for."""

    form: str
    route: str
    window: str
    attempts: int = 0


def outbox(database: Path) -> Mapping[str, Sent]:
    """Form, route and window of every message id: mails do not say them, and need not."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT message_id, form, route, window, attempts FROM delivery").fetchall()
    finally:
        connection.close()
    return {row[0]: Sent(*row[1:]) for row in rows}


def opened_digests(database: Path) -> frozenset[tuple[str, str, str]]:
    """The digests that are in the outbox, whatever became of them: channel, route and window."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return frozenset(connection.execute("SELECT channel, route, window FROM delivery WHERE form = 'digest'"))
    finally:
        connection.close()


def owed_still(database: Path, until: datetime) -> int:
    """How many deliveries that were first due by a moment are neither settled nor folded into another."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        sql = "SELECT count(*) FROM delivery WHERE status IN ('pending', 'claimed') AND first_due_at <= ?"
        return int(connection.execute(sql, [stamp(until)]).fetchone()[0])
    finally:
        connection.close()


def queued(database: Path) -> int:
    """How many alerts are owed to a target and not settled, be it alone or in a batch."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        sql = (
            "SELECT count(DISTINCT channel || target || alert_id) FROM delivery JOIN delivery_alert "
            "ON delivery.id = delivery_id WHERE status IN ('pending', 'claimed')"
        )
        return int(connection.execute(sql).fetchone()[0])
    finally:
        connection.close()


def told(arrivals: Iterable[Arrival], sent: Mapping[str, Sent]) -> tuple[Told, ...]:
    """Every message once at each target, in the order of their first arrival; the operator's are left out."""
    firsts: dict[tuple[str, str], Arrival] = {}
    times: dict[tuple[str, str], int] = {}
    for arrival in sorted(arrivals, key=lambda each: each.at):
        key = target_of(arrival), number_of(arrival)
        firsts.setdefault(key, arrival)
        times[key] = times.get(key, 0) + 1
    read = (_told(arrival, sent, times[key] - 1) for key, arrival in firsts.items())
    return tuple(message for message in read if message.form != NOTICE)


def number_of(arrival: Arrival) -> str:
    """The message's own id: a letter's is its Message-ID without the domain."""
    return arrival.id.strip("<>").partition("@")[0]


def target_of(arrival: Arrival) -> str:
    """The channel it came over: an address has its channel's name."""
    return arrival.target.partition("@")[0]


def _told(arrival: Arrival, sent: Mapping[str, Sent], repeats: int) -> Told:
    number = number_of(arrival)
    known = sent.get(number, Sent(UNKNOWN, "", ""))
    entries = tuple(_read(arrival))
    return Told(target_of(arrival), number, arrival.at, known.form, known.route, known.window, entries, repeats)


def _read(arrival: Arrival) -> Iterable[Entry]:
    if not arrival.headers:
        return _in_letter(arrival)
    said = json.loads(arrival.body)
    return map(_in_event, said["alerts"]) if "alerts" in said else entries_in(str(said.get("message", "")))


def _in_event(alert: Mapping[str, Any]) -> Entry:
    """One alert of a webhook's event, which numbers the changes."""
    step = alert["nct_id"], alert["observed_at"][:16].replace("T", " ")
    return Entry(step, tuple(str(change["id"]) for change in alert["changes"]), alert["severity"])


def _in_letter(arrival: Arrival) -> Iterable[Entry]:
    """What a letter says: a digest in the table beside it, an alert in its text."""
    letter = arrival.mail()
    tables = [str(part.get_content()) for part in letter.iter_attachments() if part.get_content_type() == "text/csv"]
    if tables:
        return rows_in(tables[0])
    body = letter.get_body(("plain",))
    return entries_in(str(body.get_content()) if body else "")


def rows_in(table: str) -> Iterator[Entry]:
    """The steps of a table of changes."""
    found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(table.lstrip("\ufeff"), newline="")):
        found.setdefault((row["nct_id"], row["observed"]), []).append(row)
    for step, rows in found.items():
        yield Entry(step, tuple(row["kind"] for row in rows), max((row["severity"] for row in rows), key=_RANK.index))


def entries_in(text: str) -> Iterator[Entry]:
    """The steps that a text tells: under the head of a study, each with when it was seen, an alert with evidence."""
    evidence = _EVIDENCE.findall(text)
    study, severity, steps = "", "", []
    for found in _HEAD_OR_SEEN.finditer(text):
        if found["study"]:
            severity, study = found["severity"].lower(), found["study"]
        elif study:
            steps.append(((study, f"{found['day']} {found['clock']}"), severity))
    whole = len(steps) == 1 and 0 < len(evidence) < EVIDENCE_SHOWN
    return (Entry(step, tuple(evidence) if whole else None, severity) for step, severity in steps)
