"""A database as large as the whole registry after some years, made with plain SQL: real schema, made rows."""

# ruff: noqa: S608 - every part of these statements is a constant of this module.

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher.alerts.facts import facts_of
from watcher.changes import event
from watcher.examples.plain import record
from watcher.record import Snapshot, snapshot_of
from watcher.store import Store
from watcher.store.bodies import packed, patch, trained
from watcher.store.codec import change_json, facts_json
from watcher.store.connection import stamp

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_TEMPLATES = 300
# A made record of so many made words packs to about what a registry record packs to.
_WORDS, _SPOKEN = 4_000, (600, 1_400)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows of each kind; of the studies so many have a second version."""

    studies: int = 600_000
    second_versions: int = 50_000
    changes: int = 200_000
    alerts: int = 20_000
    deliveries: int = 20_000
    waiting: int = 200

    def scaled(self, share: float) -> Size:
        """The same desk, smaller."""
        return Size(*(max(int(number * share), 1) for number in asdict(self).values()))


def nct(number: int) -> str:
    """The number of the n-th study."""
    return f"NCT{number:08}"


def fill(path: Path, size: Size) -> None:
    """Make the database. It must not be there yet; nothing here is safe against a crash."""
    Store(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -400000")
        db.execute("BEGIN")
        _templates(db, random.Random(7))  # noqa: S311 - made words
        for sql in _FILL:
            db.execute(sql, {**asdict(size), "now": stamp(NOW)})
        db.execute("DROP TABLE temp.template")
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA optimize")


def _templates(db: sqlite3.Connection, chance: random.Random) -> None:
    told = [_told(chance) for _ in range(_TEMPLATES)]
    dictionary = trained(snapshot.raw for snapshot in told[: _TEMPLATES // 2])
    assert dictionary is not None
    db.execute(
        "INSERT INTO dictionary VALUES (?, ?, ?)",
        (dictionary.dict_id, stamp(NOW - timedelta(days=900)), dictionary.dict_content),
    )
    db.execute(
        "CREATE TEMP TABLE template (id INTEGER PRIMARY KEY, raw TEXT, content TEXT, body BLOB, older BLOB, "
        "older_raw TEXT, facts TEXT, change TEXT)"
    )
    db.executemany(
        "INSERT INTO template VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(number, *_row(snapshot, dictionary)) for number, snapshot in enumerate(told)],
    )


def _row(snapshot: Snapshot, dictionary: object) -> tuple[object, ...]:
    older = snapshot_of(snapshot.raw.replace(b"RECRUITING", b"NOT_YET_RECRUITING"), seen_at=NOW)
    facts = facts_of(snapshot.nct_id, snapshot.record)
    told = event("record.discovered", snapshot.nct_id, words={"title": facts.title})
    return (
        snapshot.raw_digest,
        snapshot.content_digest,
        packed(snapshot.raw, dictionary),  # type: ignore[arg-type] # the dictionary of `trained`
        patch(older.raw, snapshot.raw),
        older.raw_digest,
        facts_json(facts),
        change_json(told),
    )


def _told(chance: random.Random) -> Snapshot:
    vocabulary = random.Random(1)  # noqa: S311 - made words
    words = ["".join(vocabulary.choices("etaoinshrdlu", k=vocabulary.randint(3, 11))) for _ in range(_WORDS)]
    text = " ".join(chance.choices(words, k=chance.randint(*_SPOKEN)))
    put = {"protocolSection.descriptionModule.detailedDescription": text}
    return snapshot_of(record(put, status="RECRUITING", title=text[:90]), seen_at=NOW)


_NUMBERS = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {most})"
_STUDY = "printf('NCT%08d', {n})"
# Three years of days, the newest last; studies were all first seen on the first of them.
_MOMENT = "strftime('%Y-%m-%dT%H:%M:00.000000+00:00', '2023-06-01 09:00', '+' || ({n} * 1095 / {most}) || ' days')"
_FIRST = "'2023-06-01T09:00:00.000000+00:00'"


def _of(n: str, most: str) -> str:
    return _MOMENT.format(n=n, most=most)


_FILL = (
    f"""{_NUMBERS.format(most=":studies")}
    INSERT INTO study (nct_id, state, version, raw_digest, data_version, checked_at, first_seen_at, facts, clock_due,
        first_completion, plan)
    SELECT {_STUDY.format(n="n")}, CASE n % 100 WHEN 50 THEN 'gone' ELSE 'listed' END, 1 + (n <= :second_versions), raw,
        '2026-06-01', '2026-06-01T09:00:00', {_FIRST}, facts, date('2026-06-02', '+' || (n % 700) || ' days'),
        '2027-06-30', '["2024-01-15A","2027-06-30E","2028-12-31E","100E","2028-06-30E",0]'
    FROM numbers JOIN template ON id = n % {_TEMPLATES}""",
    f"""{_NUMBERS.format(most=":studies")}
    INSERT INTO snapshot (nct_id, version, seen_at, data_version, raw_digest, content_digest, body, base)
    SELECT {_STUDY.format(n="n")}, 1, {_FIRST}, '2023-06-01',
        CASE WHEN n <= :second_versions THEN older_raw ELSE raw END, content,
        CASE WHEN n <= :second_versions THEN older ELSE body END, CASE WHEN n <= :second_versions THEN 2 END
    FROM numbers JOIN template ON id = n % {_TEMPLATES}""",
    f"""{_NUMBERS.format(most=":second_versions")}
    INSERT INTO snapshot (nct_id, version, seen_at, data_version, raw_digest, content_digest, body)
    SELECT {_STUDY.format(n="n")}, 2, {_of("n", ":second_versions")}, '2026-06-01', raw, content, body
    FROM numbers JOIN template ON id = n % {_TEMPLATES}""",
    "INSERT INTO hold VALUES ('h1', 'site.added', '2025-05-01T09:00:00', '2025-05-01T09:00:00', 'open', NULL)",
    f"""{_NUMBERS.format(most=":changes")}
    INSERT INTO change (nct_id, occasion, observed_at, since, version, number, kind, severity, body, hold_id)
    SELECT {_STUDY.format(n="1 + (n - 1) % :second_versions")}, 'version:2', {_of("n", ":changes")}, 1, 2,
        (n - 1) / :second_versions,
        CASE n % 4 WHEN 0 THEN 'date.primary_completion.slipped' ELSE 'site.added' END,
        CASE WHEN n % 997 = 0 THEN 3 WHEN n % 10 = 0 THEN 2 WHEN n % 3 = 0 THEN 1 ELSE 0 END, change,
        CASE WHEN n % 500 = 0 THEN 'h1' END
    FROM numbers JOIN template ON id = n % {_TEMPLATES}""",
    f"""{_NUMBERS.format(most=":alerts")}
    INSERT INTO alert (key, route, nct_id, occasion, observed_at, severity, since, version, label, reason, facts,
        acknowledged_at, noise_at)
    SELECT 'r' || n, CASE WHEN n % 400 = 0 THEN 'rare' ELSE 'desk' || n % 3 END, {_STUDY.format(n="n")}, 'version:2',
        {_of("n", ":alerts")}, CASE WHEN n % 997 = 0 THEN 3 WHEN n % 10 = 0 THEN 2 ELSE 1 END, 1, 2, 'EX-' || n,
        'because', facts, CASE WHEN n % 3 THEN '2026-01-01' END, CASE WHEN n % 1000 = 0 THEN '2026-01-01' END
    FROM numbers JOIN template ON id = n % {_TEMPLATES}""",
    "INSERT INTO silence SELECT id, 'k' || id, nct_id, 'site.*', '', 'start-up', '2025-01-01', '2027-01-01', NULL "
    "FROM alert WHERE id <= 50",
    "INSERT INTO alert_change SELECT id, id, CASE WHEN id % 50 = 0 THEN 1 + id % 40 END FROM alert",
    """INSERT INTO notice SELECT id, 'appeared|' || nct_id, 'subject', 'body', observed_at, observed_at
    FROM alert WHERE id <= 2000""",
    f"""{_NUMBERS.format(most=":deliveries")}
    INSERT INTO delivery (key, form, channel, target, route, message_id, severity, status, first_due_at, due_at,
        attempts, error, settled_at)
    SELECT 'd' || n, 'alert', 'team' || n % 3, 'person' || n % 20, 'desk' || n % 3, '<' || n || '@x>', 1,
        CASE WHEN n > :deliveries - :waiting THEN 'pending' WHEN n % 500 = 0 THEN 'dead' ELSE 'delivered' END,
        {_of("n", ":deliveries")}, {_of("n", ":deliveries")}, 1, CASE WHEN n % 500 = 0 THEN '550 no' ELSE '' END,
        CASE WHEN n <= :deliveries - :waiting THEN {_of("n", ":deliveries")} END
    FROM numbers""",
    "INSERT INTO delivery_alert SELECT id, 1 + (id - 1) % :alerts, '[]' FROM delivery",
    f"""{_NUMBERS.format(most=":second_versions")}
    INSERT INTO clock SELECT {_STUDY.format(n="n")}, 'completion_overdue', 30, '2026-01-01', {_FIRST}, NULL, 1
    FROM numbers""",
    "INSERT INTO search (watch, query, begun, swept) VALUES ('all', '[]', '2026-06-01', '2026-06-01'), "
    "('some', '[[]]', '2026-06-01', '2026-06-01')",
    "INSERT INTO member SELECT nct_id, 1 FROM study",
    "INSERT INTO member SELECT nct_id, 2 FROM study WHERE rowid % 300 = 0",
    "UPDATE search SET members = (SELECT count(*) FROM member WHERE search_id = search.id)",
    "INSERT INTO meta VALUES ('instance', '0123456789abcdef'), ('rehearsal', 'no'), ('poll.last_success_at', :now)",
)
