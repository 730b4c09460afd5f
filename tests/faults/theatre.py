"""Four days in the life of a watcher, as stages that can be played with a death at any step, and compared."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.builders import record, site
from tests.faults.wire import Registry
from tests.servers import MailServer, WebhookServer
from watcher.channels.signing import fresh_secret
from watcher.registry.rehearsal.answers import text
from watcher.requests import Request, leave

HERE = Path(__file__).parents[2]
CRITICAL, MERGED, GONE, HEIR, DATED, BROKEN, SILENCED, LATE = (f"NCT{number:08}" for number in range(1, 9))
MANY = [f"NCT{number:08}" for number in range(20, 25)]
DESK, NIGHT, DAILY, WRONG, CHIEF, OPS = (
    f"{who}@example.org" for who in ("desk", "night", "daily", "wrong", "chief", "ops")
)
# What differs without any harm: how often was tried, when the schema was made, and how a request that was carried out
# before a death counts what it finds done.
VOLATILE = {("delivery", "attempts"), ("_sqlite_migrations", "applied_at"), ("request", "said")}
DOUBTFUL = ("after a mail", "after a webhook", "of Outbox.settle")
"""Where a death leaves a message that arrived and is not written down: the one repeat that is documented."""

CONFIG = """
[registry]
base_url = "{base_url}"
min_interval = 0.0
timeout = "5s"
[store]
path = "watcher.db"
[[watch]]
name = "pipeline"
studies = {studies}
{more}
[[channel]]
name = "desk"
url = "{desk}"
[[channel]]
name = "night"
url = "{night}"
[[channel]]
name = "daily"
url = "{daily}"
[[channel]]
name = "chief"
url = "{chief}"
[[channel]]
name = "ops"
url = "{ops}"
[[channel]]
name = "tracker"
url = "webhook://{sink}/hook"
secret = "{secret}"
[[route]]
name = "now"
to = ["desk", "tracker"]
escalate_after = "4h"
escalate_to = ["chief"]
[[route]]
name = "quiet"
to = ["night"]
quiet = "20:00-07:00"
quiet_bypass = "critical"
min_severity = "major"
[[route]]
name = "digest"
to = ["daily"]
when = "daily 08:00"
say_nothing_changed = true
[web]
listen = "off"
[operator]
channel = "ops"
"""


@dataclass(frozen=True)
class Sent:
    """One message as it arrived."""

    to: str
    id: str
    said: str


@dataclass(frozen=True)
class Ended:
    """How a run of one stage ended: whether it was killed, and the steps it took."""

    killed: bool
    steps: tuple[str, ...]


@dataclass(frozen=True)
class After:
    """What there is after a stage: all that the database says, and everything that arrived in it."""

    content: dict[str, list[Any]]
    sent: Counter[Sent]


@dataclass
class Theatre:
    """Servers, a driver that runs cycles, and the stages of the story as they go when nothing happens."""

    folder: Path
    relay: MailServer = field(default_factory=MailServer)
    sink: WebhookServer = field(default_factory=WebhookServer)
    secret: str = field(default_factory=fresh_secret)
    expected: list[After] = field(default_factory=list)
    steps: list[tuple[str, ...]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.registry = Registry(self.folder / "captures").__enter__()
        self.relay.start()
        self.sink.start()
        self._driver = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=HERE, env={**os.environ, "PYTHONPATH": str(HERE)},
        )  # fmt: skip
        write_story(self.folder / "captures")
        self._rehearse()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._driver.communicate(timeout=60)
        self.relay.stop()
        self.sink.stop()
        self.registry.__exit__(kind, error, at)

    # --- playing --------------------------------------------------------------

    def play(self, number: int, deaths: Sequence[int]) -> tuple[After, list[Ended]]:
        """A stage from where the one before ended, with a death at each of these steps, then to its end."""
        place = self.folder / "trial"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self._before(number), place)
        self._set(number)
        runs = [self._run(place, number, step) for step in [*deaths, 0]]
        return self._after(place), runs

    def once_more(self, number: int) -> After:
        """The same after one more run at the same moment, as the daemon has them every few seconds."""
        self._run(self.folder / "trial", number, 0)
        return self._after(self.folder / "trial")

    def _rehearse(self) -> None:
        """Play every stage undisturbed, and keep how each began and ended."""
        self._before(0).mkdir()
        for number, stage in enumerate(STAGES):
            before = self._before(number)
            self._configure(before, with_late=number >= 2)
            stage.ask(before)
            _, (run,) = self.play(number, ())
            self.expected.append(self.once_more(number))
            self.steps.append(run.steps)
            shutil.copytree(self.folder / "trial", self._before(number + 1))

    def _before(self, number: int) -> Path:
        return self.folder / f"stage-{number}"

    def _configure(self, folder: Path, *, with_late: bool) -> None:
        studies = [CRITICAL, MERGED, GONE, DATED, BROKEN, SILENCED, *MANY]
        watch = f'[[watch]]\nname = "added"\nstudies = ["{LATE}", "NCT99999999"]' if with_late else ""
        url = self.relay.url
        said = CONFIG.format(
            base_url=self.registry.base_url, studies=json.dumps(studies), more=watch, desk=url(DESK, WRONG),
            night=url(NIGHT), daily=url(DAILY), chief=url(CHIEF), ops=url(OPS), sink=self.sink.host, secret=self.secret,
        )  # fmt: skip
        (folder / "config.toml").write_text(said)

    def _set(self, number: int) -> None:
        """The world as it is at the beginning of a stage."""
        stage = STAGES[number]
        self.registry.day = stage.day
        self.registry.recovers()
        _move(self.folder / "captures", GONE, there=not stage.vanished)
        if stage.down:
            self.registry.goes_wrong(lambda target, said: text(500, "no"))
        self.relay.refuse(WRONG)
        if stage.repaired:
            self.relay.accept(WRONG)
        self._forget()

    def _run(self, place: Path, number: int, die_at: int) -> Ended:
        steps, log = self.folder / "steps", self.folder / "log"
        command = {
            "config": str(place / "config.toml"),
            "now": STAGES[number].now.isoformat(),
            "die_at": die_at,
            "steps": str(steps),
            "log": str(log),
        }
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps(command) + "\n")
        self._driver.stdin.flush()
        status = json.loads(self._driver.stdout.readline())["status"]
        assert status in {0, -signal.SIGKILL}, log.read_text()[-4000:]
        return Ended(status != 0, tuple(steps.read_text().splitlines()))

    # --- looking --------------------------------------------------------------

    def _forget(self) -> None:
        self.relay.received.clear()
        self.sink.requests.clear()

    def _arrived(self) -> Counter[Sent]:
        mails = (
            Sent(",".join(mail.recipients), str(mail.message["Message-ID"]), mail.part("plain"))
            for mail in self.relay.received
        )
        posts = (Sent("webhook", str(post.header("webhook-id")), post.body.decode()) for post in self.sink.requests)
        return Counter([*mails, *posts])

    def _after(self, place: Path) -> After:
        connection = sqlite3.connect(place / "watcher.db")
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            content = {table: _rows(connection, table) for table in _tables(connection)}
        finally:
            connection.close()
        left = [path.name for path in place.glob("*.request-*")]
        return After({**content, "requests left": left}, self._arrived())


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return sorted(name for (name,) in found)


def _rows(connection: sqlite3.Connection, table: str) -> list[Any]:
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name from the schema
    names = [column[0] for column in cursor.description]
    kept = [place for place, name in enumerate(names) if (table, name) not in VOLATILE]
    return sorted((tuple(row[place] for place in kept) for row in cursor), key=repr)


# --- the story ----------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One moment of the story: what the registry serves, what was asked for, whether it is down."""

    name: str
    now: datetime
    day: date
    ask: Callable[[Path], object] = lambda _folder: None
    down: bool = False
    vanished: bool = False
    repaired: bool = False


def write_story(captures: Path) -> None:
    """The records of all studies on all days."""

    def put(day: int, nct_id: str, **said: Any) -> None:
        path = captures / nct_id / f"2026-06-{day:02}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record(nct_id=nct_id, data_version=f"2026-06-{day:02}", **said)))

    for nct_id in (CRITICAL, MERGED, HEIR, BROKEN, SILENCED, LATE):
        put(1, nct_id)
    put(1, GONE)
    put(1, DATED, primary_completion="2026-06-03")
    put(3, CRITICAL, status="SUSPENDED", why_stopped="Supply", filed="2026-06-02", enrollment="80")
    put(3, SILENCED, status="TERMINATED", why_stopped="Futility", filed="2026-06-02")
    put(3, HEIR, aliases=[MERGED])
    put(4, CRITICAL, status="TERMINATED", why_stopped="Supply", filed="2026-06-03", enrollment="80")
    (captures / BROKEN / "2026-06-03.json").write_text(json.dumps({"protocolSection": {"identificationModule": {}}}))
    for nct_id in MANY:
        put(1, nct_id, sites=[site(country="Atlantis"), site()])
        put(3, nct_id, sites=[site(country="Kingdom of Atlantis"), site()])


def _move(captures: Path, nct_id: str, *, there: bool) -> None:
    """Show a study, or hide it."""
    shown, hidden = captures / nct_id, captures / f"hidden-{nct_id}"
    if there and hidden.exists():
        hidden.rename(shown)
    if not there and shown.exists():
        shown.rename(hidden)


def _asks_for_a_silence(folder: Path) -> None:
    about = {"study": SILENCED, "kinds": "*", "route": "", "reason": "audit", "until": "2026-07-01T00:00:00+00:00"}
    leave(folder / "watcher.db", Request("0" * 15 + "1", "silence", about))


def _asks_in_the_morning(folder: Path) -> None:
    """What the evening brought: a mass change, a dead letter, an alert that was noise; and a request nobody knows."""
    connection = sqlite3.connect(folder / "watcher.db")
    holds = [hold for (hold,) in connection.execute("SELECT id FROM hold ORDER BY id")]
    dead = [number for (number,) in connection.execute("SELECT id FROM delivery WHERE status = 'dead' ORDER BY id")]
    connection.close()
    assert holds
    assert dead
    for number, verb, about in (
        (2, "approve", {"holds": holds}),
        (3, "retry", {"deliveries": dead}),
        (4, "mark as noise", {"alerts": [1]}),
        (5, "nonsense", {}),
    ):
        leave(folder / "watcher.db", Request(f"{number:016}", verb, about))


STAGES = (
    Stage("the first poll", datetime(2026, 6, 1, 12, tzinfo=UTC), date(2026, 6, 1)),
    Stage("the registry is down", datetime(2026, 6, 2, 12, tzinfo=UTC), date(2026, 6, 2), down=True),
    Stage("an evening full of news", datetime(2026, 6, 3, 21, 30, tzinfo=UTC), date(2026, 6, 3), _asks_for_a_silence,
          vanished=True),
    Stage("the morning after", datetime(2026, 6, 4, 8, 30, tzinfo=UTC), date(2026, 6, 4), _asks_in_the_morning,
          vanished=True, repaired=True),
)  # fmt: skip
