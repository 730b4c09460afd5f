"""A browser that talks to our page alone, and remembers whatever went wrong in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTHS = (375, 1280)
HEIGHT = 800
# Nothing is resolved but this machine, and nothing is asked for by the browser itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-lcd-text",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# Milliseconds for anything that a page is asked for.
PATIENCE = 10_000


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of the system's; none is ever downloaded."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield found
        finally:
            found.close()


@dataclass
class Tab:
    """A window on the page of a watcher at `url`; `wrong` is what the browser itself complained of."""

    url: str
    page: Page
    wrong: list[str] = field(default_factory=list)
    errors: int = 0

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def go(self, path: str) -> Response | None:
        """Open an address of the page."""
        return self.page.goto(self.url + path, wait_until="load")

    def taken(self) -> list[str]:
        """What went wrong since this was asked last."""
        wrong, self.wrong = self.wrong, []
        return wrong

    def _fault(self, said: str) -> None:
        self.errors += 1
        self.wrong.append(said)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._fault(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:", "about:")):
            self.wrong.append(f"asks another host: {urlsplit(request.url).netloc}")

    def _failed(self, request: Request) -> None:
        # A download is no page, and a page that is left asks for nothing more.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"request failed: {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.wrong.append(f"answer {response.status}: {response.url}")


@contextmanager
def tab(
    browser: Browser,
    url: str,
    width: int = 1280,
    scheme: str = "light",
    *,
    script: bool = True,
    height: int = HEIGHT,
    scale: float = 1.0,
) -> Iterator[Tab]:
    """A fresh window without memory; `script`: whether scripts may run."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
        accept_downloads=True,
        reduced_motion="reduce",
        timezone_id="UTC",
        locale="en-GB",
    )
    try:
        yield Tab(url, context.new_page())
    finally:
        context.close()


def downloaded(tab: Tab, name: str) -> bytes:
    """What a link downloads."""
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("link", name=name).first.click()
    return Path(waiting.value.path()).read_bytes()
