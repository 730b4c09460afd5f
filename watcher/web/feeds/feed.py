"""A feed before it is written in one format or the other, and each entry as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from watcher.alerts.messages.safe import plain
from watcher.views.updates import Update


@dataclass(frozen=True, slots=True)
class Item:
    """An entry with its name and addresses: the study's page here, and the registry's record."""

    id: str
    update: Update
    page: str
    record: str
    compare: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its name, title and addresses, and its entries, newest first."""

    id: str
    title: str
    url: str
    page: str
    updated: datetime
    items: tuple[Item, ...]


def text_of(item: Item) -> str:
    """An entry as plain text."""
    update = item.update
    told = [
        row for line in update.lines for row in (f"{line.word}  {line.text}", *(f"  - {one}" for one in line.under))
    ]
    parts = [*update.about, "", *told, "", f"{update.seen}.", f"Study: {item.page}", f"Record: {item.record}"]
    return plain("\n".join(parts).strip("\n"))


def html_of(item: Item) -> str:
    """An entry as HTML; everything in it that is not ours is escaped."""
    update = item.update
    about = "<br>".join(_text(line) for line in update.about)
    told = "".join(
        f"<li><strong>{line.word}</strong> {_text(line.text)}{_under(line.under)}</li>" for line in update.lines
    )
    links = (("Study", item.page), ("Record", item.record), ("Compare versions at the registry", item.compare))
    linked = " · ".join(f'<a href="{escape(url)}">{name}</a>' for name, url in links)
    return f"<p>{about}</p><ul>{told}</ul><p>{_text(update.seen)}.</p><p>{linked}</p>"


def _under(lines: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>" if lines else ""


def _text(text: str) -> str:
    return escape(plain(text))
