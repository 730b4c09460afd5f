"""What the routes would have sent, printed for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from watcher.alerts.messages.safe import one_line, plain
from watcher.changes.language.words import counted
from watcher.cli.options import say

LINES_SHOWN = 30


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
    saved = counted(suggestion["saves"], "message")
    say(f"  {'quieter':12}{suggestion['why']}; this rule would have saved {saved}:")
    for line in suggestion["toml"].splitlines():
        say(f"    {line}")


def _say_sample(sample: Mapping[str, str]) -> None:
    say(f"  {'sample':12}{one_line(sample['subject'])}")
    lines = plain(sample["text"]).splitlines()
    for line in lines[:LINES_SHOWN]:
        say(f"    | {line}")
    if len(lines) > LINES_SHOWN:
        say(f"    | ... and {len(lines) - LINES_SHOWN} more lines")


def _lines(route: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ways = (("at_once", "at once"), ("digests", "as digests"), ("after_quiet_hours", "after quiet hours"))
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
