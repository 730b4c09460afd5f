"""The newest alerts, page by page, as one entry for each step of a study, whichever routes tell it.

The alerts of one step are made in one transaction, one behind the other: entries are in the order of their numbers.
Looking goes through alerts in this order, no further than a page needs, and no further than somebody waits for a page:
the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from watcher.alerts.accounts import Account, Found, Shelf, State
from watcher.store.accounts import accounts_of
from watcher.store.codec import json_of
from watcher.store.connection import Connection, moment, stamp

# So many alerts are looked at more closely for a page.
MOST_LOOKED_AT = 12_000
# A search that has found no more than these is asked for by its studies.
SMALL_SEARCH = 2_000
# What may be all over is looked for among so many alerts, before an index is asked for all the others.
NEAR = 8_000
FEW_STUDIES = 500
COUNTED_TO = 1_000
_BATCH = 1000


class Inbox:
    """Verbs of the inbox; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, shelf: Shelf) -> Found:
        """A page of what is asked for; where hardly anything is newer than `after`, the newest."""
        with self._connection.reading() as db:
            found = _page(db, _by_studies(db, shelf))
            if shelf.after is not None and found.is_newest:
                found = _page(db, _by_studies(db, replace(shelf, after=None)))
        return found

    def unread(self) -> int:
        """How many entries nobody has answered, counted up to `COUNTED_TO` and one more."""
        with self._connection.reading() as db:
            ids = [number for (number,) in db.conn.execute(_UNREAD, (COUNTED_TO + 1,))]
            condition = _conditions(Shelf(state=State.UNREAD))
            sql = f"SELECT count(*) FROM (SELECT DISTINCT nct_id, occasion FROM alert WHERE {_AMONG} AND {condition})"  # noqa: S608 - constants of this module
            return int(db.conn.execute(sql, {"ids": json_of(ids)}).fetchone()[0])

    def step_of(self, account: Account) -> tuple[Account, ...]:
        """All alerts of the step of this one, itself among them."""
        with self._connection.reading() as db:
            return _entries(db, [(account.alert.nct_id, account.alert.occasion)])[0]


def _page(db: Database, shelf: Shelf) -> Found:
    walk = _Walk(db, shelf)
    steps: dict[tuple[str, str], None] = {}
    for step in walk:
        steps.setdefault(step)
        if len(steps) > shelf.limit:
            break
    more = len(steps) > shelf.limit
    entries = _entries(db, list(steps)[: shelf.limit])
    if shelf.after is not None:
        return Found(entries[::-1], older=_lowest(entries[:1]), is_newest=not more)
    cut_off = not more and walk.is_cut_off
    lowest = _lowest(entries[-1:])
    return Found(
        entries,
        # Where looking ended inside a step that is shown, the next page begins behind it.
        older=lowest if more else min(walk.last, lowest or walk.last) if cut_off else None,
        is_newest=shelf.before is None,
        looked_to=_made_at(db, walk.last) if cut_off else None,
    )


def _lowest(entries: Sequence[tuple[Account, ...]]) -> int:
    return min((account.alert.id for entry in entries for account in entry), default=0)


def _made_at(db: Database, number: int) -> datetime:
    return moment(db.conn.execute("SELECT observed_at FROM alert WHERE id = ?", (number,)).fetchone()[0])


# --- who comes into question ----------------------------------------------------------


def _by_studies(db: Database, shelf: Shelf) -> Shelf:
    """The same, with a small search by the studies that it has found."""
    if not shelf.search:
        return shelf
    held = db.conn.execute("SELECT id, members FROM search WHERE watch = ?", (shelf.search,)).fetchone()
    if held is None:
        return replace(shelf, search="", studies=())
    if held[1] > SMALL_SEARCH:
        return shelf
    members = {nct_id for (nct_id,) in db.conn.execute("SELECT nct_id FROM member WHERE search_id = ?", held[:1])}
    both = members if shelf.studies is None else members.intersection(shelf.studies)
    return replace(shelf, search="", studies=tuple(sorted(both)))


class _Walk:
    """The steps of the alerts that are asked for, in the order of looking; only as far as somebody takes them.

    `last` is the number of the alert that was looked at last; `is_cut_off`: looking ended, and there may be more.
    """

    def __init__(self, db: Database, shelf: Shelf) -> None:
        self._db = db
        self._shelf = shelf
        self.last = 0
        self.is_cut_off = False

    def __iter__(self) -> Iterator[tuple[str, str]]:
        shelf = self._shelf
        if _is_scattered(shelf):
            begin = self._begin_of_rest()
            yield from self._asked_for(self._numbers(_NEAR))
            if begin is None:
                return
            shelf = replace(shelf, before=begin) if shelf.after is None else replace(shelf, after=begin)
        numbers = self._numbers(_source(shelf), shelf)
        yield from self._asked_for(numbers)
        self.is_cut_off = len(numbers) == MOST_LOOKED_AT

    def _begin_of_rest(self) -> int | None:
        """The last alert of the nearest ones; None where there are no others."""
        found = self._db.conn.execute(_END_OF_NEAR.format(**_ordered(self._shelf)), _about(self._shelf)).fetchone()
        return int(found[0]) if found else None

    def _numbers(self, source: str, shelf: Shelf | None = None) -> list[int]:
        """The alerts that come into question, by what an index knows of them."""
        asked = shelf or self._shelf
        sql = _NUMBERS.format(source=source, part=_part(asked), **_ordered(asked)).format(**_ordered(asked))
        return [number for (number,) in self._db.conn.execute(sql, _about(asked))]

    def _asked_for(self, numbers: Sequence[int]) -> Iterator[tuple[str, str]]:
        """The steps of those of these alerts that are asked for, in their order."""
        sql = f"SELECT nct_id, occasion FROM alert WHERE {_AMONG} AND {_conditions(self._shelf)} ORDER BY id {{order}}"  # noqa: S608 - constants of this module
        for start in range(0, len(numbers), _BATCH):
            batch = numbers[start : start + _BATCH]
            about = {**_about(self._shelf), "ids": json_of(batch)}
            self.last = batch[-1]
            yield from self._db.conn.execute(sql.format(**_ordered(self._shelf)), about).fetchall()


def _about(shelf: Shelf) -> dict[str, object]:
    """What is asked for, as the statements name it."""
    return {
        "studies": json_of(shelf.studies or ()),
        "search": shelf.search,
        "route": shelf.route,
        "kinds": json_of(shelf.kinds),
        "severity": int(shelf.min_severity),
        "since": stamp(shelf.since) if shelf.since else "",
        "until": stamp(shelf.until) if shelf.until else "",
        "state": shelf.state.value,
        "before": shelf.before,
        "after": shelf.after,
        "near": NEAR,
        "limit": MOST_LOOKED_AT,
    }


def _ordered(shelf: Shelf) -> dict[str, str]:
    """Where looking begins and which way it goes."""
    if shelf.after is not None:
        return {"begin": "alert.id > :after", "order": "ASC"}
    return {"begin": "alert.id < :before" if shelf.before is not None else "1", "order": "DESC"}


def _is_scattered(shelf: Shelf) -> bool:
    """Whether what is asked for may be all over: then it is looked for among the nearest first."""
    few = shelf.studies is not None and len(shelf.studies) <= FEW_STUDIES
    return not few and shelf.state not in (State.NOISE, State.SILENCED)


def _source(shelf: Shelf) -> str:
    """Where the alerts are found best: SQLite cannot know how many each condition leaves."""
    if shelf.studies is not None:
        return "json_each(:studies) AS wanted CROSS JOIN alert INDEXED BY alert_by_study ON alert.nct_id = wanted.value"
    if shelf.state is State.NOISE:
        return "(SELECT id AS noise FROM alert WHERE noise_at IS NOT NULL) CROSS JOIN alert ON alert.id = noise"
    if shelf.state is State.SILENCED:
        return f"({_WITH_SILENCE}) CROSS JOIN alert ON alert.id = alert_id"
    narrowed = shelf.route or shelf.min_severity or shelf.since or shelf.until or shelf.state is not State.ANY
    # The index has every column that is asked for, and is small.
    return "alert INDEXED BY alert_listed" if narrowed else "alert"


def _part(shelf: Shelf) -> str:
    return _PART + _OF_STUDIES if shelf.studies is not None else _PART


def _conditions(shelf: Shelf) -> str:
    """What is asked of an alert that only its row, its changes or the members of a search can tell."""
    tells = f"{_TELLS} AND silence_id IS NULL"
    conditions = [f"NOT EXISTS ({tells})" if shelf.state is State.SILENCED else f"EXISTS ({tells})"]
    if shelf.kinds and shelf.state is State.SILENCED:
        conditions.append(f"EXISTS ({_TELLS} AND {_OF_KIND})")
    elif shelf.kinds:
        conditions = [f"EXISTS ({tells} AND {_OF_KIND})"]
    if shelf.search:
        conditions.append(f"EXISTS ({_FOUND_BY_SEARCH})")
    if shelf.state is State.UNREAD:
        conditions.append("acknowledged_at IS NULL AND noise_at IS NULL")
    return " AND ".join(conditions)


def _entries(db: Database, steps: Sequence[tuple[str, str]]) -> tuple[tuple[Account, ...], ...]:
    """All alerts of these steps, step by step."""
    found: dict[tuple[str, str], list[Account]] = {step: [] for step in steps}
    for account in accounts_of(db, list(db.query(_OF_STEPS, [json_of(steps)]))):
        found[account.alert.nct_id, account.alert.occasion].append(account)
    return tuple(tuple(accounts) for accounts in found.values())


_NUMBERS = "SELECT alert.id FROM {source} WHERE {begin} AND {part} ORDER BY alert.id {order} LIMIT :limit"
_NEAR = "(SELECT * FROM alert WHERE {begin} ORDER BY id {order} LIMIT :near) AS alert"
_END_OF_NEAR = "SELECT id FROM alert WHERE {begin} ORDER BY id {order} LIMIT 1 OFFSET :near - 1"
_AMONG = "id IN (SELECT value FROM json_each(:ids))"
_UNREAD = "SELECT id FROM alert INDEXED BY alert_listed WHERE acknowledged_at IS NULL LIMIT ?"
_WITH_SILENCE = "SELECT DISTINCT alert_id FROM alert_change WHERE silence_id IS NOT NULL"
_PART = """
(:route = '' OR route = :route) AND severity >= :severity
AND (:since = '' OR observed_at >= :since) AND (:until = '' OR observed_at < :until)
AND (:state != 'unread' OR acknowledged_at IS NULL) AND (:state != 'acknowledged' OR acknowledged_at IS NOT NULL)
"""
_OF_STUDIES = "AND nct_id IN (SELECT value FROM json_each(:studies))"
_TELLS = "SELECT 1 FROM alert_change WHERE alert_id = alert.id"
_OF_KIND = "(SELECT kind FROM change WHERE id = change_id) IN (SELECT value FROM json_each(:kinds))"
_FOUND_BY_SEARCH = """
SELECT 1 FROM member WHERE member.nct_id = alert.nct_id AND search_id = (SELECT id FROM search WHERE watch = :search)
"""
_OF_STEPS = """
SELECT alert.* FROM json_each(?) AS step CROSS JOIN alert
ON alert.nct_id = step.value ->> 0 AND alert.occasion = step.value ->> 1 ORDER BY alert.id
"""
