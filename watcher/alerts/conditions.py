"""What the operator must know of the watcher itself: conditions that last, each told once and once when it is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.alerts.refreshes import refreshes_between, refreshes_since
from watcher.changes.language.words import counted, size_text
from watcher.model import Notice

# The keys of these notices begin so; what stands open under it and is no longer so is over.
FAMILY = "condition:"
# One failed poll may be a hiccup of one answer.
FAILURES_OF_A_WATCH = 3
# The registry itself may pause over a long holiday before its silence means anything.
REGISTRY_MAY_PAUSE = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on a condition holds: data refreshes without a good poll, age of what is owed, bytes free on disk."""

    missed_refreshes: int = 2
    outbox_age: timedelta = timedelta(hours=6)
    free_disk: int = 500_000_000


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class FailingWatch:
    """A watch of whose studies some were not answered for, or (none named) whose search was not, while others were."""

    name: str
    unanswered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the watcher is, as its database and its disk tell.

    `since`: the last good poll, or the first start where there was none. `failures`: polls in a row that failed.
    `due_since`: since when the oldest message that should have gone out is due, of `due` such messages.
    `free_disk`: None where nobody could look. A rehearsal's days are moved by hand, so it is never late.
    """

    since: datetime
    failures: int = 0
    last_error: str = ""
    data_timestamp: str = ""
    due_since: datetime | None = None
    due: int = 0
    failing_targets: tuple[str, ...] = ()
    failing_watches: tuple[FailingWatch, ...] = ()
    free_disk: int | None = None
    rehearsal: bool = False


def conditions(vitals: Vitals, limits: Limits, now: datetime) -> tuple[Notice, ...]:
    """The conditions that hold now."""
    return tuple(_conditions(vitals, limits, now))


def _conditions(vitals: Vitals, limits: Limits, now: datetime) -> Iterator[Notice]:
    if not vitals.rehearsal:
        yield from _late(vitals, limits, now)
    if vitals.failures >= FAILURES_OF_A_WATCH:
        yield from (_failing(watch, vitals.last_error) for watch in vitals.failing_watches)
    if vitals.due_since is not None and now - vitals.due_since >= limits.outbox_age:
        yield _outbox(vitals, vitals.due_since)
    if vitals.free_disk is not None and vitals.free_disk < limits.free_disk:
        yield _disk(vitals.free_disk, limits.free_disk)


def over(key: str, subject: str) -> Notice:
    """A condition that no longer holds."""
    return Notice(f"{key}.over", f"Resolved: {subject}", "This is no longer so. Nothing need be done.")


def _late(vitals: Vitals, limits: Limits, now: datetime) -> Iterator[Notice]:
    missed = refreshes_between(vitals.since, now)
    if missed >= limits.missed_refreshes:
        yield _silent(vitals)
    elif refreshes_since(vitals.data_timestamp, now) >= limits.missed_refreshes + REGISTRY_MAY_PAUSE:
        yield _stale(vitals)


def _silent(vitals: Vitals) -> Notice:
    failed = f"{counted(vitals.failures, 'poll')} in a row failed" if vitals.failures else "no poll has ended since"
    error = f"; the last error: {vitals.last_error}" if vitals.last_error else ""
    return Notice(
        key=f"{FAMILY}silent",
        subject="No poll has succeeded for several data refreshes",
        body=f"The last good poll was {_when(vitals.since)}; {failed}{error}.\n\nThe registry has had new data since "
        "then, and your readers have heard nothing of them. Polling goes on; what changed meanwhile is told when it "
        "succeeds.\n\nwatcher doctor    finds out what is in the way\nwatcher status    shows the last error",
    )


def _stale(vitals: Vitals) -> Notice:
    return Notice(
        key=f"{FAMILY}stale",
        subject="The registry has had no new data for some time",
        body=f"Polls succeed, but the data that the registry serves are still of {vitals.data_timestamp} (UTC). It "
        "refreshes them on working days; a holiday or a pause of the registry's own explains a few days.\n\n"
        "Nothing is wrong here. A proxy between here and the registry that keeps old answers would look the same.",
    )


def _failing(watch: FailingWatch, error: str) -> Notice:
    key = f"{FAMILY}watch:{watch.name}"[:400]
    if not watch.unanswered:
        return _unswept(key, watch.name, error)
    return Notice(
        key=key,
        subject=f'Watch "{watch.name}": some studies are not answered for',
        body=f"{counted(len(watch.unanswered), 'study', 'studies')} of the watch could not be read at the last polls, "
        f"while others were: {_some(watch.unanswered)}.\n\nThe last error: {error}.\n\nThey are asked for again at "
        "every poll, and nothing is concluded from the missing answers. `watcher show NCT` shows the last good state.",
    )


def _unswept(key: str, name: str, error: str) -> Notice:
    return Notice(
        key=key,
        subject=f'Watch "{name}": its search is not answered',
        body=f"The search could not be read to its end at the last polls, while other watches could.\n\nThe last "
        f"error: {error}.\n\nIt is asked again at every poll, and nobody is told to have left it meanwhile. "
        "`watcher config check` shows what it asks for.",
    )


def _outbox(vitals: Vitals, since: datetime) -> Notice:
    targets = f" Failing: {_some(vitals.failing_targets)}." if vitals.failing_targets else ""
    return Notice(
        key=f"{FAMILY}outbox",
        subject="Messages wait to be delivered",
        body=f"{counted(vitals.due, 'message')} should have gone out, the oldest {_when(since)}.{targets}\n\n"
        "They are kept and tried again.\n\nwatcher deliveries list --status pending    shows each with its error\n"
        "watcher channels test NAME                 tries a channel",
    )


def _disk(free: int, floor: int) -> Notice:
    return Notice(
        key=f"{FAMILY}disk",
        subject="The disk of the database is nearly full",
        body=f"{size_text(free)} are free, less than {size_text(floor)} ([operator] free_disk). On a full disk nothing "
        "more can be recorded, so nothing more is asked for or sent; what is recorded stays as it is.\n\nMake room, or "
        "give back what is settled and old: watcher db prune --older-than 365d",
    )


def _some(names: Sequence[str], shown: int = 10) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def _when(moment: datetime) -> str:
    return f"on {moment:%Y-%m-%d} at {moment:%H:%M} UTC"
