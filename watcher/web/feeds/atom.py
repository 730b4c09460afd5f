"""Atom, as RFC 4287 has it."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from watcher import __version__
from watcher.alerts.messages.safe import one_line, plain
from watcher.web.feeds.feed import Feed, Item, html_of

TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
# Characters that no XML document may hold, beside the controls that `plain` takes away.
_UNSPEAKABLE = dict.fromkeys([0xFFFE, 0xFFFF])

register_namespace("", _ATOM)


def atom(feed: Feed) -> bytes:
    """The feed as XML."""
    root = Element(f"{{{_ATOM}}}feed")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.updated))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(root, "generator", "nct-watcher", version=__version__)
    _add(_add(root, "author"), "name", "nct-watcher")
    for item in feed.items:
        _add_item(root, item)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _add_item(root: Element, item: Item) -> None:
    entry, update = _add(root, "entry"), item.update
    _add(entry, "id", item.id)
    _add(entry, "title", one_line(update.title))
    _add(entry, "updated", _moment(update.at))
    _add(entry, "published", _moment(update.at))
    _add(entry, "link", rel="alternate", type="text/html", href=item.page)
    _add(entry, "link", rel="related", type="text/html", title="Record at the registry", href=item.record)
    _add(entry, "category", term=update.severity)
    for kind in update.kinds:
        _add(entry, "category", term=kind)
    _add(entry, "content", html_of(item), type="html")


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    added = SubElement(parent, f"{{{_ATOM}}}{name}", {key: _fit(value) for key, value in attributes.items()})
    added.text = _fit(text) or None
    return added


def _fit(text: str) -> str:
    return plain(text).translate(_UNSPEAKABLE)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
