"""What moved the dates of studies, as it was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.model import Change
from watcher.store.codec import Row, change_from, json_of
from watcher.store.connection import Connection, moment

_KINDS = (
    *("date.*", "results.*", "status.*", "phase.*", "oversight.fda_regulated*", "design.purpose*"),
    *("record.not_found", "record.restored", "record.merged"),
)


@dataclass(frozen=True, slots=True)
class Move:
    """A change that moves a date, or makes one come or go: when it was observed, and between which versions."""

    change: Change
    observed_at: datetime
    since: int | None


class Moves:
    """Verbs about dates that moved; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, nct_ids: Sequence[str]) -> dict[str, tuple[Move, ...]]:
        """What moved the dates of these studies, oldest first; also what is held back: the record says it all the same.

        Nothing of first sights, and no entry where nothing moved.
        """
        about = " OR ".join(f"kind GLOB '{kind}'" for kind in _KINDS)
        sql = f"""
            SELECT change.* FROM json_each(?) CROSS JOIN change ON change.nct_id = value
            WHERE ({about}) AND (since IS NOT NULL OR version IS NULL)
        """  # noqa: S608 - constants of this module
        found: dict[str, list[Row]] = {}
        with self._connection.reading() as db:
            for row in db.query(sql, [json_of(list(nct_ids))]):
                found.setdefault(row["nct_id"], []).append(row)
        # Sorted here: SQLite would write thousands of rows into a temporary file, for which there may be no room.
        return {nct_id: tuple(map(_move, sorted(rows, key=_by_time))) for nct_id, rows in found.items()}


def _by_time(row: Row) -> tuple[str, int]:
    return row["observed_at"], row["id"]


def _move(row: Row) -> Move:
    return Move(change_from(row), moment(row["observed_at"]), row["since"])
