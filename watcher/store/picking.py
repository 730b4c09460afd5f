"""Which deliveries go next: over all targets the most urgent first, within what each channel and target takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import merge

from sqlite_utils import Database

from watcher.alerts.pace import EVERY_CHANNEL, MINUTE, Lane, Pace
from watcher.alerts.schedule import Outage
from watcher.model import Target
from watcher.store.connection import moment, stamp
from watcher.store.queue import Entry, Queue, Turn

NO_PACE = Pace()


@dataclass(frozen=True, slots=True)
class Pick:
    """A delivery for one target, or several alerts that go together."""

    target: Target
    entries: tuple[Entry, ...]
    urgency: tuple[int, str, int]


def picked(
    db: Database, now: datetime, limit: int, paces: Mapping[str, Pace], lane: Lane = EVERY_CHANNEL
) -> list[Pick]:
    """What goes next, the most urgent first; nothing is written."""
    left = {channel: pace.left(_sent(db, channel, now)) for channel, pace in paces.items()}
    outages = _outages(db)
    sources = [
        _within(left, target.channel, _picks(db, target, now, outages.get(target), paces.get(target.channel, NO_PACE)))
        for target in _targets(db)
        if target.channel in lane
    ]
    found: list[Pick] = []
    for pick in merge(*sources, key=lambda pick: pick.urgency):
        allowed = left.get(pick.target.channel)
        if allowed == 0:
            continue
        if allowed is not None:
            left[pick.target.channel] = allowed - 1
        found.append(pick)
        if len(found) == limit:
            break
    return found


def outage_of(db: Database, target: Target) -> Outage | None:
    """How a target that failed last time stands."""
    return _outages(db).get(target)


def _picks(db: Database, target: Target, now: datetime, outage: Outage | None, pace: Pace) -> Iterator[Pick]:
    if outage is not None and (outage.retry_at > now or _under_way(db, target)):
        return
    turns = iter(Queue(db, target, now, probed=outage is not None))
    folds = outage is None and pace.batch_from > 0 and pace.folds(_fresh(db, target, now, pace.batch_from))
    for group in _groups(turns, pace.batch_most if folds else 1):
        yield Pick(target, tuple(turn.entry for turn in group), group[0].urgency)


def _groups(turns: Iterator[Turn], most: int) -> Iterator[list[Turn]]:
    """Single turns, and fresh alerts that follow each other together: what stands between them keeps its place."""
    group: list[Turn] = []
    for turn in turns:
        if group and not (turn.entry.fresh and group[-1].entry.fresh):
            yield group
            group = []
        group.append(turn)
        if len(group) == most:
            yield group
            group = []
    if group:
        yield group


def _within(left: Mapping[str, int | None], channel: str, picks: Iterator[Pick]) -> Iterator[Pick]:
    """Picks as long as the channel takes more."""
    while left.get(channel) != 0 and (pick := next(picks, None)) is not None:
        yield pick


def _sent(db: Database, channel: str, now: datetime) -> int:
    """What a channel was handed within the last minute, and what it is being handed."""
    named = {"channel": channel, "since": stamp(now - MINUTE), "now": stamp(now)}
    rows = db.conn.execute(
        """
        SELECT (SELECT count(*) FROM delivery WHERE channel = :channel AND settled_at > :since AND settled_at <= :now
                AND status IN ('delivered', 'dead') AND attempts > 0)
            + (SELECT count(*) FROM delivery INDEXED BY delivery_claimed
                WHERE channel = :channel AND status = 'claimed')
        """,
        named,
    )
    return int(rows.fetchone()[0])


def _targets(db: Database) -> Iterator[Target]:
    """The targets for which anything is pending, each found by one look into the index of what is."""
    channel = _next(db, "channel", "channel > ?", "")
    while channel is not None:
        target = _next(db, "target", "channel = ? AND target > ?", channel, "")
        while target is not None:
            yield Target(channel, target)
            target = _next(db, "target", "channel = ? AND target > ?", channel, target)
        channel = _next(db, "channel", "channel > ?", channel)


def _next(db: Database, column: str, after: str, *values: str) -> str | None:
    # A comparison of both columns at once would read through everything that waits for a target.
    rows = db.conn.execute(
        f"SELECT min({column}) FROM delivery INDEXED BY delivery_order WHERE status = 'pending' AND {after}",  # noqa: S608 - the words are those above
        values,
    )
    found = rows.fetchone()[0]
    return None if found is None else str(found)


def _outages(db: Database) -> dict[Target, Outage]:
    return {
        Target(row["channel"], row["target"]): Outage(
            row["failures"], moment(row["failing_since"]), moment(row["retry_at"])
        )
        for row in db.table("destination").rows
    }


def _under_way(db: Database, target: Target) -> bool:
    found = db.conn.execute(
        "SELECT 1 FROM delivery WHERE channel = ? AND target = ? AND status = 'claimed' LIMIT 1",
        (target.channel, target.name),
    )
    return found.fetchone() is not None


def _fresh(db: Database, target: Target, now: datetime, enough: int) -> int:
    """How many alerts are due at a target for the first time, counted up to `enough`."""
    found = db.conn.execute(
        """
        SELECT count(*) FROM (SELECT 1 FROM delivery WHERE status = 'pending' AND channel = ? AND target = ?
            AND due_at <= ? AND form = 'alert' AND attempts = 0 LIMIT ?)
        """,
        (target.channel, target.name, stamp(now), enough),
    )
    return int(found.fetchone()[0])
