"""The rehearsal: the real daemon, run against recorded records whose days pass one after another."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from watcher.config import Config, loads
from watcher.errors import StoreNotReady, UsageError, WatcherError
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.service import Service
from watcher.store import opened
from watcher.store.shown import Health

TICK = timedelta(seconds=0.1)
# No day of a folder of captures takes this long; a rehearsal that hangs must say so.
DAY_LIMIT = 300.0
_DATABASE = "rehearsal.db"
_FILE = "rehearsal.toml"

_CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1s"
min_interval = 0.01

[store]
path = {path}

[[watch]]
name = "rehearsal"
studies = [{studies}]

[[channel]]
name = "console"
url = "console://"

[[route]]
name = "everything"
to = ["console"]
min_severity = "minor"

[operator]
channel = "console"

[web]
listen = "off"
"""


@dataclass(frozen=True, slots=True)
class RehearsalReport:
    """What a rehearsal did."""

    days: int
    polls: int
    health: Health
    config: Config


class Narrator(Protocol):
    """Who tells the audience where the rehearsal is."""

    def begins(self, day: date) -> None:
        """A day begins."""

    def was_quiet(self, day: date) -> None:
        """A day, not the first, has passed without an alert."""


def rehearse(folder: Path, state: Path, *, labels: Mapping[str, str], narrator: Narrator) -> RehearsalReport:
    """Run the daemon over every day of the captures in `folder`, with its database in `state`.

    `labels` are the user's words for studies. Raises UsageError for a folder without captures and for a database that
    has seen later days, and whatever `Service.run` raises.
    """
    captures, database = Captures(folder), state.resolve() / _DATABASE
    _require_unseen(database, captures.first_day)
    with RehearsalServer(captures) as server:
        config = _config(server.base_url, database, captures, labels)
        service = Service(config, tick=TICK)
        days = _Days(captures, server, service, narrator, config.store)
        narrator.begins(server.date)
        days.start()
        service.run()
        days.join()
    if days.failure is not None:
        raise days.failure
    return RehearsalReport(len(captures.days), len(service.polls), _health(config.store), config)


def _require_unseen(database: Path, first_day: date) -> None:
    """Days do not pass backwards: a database of later days would wait for the first one for ever."""
    seen = _health(database).poll.data_timestamp[:10] if database.exists() else ""
    if seen > first_day.isoformat():
        raise UsageError(f"{database} has seen {seen} already: rehearse with another --state folder")


def _config(base_url: str, path: Path, captures: Captures, labels: Mapping[str, str]) -> Config:
    studies = ", ".join(f'{{ nct_id = "{nct_id}", label = "{labels.get(nct_id, "")}" }}' for nct_id in captures.studies)
    text = _CONFIG.format(base_url=base_url, path=json.dumps(str(path), ensure_ascii=False), studies=studies)
    file = path.parent / _FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    # For whoever looks at the database afterwards, with the page or any other command.
    file.write_text(text, encoding="utf-8")
    return loads(text, file, environ={})


class _Days(threading.Thread):
    """Lets the days pass, each when the daemon has done with the one before; then ends the service."""

    def __init__(
        self, captures: Captures, server: RehearsalServer, service: Service, narrator: Narrator, database: Path
    ) -> None:
        super().__init__(name="days", daemon=True)
        self._captures, self._server, self._service = captures, server, service
        self._narrator, self._database = narrator, database
        self.failure: Exception | None = None

    def run(self) -> None:
        """Pass every day; what goes wrong is kept in `failure`."""
        try:
            self._pass()
        except Exception as error:
            self.failure = error
        finally:
            self._service.stop()

    def _pass(self) -> None:
        alerts = 0
        for day in self._captures.days:
            if day != self._server.date:
                self._narrator.begins(day)
                self._server.set_date(day)
            if not self._settled(day):
                return
            before, alerts = alerts, _health(self._database).alerts
            if alerts == before and day != self._captures.first_day:
                self._narrator.was_quiet(day)

    def _settled(self, day: date) -> bool:
        """Wait until the daemon has polled this day and has nothing left to send; False where it stopped first."""
        until = time.monotonic() + DAY_LIMIT
        while not self._service.stopped:
            if _idle(day, self._database):
                return True
            if time.monotonic() > until:
                raise WatcherError(f"the rehearsal hangs on {day}: see {self._database} with `watcher status`")
            time.sleep(TICK.total_seconds() / 2)
        return False


def _health(path: Path) -> Health:
    with opened(path, read_only=True) as store:
        return store.reports.health()


def _idle(day: date, path: Path) -> bool:
    try:
        health = _health(path)
    except StoreNotReady:
        return False
    polled = health.poll.data_timestamp.startswith(day.isoformat())
    return polled and not any(health.deliveries.get(status) for status in ("pending", "claimed"))
