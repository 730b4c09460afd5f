"""What arrived: each message as its target understands it, repeats told from the first."""

from __future__ import annotations

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

NOTICE = "notice"

_HEAD = re.compile(r"^\W*(?:CRITICAL|MAJOR|MINOR|NOISE)\W+(NCT[0-9]{8})\b")
_SEEN = re.compile(r"\b[Ss]een ([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2})")
_VERSION = re.compile(r"\bour version ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert in a message; `ids` are the changes it tells, None where the format does not number them."""

    step: tuple[str, str]
    ids: frozenset[int] | None = None
    notes: int = 0


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
    severity: str = ""
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """What the outbox says a message id stands for."""

    form: str
    route: str
    window: str


def outbox(database: Path) -> Mapping[str, Sent]:
    """Form, route and window of every message id: mails do not say them, and need not."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT message_id, form, route, window FROM delivery").fetchall()
    finally:
        connection.close()
    return {row[0]: Sent(*row[1:]) for row in rows}


def owed_still(database: Path, until: datetime) -> int:
    """How many deliveries that were first due by a moment are neither settled nor folded into another."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        sql = "SELECT count(*) FROM delivery WHERE status IN ('pending', 'claimed') AND first_due_at <= ?"
        return int(connection.execute(sql, [stamp(until)]).fetchone()[0])
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
    known = sent.get(number, Sent("unknown", "", ""))
    entries, severity = _read(arrival)
    return Told(
        target_of(arrival), number, arrival.at, known.form, known.route, known.window, tuple(entries), severity, repeats
    )


def _read(arrival: Arrival) -> tuple[Iterable[Entry], str]:
    if not arrival.headers:
        letter = arrival.mail()
        body = letter.get_body(("plain",))
        return entries_in(str(body.get_content()) if body else ""), str(letter["X-Severity"])
    said = json.loads(arrival.body)
    if "alerts" in said:
        return map(_entry, said["alerts"]), max((alert["severity"] for alert in said["alerts"]), default="")
    return entries_in(str(said.get("message", ""))), arrival.headers.get("X-Severity", "")


def _entry(alert: Mapping[str, Any]) -> Entry:
    """One alert of a webhook's event, which numbers the changes."""
    seen = f"seen {alert['observed_at'][:16].replace('T', ' ')}"
    step = alert["nct_id"], f"version {alert['version']}" if alert["version"] else seen
    return Entry(step, frozenset(change["id"] for change in alert["changes"]), len(alert["notes"]))


def entries_in(text: str) -> Iterator[Entry]:
    """The alerts that a text tells: under the head of a study, each with when it was seen."""
    study = ""
    for line in text.splitlines():
        head, seen, version = _HEAD.match(line), _SEEN.search(line), _VERSION.search(line)
        study = head[1] if head else study
        if seen and study:
            yield Entry((study, f"version {version[1]}" if version else f"seen {seen[1]}"))
