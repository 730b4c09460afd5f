"""What arrived against the hand-made labels, and against what the captures really hold: apart from the product."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from benchmarks.messages import HOOK, Told, alerts_in, of_versions
from benchmarks.soak.lived import Lived
from benchmarks.soak.plan import Play
from benchmarks.stage import READERS
from benchmarks.storm.sinks import Arrival
from benchmarks.truth import Month
from benchmarks.verdict import Count, counted

# The targets that are told at once, by the names that the month's verdict knows them by.
PLACES = {"mail-one@example.org": READERS[0], "mail-two@example.org": READERS[1], "hook-plain": HOOK}
FIRST = "version:1"


def against_labels(lived: Lived, play: Play) -> Count:
    """The month's own figures, of the days that were played."""
    golds = [gold for gold in play.golds if gold.day <= lived.last]
    changed = frozenset(step for step in play.month.changed if step[1] <= lived.last)
    alerts = [alert for alert in _told(lived.arrivals) if alert.step[1] <= lived.last]
    return counted(alerts, golds, Month(play.month.versions, changed))


def _told(arrivals: Iterable[Arrival]) -> list[Told]:
    return of_versions(alert for arrival in arrivals if arrival.target in PLACES for alert in _alerts(arrival))


def _alerts(arrival: Arrival) -> Iterator[Told]:
    target = PLACES[arrival.target]
    if arrival.headers:
        return alerts_in(target, arrival.id, _message(arrival), "")
    letter = arrival.mail()
    tables = [part for part in letter.iter_attachments() if part.get_content_type() == "text/csv"]
    body = letter.get_body(("plain",))
    text = str(body.get_content()).replace("\r\n", "\n") if body else ""
    return alerts_in(target, arrival.id, text, str(tables[0].get_content()) if tables else "")


def _message(arrival: Arrival) -> str:
    return str(json.loads(arrival.body)["message"])


def versions_apart(lived: Lived, play: Play) -> list[str]:
    """Contents of the captures that were never stored, and stored ones that the captures do not hold."""
    stored = {(nct_id, day) for nct_id, occasion, day in lived.versions if occasion != FIRST and day <= lived.last}
    # A merger is news of the number that is gone, but no version of it.
    real = {step for step in play.month.changed - set(play.merged) if step[1] <= lived.last}
    return [f"{nct_id} {day}" for nct_id, day in sorted(stored ^ real)]
