"""iCalendar, as RFC 5545 has it: whole days, whose events keep their names while their dates move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from watcher import __version__
from watcher.alerts.messages.safe import one_line, plain
from watcher.views.dates import Entry

if TYPE_CHECKING:
    from icalendar import Event

TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Marked:
    """An entry with its name, and where the study is shown, here and at the registry."""

    uid: str
    entry: Entry
    page: str
    record: str


def calendar(title: str, url: str, marked: Iterable[Marked]) -> bytes:
    """The calendar as text."""
    # Loaded with the first calendar: few readers ask for one.
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", f"-//nct-watcher//{__version__}//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", title)
    made.add("x-wr-calname", title)
    made.add("url", url)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    for one in marked:
        made.add_component(_event(one))
    return bytes(made.to_ical())


def _event(marked: Marked) -> Event:
    from icalendar import Event

    entry, event = marked.entry, Event()
    event.add("uid", marked.uid)
    event.add("summary", one_line(entry.summary))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("dtstamp", entry.modified.replace(microsecond=0))
    event.add("created", entry.created.replace(microsecond=0))
    event.add("last-modified", entry.modified.replace(microsecond=0))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.called_off else "CONFIRMED")
    # A day to know of, and not one on which nobody is free.
    event.add("transp", "TRANSPARENT")
    event.add("description", plain("\n".join([*entry.lines, f"Study: {marked.page}", f"Record: {marked.record}"])))
    event.add("url", marked.page)
    event.add("categories", [entry.sort])
    return event
