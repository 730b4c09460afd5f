"""The pages of a database as a browser gets them: over HTTP, from a server on a free port of loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from watcher.audience import Audience
from watcher.config import Config, WebSettings, loads
from watcher.config.values import Address
from watcher.metrics import Tally
from watcher.metrics.exposition import exposition
from watcher.metrics.gauges import Gauges
from watcher.model import Target
from watcher.requests import Desk, Request, carry_out
from watcher.store import opened
from watcher.store.values import Outcome
from watcher.web.app import application
from watcher.web.health import health_of
from watcher.web.server import serve
from watcher.web.site import Site

Ask = Callable[[Request], Outcome | None]
Values = Mapping[str, str | Sequence[str]]

ON_ANY_PORT = WebSettings(Address("127.0.0.1", 0))


@dataclass
class Reader:
    """Somebody with a browser: asks for pages, and sends the forms that stand on them. Follows no redirect."""

    url: str
    token: str = ""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Values | None = None, back: str = "/", **headers: str) -> httpx.Response:
        """What is answered to a form of ours: with the token of this process, from a page of its own."""
        form = {"token": self.token, "back": back, **(fields or {})}
        return self.ask("POST", path, data=form, headers={"Origin": self.url, **headers})

    def did(self, path: str, fields: Values | None = None, back: str = "/") -> httpx.Response:
        """The page that a form leads to, where what came of it is told."""
        done = self.post(path, fields, back)
        assert done.status_code == 303, (done.status_code, done.text)
        return self.get(done.headers["location"])

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """What is answered to any request."""
        cookies = more.pop("cookies", None)
        # Plain HTTP: reading the system's certificates would take longer than the answer.
        with httpx.Client(trust_env=False, verify=False, cookies=cookies, timeout=30) as client:  # noqa: S501
            return client.request(method, self.url + path, **more)


@contextmanager
def serving_database(
    database: Path,
    config: Config | str = "",
    ask: Ask | None = None,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    settings: WebSettings = ON_ANY_PORT,
) -> Iterator[Reader]:
    """The pages of this database under a configuration, or the text of one.

    `ask` carries out what forms wish for; unless it is given, that is done here at once, as by the daemon.
    """
    read = loads(config, database.with_name("config.toml"), environ={}) if isinstance(config, str) else config
    known = replace(read, store=database)
    site = Site(
        database=database,
        config=lambda: known,
        now=now,
        health=health_of(database, now),
        figures=exposition(Tally(), Gauges(database, now)),
        ask=ask or carrying_out(known, now),
    )
    with serve(settings, application(settings, site)) as served:
        yield Reader(f"http://127.0.0.1:{served.address.port}", site.token)


def carrying_out(config: Config, now: Callable[[], datetime]) -> Ask:
    """What carries out requests at once, with one recipient for each channel."""
    targets = {channel.name: (Target(channel.name, "console:stdout"),) for channel in config.channels}

    def ask(wish: Request) -> Outcome:
        with opened(config.store) as store:
            return carry_out(Desk(store, Audience(config.watches, config.routes, targets), now()), wish)

    return ask
