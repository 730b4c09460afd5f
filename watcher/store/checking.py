"""Whether a database is whole: its file, its tables, every stored body, and what must be true of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # the library that sqlite-utils chose

from watcher.errors import StoreDamaged, StoreError
from watcher.store.bodies import unpacked
from watcher.store.codec import Row
from watcher.store.connection import Connection, open_copy, open_reader, pragma
from watcher.store.rules import RULES, Rule
from watcher.store.schema import MIGRATIONS, SCHEMA_VERSION
from watcher.store.troubles import ANOTHER_BACKUP, RESTORE, of_a_backup, trouble
from watcher.store.versions import Versions

Progress = Callable[[int, int], None]

_BATCH = 200
_SHOWN = 20
# What a replication tool keeps in the same file is its own.
_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
_PATCHES_SINCE = 7
# From the newest version of a study to its oldest: each is one patch away from the one before.
_VERSIONS = """
SELECT nct_id, version, seen_at, raw_digest, body, {base} AS base FROM snapshot
WHERE (nct_id, version) < (?, ?) ORDER BY nct_id DESC, version DESC LIMIT ?
"""
_LAST = ("~", 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and what to do about it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found; nothing means that the database is whole."""

    path: Path
    schema: int
    studies: int
    versions: int
    changes: int
    alerts: int
    deliveries: int
    owed: int
    last_poll_at: str
    findings: tuple[Finding, ...]


def no_progress(done: int, total: int) -> None:
    """Nobody watches."""


def check(path: Path, progress: Progress = no_progress) -> Checked:
    """Check all of a database, also beside a running watcher and one with an older schema; nothing is written.

    Raises StoreError where it cannot even be opened.
    """
    connection = open_reader(path, any_age=True)
    try:
        return check_open(connection, progress)
    finally:
        connection.close()


def check_backup(path: Path, progress: Progress = no_progress) -> Checked:
    """Check a backup, with the remedies of a backup."""
    try:
        checked = check_copy(path, progress)
    except StoreError as error:
        raise of_a_backup(error) from error.__cause__
    return replace(checked, findings=tuple(replace(found, remedy=ANOTHER_BACKUP) for found in checked.findings))


def check_copy(path: Path, progress: Progress = no_progress) -> Checked:
    """Check a copy that nobody writes to."""
    connection = open_copy(path)
    try:
        return check_open(connection, progress)
    finally:
        connection.close()


def check_open(connection: Connection, progress: Progress = no_progress) -> Checked:
    """The same over an open connection."""
    path = connection.path
    with connection.reading() as db:
        findings = list(_guarded(path, lambda: _at_one_moment(db, path)))
        findings += _guarded(path, lambda: _few(_damaged_bodies(db, progress), "stored bodies"))
        return _counted(db, path, findings)


def _guarded(path: Path, steps: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings; where the file is too damaged to go on, that is the last of them."""
    try:
        yield from steps()
    except sqlite3.DatabaseError as error:
        said = trouble(path, error)
        if not isinstance(said, StoreDamaged):
            raise said from error
        yield Finding(f"the database cannot be read any further: {error}", RESTORE)


def _at_one_moment(db: Database, path: Path) -> Iterator[Finding]:
    """What compares tables with each other: a watcher that writes meanwhile must not look like damage."""
    db.conn.execute("BEGIN")
    try:
        yield from _few(_file(db), "places in the file")
        yield from _guarded(path, lambda: _schema(db))
        yield from _guarded(path, lambda: _truths(db))
    finally:
        db.conn.rollback()


def _file(db: Database) -> Iterator[Finding]:
    for (said,) in db.conn.execute("PRAGMA integrity_check(100)"):
        if said != "ok":
            yield Finding(f"integrity: {' '.join(str(said).split())}", RESTORE)
    for table, row, parent, _ in db.conn.execute("PRAGMA foreign_key_check"):
        yield Finding(f"row {row} of {table} points at a row of {parent} that is not there", RESTORE)


def _schema(db: Database) -> Iterator[Finding]:
    """Tables, indexes and triggers that are missing, or not as this version makes them."""
    if pragma(db, "user_version") != SCHEMA_VERSION:
        return
    fresh = Database(sqlite3.connect(":memory:"))
    MIGRATIONS.apply(fresh)
    there, wanted = _objects(db), _objects(fresh)
    fresh.close()
    for (kind, name), sql in wanted.items():
        if there.get((kind, name)) != sql:
            is_there = "is not as this version makes it" if (kind, name) in there else "is missing"
            yield Finding(f"the {kind} {name} {is_there}", RESTORE)


def _objects(db: Database) -> dict[tuple[str, str], str]:
    """The words of every table, index and trigger: versions lay them out differently."""
    return {(kind, name): " ".join(sql.split()) for kind, name, sql in db.conn.execute(_OBJECTS)}


def _truths(db: Database) -> Iterator[Finding]:
    schema = pragma(db, "user_version")
    for rule in RULES:
        if rule.holds_in(schema):
            yield from _few(_broken(db, rule), rule.about)


def _broken(db: Database, rule: Rule) -> Iterator[Finding]:
    for row in db.query(rule.sql):
        yield Finding(rule.what.format(**row), rule.remedy)


def _few(findings: Iterable[Finding], about: str) -> Iterator[Finding]:
    """The first few of many alike, and how many more there are."""
    found = iter(findings)
    yield from islice(found, _SHOWN)
    more = sum(1 for _ in found)
    if more:
        yield Finding(f"the same of {more} more {about}", RESTORE)


def _damaged_bodies(db: Database, progress: Progress) -> Iterator[Finding]:
    total = db.table("snapshot").count
    versions, newer = Versions(), None
    for done, row in enumerate(_versions(db), start=1):
        try:
            newer = versions.after(db, row, newer)
        except StoreDamaged as error:
            newer = None
            yield Finding(str(error).partition(":")[0], RESTORE)
        if done % _BATCH == 0 or done == total:
            progress(done, total)
    for row in db.query("SELECT digest, body FROM malformed"):
        if not _is_whole(row):
            yield Finding(f"the unreadable record {row['digest']} that was set aside is damaged", RESTORE)


def _versions(db: Database) -> Iterator[Row]:
    """Every version, in short reads: a long one would let the log of a running watcher grow."""
    sql = _VERSIONS.format(base="base" if pragma(db, "user_version") >= _PATCHES_SINCE else "NULL")
    before: tuple[str, int] = _LAST
    while rows := list(db.query(sql, [*before, _BATCH])):
        yield from rows
        before = rows[-1]["nct_id"], rows[-1]["version"]


def _is_whole(row: Row) -> bool:
    try:
        return bool(blake2b(unpacked(row["body"]), digest_size=16).hexdigest() == row["digest"])
    except ValueError:
        return False


def _counted(db: Database, path: Path, findings: Iterable[Finding]) -> Checked:
    owed = "SELECT count(*) FROM delivery WHERE status IN ('pending', 'claimed')"
    poll = "SELECT coalesce(max(value), '') FROM meta WHERE name = 'poll.last_success_at'"
    tables = {"studies": "study", "versions": "snapshot", "changes": "change", "alerts": "alert"}
    try:
        # The names are those above.
        counts = {name: _one(db, f"SELECT count(*) FROM {table}") for name, table in tables.items()}  # noqa: S608
        deliveries = _one(db, "SELECT count(*) FROM delivery")
        told = (_one(db, owed), str(db.conn.execute(poll).fetchone()[0]))
    except sqlite3.DatabaseError:
        counts, deliveries, told = dict.fromkeys(tables, 0), 0, (0, "")
    schema = pragma(db, "user_version")
    return Checked(path, schema, **counts, deliveries=deliveries, owed=told[0], last_poll_at=told[1],
        findings=tuple(findings))  # fmt: skip


def _one(db: Database, sql: str) -> int:
    return int(db.conn.execute(sql).fetchone()[0])
