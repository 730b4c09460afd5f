"""Facts about the database itself, and how polling stands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from watcher.store.connection import Connection, moment, stamp
from watcher.store.values import PollState


class Meta:
    """The small named facts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def instance(self) -> str:
        """A random id of this database, made on first use: it keeps two installations' message ids apart."""
        return self._get("instance") or self._give("instance", secrets.token_hex(8))

    @property
    def known_instance(self) -> str:
        """The same where it was made already, else "": for those who only read."""
        return self._get("instance") or ""

    @property
    def rehearsal(self) -> bool | None:
        """Whether this database holds a rehearsal; None while it has not been decided by a first poll."""
        said = self._get("rehearsal")
        return None if said is None else said == "yes"

    def decide_rehearsal(self, rehearsing: bool) -> None:
        """Mark, once, what kind of data this database holds."""
        self._give("rehearsal", "yes" if rehearsing else "no")

    def began_at(self, now: datetime) -> datetime:
        """When a watcher first worked on this database: `now` where that is the first time."""
        return moment(self._get("began_at") or self._give("began_at", stamp(now)))

    def prove_writable(self, now: datetime) -> None:
        """Write something small: StoreError where the database takes nothing."""
        with self._connection.writing() as db:
            db.table("meta").upsert({"name": "written_at", "value": stamp(now)}, pk="name")

    def poll_state(self) -> PollState:
        """How polling stands."""
        with self._connection.reading() as db:
            return read_poll_state(db)

    def present(self, now: datetime) -> datetime:
        """The present moment: `now`, but of a database that holds a rehearsal that of its last poll."""
        return present(now, self.poll_state(), rehearsal=bool(self.rehearsal))

    def set_poll_state(self, state: PollState) -> None:
        """Record how polling stands."""
        said = {
            "poll.due_at": stamp(state.due_at) if state.due_at else "",
            "poll.failures": str(state.failures),
            "poll.last_error": state.last_error,
            "poll.last_success_at": stamp(state.last_success_at) if state.last_success_at else "",
            "poll.data_timestamp": state.data_timestamp,
        }
        with self._connection.writing() as db:
            db.table("meta").upsert_all(({"name": name, "value": value} for name, value in said.items()), pk="name")

    def _get(self, name: str) -> str | None:
        with self._connection.reading() as db:
            return read_meta(db).get(name)

    def _give(self, name: str, value: str) -> str:
        """Set a fact that must not change any more; the one already there wins."""
        with self._connection.writing() as db:
            db.table("meta").insert({"name": name, "value": value}, ignore=True)
            return read_meta(db)[name]


def present(now: datetime, poll: PollState, *, rehearsal: bool) -> datetime:
    """The present moment of a database: in a rehearsal that of its last poll."""
    last = poll.last_success_at
    return last if rehearsal and last is not None else now


def read_meta(db: Database) -> Mapping[str, str]:
    """Every fact by name."""
    return {row["name"]: row["value"] for row in db.table("meta").rows}


def read_poll_state(db: Database) -> PollState:
    """How polling stands, as stored."""
    said = read_meta(db)

    def when(name: str) -> datetime | None:
        return moment(said[name]) if said.get(name) else None

    return PollState(
        due_at=when("poll.due_at"),
        failures=int(said.get("poll.failures") or 0),
        last_error=said.get("poll.last_error", ""),
        last_success_at=when("poll.last_success_at"),
        data_timestamp=said.get("poll.data_timestamp", ""),
    )
