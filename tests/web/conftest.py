from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from tests.web.serving import Reader
from watcher.config import Secret, WebSettings, loads
from watcher.config.values import Address
from watcher.requests import Request
from watcher.store import opened
from watcher.store.values import Outcome
from watcher.web.app import application
from watcher.web.health import Status, Verdict
from watcher.web.server import serve
from watcher.web.site import Site

TOKEN = "a-token-of-the-tests"
FIGURES = b"nct_watcher_tests 1\n"
CONFIG = """
[[watch]]
name = "pipeline"
studies = ["NCT04150497"]
[[channel]]
name = "team"
url = "console://"
[[route]]
name = "desk"
to = ["team"]
"""


@dataclass
class Frame(Reader):
    """The pages of an empty database, whose health and figures can be set; what is asked for is kept."""

    url: str = ""
    verdict: Verdict = field(default_factory=lambda: Verdict(Status.OK))
    figures: bytes = FIGURES
    error: Exception | None = None
    asked: list[Request] = field(default_factory=list)

    def asking(self, wish: Request) -> Outcome | None:
        self.asked.append(wish)
        if self.error is not None:
            raise self.error
        return None

    def reset(self) -> None:
        self.verdict, self.figures, self.error = Verdict(Status.OK), FIGURES, None
        self.asked.clear()

    def as_site(self, database: Path) -> Site:
        config = loads(CONFIG, database.with_name("config.toml"), environ={})
        return Site(
            database=database,
            config=lambda: config,
            now=lambda: datetime(2026, 6, 1, 12, 0, tzinfo=UTC),
            health=lambda: self.verdict,
            figures=lambda: self.figures,
            ask=self.asking,
        )


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str | None, str, str], Frame]]:
    """Serves a page for all tests that want one like it, since a stop takes a while."""
    database = tmp_path_factory.mktemp("frame") / "watcher.db"
    with opened(database):
        pass
    with ExitStack() as stack:

        @cache
        def serving(token: str | None, host: str, url: str) -> Frame:
            frame = Frame()
            site = frame.as_site(database)
            settings = WebSettings(Address(host, 0), Secret(token) if token else None, url=url)
            served = stack.enter_context(serve(settings, application(settings, site)))
            frame.url, frame.token = f"http://127.0.0.1:{served.address.port}", site.token
            return frame

        yield serving


@pytest.fixture
def site(serving: Callable[[str | None, str, str], Frame]) -> Callable[..., Frame]:
    """A page on a free port of loopback: where it is served (`host`), what it wants, and where readers find it."""

    def site(token: str | None = None, host: str = "127.0.0.1", url: str = "") -> Frame:
        page = serving(token, host, url)
        page.reset()
        return page

    return site
