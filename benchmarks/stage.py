"""The stage of the month: registry, targets and the daemon as a process that can be killed."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self

import watcher
from tests.servers import MailServer, WebhookServer
from watcher.errors import StoreError
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.registry.rehearsal.answers import Answer
from watcher.store import opened
from watcher.store.shown import Health

READERS = ("reader.one@example.org", "reader.two@example.org")
OPERATOR = "operator@example.org"
GLANCE = 0.01
DAY_LIMIT = 90.0

_CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1s"
min_interval = 0.01

[store]
path = "month.db"

[[watch]]
name = "month"
studies = [{studies}]

[[channel]]
name = "mail"
url = "{mail}"

[[channel]]
name = "hook"
url = "json://{hook}/alerts"

[[channel]]
name = "operator"
url = "{operator}"

[[route]]
name = "everything"
min_severity = "minor"
to = ["mail", "hook"]

[web]
listen = "off"

[operator]
channel = "operator"
"""


class StageError(Exception):
    """The daemon did not do what the month needs in order to go on."""


class CountingRegistry(RehearsalServer):
    """The rehearsal registry, counting what it is asked."""

    def __init__(self, captures: Captures, date: datetime.date | None = None) -> None:
        self.requests = 0
        self.polls = 0
        self.asked_on: dict[datetime.date, int] = {}
        self._heard_at = time.monotonic()
        super().__init__(captures, date=date)

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def quiet_for(self) -> float:
        """For how many seconds nobody has asked anything."""
        return time.monotonic() - self._heard_at

    def answer(self, method: str, target: str, body: bytes, known_tag: str) -> Answer:
        """The answer to one request, which is counted."""
        self._heard_at = time.monotonic()
        self.requests += 1
        self.polls += target.endswith("/version")
        self.asked_on[self.date] = self.asked_on.get(self.date, 0) + 1
        return super().answer(method, target, body, known_tag)


@dataclass(frozen=True)
class Targets:
    """The two servers that stand for the readers and the operator."""

    mail: MailServer
    hook: WebhookServer

    def arrived(self) -> int:
        """How many messages came for readers, repeats included."""
        return len(self.hook.requests) + sum(len(self.mail.mails_to(reader)) for reader in READERS)


@contextlib.contextmanager
def targets() -> Iterator[Targets]:
    """Both servers, listening."""
    with MailServer() as mail, WebhookServer() as hook:
        yield Targets(mail, hook)


@dataclass
class Daemon:
    """`watcher run` as a process of its own, in one incarnation after the other."""

    folder: Path
    peak_kb: int = 0
    starts: int = 0
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def database(self) -> Path:
        """The database it works on."""
        return self.folder / "month.db"

    def configure(self, base_url: str, studies: tuple[str, ...], to: Targets) -> None:
        """Write the configuration it is started with."""
        text = _CONFIG.format(
            base_url=base_url,
            studies=", ".join(f'"{nct_id}"' for nct_id in studies),
            mail=to.mail.url(*READERS),
            hook=to.hook.host,
            operator=to.mail.url(OPERATOR),
        )
        self.write(text)

    def write(self, config: str) -> None:
        """Write a configuration of the caller's own; its database is month.db."""
        (self.folder / "config.toml").write_text(config, encoding="utf-8")

    def start(self) -> None:
        """Start one incarnation; its log goes on where the last one's ended."""
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, env={**os.environ, **self.environ})
        self.starts += 1

    def command(self) -> list[str]:
        """What it is started as."""
        return [str(Path(sys.executable).parent / "watcher"), "run", "--config", str(self.folder / "config.toml")]

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(signal.SIGTERM)

    def look(self) -> None:
        """Note its memory; StageError where it is no longer there."""
        if self.process is None or self.process.poll() is not None:
            code = self.process.returncode if self.process else None
            raise StageError(f"the daemon ended by itself with {code}: {self.last_words()}")
        self.peak_kb = max(self.peak_kb, memory_kb(self.process.pid))

    def last_words(self) -> str:
        """The end of its log."""
        return (self.folder / "daemon.log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def errors(self) -> list[str]:
        """The lines of its log that tell of an error of our own."""
        lines = (self.folder / "daemon.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if " ERROR " in line]

    def health(self) -> Health | None:
        """The figures of its database; None while there is none."""
        with contextlib.suppress(StoreError), opened(self.database, read_only=True) as store:
            return store.reports.health()
        return None

    def _end(self, number: int) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.peak_kb = max(self.peak_kb, memory_kb(self.process.pid))
        os.kill(self.process.pid, number)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise StageError("the daemon did not end when it was asked to") from None


def code() -> str:
    """A digest of the product as it is on the disk, templates included: a running daemon reads some of it late."""
    files = sorted(path for path in Path(watcher.__file__).parent.rglob("*") if path.suffix in {".py", ".j2"})
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def require_unchanged(before: str) -> None:
    """StageError where the code is no longer what `code` said before."""
    if code() != before:
        raise StageError("the product's code was changed meanwhile, so its incarnations differ: run it again")


def wait_for(what: str, true: Callable[[], bool], daemon: Daemon, limit: float = DAY_LIMIT) -> None:
    """Wait until it is true; StageError where the daemon ends or takes too long."""
    until = time.monotonic() + limit
    while not true():
        daemon.look()
        if time.monotonic() > until:
            raise StageError(f"no {what} within {limit:.0f} s: {daemon.last_words()}")
        time.sleep(GLANCE)
    daemon.look()


def settled(daemon: Daemon, day: datetime.date) -> bool:
    """Whether this day is polled and nothing is left to send."""
    health = daemon.health()
    return health is not None and health.poll.data_timestamp.startswith(day.isoformat()) and _all_sent(health)


def idle(daemon: Daemon) -> bool:
    """Whether nothing is left to send."""
    health = daemon.health()
    return health is not None and _all_sent(health)


def _all_sent(health: Health) -> bool:
    return not any(health.deliveries.get(status) for status in ("pending", "claimed"))


def bears(pid: int, number: signal.Signals) -> bool:
    """Whether this signal does not end the process: it handles or ignores it."""
    try:
        said = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    masks = re.findall(r"Sig(?:Cgt|Ign):\s+([0-9a-f]+)", said)
    return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)


def memory_kb(pid: int, what: str = "VmHWM") -> int:
    """The memory of a process: the most it ever had, or with "VmRSS" what it has now; 0 where it is gone."""
    try:
        said = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(rf"{what}:\s+(\d+) kB", said)
    return int(found[1]) if found else 0
