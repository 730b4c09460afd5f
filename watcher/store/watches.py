"""Which watches the operator has been told the first result of."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from watcher.model import Watch
from watcher.store.connection import Connection, stamp


class Watches:
    """Verbs about watches."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unconfirmed(self, watches: tuple[Watch, ...]) -> tuple[Watch, ...]:
        """The watches that are new, or whose list of studies has changed since it was confirmed."""
        with self._connection.reading() as db:
            told = {row["name"]: row["fingerprint"] for row in db.table("watch").rows}
        return tuple(watch for watch in watches if told.get(watch.name) != fingerprint(watch))

    def confirm(self, watch: Watch, now: datetime) -> None:
        """Record that the operator was told what this watch found."""
        row = {"name": watch.name, "fingerprint": fingerprint(watch), "confirmed_at": stamp(now)}
        with self._connection.writing() as db:
            db.table("watch").upsert(row, pk="name")


def fingerprint(watch: Watch) -> str:
    """A digest of the studies of a watch, whatever their order and labels, or of what its search asks for."""
    numbers = "|".join(sorted(study.nct_id for study in watch.studies))
    if watch.search is not None:
        numbers = f"search|{watch.search.parameters}"
    return blake2b(numbers.encode(), digest_size=8).hexdigest()
