from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import pytest

from watcher.config import Secret, WebSettings
from watcher.config.values import Address
from watcher.web.app import application
from watcher.web.health import Status, Verdict
from watcher.web.server import serve

TOKEN = "a-token-of-the-tests"
FIGURES = b"nct_watcher_tests 1\n"


@dataclass
class Site:
    """A page that is served, whose health and figures can be set."""

    url: str = ""
    verdict: Verdict = field(default_factory=lambda: Verdict(Status.OK))
    figures: bytes = FIGURES

    def health(self) -> Verdict:
        return self.verdict

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers=headers)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        cookies = more.pop("cookies", None)
        # Plain HTTP: reading the system's certificates would take longer than the answer.
        with httpx.Client(trust_env=False, verify=False, cookies=cookies) as client:  # noqa: S501
            return client.request(method, self.url + path, **more)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@pytest.fixture(scope="session")
def serving() -> Iterator[Callable[[str | None, str], Site]]:
    """Serves a page for all tests that want one like it, since a stop takes a while."""
    with ExitStack() as stack:

        @cache
        def serving(token: str | None, host: str) -> Site:
            page = Site()
            settings = WebSettings(Address(host, 0), Secret(token) if token else None)
            served = stack.enter_context(serve(settings, application(settings, page.health, lambda: page.figures)))
            page.url = f"http://127.0.0.1:{served.address.port}"
            return page

        yield serving


@pytest.fixture
def site(serving: Callable[[str | None, str], Site]) -> Callable[..., Site]:
    """A page on a free port of loopback, with a token if one is given; `host` is where it is served for others."""

    def site(token: str | None = None, host: str = "127.0.0.1") -> Site:
        page = serving(token, host)
        page.verdict, page.figures = Verdict(Status.OK), FIGURES
        return page

    return site
