"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from watcher.alerts.render import Parcel
from watcher.config import Config


@dataclass(frozen=True, slots=True)
class Patient:
    """A configuration and its surroundings; `samples` are what templates are tried with."""

    config: Config
    environ: Mapping[str, str]
    now: Callable[[], datetime]
    samples: tuple[Parcel, ...] = ()
    send: bool = False
