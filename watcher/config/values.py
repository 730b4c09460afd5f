"""What the configuration says, as frozen values: nothing of TOML or pydantic goes past here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from watcher.alerts.conditions import USUAL, Limits
from watcher.alerts.messages.sources import BUILT_IN, Templates
from watcher.model import Route, Watch

DEFAULT_BASE_URL = "https://clinicaltrials.gov/api/v2"


class Secret:
    """A text that never shows itself: `str` and `repr` give ***, only `reveal()` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who else can get at a file, and the command that ends it; `grave` where they can change it."""

    said: str
    remedy: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file that holds a secret; `exposure` is None where nobody else gets at it."""

    path: Path
    exposure: Exposure | None = None


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """Where the registry is, and how politely it is asked.

    A large saved search is swept whole every `complete_every`; between these it is asked only for what was updated
    lately.
    """

    base_url: str = DEFAULT_BASE_URL
    poll_every: timedelta = timedelta(minutes=30)
    complete_every: timedelta = timedelta(days=7)
    min_interval: timedelta = timedelta(seconds=1)
    timeout: timedelta = timedelta(seconds=30)
    contact: str = ""
    tls_max: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One destination; `url` holds the credentials, `secrets` sign. What is None is left to the kind of channel."""

    name: str
    url: Secret
    per_minute: int | None = None
    batch_from: int | None = None
    format: str | None = None
    secrets: tuple[Secret, ...] = ()

    @property
    def scheme(self) -> str:
        """The scheme of its address, all of it that may be shown."""
        return self.url.reveal().partition(":")[0].lower()


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: a host without brackets, and a port; 0 is any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine can reach it."""
        return is_loopback_host(self.host)


def is_loopback_host(host: str) -> bool:
    """Whether a host, without brackets, is this machine and nothing but it."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the page is served, and what a reader must show to see it; `chosen`: the configuration says where.

    `url` is the address under which readers reach it, "" where nobody said: messages link there.
    """

    address: Address
    token: Secret | None = None
    chosen: bool = True
    url: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, checked. `store` and `path` are absolute.

    `operator` is the name of a channel, `limits` say from when on it hears of the watcher's own condition.
    """

    path: Path
    registry: RegistrySettings
    store: Path
    watches: tuple[Watch, ...]
    channels: tuple[ChannelSettings, ...]
    routes: tuple[Route, ...]
    operator: str | None = None
    limits: Limits = USUAL
    templates: Templates = BUILT_IN
    web: WebSettings | None = None
    heartbeat: Secret | None = None
    warnings: tuple[str, ...] = ()
    secret_files: tuple[SecretFile, ...] = ()
