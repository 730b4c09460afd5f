"""What a delivery carries: everything a message is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model import Alert, Form, Notice


@dataclass(frozen=True, slots=True)
class Link:
    """Something that the reader can do by following an address (the local page's), and what it is called."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """Alerts, or a notice, for one target, and what they are: `id` is stable over retries, `window` a digest's own.

    `links` holds, by the numbers of alerts, what their readers can do on the local page; without it, messages name
    the commands alone. For a digest that says that nothing changed: `silenced` alerts of which nothing is told, when
    the registry was last read whole (`looked_at`), and whether it cannot be read since (`blind`).
    """

    id: str
    alerts: tuple[Alert, ...] = ()
    form: Form = Form.ALERT
    route: str = ""
    window: str = ""
    rehearsal: bool = False
    notice: Notice | None = None
    links: Mapping[int, tuple[Link, ...]] = field(default_factory=dict)
    silenced: int = 0
    looked_at: datetime | None = None
    blind: bool = False

    @property
    def is_collected(self) -> bool:
        """Whether it is told as a digest: it is one, or more than one alert was due at once."""
        return self.form in {Form.DIGEST, Form.BATCH} or len(self.alerts) != 1
