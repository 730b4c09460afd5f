"""Replaying the stored history through the routes of today, and saying what they would have sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.progress import Progress

from watcher.alerts.quieter import Suggestion, countries_of, suggested, unseen, why_nothing
from watcher.alerts.render import Parcel, message_for
from watcher.alerts.routes import Step
from watcher.alerts.trial import Counting, Setting, Stops, Tally, silent_digests
from watcher.audience import followed, with_all_members
from watcher.config import Config
from watcher.model import Alert, Scope, Target
from watcher.store import Store
from watcher.store.history import Extent, Span

KINDS_SHOWN = 10
STUDIES_SHOWN = 5
# A shorter history is replayed before a bar could be read.
LONG = 5000


@dataclass(frozen=True, slots=True)
class Trial:
    """A part of the history, to be replayed through the routes of a configuration; `only` one of them is shown."""

    store: Store
    config: Config
    span: Span
    only: str
    samples: int

    def as_object(self) -> Mapping[str, Any]:
        """What the routes would have sent, as `--json` shows it."""
        found = self._found()
        extent = found.extent
        return {
            "changes": extent.changes,
            "held_back": extent.held_open,
            "dismissed": extent.dismissed,
            "first": extent.first,
            "last": extent.last,
            "days": found.days,
            "routes": [self._route(tally, found) for tally in found.shown(self.only)],
        }

    def _found(self) -> _Found:
        """The history is gone through once, and once more for what the first time left open."""
        extent = self.store.history.extent(self.span)
        setting = _setting(self.config, self.store, self.only)
        counting = Counting(setting, self.store.accounts.noise(), self.samples)
        found = _Found(self.span, extent, setting, counting)
        for step in self._steps(found):
            counting.add(step)
            found.countries.update(countries_of(step))
        for tally in found.shown(self.only):
            found.look_into(tally)
        if found.open:
            for step in self._steps(found):
                for count in found.open:
                    count.add(step)
        return found

    def _route(self, tally: Tally, found: _Found) -> Mapping[str, Any]:
        name = tally.route.name
        return {
            "route": name,
            "enabled": next(route.enabled for route in self.config.routes if route.name == name),
            **_counts(tally),
            "nothing_changed": found.silent_digests(tally),
            "nothing_because": "" if tally.messages else _because(tally, found),
            "unseen_places": unseen(tally.route, found.countries) if found.extent.changes else "",
            "suggestion": _suggestion(name, found),
            "samples": [self._sample(alerts) for _, alerts in reversed(tally.samples)],
        }

    def _sample(self, alerts: Sequence[Alert]) -> Mapping[str, str]:
        then = [replace(alert, study=self.store.history.study_then(alert)) for alert in alerts]
        message = message_for(Parcel("sample", tuple(then), rehearsal=bool(self.store.meta.rehearsal)))
        return {"subject": message.subject, "text": message.text}

    def _steps(self, found: _Found) -> Iterator[Step]:
        """The history once more; with the studies as they were where a route asks for that."""
        as_it_was = any(route.scope != Scope() for route in found.setting.routes)
        with _bar(found.extent.changes) as advance:
            for step in self.store.history.steps(self.span, as_it_was=as_it_was):
                yield step
                advance(len(step.changes))


@dataclass(slots=True)
class _Found:
    """What going through the history found; `quieter` and `stops` are what the second time counts, by route."""

    span: Span
    extent: Extent
    setting: Setting
    counting: Counting
    countries: set[str] = field(default_factory=set)
    suggestions: dict[str, Suggestion] = field(default_factory=dict)
    quieter: dict[str, Counting] = field(default_factory=dict)
    stops: dict[str, Stops] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[datetime | None, datetime | None]:
        """Where the part of the history begins and ends."""
        return self.span.since or self.extent.first, self.span.until or self.extent.last

    @property
    def days(self) -> float:
        """How long it is."""
        first, last = self.ends
        return round(max((last - first) / timedelta(days=1), 1.0), 1) if first and last else 1.0

    @property
    def open(self) -> Sequence[Counting | Stops]:
        """What is to be counted the second time."""
        return [*self.quieter.values(), *self.stops.values()]

    def shown(self, only: str) -> Sequence[Tally]:
        """The routes that are asked for."""
        return [tally for name, tally in self.counting.tallies.items() if only in ("", name)]

    def look_into(self, tally: Tally) -> None:
        """Have counted what a route would have sent with a quieter rule, or what stopped everything."""
        name = tally.route.name
        suggestion = suggested(tally, self.days)
        if suggestion is not None:
            routes = tuple(suggestion.route if route.name == name else route for route in self.setting.routes)
            self.suggestions[name] = suggestion
            self.quieter[name] = Counting(replace(self.setting, routes=routes))
        if tally.route.enabled and not (tally.alerts or tally.silenced):
            self.stops[name] = Stops(self.setting, tally.route)

    def silent_digests(self, tally: Tally) -> int:
        """How many digests would have said only that nothing changed."""
        first, last = self.ends
        return silent_digests(tally, first, last, self.setting.targets) if first and last else 0


def _because(tally: Tally, found: _Found) -> str:
    name = tally.route.name
    if not tally.route.enabled:
        return f'it is not enabled; `watcher routes test --route "{name}"` tries it all the same'
    return why_nothing(tally, found.stops[name].found if name in found.stops else {}, found.countries)


def _suggestion(name: str, found: _Found) -> Mapping[str, Any] | None:
    """The quieter rule, with how many messages it would have saved: replayed with it."""
    if name not in found.suggestions:
        return None
    suggestion = found.suggestions[name]
    saved = found.counting.messages - found.quieter[name].messages
    if saved <= 0 and not suggestion.marked:
        # Its channels would be told the same by other routes, or by as many digests.
        return None
    return {"why": suggestion.why, "toml": suggestion.toml, "saves": saved}


def _setting(config: Config, store: Store, only: str) -> Setting:
    """Routes, watches and silences of today, one target for each channel: no channel is opened."""
    return Setting(
        routes=tuple(replace(route, enabled=True) if route.name == only else route for route in config.routes),
        watches=with_all_members(followed(config.watches, store), store),
        silences=tuple(entry.silence for entry in store.silences.all()),
        targets={channel.name: (Target(channel.name, "one recipient"),) for channel in config.channels},
    )


@contextmanager
def _bar(changes: int) -> Iterator[Any]:
    """A bar that is moved by so many changes; none where nobody sees it, or where there is little to do."""
    if changes < LONG or not sys.stderr.isatty():
        yield lambda number: None
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replaying", total=changes)
        yield lambda number: progress.advance(task, number)


def _counts(tally: Tally) -> Mapping[str, Any]:
    return {
        "alerts": tally.alerts,
        "silenced": tally.silenced,
        "told_by_other_routes": tally.elsewhere,
        "messages": tally.messages,
        "at_once": tally.at_once,
        "digests": len(tally.digests),
        "after_quiet_hours": len(tally.quiet),
        "repeated_if_unacknowledged": tally.repeated,
        "noise": tally.noise,
        "by_week": dict(sorted(tally.weeks.items())),
        "by_kind": dict(tally.kinds.most_common(KINDS_SHOWN)),
        "by_severity": {severity.word: number for severity, number in sorted(tally.severities.items(), reverse=True)},
        "loudest_studies": dict(tally.studies.most_common(STUDIES_SHOWN)),
    }
