"""What is not for eyes is read by the parsers that others use."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping

from icalendar import Calendar
from prometheus_client.parser import text_string_to_metric_families

from tests.tour.places import Place

_ATOM = "{http://www.w3.org/2005/Atom}"


def unreadable(place: Place) -> str:
    """Why a parser cannot make sense of an answer; "" where it can."""
    try:
        _READERS.get(place.kind, _READERS.get(place.media, _anything))(place.body)
    except Exception as error:
        return f"{place.media} cannot be read: {type(error).__name__}: {error}"
    return ""


def _atom(body: bytes) -> None:
    feed = ET.fromstring(body)  # noqa: S314 - our own, on loopback
    assert feed.tag == f"{_ATOM}feed", feed.tag
    for required in ("id", "title", "updated"):
        assert feed.findtext(f"{_ATOM}{required}"), f"no {required}"
    for entry in feed.iter(f"{_ATOM}entry"):
        assert all(entry.findtext(f"{_ATOM}{required}") for required in ("id", "title", "updated"))


def _json_feed(body: bytes) -> None:
    feed = json.loads(body)
    assert feed["version"].startswith("https://jsonfeed.org/version/1"), feed["version"]
    assert feed["title"]
    assert all(item["id"] and (item.get("content_text") or item.get("content_html")) for item in feed["items"])


def _calendar(body: bytes) -> None:
    events = Calendar.from_ical(body).walk("VEVENT")
    assert len({str(event["UID"]) for event in events}) == len(events), "two events share a UID"
    assert all(event["SUMMARY"] and event["DTSTART"] for event in events)


def _openapi(body: bytes) -> None:
    said = json.loads(body)
    assert said["openapi"].startswith("3."), said["openapi"]
    assert said["paths"]


def _csv(body: bytes) -> None:
    header, *rows = csv.reader(body.decode("utf-8-sig").splitlines())
    assert len(header) > 2, header
    assert all(len(row) == len(header) for row in rows), "rows of different length"


def _figures(body: bytes) -> None:
    assert list(text_string_to_metric_families(body.decode()))


def _anything(body: bytes) -> None:
    assert body


_READERS: Mapping[str, Callable[[bytes], object]] = {
    "Atom feed": _atom,
    "JSON feed": _json_feed,
    "calendar": _calendar,
    "OpenAPI": _openapi,
    "board as CSV": _csv,
    "figures": _figures,
    "application/json": json.loads,
    "text/csv": _csv,
}
