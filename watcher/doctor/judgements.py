"""The judgements without a look at anything: what a number means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.alerts.refreshes import data_moment, refreshes_between, refreshes_since
from watcher.changes.language.words import counted, size_text
from watcher.doctor.finding import Finding, failure, ok, warning

CLOCK_WARNING = timedelta(minutes=2)
CLOCK_FAILURE = timedelta(minutes=10)

# SQLite needs room for a transaction and its log; below this the next poll may find none.
LEAST_DISK = 64 * 1024 * 1024
# A log that is not folded back: somebody reads for a very long time, or nobody writes any more.
LARGE_LOG = 64 * 1024 * 1024

LATE_REFRESHES = 3

ROOT = 0


def clock_skew(theirs: datetime, ours: datetime) -> Finding:
    """Our clock against the registry's; half a second of the answer's way counts for nothing here."""
    apart = ours - theirs
    size = abs(apart)
    found = f"{_seconds(size)} {'ahead of' if apart > timedelta() else 'behind'} the registry's"
    remedy = "set the clock by NTP (`timedatectl set-ntp true`): digests, quiet hours and signatures go by it"
    if size > CLOCK_FAILURE:
        return failure("clock", found, remedy)
    return warning("clock", found, remedy) if size > CLOCK_WARNING else ok("clock", f"{found}, which is near enough")


def free_disk(free: int, database: int, floor: int) -> Finding:
    """Room for what the database still needs: a migration, or a backup beside it, is as large as it is.

    `floor`: below it the operator of a running watcher is told.
    """
    found = f"{size_text(free)} free; the database has {size_text(database)}"
    wanted = max(floor, 2 * database)
    remedy = (
        f"free some: {size_text(wanted)} leave room for a migration or a backup; `watcher db prune` removes what is old"
    )
    if free < max(LEAST_DISK, database // 4):
        return failure("disk", found, remedy)
    return warning("disk", found, remedy) if free < wanted else ok("disk", found)


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder as this user finds it."""

    path: str
    owner: int
    writable: bool
    what: str = "database"


def may_write(place: Place, user: int, holder: str) -> Finding:
    """Whether this user can be the one who runs the watcher; `holder` is the process that does so now."""
    found = f"the {place.what} {place.path} belongs to user {place.owner}, this is user {user}"
    if user == ROOT and place.owner != ROOT:
        remedy = f"run `run`, `poll` and `deliver` as that user: sudo -u '#{place.owner}' watcher ..."
        return warning("permissions", found, remedy)
    if place.writable:
        return ok("permissions", f"the {place.what} {place.path} can be written by this user")
    if user == place.owner:
        remedy = "mount its file system for writing, or: chmod u+w " + place.path
        return failure("permissions", f"the {place.what} {place.path} cannot be written", remedy)
    if holder:
        return warning(
            "permissions",
            f"{found} and cannot write it; process {holder} can, and does",
            f"to judge its surroundings, run doctor as its user: sudo -u '#{place.owner}' watcher doctor",
        )
    return failure("permissions", f"{found} and cannot write it", f"run as that user, or: chown {user} {place.path}")


def data_age(stamp: str, now: datetime) -> Finding:
    """How old the registry's data is, in refreshes: there is one on every working day."""
    built = data_moment(stamp)
    if built is None:
        return warning("data", f"the registry's dataTimestamp is {stamp!r}", "the gate before fetching may not work")
    missed = refreshes_since(stamp, now)
    age = f"{counted(missed, 'refresh', 'refreshes')} ago" if missed else "the newest there should be"
    found = f"the registry's data is of {built:%Y-%m-%d %H:%M} UTC, {age}"
    if missed > LATE_REFRESHES:
        return warning("data", found, "the registry is late with its own data; nothing is to be done here")
    return ok("data", found)


def behind(theirs: str, ours: str, now: datetime) -> Finding:
    """What we read last against what the registry serves now."""
    served, read = data_moment(theirs), data_moment(ours)
    if served is None or read is None:
        return ok("data", "no data refresh has been read yet")
    if served < read:
        return warning(
            "data",
            f"the registry serves data of {served:%Y-%m-%d %H:%M}, older than what was last read ({read:%Y-%m-%d})",
            "one of its replicas is late, or [registry] base_url names another registry; the next poll looks again",
        )
    missed = refreshes_between(read, served)
    if missed > LATE_REFRESHES:
        return warning(
            "data",
            f"the last data refresh that was read is {missed} behind the registry's",
            "is the watcher running? `watcher status` shows the last poll and why polls fail",
        )
    return ok("data", f"the last data refresh that was read is of {read:%Y-%m-%d %H:%M} UTC")


def _seconds(size: timedelta) -> str:
    seconds = size.total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
