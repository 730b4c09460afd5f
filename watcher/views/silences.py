"""Silences as people read them, and the kinds of change by their families."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from watcher.model import Silence
from watcher.store.shown import Silencing


@dataclass(frozen=True, slots=True)
class ShownSilence:
    """A silence, whether it holds (or will, where a clock was set back), and what it has kept back."""

    silence: Silence
    holds: bool
    over_at: datetime
    alerts: int
    changes: int


@dataclass(frozen=True, slots=True)
class Family:
    """The kinds of one part of the record: a glob for all of them, and each with its meaning."""

    name: str
    kinds: tuple[tuple[str, str], ...]

    @property
    def glob(self) -> str:
        """What selects all of them."""
        return f"{self.name}.*"


def shown_silences(found: Iterable[Silencing], now: datetime) -> tuple[ShownSilence, ...]:
    """Every silence, in the order given."""
    return tuple(_shown(one, now) for one in found)


def _shown(one: Silencing, now: datetime) -> ShownSilence:
    over_at = min(one.silence.until, one.silence.ended_at or one.silence.until)
    holds = one.silence.ended_at is None and now < over_at
    return ShownSilence(one.silence, holds, over_at, one.alerts, one.changes)


def families(meanings: Mapping[str, str]) -> tuple[Family, ...]:
    """The kinds, whose names begin with their part, by that part."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, meaning in meanings.items():
        found.setdefault(kind.partition(".")[0], []).append((kind, meaning))
    return tuple(Family(name, tuple(kinds)) for name, kinds in sorted(found.items()))


def about_text(study: str, kinds: str, route: str) -> str:
    """What a silence is about, as in: site.* of NCT04150497 on route "desk"."""
    of = f" of {study}" if study else ""
    on = f' on route "{route}"' if route else ""
    return f"{kinds or 'every change'}{of}{on}"


def silence_text(silence: Silence) -> str:
    """A silence in one line."""
    what = about_text(silence.nct_id, silence.kinds, silence.route)
    return f"{what}, until {silence.until:%Y-%m-%d %H:%M} UTC: {silence.reason}"
