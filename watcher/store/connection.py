"""Opening the database: one writer connection, readers in mode=ro, every failure a StoreError with its remedy."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

# One SQLite library per process: the one sqlite-utils chose (two on one file break POSIX locks).
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined] # chosen there, not exported

from watcher.errors import StoreError, StoreNotReady
from watcher.store.schema import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION
from watcher.store.troubles import FAILURES, OTHER_PATH, WAIT, moved, trouble

LONGEST_LOG = 16 * 1024 * 1024


class Connection:
    """One connection, shared by threads: every use holds its lock, every write is one BEGIN IMMEDIATE transaction."""

    def __init__(self, path: Path, db: Database) -> None:
        self.path = path
        self._db = db
        self._lock = threading.RLock()
        self._file = _identity(path)

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database for reading; sqlite's errors become StoreError."""
        with self._lock, _explained(self.path):
            yield self._db

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """The database inside one transaction: everything or nothing."""
        with self._lock, _explained(self.path):
            # SQLite writes on into a file that lost its name, and nobody would ever read it again.
            if _identity(self.path) != self._file:
                raise moved(self.path)
            with transaction(self._db):
                yield self._db

    def checkpoint(self) -> int:
        """Fold the log back into the database as far as no reader needs it; how many bytes of it are left.

        It waits for nobody: what a reader holds is folded back the next time.
        """
        with self._lock, _explained(self.path):
            patience = pragma(self._db, "busy_timeout")
            self._db.conn.execute("PRAGMA busy_timeout = 0")
            try:
                self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._db.conn.execute(f"PRAGMA busy_timeout = {patience}")
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.stat().st_size if log.exists() else 0

    def close(self) -> None:
        """Close the connection; the last writer to close folds the WAL back."""
        with self._lock:
            self._db.close()


def open_writer(path: Path) -> Connection:
    """Open for writing, creating or migrating the schema as needed."""
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        db = Database(sqlite3.connect(path, timeout=10, check_same_thread=False))
        try:
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
    return Connection(path, db)


def _prepare(db: Database, path: Path) -> None:
    # Before anything else: the journal mode is written into the file, and another program's is not ours to change.
    _require_ours(db, path)
    # Taken by an empty file only: room that is free can be given back in steps from then on. Of 4 KB less of each page
    # would be used, of 16 KB twice as much be written for each delivery.
    db.conn.execute("PRAGMA page_size = 8192")
    db.conn.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.conn.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit is on the disk when we act on it. Commits are few here, and each may release a message.
    db.conn.execute("PRAGMA synchronous = FULL")
    # A log that grew while somebody read for long is cut to this when it is begun again.
    db.conn.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
    # A migration may rebuild a table that others point at: foreign keys are enforced from here on.
    _migrate(db)
    db.conn.execute("PRAGMA foreign_keys = ON")


def open_reader(path: Path, *, patience: float = 10, any_age: bool = False) -> Connection:
    """Open read-only; StoreError where there is no database yet, or (unless `any_age`) one of an older schema.

    `patience`: how many seconds it waits where another program has locked it.
    """
    if not path.exists():
        raise StoreNotReady(f"there is no database at {path} yet: `watcher run` or `watcher poll` makes it")
    return _read_only(path, "mode=ro", patience=patience, any_age=any_age)


def open_copy(path: Path) -> Connection:
    """Open a copy that nobody writes to, of any schema that is known, without leaving a file beside it."""
    # A copy of the mere files has a part of itself in the log: that one is read as well.
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    return _read_only(path, how, patience=10, any_age=True)


def _read_only(path: Path, how: str, *, patience: float, any_age: bool) -> Connection:
    with _explained(path):
        uri = f"file:{quote(str(path.resolve()))}?{how}"
        db = Database(sqlite3.connect(uri, uri=True, timeout=patience, check_same_thread=False))
        try:
            # The one writer is the only one that folds the log back: see `library` for why that matters.
            db.conn.execute("PRAGMA wal_autocheckpoint = 0")
            _require_readable(db, path, any_age=any_age)
        except BaseException:
            db.close()
            raise
    return Connection(path, db)


def _require_readable(db: Database, path: Path, *, any_age: bool) -> None:
    _require_ours(db, path)
    version = pragma(db, "user_version")
    if version == 0:
        raise StoreNotReady(f"the database {path} is empty, or only just being made: {WAIT}")
    if version != SCHEMA_VERSION and not any_age:
        raise StoreError(f"{path} has an older schema: run `watcher poll` or the daemon once to migrate it")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path, whatever its name; None where none does."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """One BEGIN IMMEDIATE transaction; a commit that fails (a full disk) leaves none open behind it."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.commit()
    except BaseException:
        # The disk may fail here, too: SQLite has given the transaction up by then.
        with suppress(sqlite3.Error):
            db.conn.rollback()
        raise


def _migrate(db: Database) -> None:
    # The list of pending migrations must be read inside the transaction, or two processes apply the same one.
    with transaction(db):
        MIGRATIONS.apply(db)


def _require_ours(db: Database, path: Path) -> None:
    # The tables first: another process may be making the schema, and its tables and marks come in one commit.
    tables = db.table_names()
    application, version = pragma(db, "application_id"), pragma(db, "user_version")
    if application not in {0, APPLICATION_ID} or (application == 0 and tables):
        raise StoreError(f"{path} is a database of another program: {OTHER_PATH}")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer version (schema {version}, this one knows {SCHEMA_VERSION}): install that "
            "version again, or `watcher db restore` a backup from before it"
        )


def pragma(db: Database, name: str) -> int:
    """One of the database's own numbers."""
    return int(db.conn.execute(f"PRAGMA {name}").fetchone()[0])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise trouble(path, error) from error


def inserted(db: Database, table: str, row: Mapping[str, object]) -> int:
    """Insert a row and return its number."""
    number = db.table(table).insert(dict(row)).last_pk
    if not isinstance(number, int):
        raise StoreError(f"{table} gave no row number")
    return number


def stamp(moment: datetime) -> str:
    """A moment as the database keeps it: UTC, of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(stamped: str) -> datetime:
    """The inverse of `stamp`."""
    return datetime.fromisoformat(stamped)
