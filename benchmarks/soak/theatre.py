"""Where one life of the daemon is played: the process, the registry before it, the targets behind it, what was done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from benchmarks.soak.check import damage_in
from benchmarks.soak.front import Front
from benchmarks.soak.hurried import TICK_SECONDS
from benchmarks.soak.plan import Deck, Play
from benchmarks.stage import Daemon, wait_for
from benchmarks.storm.owed import Reader
from benchmarks.storm.scene import Targets, configuration
from watcher.clock import SPEED
from watcher.registry.rehearsal import Captures

ROOT = Path(__file__).resolve().parents[2]
# Two minutes of a rehearsal pass in a second, so that the first retries are due at the next tick.
FASTER = 120
TICK = 0.5
# Seconds: until a client gives up on a target, how long one hangs, and on the registry.
PATIENCE, HANG, REGISTRY_TIMEOUT = 2.0, 3.0, 2
# Two mailboxes and two webhooks are told at once, a third mailbox once a day.
READERS = (
    Reader("everything", "UTC", "now", ("mail-one", "mail-two", "hook-plain", "hook-desk")),
    Reader("daily", "Europe/Berlin", "daily 07:00", ("mail-daily",)),
)
# How long before a kill a message may have arrived whose settlement the kill cut off.
BEFORE, AFTER = 3.0, 2.0
# What a process had handed over when it died is noted by its receiver a moment later; none starts again so soon.
IN_FLIGHT = 0.5
# The lease of a claim, in seconds here: what could not be settled is sent again after it.
LEASE = 600 / FASTER


class HurriedDaemon(Daemon):
    """`watcher run` with short ticks."""

    def command(self) -> list[str]:
        """What it is started as."""
        return [sys.executable, "-m", "benchmarks.soak.hurried", "run", "--config", str(self.folder / "config.toml")]


def hurried_daemon(folder: Path, tick: float = TICK) -> HurriedDaemon:
    """A daemon whose state is in this folder."""
    return HurriedDaemon(folder, environ={SPEED: str(FASTER), TICK_SECONDS: str(tick), "PYTHONPATH": str(ROOT)})


@dataclass
class Theatre:
    """One life: everything its deeds need, and what they leave behind."""

    name: str
    daemon: HurriedDaemon
    play: Play
    front: Front
    to: Targets
    chance: random.Random
    always: Deck[Callable[[Theatre], None]]
    deeds: Deck[Callable[[Theatre], None]]
    until: float
    done: Counter[str] = field(default_factory=Counter)
    doubts: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    checks: int = 0
    damaged: list[str] = field(default_factory=list)
    played: int = 0
    asked_before: int = 0

    @property
    def database(self) -> Path:
        """The daemon's database."""
        return self.daemon.database

    @property
    def pid(self) -> int:
        """The daemon's process; StageError where there is none."""
        self.daemon.look()
        assert self.daemon.process is not None
        return self.daemon.process.pid

    def configure(self, captures: Captures) -> None:
        """Write the configuration."""
        timeout = {"timeout": f"{REGISTRY_TIMEOUT}s"}
        text = configuration(
            self.front.base_url, captures.studies, READERS, self.to, registry=timeout, patience=PATIENCE
        )
        self.daemon.write(text)

    def kill(self) -> None:
        """SIGKILL, a look at what it leaves, and the next incarnation."""
        now = time.monotonic()
        self.daemon.kill()
        self.doubt(now, time.monotonic(), "process_sigkill", IN_FLIGHT)
        self.check()
        self.start()

    def start(self) -> None:
        """The next incarnation."""
        self.asked_before = self.front.asked
        self.daemon.start()

    def is_awake(self) -> bool:
        """Whether this incarnation is past its start."""
        return self.front.asked > self.asked_before

    def require_awake(self) -> None:
        """Wait until it is; a database that cannot be used before is another matter."""
        self.require("a request", self.is_awake, 60)

    def terminate(self) -> None:
        """SIGTERM, which must end it in good order, and the next incarnation."""
        now = time.monotonic()
        # Before it is awake nothing is under way that would have to be ended in order.
        allowed = {0} if self.is_awake() else {0, -signal.SIGTERM}
        self.daemon.stop()
        code = self.daemon.process.returncode if self.daemon.process else None
        if code not in allowed:
            self.wrong.append(f"SIGTERM ended the daemon with {code}: {self.daemon.last_words()[-300:]}")
        self.doubt(now, time.monotonic(), "process_sigterm", IN_FLIGHT)
        self.start()

    def doubt(self, start: float, end: float, what: str, lasting: float = 0.0) -> None:
        """Something was done from then to then that may cut off what follows a message that arrived."""
        self.done[what] += 1
        self.doubts.append((start - BEFORE, end + lasting))

    def check(self) -> None:
        """Look whether the database is whole."""
        self.checks += 1
        self.damaged += damage_in(self.database)

    def check_as_operator(self) -> None:
        """`watcher db check`, once the daemon has ended, where there is such a command."""
        if find_spec("watcher.cli.database") is None:
            return
        self.checks += 1
        command = [sys.executable, "-m", "watcher", "db", "check", "--config", str(self.daemon.folder / "config.toml")]
        done = subprocess.run(command, env={**os.environ, **self.daemon.environ}, capture_output=True, text=True)
        if done.returncode:
            self.damaged.append(f"watcher db check: {done.returncode} {done.stdout}{done.stderr}")

    def has_polled(self, timestamp: str) -> Callable[[], bool]:
        """Whether the daemon has polled this build."""

        def polled() -> bool:
            health = self.daemon.health()
            return health is not None and health.poll.data_timestamp >= timestamp

        return polled

    def wait(self, true: Callable[[], bool], limit: float) -> bool:
        """Wait for so long at most; whether it came true. StageError where the daemon ended."""
        until = min(time.monotonic() + limit, self.until)
        while not true():
            if time.monotonic() > until:
                return False
            self.daemon.look()
            time.sleep(0.02)
        return True

    def require(self, what: str, true: Callable[[], bool], limit: float) -> None:
        """Wait; StageError where it does not come true."""
        wait_for(what, true, self.daemon, limit)

    def heal(self) -> None:
        """Everything works again."""
        self.front.weather.calm()
        self.front.up()
        self.to.relay.turned_away.clear()
        for sink in self.to.sinks:
            sink.up()
            sink.chance.calm()

    def rest(self, seconds: float) -> None:
        """Let time pass, looking at the daemon; StageError where it ends."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.daemon.look()
            time.sleep(0.05)
