"""Replaying the stored history through the routes of today, and saying what they would have sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.progress import Progress

from watcher.alerts.quieter import countries_of, suggested, unseen, why_nothing
from watcher.alerts.render import Parcel, message_for, one_line, plain
from watcher.alerts.routes import Step
from watcher.alerts.trial import Setting, Tally, silent_digests, stopped_at, tallied
from watcher.audience import followed
from watcher.cli.options import say
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
        extent = self.store.history.extent(self.span)
        setting = _setting(self.config, self.store, self.only)
        noise = self.store.accounts.noise()
        tallies = tallied(self._steps(setting, extent), setting, noise, self.samples)
        shown = [tallies[route.name] for route in setting.routes if self.only in ("", route.name)]
        return {
            "changes": extent.changes,
            "held_back": extent.held_open,
            "dismissed": extent.dismissed,
            "first": extent.first,
            "last": extent.last,
            "days": _days(self.span, extent),
            "routes": [self._route(tally, tallies, setting, extent) for tally in shown],
        }

    def _route(self, tally: Tally, tallies: Mapping[str, Tally], setting: Setting, extent: Extent) -> Mapping[str, Any]:
        first, last = self.span.since or extent.first, self.span.until or extent.last
        unchanged = silent_digests(tally, first, last, setting.targets) if first and last else 0
        countries = set(countries_of(self._steps(setting, extent))) if tally.route.scope.countries else set()
        return {
            "route": tally.route.name,
            "enabled": next(r.enabled for r in self.config.routes if r.name == tally.route.name),
            **_counts(tally),
            "nothing_changed": unchanged,
            "nothing_because": "" if tally.messages else self._because(tally, setting, extent, countries),
            "unseen_places": unseen(tally.route, countries) if extent.changes else "",
            "suggestion": self._suggestion(tally, tallies, setting, extent),
            "samples": [self._sample(alerts) for _, alerts in reversed(tally.samples)],
        }

    def _because(self, tally: Tally, setting: Setting, extent: Extent, countries: Set[str]) -> str:
        route = tally.route
        if not route.enabled:
            return f'it is not enabled; `watcher routes test --route "{route.name}"` tries it all the same'
        if tally.alerts or tally.silenced:
            return why_nothing(tally, {})
        stopped = stopped_at(self._steps(setting, extent), setting, route)
        return why_nothing(tally, stopped, countries)

    def _suggestion(
        self, tally: Tally, tallies: Mapping[str, Tally], setting: Setting, extent: Extent
    ) -> Mapping[str, Any] | None:
        """The quieter rule, with how many messages it would have saved: replayed with it."""
        found = suggested(tally, _days(self.span, extent))
        if found is None:
            return None
        routes = tuple(found.route if route.name == tally.route.name else route for route in setting.routes)
        after = tallied(self._steps(setting, extent), replace(setting, routes=routes))
        saved = sum(one.messages for one in tallies.values()) - sum(one.messages for one in after.values())
        return {"why": found.why, "toml": found.toml, "saves": saved}

    def _sample(self, alerts: Sequence[Alert]) -> Mapping[str, str]:
        then = [replace(alert, study=self.store.history.study_then(alert)) for alert in alerts]
        message = message_for(Parcel("sample", tuple(then), rehearsal=bool(self.store.meta.rehearsal)))
        return {"subject": message.subject, "text": message.text}

    def _steps(self, setting: Setting, extent: Extent) -> Iterator[Step]:
        """The history once more; with the studies as they were where a route asks for that."""
        as_it_was = any(route.scope != Scope() for route in setting.routes)
        with _bar(extent.changes) as advance:
            for step in self.store.history.steps(self.span, as_it_was=as_it_was):
                yield step
                advance(len(step.changes))


def _setting(config: Config, store: Store, only: str) -> Setting:
    """Routes, watches and silences of today, one target for each channel: no channel is opened."""
    numbers = [study.nct_id for watch in config.watches for study in watch.studies]
    return Setting(
        routes=tuple(replace(route, enabled=True) if route.name == only else route for route in config.routes),
        watches=followed(config.watches, store.observing.latest(numbers)),
        silences=tuple(entry.silence for entry in store.silences.all()),
        targets={channel.name: (Target(channel.name, "one recipient"),) for channel in config.channels},
    )


def _days(span: Span, extent: Extent) -> float:
    """How long the part of the history is that was replayed."""
    first, last = span.since or extent.first, span.until or extent.last
    return round(max((last - first) / timedelta(days=1), 1.0), 1) if first and last else 1.0


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


# --- in words -----------------------------------------------------------------------


def say_trial(shown: Mapping[str, Any]) -> None:
    """Print what the routes would have sent."""
    held = [
        f"{shown[key]} {word}" for key, word in (("held_back", "held back"), ("dismissed", "dismissed")) if shown[key]
    ]
    span = f" from {_day(shown['first'])} to {_day(shown['last'])}" if shown["first"] else ""
    left_out = f"; left out: {', '.join(held)}" if held else ""
    say(f"Replayed {shown['changes']} stored changes{span}{left_out}. Nothing is sent.")
    say("Messages are counted for one recipient of each channel, with the silences of their time.")
    for route in shown["routes"]:
        _say_route(route)


def _say_route(route: Mapping[str, Any]) -> None:
    say(f'\nRoute "{one_line(route["route"])}"' + ("" if route["enabled"] else " (not enabled)"))
    if route["nothing_because"]:
        say(f"  would have sent nothing: {one_line(route['nothing_because'])}")
    else:
        for name, text in _lines(route):
            say(f"  {name:12}{one_line(text)}")
    if route["nothing_changed"]:
        say(f"  {'unchanged':12}{route['nothing_changed']} digests that say only that nothing changed")
    if route["suggestion"]:
        _say_suggestion(route["suggestion"])
    for sample in route["samples"]:
        _say_sample(sample)


def _say_suggestion(suggestion: Mapping[str, Any]) -> None:
    say(f"  {'quieter':12}{suggestion['why']}; this rule would have saved {suggestion['saves']} messages:")
    for line in suggestion["toml"].splitlines():
        say(f"    {line}")


def _say_sample(sample: Mapping[str, str]) -> None:
    say(f"  {'sample':12}{one_line(sample['subject'])}")
    for line in plain(sample["text"]).splitlines():
        say(f"    | {line}")


def _lines(route: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ways = (("at_once", "at once"), ("digests", "digests"), ("after_quiet_hours", "after quiet hours"))
    yield "messages", f"{route['messages']}: " + ", ".join(f"{route[key]} {way}" for key, way in ways if route[key])
    more = (("silenced", "more were silenced"), ("told_by_other_routes", "of them are told by other routes"))
    yield "alerts", ", ".join([str(route["alerts"]), *(f"{route[key]} {said}" for key, said in more if route[key])])
    if route["repeated_if_unacknowledged"]:
        yield "repeated", f"{route['repeated_if_unacknowledged']} times, if nobody had acknowledged"
    for name, key in (("by week", "by_week"), ("by kind", "by_kind"), ("by severity", "by_severity")):
        yield name, _counted(route[key])
    yield "loudest", _counted(route["loudest_studies"])
    if route["unseen_places"]:
        yield "place", route["unseen_places"]
    if route["noise"]:
        yield "noise", f"{route['noise']} of {route['alerts']} alerts, as their readers said"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
