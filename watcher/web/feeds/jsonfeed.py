"""JSON Feed, version 1.1."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson

from watcher.alerts.messages.safe import one_line
from watcher.web.feeds.feed import Feed, Item, html_of, text_of

TYPE = "application/feed+json"


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON."""
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": feed.page,
            "feed_url": feed.url,
            "language": "en",
            "authors": [{"name": "nct-watcher"}],
            "items": [_item(item) for item in feed.items],
        }
    )


def _item(item: Item) -> dict[str, object]:
    update = item.update
    return {
        "id": item.id,
        "url": item.page,
        "external_url": item.record,
        "title": one_line(update.title),
        "content_html": html_of(item),
        "content_text": text_of(item),
        "date_published": _moment(update.at),
        "tags": [update.severity, *update.kinds],
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
