"""What is done to the daemon, its database, its registry and its targets; each deed undoes itself."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing

# The SQLite of the store: two libraries on one file would break each other's locks.
from sqlite_utils.utils import sqlite3

from benchmarks.soak.theatre import AFTER, LEASE, Theatre
from benchmarks.soak.weather import Wind
from benchmarks.stage import bears
from benchmarks.storm.scene import address_of

Deed = Callable[[Theatre], None]

LONGEST_DELAY = 0.3
A_MOMENT, A_WHILE = 2.0, 4.0
# Longer than the daemon waits for a lock, and than a poll's attempts take.
LONG_LOCK, LONG_OUTAGE = 12.0, 11.0
ALREADY_RUNNING = 4
# Bytes: less than any write of SQLite's.
NO_ROOM = 512


# --- the process --------------------------------------------------------------------


def kill_after_answer(theatre: Theatre) -> None:
    """SIGKILL within 0.3 s of an answer of the registry's."""
    asked = theatre.front.asked
    theatre.wait(lambda: theatre.front.asked > asked, A_MOMENT)
    time.sleep(theatre.chance.uniform(0, LONGEST_DELAY))
    theatre.kill()


def kill_after_message(theatre: Theatre) -> None:
    """SIGKILL within 0.3 s of a message, where one comes; at once where none does."""
    arrived = theatre.to.arrived()
    theatre.wait(lambda: theatre.to.arrived() > arrived, A_MOMENT)
    time.sleep(theatre.chance.uniform(0, LONGEST_DELAY) ** 2)
    theatre.kill()


def kill_at_random(theatre: Theatre) -> None:
    """SIGKILL, also in the middle of starting."""
    time.sleep(theatre.chance.uniform(0, A_MOMENT))
    theatre.kill()


def terminate(theatre: Theatre) -> None:
    """SIGTERM."""
    time.sleep(theatre.chance.uniform(0, 1))
    theatre.terminate()


def suspend(theatre: Theatre) -> None:
    """A laptop that is closed and opened again."""
    began = time.monotonic()
    os.kill(theatre.pid, signal.SIGSTOP)
    time.sleep(theatre.chance.uniform(1, A_WHILE))
    os.kill(theatre.pid, signal.SIGCONT)
    theatre.doubt(began, time.monotonic(), "process_suspended", AFTER)


def start_another(theatre: Theatre) -> None:
    """A second daemon on the same database must end with 4 and name the first."""
    theatre.require_awake()
    theatre.done["process_second_daemon"] += 1
    other = subprocess.Popen(
        theatre.daemon.command(), env={**os.environ, **theatre.daemon.environ}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = other.communicate(timeout=30)[0]
    except subprocess.TimeoutExpired:
        other.kill()
        said = other.communicate()[0]
    if other.returncode != ALREADY_RUNNING or str(theatre.pid) not in said:
        theatre.wrong.append(f"a second daemon ended with {other.returncode}: {said[-300:]}")


def reload(theatre: Theatre) -> None:
    """SIGHUP while busy: the same configuration, then one with a mistake, then the same again."""
    # Before its handlers stand, SIGHUP ends any process; and what the one before asked last may be counted late.
    theatre.require_awake()
    theatre.require("a handler of SIGHUP", lambda: bears(theatre.pid, signal.SIGHUP), 60)
    good = (theatre.daemon.folder / "config.toml").read_text(encoding="utf-8")
    for text in (f"{good}\n# once more", f"{good}\n[nonsense]\n", good):
        theatre.daemon.write(text)
        os.kill(theatre.pid, signal.SIGHUP)
        theatre.rest(0.7)
    theatre.done["process_sighup"] += 3


# --- the database -------------------------------------------------------------------


def read_for_long(theatre: Theatre) -> None:
    """A reader that holds a snapshot while the daemon writes: the WAL cannot be folded back."""
    with closing(_opened(theatre, "?mode=ro")) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        theatre.rest(A_WHILE)
        connection.rollback()
    theatre.done["database_long_reader"] += 1


def lock(theatre: Theatre, seconds: float = A_MOMENT, name: str = "database_locked") -> None:
    """Another process that writes for a while."""
    began = time.monotonic()
    with closing(_opened(theatre)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return  # the daemon writes all the time: it has the better right
        theatre.rest(seconds)
        connection.rollback()
    theatre.doubt(began, time.monotonic(), name, LEASE + AFTER)


def lock_for_long(theatre: Theatre) -> None:
    """Another process that writes for longer than the daemon waits."""
    lock(theatre, LONG_LOCK, "database_locked_for_long")


def fill_disk(theatre: Theatre) -> None:
    """No file of the daemon's may grow any more: what it writes fails, its log included."""
    theatre.require_awake()
    began, pid = time.monotonic(), theatre.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (NO_ROOM, before[1]))
    theatre.rest(theatre.chance.uniform(1, A_WHILE))
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    theatre.doubt(began, time.monotonic(), "database_disk_full", LEASE + AFTER)


def _opened(theatre: Theatre, more: str = "?mode=rw") -> sqlite3.Connection:
    theatre.require_awake()
    return sqlite3.connect(f"file:{theatre.database}{more}", uri=True, timeout=5, isolation_level=None)


# --- the registry and the targets ---------------------------------------------------


def cut_off_registry(theatre: Theatre) -> None:
    """Refused connections for longer than a poll tries."""
    theatre.done["registry_down"] += 1
    theatre.front.down()
    theatre.rest(LONG_OUTAGE)
    theatre.front.up()


def block_registry(theatre: Theatre) -> None:
    """403 to everything."""
    _spell(theatre, Wind.BLOCKED, A_MOMENT)


def hurry_registry(theatre: Theatre) -> None:
    """A storm of 429."""
    _spell(theatre, theatre.chance.choice((Wind.TOO_MANY, Wind.TOO_MANY_UNTIL)), LONG_OUTAGE)


def break_registry(theatre: Theatre) -> None:
    """Errors, or pages that are none, to everything."""
    _spell(theatre, theatre.chance.choice((Wind.UNAVAILABLE, Wind.HTML, Wind.TRUNCATED)), LONG_OUTAGE)


def _spell(theatre: Theatre, wind: Wind, seconds: float) -> None:
    theatre.front.weather.settle_in(wind, seconds)
    theatre.rest(seconds)


def refuse_recipient(theatre: Theatre) -> None:
    """One address that is refused for a while, for the time being."""
    theatre.done["mail_recipient_refused_for_a_while"] += 1
    address = address_of(theatre.chance.choice(("mail-one", "mail-two", "mail-daily", "operator")))
    theatre.to.relay.turned_away.add(address)
    theatre.rest(A_WHILE)
    theatre.to.relay.turned_away.discard(address)


def do_nothing(_theatre: Theatre) -> None:
    """Nothing."""


# Every one of them is done before any is done again. What is short can be done at every build of the data.
SHORT: tuple[Deed, ...] = (*(kill_after_answer, kill_after_message, kill_at_random) * 4, terminate)
OTHERS: tuple[Deed, ...] = (
    suspend, start_another, reload, read_for_long, lock, fill_disk, refuse_recipient, block_registry,
)  # fmt: skip
LONG: tuple[Deed, ...] = (cut_off_registry, hurry_registry, break_registry, lock_for_long)
