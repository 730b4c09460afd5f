"""What can be followed: watches, routes and studies, each with its addresses, and the names of what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from watcher.alerts.messages.safe import one_line
from watcher.alerts.messages.voice import REHEARSAL
from watcher.store import Store
from watcher.web.render import name_in_path
from watcher.web.visit import BadQuestion, Visit

ATOM, JSON_FEED, DATES = "atom.xml", "feed.json", "dates.ics"

_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that can be followed: `sort` is watch, route or study; `page` is where it is shown."""

    sort: str
    name: str
    page: str

    def path(self, file: str) -> str:
        """The address of one of its feeds."""
        return f"/feeds/{self.sort}/{name_in_path(self.name)}/{file}"


def base_url(visit: Visit) -> str:
    """Where readers reach this site, as the configuration says, else as the asker names it.

    What a feed reader keeps must lead back from where it is read, also behind a proxy that speaks TLS for us.
    """
    settings = visit.config.web
    if settings is not None and settings.url:
        return settings.url
    host = visit.request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        raise BadQuestion("Host: expected a name or an address, as a browser sends it.")
    return f"{visit.request.url.scheme}://{host}"


def tag(store: Store, what: str) -> str:
    """A name that no other installation gives, and that stays whatever the address becomes (RFC 4151)."""
    return f"tag:{authority(store)},2026:{quote(what, safe='/:')}"


def authority(store: Store) -> str:
    """What keeps the names of two databases apart."""
    return f"{store.meta.known_instance or 'new'}.nct-watcher.invalid"


def titled(visit: Visit, title: str) -> str:
    """The title of a feed: it says where nothing of it is news."""
    return one_line(f"{REHEARSAL} " * bool(visit.store.meta.rehearsal) + title)
