"""Saved searches: how they stand, whom they have found, and their sweeps, page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import orjson
from sqlite_utils import Database

from watcher.model import Search, Searched, Sweep, Swept
from watcher.store.codec import Row, json_of
from watcher.store.connection import Connection, moment, stamp
from watcher.store.numbers import Numbers, packed_numbers

_MEMBERS = "SELECT nct_id FROM member WHERE search_id = (SELECT id FROM search WHERE watch = ?) ORDER BY nct_id"


class Searches:
    """Verbs of `sweep`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stand(self, watch: str, search: Search) -> Searched:
        """How the search of a watch stands; one that is new, or asks for something else than before, begins anew."""
        query = json_of(search.parameters)
        with self._connection.reading() as db:
            held = next(db.query("SELECT query FROM search WHERE watch = ?", [watch]), None)
        if held is None or held["query"] != query:
            self._begin_anew(watch, query)
        return next(state for state in self.all() if state.watch == watch)

    def all(self) -> tuple[Searched, ...]:
        """How every search stands that was ever swept, by the name of its watch."""
        with self._connection.reading() as db:
            return tuple(_searched(row) for row in db.table("search").rows_where(order_by="watch"))

    def under_way(self, watch: str) -> Sweep | None:
        """The sweep of this watch that was begun and has not ended."""
        sql = "SELECT sweep.*, watch FROM sweep JOIN search ON search.id = search_id WHERE watch = ?"
        with self._connection.reading() as db:
            row = next(db.query(sql, [watch]), None)
        return _sweep(row) if row else None

    def begin(self, sweep: Sweep) -> None:
        """Begin a sweep, in the place of one that was under way."""
        with self._connection.writing() as db:
            number = _number(db, sweep.watch)
            db.conn.execute("DELETE FROM sweep WHERE search_id = ?", (number,))
            db.conn.execute(
                "INSERT INTO sweep (search_id, whole, asked, data_refresh) VALUES (?, ?, ?, ?)",
                (number, int(sweep.whole), json_of(dict(sweep.asked)), sweep.data_refresh),
            )

    def strangers(self, watch: str, nct_ids: Collection[str]) -> tuple[str, ...]:
        """Those of these studies that the search has not found yet."""
        sql = """
            SELECT value FROM json_each(?) WHERE NOT EXISTS (
                SELECT 1 FROM member WHERE nct_id = value AND search_id = (SELECT id FROM search WHERE watch = ?))
        """
        with self._connection.reading() as db:
            return tuple(nct_id for (nct_id,) in db.conn.execute(sql, (json_of(list(nct_ids)), watch)).fetchall())

    def finders(self, nct_ids: Collection[str]) -> dict[str, frozenset[str]]:
        """The watches whose searches have found any of these studies, each with those."""
        sql = """
            SELECT watch, member.nct_id FROM json_each(?) CROSS JOIN member ON member.nct_id = value
            JOIN search ON search.id = search_id
        """
        with self._connection.reading() as db:
            rows = db.conn.execute(sql, (json_of(list(nct_ids)),)).fetchall()
        found: dict[str, set[str]] = {}
        for watch, nct_id in rows:
            found.setdefault(watch, set()).add(nct_id)
        return {watch: frozenset(studies) for watch, studies in found.items()}

    def members(self, watch: str) -> tuple[str, ...]:
        """The studies that the search has found, in order."""
        with self._connection.reading() as db:
            return tuple(nct_id for (nct_id,) in db.conn.execute(_MEMBERS, (watch,)).fetchall())

    def unseen(self, watch: str) -> tuple[str, ...]:
        """The studies that the search has found before, and the whole sweep under way has not."""
        with self._connection.reading() as db:
            seen = _seen(db, watch)
            return tuple(nct_id for (nct_id,) in db.conn.execute(_MEMBERS, (watch,)) if nct_id not in seen)

    def seen(self, watch: str) -> int:
        """How many studies the whole sweep under way has shown, each counted once."""
        with self._connection.reading() as db:
            return len(_seen(db, watch))

    def suspect(self, watch: str, data_refresh: str) -> None:
        """Record that this refresh had too many studies more or less to conclude anything."""
        with self._connection.writing() as db:
            db.conn.execute("UPDATE search SET suspected = ? WHERE watch = ?", (data_refresh, watch))

    def finish(self, sweep: Sweep, now: datetime) -> None:
        """Record that a sweep has ended."""
        with self._connection.writing() as db:
            number = _number(db, sweep.watch)
            db.conn.execute("DELETE FROM sweep WHERE search_id = ?", (number,))
            db.conn.execute("UPDATE search SET swept = ? WHERE id = ?", (sweep.data_refresh, number))
            if sweep.whole:
                _complete(db, number, sweep, now)

    def give_up(self, watches: Collection[str]) -> None:
        """Forget what was searched for watches that are not among these: nobody asks for it any more."""
        gone = "SELECT id FROM search WHERE watch NOT IN (SELECT value FROM json_each(?))"
        with self._connection.reading() as db:
            if not db.conn.execute(gone, (json_of(list(watches)),)).fetchone():
                return
        with self._connection.writing() as db:
            for table in ("sweep", "member"):
                db.conn.execute(f"DELETE FROM {table} WHERE search_id IN ({gone})", (json_of(list(watches)),))  # noqa: S608 - constants
            db.conn.execute(f"DELETE FROM search WHERE id IN ({gone})", (json_of(list(watches)),))  # noqa: S608 - a constant

    def _begin_anew(self, watch: str, query: str) -> None:
        with self._connection.writing() as db:
            number = _number(db, watch)
            for table in ("sweep", "member"):
                db.conn.execute(f"DELETE FROM {table} WHERE search_id = ?", (number,))  # noqa: S608 - constants
            db.conn.execute("DELETE FROM search WHERE watch = ?", (watch,))
            db.conn.execute("INSERT INTO search (watch, query) VALUES (?, ?)", (watch, query))


def _seen(db: Database, watch: str) -> Numbers:
    sql = "SELECT numbers FROM sweep_page WHERE search_id = (SELECT id FROM search WHERE watch = ?)"
    seen = Numbers()
    for (packed,) in db.conn.execute(sql, (watch,)):
        seen.add(packed)
    return seen


def turn_page(db: Database, swept: Swept) -> None:
    """Record a page of a sweep, inside the transaction that records what it taught."""
    sweep, number = swept.sweep, _number(db, swept.sweep.watch)
    db.conn.execute(
        "UPDATE sweep SET token = ?, pages = ?, found = ?, total = ? WHERE search_id = ?",
        (sweep.token, sweep.pages, sweep.found, sweep.total, number),
    )
    if sweep.whole:
        row = (number, sweep.pages, packed_numbers(swept.studies))
        db.conn.execute("INSERT INTO sweep_page (search_id, page, numbers) VALUES (?, ?, ?)", row)


def join(db: Database, watch: str, nct_ids: Iterable[str]) -> None:
    """Record that a search has found these studies, inside the transaction that tells of it."""
    number = _number(db, watch)
    rows = [(number, nct_id) for nct_id in nct_ids]
    added = db.conn.executemany("INSERT OR IGNORE INTO member (search_id, nct_id) VALUES (?, ?)", rows)
    _count(db, number, added.rowcount)


def part(db: Database, watch: str, nct_ids: Iterable[str]) -> None:
    """Record that a search has lost these studies, inside the transaction that tells of it."""
    number = _number(db, watch)
    rows = [(number, nct_id) for nct_id in nct_ids]
    gone = db.conn.executemany("DELETE FROM member WHERE search_id = ? AND nct_id = ?", rows)
    _count(db, number, -gone.rowcount)


def _complete(db: Database, number: int | None, sweep: Sweep, now: datetime) -> None:
    """A whole sweep has ended; a suspicion of an earlier refresh is settled by it, either way."""
    sql = """
        UPDATE search SET begun = coalesce(begun, :refresh), completed = :refresh, completed_at = :at,
            suspected = CASE WHEN suspected = :refresh THEN suspected ELSE '' END
        WHERE id = :id
    """
    db.conn.execute(sql, {"refresh": sweep.data_refresh, "at": stamp(now), "id": number})


def _count(db: Database, number: int | None, more: int) -> None:
    db.conn.execute("UPDATE search SET members = members + ? WHERE id = ?", (more, number))


def _number(db: Database, watch: str) -> int | None:
    row = db.conn.execute("SELECT id FROM search WHERE watch = ?", (watch,)).fetchone()
    return int(row[0]) if row else None


def _searched(row: Row) -> Searched:
    return Searched(
        watch=row["watch"],
        begun=row["begun"] or "",
        swept=row["swept"],
        completed=row["completed"],
        completed_at=moment(row["completed_at"]) if row["completed_at"] else None,
        suspected=row["suspected"],
        members=row["members"],
    )


def _sweep(row: Row) -> Sweep:
    return Sweep(
        watch=row["watch"],
        whole=bool(row["whole"]),
        asked=orjson.loads(row["asked"]),
        data_refresh=row["data_refresh"],
        token=row["token"],
        pages=row["pages"],
        found=row["found"],
        total=row["total"],
    )
