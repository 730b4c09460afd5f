"""What is left of one life, taken from the servers and the database before they are gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

# The SQLite of the store: two libraries on one file would break each other's locks.
from sqlite_utils.utils import sqlite3

from benchmarks.soak.gauges import Sample
from benchmarks.soak.plan import EARLY, NINE
from benchmarks.soak.theatre import FASTER, Theatre
from benchmarks.storm.arrived import Told, outbox, told
from benchmarks.storm.faults import Fault
from benchmarks.storm.owed import Facts, facts_in
from benchmarks.storm.sinks import Arrival, Attempt

Row = tuple[str, str, date]
"""A study, an occasion, and the day it was seen on."""

_REFRESH = re.compile(rf"T(?:{EARLY}|{NINE})")


@dataclass(frozen=True, slots=True)
class Notice:
    """What the operator is told, as the database has it."""

    key: str
    opened_at: str
    resolved_at: str | None
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Lived:
    """One life, ready to be judged."""

    name: str
    last: date
    facts: Facts
    versions: Mapping[Row, str]
    changes: Mapping[Row, tuple[str, ...]]
    notices: tuple[Notice, ...]
    messages: tuple[Told, ...]
    arrivals: tuple[Arrival, ...]
    attempts: tuple[Attempt, ...]
    doubts: tuple[tuple[float, float], ...]
    moved: tuple[tuple[float, datetime], ...]
    faults: Counter[str]
    deliveries: Mapping[str, int]
    wrong: tuple[str, ...]
    polls: int
    starts: int
    checks: int
    damaged: tuple[str, ...]
    peak_kb: int
    seconds: float
    samples: tuple[Sample, ...] = field(repr=False, default=())

    def latest(self, at: float) -> datetime:
        """What the daemon's clock showed at most at a moment of ours."""
        moved, shown = max((each for each in self.moved if each[0] <= at), default=self.moved[0])
        return shown + timedelta(seconds=(at - moved) * FASTER)


def left_by(theatre: Theatre, samples: Sequence[Sample], seconds: float) -> Lived:
    """Everything that is judged of a life that has ended."""
    health, database = theatre.daemon.health(), theatre.database
    return Lived(
        name=theatre.name,
        last=theatre.play.acts[theatre.played - 1].day,
        facts=facts_in(database),
        versions=versions_in(database),
        changes=changes_in(database),
        notices=notices_in(database),
        messages=told(theatre.to.arrivals, outbox(database)),
        arrivals=tuple(each for sink in theatre.to.sinks for each in sink.arrivals),
        attempts=tuple(theatre.to.attempts),
        doubts=tuple(theatre.doubts),
        moved=tuple(theatre.front.builds.moved),
        faults=faults_met(theatre),
        deliveries=dict(health.deliveries) if health else {},
        wrong=(*theatre.wrong, *(f"{hook.unsigned} unsigned" for hook in theatre.to.hooks.values() if hook.unsigned)),
        polls=theatre.front.builds.polls,
        starts=theatre.daemon.starts,
        checks=theatre.checks,
        damaged=tuple(theatre.damaged),
        peak_kb=theatre.daemon.peak_kb,
        seconds=seconds,
        samples=tuple(samples),
    )


def faults_met(theatre: Theatre) -> Counter[str]:
    """How often each fault was met, by its name."""
    found = Counter({str(wind): number for wind, number in theatre.front.weather.met.items()})
    found += theatre.done
    found["registry_refresh_in_sweep"] += theatre.front.builds.turned
    for sink in theatre.to.sinks:
        kind = "mail" if sink is theatre.to.relay else "webhook"
        found.update(
            {named(kind, fault): number for fault, number in sink.chance.met.items() if fault is not Fault.NONE}
        )
    return +found


def named(kind: str, fault: Fault) -> str:
    """A fault of a target as one word."""
    return f"{kind}_{re.sub('[^a-z0-9]+', '_', fault.value.lower())}"


# --- from the database --------------------------------------------------------------


def versions_in(database: Path) -> dict[Row, str]:
    """The digest of every version, with the day it was first seen on."""
    rows = _rows(database, "SELECT nct_id, version, substr(seen_at, 1, 10), content_digest FROM snapshot")
    return {(row[0], f"version:{row[1]}", date.fromisoformat(row[2])): row[3] for row in rows}


def changes_in(database: Path) -> dict[Row, tuple[str, ...]]:
    """What changed, by occasion; which build of a day an occasion names depends on the weather."""
    rows = _rows(
        database,
        "SELECT nct_id, occasion, substr(observed_at, 1, 10), number, kind, severity, hold_id IS NOT NULL FROM change",
    )
    found: dict[Row, list[str]] = {}
    for row in rows:
        key = row[0], _REFRESH.sub("", row[1]), date.fromisoformat(row[2])
        found.setdefault(key, []).append(f"{row[3]} {row[4]} {row[5]}{' held' if row[6] else ''}")
    return {key: tuple(sorted(said)) for key, said in found.items()}


def notices_in(database: Path) -> tuple[Notice, ...]:
    """Everything the operator is told, in order."""
    sql = (
        "SELECT notice.key, opened_at, resolved_at, message_id FROM notice "
        "LEFT JOIN delivery ON delivery.notice_id = notice.id ORDER BY notice.id"
    )
    return tuple(Notice(*row) for row in _rows(database, sql))


def _rows(database: Path, sql: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(sql).fetchall()
